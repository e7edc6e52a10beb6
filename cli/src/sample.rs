//! `elbow sample`.

use std::path::PathBuf;

use elbow::FrameError;
use rayon::prelude::*;

use crate::error::Error;
use crate::frames::{FramesArgs, or_reader_gone};
use crate::report;
use elbow_host::model::{HostModel, ModelBytes};
use elbow_host::random::{Purpose, stream};

/// Numbers that are drawn before some are written.
const NUMBERS: usize = 1 << 18;

/// The arguments of `elbow sample`.
#[derive(Debug, clap::Args)]
pub(crate) struct SampleArgs {
    /// The model
    model: PathBuf,
    /// Frames to draw
    #[arg(long, default_value_t = 100, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    rows: u64,
    /// The same seed gives the same frames
    #[arg(long, default_value_t = 0)]
    seed: u64,
    #[command(flatten)]
    frames: FramesArgs,
}

pub(super) fn run(args: &SampleArgs, json: bool) -> Result<(), Error> {
    args.frames.check(&[&args.model])?;
    let bytes = ModelBytes::read(&args.model)?;
    let model = bytes.open().map_err(Error::model(&args.model))?;
    or_reader_gone(write(args, &model, json))
}

fn write(args: &SampleArgs, model: &HostModel<'_>, json: bool) -> Result<(), Error> {
    let metadata = &model.metadata;
    if metadata.window > 1 {
        report::note(&format!("a frame is a window: each {} rows are one draw", metadata.window));
    }
    let dims = metadata.architecture.features as usize;
    let (mut frames, block) = (args.frames.frames(metadata, json)?, (NUMBERS / dims).max(1) as u64);
    let bar = report::rows_bar("drawing");
    for first in (0..args.rows).step_by(block as usize) {
        let last = args.rows.min(first + block);
        let drawn: Vec<_> = (first..last).into_par_iter().map(|row| draw(args, model, row)).collect();
        // the first that fails by row, whatever the number of threads
        let drawn = drawn.into_iter().collect::<Result<Vec<_>, _>>()?;
        frames.write(&drawn.concat())?;
        bar.inc(last - first);
    }
    bar.finish_and_clear();
    frames.end(json)
}

/// Each draw has noise of its own, so that it does not depend on the others.
fn draw(args: &SampleArgs, model: &HostModel<'_>, row: u64) -> Result<Vec<f32>, Error> {
    let drawn = model.engine.sample(&mut stream(args.seed, Purpose::Rows, row, 0)).ok_or_else(|| {
        let problem = "is an autoencoder, which says nothing of how likely its latents are, so nothing can \
                       be drawn from it; fit a model with a prior, such as --latent gaussian:8";
        Error::file(&args.model, problem)
    })?;
    drawn.map_err(|refused| {
        let problem = match refused {
            FrameError::Overflow => "too large for a number; fit the model again without --scaling log, or \
                                     give another --seed"
                .to_owned(),
            other => other.to_string(),
        };
        Error::argument("seed", args.seed, format!("draw {} is {problem}", row + 1))
    })
}
