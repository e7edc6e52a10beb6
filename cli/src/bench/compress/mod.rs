//! `elbow bench compress`: bits for each number of recorded data, beside other codecs.

mod classical;
#[cfg(feature = "peers")]
mod peers;
mod sets;

use std::path::PathBuf;

use elbow::codec::{Codec, Coding, Fidelity, NoModel, PacketError, Predictor, Settings, model_id};
use serde::Serialize;

use self::sets::Set;
use crate::error::Error;
use crate::report;
use elbow_host::compress::Trial;
use elbow_host::model::ModelBytes;

/// Bounds that every set is coded at, in steps of its resolution.
const BOUNDS: [u16; 4] = [0, 2, 8, 32];
/// About so many samples share a packet, which is what every codec gets at a time.
const PACKET: usize = 2048;
/// Windows that a model's file is shared by.
const WINDOWS_OF_A_MODEL: f64 = 100_000.0;

/// The arguments of `elbow bench compress`.
#[derive(Debug, clap::Args)]
pub(crate) struct CompressArgs {
    /// Folder with `ecg5000/` and `skab/`; without it only the telemetry that comes with the project is coded
    data: Option<PathBuf>,
    /// Folder for the models, which are fitted where they are not there
    #[arg(long, value_name = "FOLDER", default_value = "target/bench-compress")]
    models: PathBuf,
}

/// What a codec makes of a set.
#[derive(Debug, Serialize)]
struct Point {
    set: &'static str,
    codec: &'static str,
    bound: u16,
    bits_per_value: f64,
    /// bits of the samples as they are over that
    ratio: f64,
    /// share of the windows that used the model
    #[serde(skip_serializing_if = "Option::is_none")]
    modelled: Option<f64>,
}

#[derive(Serialize)]
struct Points {
    /// whether the codecs of other libraries were built in
    peers: bool,
    points: Vec<Point>,
}

pub(super) fn run(args: &CompressArgs, json: bool) -> Result<(), Error> {
    if cfg!(not(feature = "peers")) {
        report::note("LZ4, zstd and pcodec are left out: build with --features peers to see them");
    }
    let mut points = Vec::new();
    for set in sets::all(args.data.as_deref(), &args.models)? {
        let model = set.model(&args.models)?;
        for bound in BOUNDS {
            measure(&set, &model, bound, &mut points)?;
        }
    }
    let points = Points { peers: cfg!(feature = "peers"), points };
    if json { report::print_json(&points) } else { report::print(&table(&points.points)) }
}

/// One set, one bound, every codec.
fn measure(set: &Set, bytes: &ModelBytes, bound: u16, points: &mut Vec<Point>) -> Result<(), Error> {
    let values = set.test.len() as f64;
    let mut add = |codec, bits: f64, modelled| {
        let bits_per_value = bits / values;
        let ratio = 8.0 * set.sample_bytes() as f64 / bits_per_value;
        points.push(Point { set: set.name, codec, bound, bits_per_value, ratio, modelled });
    };
    let none = Codec::new(NoModel::default(), set.rows, set.channels).map_err(|error| set.refused(error))?;
    let (bits, _) = code(&none, set, bound).map_err(|error| set.refused(error))?;
    add("Elbow, no model", bits, None);

    let model = bytes.open().map_err(Error::model(&set.path))?;
    let id = model_id(bytes.as_bytes());
    let resolution = vec![1.0; set.channels];
    let trial = Trial {
        model: &model,
        id,
        resolution: &resolution,
        samples: &set.train[..set.train.len().min(64 * set.frame())],
        windows_per_packet: set.windows_per_packet(),
        fidelity: Fidelity::Within(bound),
    };
    let (plan, _) = trial.with_best_steps((set.rows, set.channels)).map_err(|error| set.refused(error))?;
    let codec = plan.codec(&model, id, &resolution, 0).map_err(|error| set.refused(error))?;
    let (bits, modelled) = code(&codec, set, bound).map_err(|error| set.refused(error))?;
    add("Elbow, model", bits, Some(modelled));
    let share = 8.0 * bytes.as_bytes().len() as f64 / (WINDOWS_OF_A_MODEL * set.frame() as f64);
    add("Elbow, model with its file", bits + share * values, Some(modelled));

    for (codec, bits) in classical::all(set, bound) {
        add(codec, bits as f64, None);
    }
    #[cfg(feature = "peers")]
    for (codec, bits) in peers::all(set, bound) {
        add(codec, bits as f64, None);
    }
    Ok(())
}

/// Bits of all packets, envelopes included, and the share of the packets that used the model.
fn code<P: Predictor>(codec: &Codec<P>, set: &Set, bound: u16) -> Result<(f64, f64), PacketError> {
    let windows = set.windows_per_packet();
    let mut scratch = vec![0; codec.scratch_len(windows)];
    let mut packet = vec![0; codec.max_packet_len::<i32>(windows)];
    let settings = Settings { sequence: 0, fidelity: Fidelity::Within(bound) };
    let (mut bytes, mut packets, mut modelled) = (0, 0.0, 0.0);
    for samples in set.packets() {
        let encoded = if set.is_narrow {
            let narrow: Vec<i16> = samples.iter().map(|sample| *sample as i16).collect();
            codec.encode(&narrow, settings, &mut scratch, &mut packet)?
        } else {
            codec.encode(samples, settings, &mut scratch, &mut packet)?
        };
        bytes += encoded.len;
        packets += 1.0;
        modelled += f64::from(u8::from(encoded.coding == Coding::Model));
    }
    Ok((8.0 * bytes as f64, modelled / packets))
}

/// One table a set, its bounds side by side.
fn table(points: &[Point]) -> String {
    let mut out = String::new();
    for of_set in points.chunk_by(|one, next| one.set == next.set) {
        out += &format!("\n{}\n\n| codec |", of_set[0].set);
        BOUNDS.iter().for_each(|bound| out += &format!(" e = {bound}: bits | ratio |"));
        out += "\n|---|";
        BOUNDS.iter().for_each(|_| out += "--:|--:|");
        out += "\n";
        for first in of_set.iter().filter(|point| point.bound == 0) {
            out += &format!("| {} |", first.codec);
            for point in of_set.iter().filter(|point| point.codec == first.codec) {
                out += &format!(" {:.3} | {:.2} |", point.bits_per_value, point.ratio);
            }
            out += "\n";
        }
    }
    out
}
