//! The demo's rows as packets.

use std::path::{Path, PathBuf};

use elbow::codec::model_id;
use serde::Serialize;

use crate::error::Error;
use crate::report;
use elbow_host::compress::{Fidelity, Options, Unit, compress, plan_packets};
use elbow_host::model::ModelBytes;

/// Of the recorded counters: what a step of each is.
pub(crate) const RESOLUTION: [f64; 20] = [
    1e-3, 1e-3, 1e-3, 1.0, 1.0, 0.1, 1.0, 1.0, 0.01, 1.0, 1.0, 1.0, 1.0, 10.0, 10.0, 0.1, 1.0, 1.0, 1.0, 1e-3,
];
/// Steps that what comes out may be off.
const BOUND: u16 = 2;
/// Windows of a packet: as the firmware example has them.
const WINDOWS: u8 = 4;

/// What packets of all rows take.
#[derive(Debug, Serialize)]
pub(super) struct Packed {
    file: PathBuf,
    /// steps that what comes out may be off
    bound: u16,
    bytes_as_integers: u64,
    bytes: u64,
    ratio: f64,
}

impl Packed {
    /// As a row of a table.
    pub(super) fn row(&self) -> (&'static str, String) {
        let Packed { file, bound, bytes_as_integers, bytes, ratio } = self;
        let of = format!("{bytes} bytes, as integers {bytes_as_integers}, a ratio of {ratio:.2}");
        ("packets", format!("{} ({of}), none further off than {bound} steps", file.display()))
    }
}

/// The model with a plan of packets, and all rows of a file in such packets; without them, and with a note,
/// where the file's numbers are in no steps that packets can hold.
pub(super) fn pack(
    (path, model): (&Path, ModelBytes),
    input: &Path,
    steps: Option<&[f64]>,
    output: &Path,
) -> Result<(ModelBytes, Option<Packed>), Error> {
    let options = Options {
        skip_broken: false,
        fidelity: Fidelity::Within(BOUND),
        windows_per_packet: Some(WINDOWS),
        resolution: steps.map(|steps| steps.iter().filter_map(|step| Unit::new(*step)).collect()),
        refine: 0,
    };
    let loaded = model.open().map_err(Error::model(path))?;
    let planned = match plan_packets(&loaded, loaded.metadata.name, input, &options, &mut |_| ()) {
        Ok(planned) => planned,
        Err(error) => {
            report::note(&format!("no packets: {error}"));
            drop(loaded);
            return Ok((model, None));
        }
    };
    let (id, loaded) = (model_id(planned.as_bytes()), planned.open().map_err(Error::model(path))?);
    let summary = compress(&loaded, id, input, output, &options, &mut |_| ())?;
    let packed = Packed {
        file: output.to_path_buf(),
        bound: BOUND,
        bytes_as_integers: summary.bytes_as_integers,
        bytes: summary.bytes_out,
        ratio: summary.ratio,
    };
    drop(loaded);
    Ok((planned, Some(packed)))
}
