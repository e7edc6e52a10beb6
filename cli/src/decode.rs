//! `elbow decode`.

use std::path::PathBuf;

use elbow::architecture::LatentKind;
use elbow_host::model::{HostModel, ModelBytes};
use elbow_host::score::calibrate::each_row;
use elbow_reader::{Dataset, LoadOptions, load_blocks};

use crate::error::Error;
use crate::frames::{FramesArgs, or_reader_gone};
use crate::latents::{self, MemberArg};
use crate::report;

/// How far the length of a direction may be from 1: what text of few digits leaves.
const UNIT: f64 = 1e-3;

/// The arguments of `elbow decode`.
#[derive(Debug, clap::Args)]
pub(crate) struct DecodeArgs {
    /// The model
    model: PathBuf,
    /// The latents, as `elbow encode` writes them: columns z_1, z_2, …, or mean_1, …, or mu_1, …, whatever
    /// else there is; - reads text from standard input
    latents: PathBuf,
    #[command(flatten)]
    member: MemberArg,
    #[command(flatten)]
    frames: FramesArgs,
}

pub(super) fn run(args: &DecodeArgs, json: bool) -> Result<(), Error> {
    args.frames.check(&[&args.model, &args.latents])?;
    let bytes = ModelBytes::read(&args.model)?;
    let model = bytes.open().map_err(Error::model(&args.model))?;
    or_reader_gone(write(args, &model, json))
}

fn write(args: &DecodeArgs, model: &HostModel<'_>, json: bool) -> Result<(), Error> {
    let latent = args.member.latent(model, &args.model)?;
    let kind = model.metadata.architecture.latent;
    let mut frames = args.frames.frames(&model.metadata, json)?;
    let bar = report::rows_bar("decoding");
    let paths = std::slice::from_ref(&args.latents);
    // whatever else the file has is not read
    let options = LoadOptions { one_of: latents::named(kind), unlabelled: true, ..LoadOptions::default() };
    let read = load_blocks(paths, &options, &mut |data, _| -> Result<(), Error> {
        let places = latents::coordinates(&data.columns, kind).ok_or_else(|| unnamed(args, &data, kind))?;
        let z = |row: &[f32]| -> Vec<f32> { places.iter().map(|place| row[*place]).collect() };
        if let LatentKind::VonMisesFisher { .. } = kind {
            (0..data.rows).try_for_each(|row| check_length(args, &data, row, &z(data.row(row))))?;
        }
        let rows = each_row(&data, |row| latent.decode(&z(row)))?;
        bar.inc(data.rows as u64);
        frames.write(&rows.concat())
    });
    read.map_err(|error| error.without_flags("correct it, or take the row out"))?;
    bar.finish_and_clear();
    frames.end(json)
}

fn unnamed(args: &DecodeArgs, data: &Dataset, kind: LatentKind) -> Error {
    let problem = format!(
        "has {} columns, and latents of this model have {}; name theirs z_1 to z_{1}, as `elbow encode` does",
        data.columns.len(),
        kind.dims()
    );
    Error::file(&args.latents, problem)
}

/// The decoder knows directions alone.
fn check_length(args: &DecodeArgs, data: &Dataset, row: usize, z: &[f32]) -> Result<(), Error> {
    let length = z.iter().map(|z| f64::from(*z).powi(2)).sum::<f64>().sqrt();
    if (length - 1.0).abs() <= UNIT {
        return Ok(());
    }
    let problem = format!(
        "row {}: the latent has the length {length:.4}, and those of this model lie on a sphere; divide it \
         by its length",
        data.source(row).1 + 1
    );
    Err(Error::file(&args.latents, problem))
}
