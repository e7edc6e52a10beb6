//! `elbow encode`.

use std::path::PathBuf;

use elbow_host::file::rows::RowColumns;
use elbow_host::model::{Dispersion, Encoding, HostModel, ModelBytes};
use elbow_host::random::{Purpose, stream};
use elbow_host::score::calibrate::each_numbered_row;

use crate::error::Error;
use crate::frames::{FramesArgs, or_reader_gone};
use crate::latents::{MemberArg, columns, drawn};
use crate::refine::member_refinable;
use crate::report;
use crate::source::{SourceArgs, samples};

/// The arguments of `elbow encode`.
#[derive(Debug, clap::Args)]
pub(crate) struct EncodeArgs {
    /// The model
    model: PathBuf,
    /// The frames
    data: PathBuf,
    /// One draw of each frame's latent, chosen by weight among K of the encoder's: with 1 the encoder's own,
    /// with many nearly p(z|x)
    #[arg(long, value_name = "K", value_parser = samples())]
    samples: Option<u32>,
    /// Refine each frame's posterior in N steps, the encoder's for a start
    #[arg(long, value_name = "N", default_value_t = 0, conflicts_with = "samples")]
    refine: u8,
    #[command(flatten)]
    member: MemberArg,
    #[command(flatten)]
    frames: FramesArgs,
    #[command(flatten)]
    source: SourceArgs,
}

pub(super) fn run(args: &EncodeArgs, json: bool) -> Result<(), Error> {
    args.frames.check(&[&args.model, &args.data])?;
    let bytes = ModelBytes::read(&args.model)?;
    let model = args.source.open(&bytes, &args.model, false)?;
    or_reader_gone(write(args, &model, json))
}

fn write(args: &EncodeArgs, model: &HostModel<'_>, json: bool) -> Result<(), Error> {
    let (metadata, latent) = (&model.metadata, args.member.latent(model, &args.model)?);
    if args.refine > 0 {
        member_refinable(model, &args.model)?;
    }
    if args.refine > 0 && args.source.keeps_gaps(metadata) {
        let problem = "takes rows without gaps; add --missing drop";
        return Err(Error::argument("refine", args.refine, problem));
    }
    let kind = metadata.architecture.latent;
    let names = args.samples.map_or_else(|| columns(kind), |_| drawn(kind.dims() as usize));
    let mut frames = args.frames.rows(RowColumns { names, categories: Vec::new() }, json)?;
    let (bar, mut encoded) = (report::rows_bar("encoding"), 0);
    args.source.each_whole_block(&args.data, &args.model, metadata, &mut |data| {
        let rows = each_numbered_row(&data, |at, frame| match args.samples {
            None if args.refine > 0 => {
                latent.refined(frame, 0, args.refine.into(), None).map(|of| row(of.encoding))
            }
            None => latent.encode(frame).map(row),
            Some(samples) => {
                let mut noise = stream(args.source.seed, Purpose::Noise, encoded + at as u64, 0);
                latent.resample(frame, samples, &mut noise)
            }
        })?;
        encoded += data.rows as u64;
        bar.set_position(encoded);
        frames.write(&rows.concat())
    })?;
    bar.finish_and_clear();
    frames.end(json)
}

/// What is written of a posterior.
fn row(Encoding { mode, dispersion, kl }: Encoding) -> Vec<f32> {
    let behind = match dispersion {
        Dispersion::Scale(scale) => [scale, vec![kl]].concat(),
        Dispersion::Concentration(kappa) => vec![kappa, kl],
        Dispersion::Point => Vec::new(),
    };
    [mode, behind].concat()
}
