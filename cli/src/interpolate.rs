//! `elbow interpolate`.

use std::path::PathBuf;

use elbow::architecture::LatentKind;
use elbow_host::model::path::{Path, between};
use elbow_host::model::{HostModel, LatentEngine, ModelBytes};
use elbow_host::score::evaluate::frame_error;

use crate::error::Error;
use crate::frames::{FramesArgs, or_reader_gone};
use crate::latents::MemberArg;
use crate::source::SourceArgs;

/// The arguments of `elbow interpolate`.
#[derive(Debug, clap::Args)]
pub(crate) struct InterpolateArgs {
    /// The model
    model: PathBuf,
    /// The frames
    data: PathBuf,
    /// The two frames to go between, by their numbers in the file, from 1
    #[arg(long, value_name = "A,B", value_parser = pair, default_value = "1,2")]
    between: [usize; 2],
    /// Frames to write, those of both ends among them
    #[arg(long, value_name = "N", default_value_t = 9, value_parser = clap::value_parser!(u16).range(2..))]
    steps: u16,
    #[command(flatten)]
    member: MemberArg,
    #[command(flatten)]
    frames: FramesArgs,
    #[command(flatten)]
    source: SourceArgs,
}

fn pair(text: &str) -> Result<[usize; 2], &'static str> {
    let number = |text: &str| text.trim().parse().ok().filter(|number| *number > 0);
    let pair = text.split_once(',').and_then(|(a, b)| Some([number(a)?, number(b)?]));
    pair.ok_or("give two numbers of frames, from 1, such as 1,2")
}

pub(super) fn run(args: &InterpolateArgs, json: bool) -> Result<(), Error> {
    args.frames.check(&[&args.model, &args.data])?;
    let bytes = ModelBytes::read(&args.model)?;
    let model = args.source.open(&bytes, &args.model, false)?;
    or_reader_gone(write(args, &model, json))
}

fn write(args: &InterpolateArgs, model: &HostModel<'_>, json: bool) -> Result<(), Error> {
    let latent = args.member.latent(model, &args.model)?;
    let [a, b] = ends(args, model, latent)?;
    let path = match model.metadata.architecture.latent {
        LatentKind::VonMisesFisher { .. } => Path::GreatCircle,
        _ => Path::Straight,
    };
    let mut frames = args.frames.frames(&model.metadata, json)?;
    for step in 0..args.steps {
        let part = f64::from(step) / f64::from(args.steps - 1);
        let z = between(path, &a, &b, part).ok_or_else(|| {
            let problem = "the latents of these frames lie opposite each other on the sphere, and no way \
                           around it is the shortest; give others";
            Error::argument("between", format!("{},{}", args.between[0], args.between[1]), problem)
        })?;
        let frame = latent
            .decode(&z)
            .map_err(|refused| Error::file(&args.model, format!("step {}: {refused}", step + 1)))?;
        frames.write(&frame)?;
    }
    frames.end(json)
}

/// The modes of the two frames' posteriors.
fn ends(
    args: &InterpolateArgs,
    model: &HostModel<'_>,
    latent: &dyn LatentEngine,
) -> Result<[Vec<f32>; 2], Error> {
    let (mut found, mut seen) = ([None, None], 0);
    args.source.each_whole_block(&args.data, &args.model, &model.metadata, &mut |data| {
        for (number, found) in args.between.iter().zip(&mut found) {
            let row = (number - 1).checked_sub(seen).filter(|row| *row < data.rows);
            let encode = |row| latent.encode(data.row(row)).map_err(|error| frame_error(&data, row, error));
            if let Some(row) = row {
                *found = Some(encode(row)?.mode);
            }
        }
        seen += data.rows;
        Ok(())
    })?;
    let [a, b] = found;
    let missing = |number: usize| {
        let problem = format!("the file has {seen} frames; give the numbers of two of them");
        Error::argument("between", number, problem)
    };
    Ok([a.ok_or_else(|| missing(args.between[0]))?, b.ok_or_else(|| missing(args.between[1]))?])
}
