//! `elbow reconstruct`.

use std::path::PathBuf;

use elbow_host::model::{HostModel, ModelBytes};
use elbow_host::score::calibrate::each_row;
use elbow_host::score::round_trip::{ColumnError, RoundTrip};
use serde::Serialize;

use crate::error::Error;
use crate::frames::{FramesArgs, Told, or_reader_gone};
use crate::latents::MemberArg;
use crate::report;
use crate::source::SourceArgs;

/// The arguments of `elbow reconstruct`.
#[derive(Debug, clap::Args)]
pub(crate) struct ReconstructArgs {
    /// The model
    model: PathBuf,
    /// The frames
    data: PathBuf,
    #[command(flatten)]
    member: MemberArg,
    #[command(flatten)]
    frames: FramesArgs,
    #[command(flatten)]
    source: SourceArgs,
}

/// What came back, for programs.
#[derive(Debug, Serialize)]
struct Report {
    #[serde(flatten)]
    told: Told,
    errors: Vec<ColumnError>,
}

pub(super) fn run(args: &ReconstructArgs, json: bool) -> Result<(), Error> {
    args.frames.check(&[&args.model, &args.data])?;
    let bytes = ModelBytes::read(&args.model)?;
    let model = args.source.open(&bytes, &args.model, false)?;
    or_reader_gone(write(args, &model, json))
}

fn write(args: &ReconstructArgs, model: &HostModel<'_>, json: bool) -> Result<(), Error> {
    let (metadata, engine) = (&model.metadata, args.member.engine(model)?);
    let mut frames = args.frames.frames(metadata, json)?;
    let (mut trip, bar) = (RoundTrip::new(model), report::rows_bar("reconstructing"));
    args.source.each_whole_block(&args.data, &args.model, metadata, &mut |data| {
        let back = each_row(&data, |frame| engine.reconstruct(frame))?;
        back.iter().enumerate().for_each(|(row, back)| trip.push(data.row(row), back, 1.0));
        bar.inc(data.rows as u64);
        frames.write(&back.concat())
    })?;
    bar.finish_and_clear();
    let (told, errors) = (frames.finish()?, trip.finish());
    if json {
        return report::print_json(&Report { told, errors });
    }
    let table = report::table(&rows(&errors));
    match args.frames.path() {
        Some(_) => report::print(&table),
        // the rows are there
        None => {
            table.lines().for_each(report::note);
            Ok(())
        }
    }
}

/// The errors for people.
pub(super) fn rows(errors: &[ColumnError]) -> Vec<(&str, String)> {
    let told = |ColumnError { column, rmse, relative, wrong }: &ColumnError| {
        let relative = relative.map(|relative| format!(", {relative:.3} of its standard deviation"));
        let rmse = rmse.map(|rmse| format!("RMSE {rmse:.4e}{}", relative.unwrap_or_default()));
        let wrong = wrong.map(|wrong| format!("{:.2} % of the words are others", 100.0 * wrong));
        (column.clone(), rmse.or(wrong).unwrap_or_default())
    };
    errors.iter().map(|error| (error.column.as_str(), told(error).1)).collect()
}
