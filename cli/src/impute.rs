//! `elbow impute`.

mod table;

use std::path::{Path, PathBuf};

use elbow::FrameError;
use elbow::format::Metadata;
use elbow_host::file::rows::RowFormat;
use elbow_host::model::{Engine, HostModel, ModelBytes};
use elbow_host::random::{Purpose, stream};
use elbow_host::score::evaluate::frame_error;
use elbow_reader::categories::names;
use elbow_reader::is_stream;
use rayon::prelude::*;
use serde::Serialize;

use self::table::{Row, Rows, Table};
use super::out::{Outputs, Overwrite, file};
use super::source::{SamplesArg, SourceArgs};
use crate::error::Error;
use crate::frames::{format, or_reader_gone, unwritten};
use crate::report;

/// The arguments of `elbow impute`.
#[derive(Debug, clap::Args)]
pub(crate) struct ImputeArgs {
    /// The model
    model: PathBuf,
    /// The rows, some of whose cells are missing
    data: PathBuf,
    /// Where to write the rows with no cell missing: .csv, .npy or .npz (array X) [default: -, text to
    /// standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write so many draws of each row in place of what is expected of it: what is missing then varies as it
    /// does in the data
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000))]
    draws: Option<u16>,
    /// Columns of the file to carry along, such as its time
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    keep: Vec<String>,
    #[command(flatten)]
    overwrite: Overwrite,
    #[command(flatten)]
    samples: SamplesArg,
    #[command(flatten)]
    source: SourceArgs,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "as serde wants it")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// What was written, for programs.
#[derive(Debug, Default, Serialize)]
struct Summary {
    out: PathBuf,
    rows: usize,
    /// of which numbers were filled in
    rows_with_gaps: usize,
    /// numbers that were
    filled: usize,
    /// with nothing in them: they stay so
    #[serde(skip_serializing_if = "is_zero")]
    empty_rows: usize,
    draws: u16,
}

impl ImputeArgs {
    /// Nothing for standard output.
    fn path(&self) -> Option<&Path> {
        self.out.as_deref().and_then(file)
    }
}

pub(super) fn run(args: &ImputeArgs, json: bool) -> Result<(), Error> {
    let form = check_out(args, json)?;
    let bytes = ModelBytes::read(&args.model)?;
    let source = SourceArgs { reading: args.source.reading.clone().keeping_gaps(), ..args.source.clone() };
    let model = source.open(&bytes, &args.model, true)?;
    if model.metadata.window > 1 {
        let problem = format!(
            "its frames are windows of {} rows, which overlap; impute takes models of single rows",
            model.metadata.window
        );
        return Err(Error::file(&args.model, problem));
    }
    or_reader_gone(write(args, &model, &source, form, json))
}

fn write(
    args: &ImputeArgs,
    model: &HostModel<'_>,
    source: &SourceArgs,
    form: RowFormat,
    json: bool,
) -> Result<(), Error> {
    let (metadata, samples) = (&model.metadata, args.samples.of(model));
    let carried: Vec<String> = {
        let columns = names(metadata.columns);
        args.keep.iter().filter(|name| !columns.contains(&name.as_str())).cloned().collect()
    };
    let keep = [&carried[..], &written(args, metadata, source, form)?].concat();
    let bar = report::rows_bar("filling");
    let (mut summary, mut table) = (Summary { draws: args.draws.unwrap_or(0), ..Summary::default() }, None);
    source.each_known_block(&args.data, &args.model, metadata, &keep, &mut |data| {
        let table = match &mut table {
            Some(table) => table,
            None => table.insert(Table::begin(args.path(), form, &data, &carried, args.draws.is_some())?),
        };
        let rows = Rows::of(&data);
        let filled: Vec<_> = rows
            .0
            .par_iter()
            .map(|row| {
                bar.inc(1);
                fill(&*model.engine, &row.frame, samples, args, row.at)
            })
            .collect();
        for (row, filled) in rows.0.iter().zip(filled) {
            let filled = filled.map_err(|source| frame_error(&data, row.place.unwrap_or(0), source))?;
            table.write(row, &filled).map_err(unwritten(args.path()))?;
            summary.see(row);
        }
        table.flush().map_err(unwritten(args.path()))
    })?;
    bar.finish_and_clear();
    table.map_or(Ok(()), |table| table.finish(args.path()))?;
    summary.out = args.out.clone().unwrap_or_else(|| PathBuf::from("-"));
    summary.tell(&args.data);
    if json { report::print_json(&summary) } else { Ok(()) }
}

impl Summary {
    fn see(&mut self, row: &Row<'_>) {
        let gaps = row.frame.iter().filter(|x| x.is_nan()).count();
        let is_empty = gaps == row.frame.len();
        self.rows += 1;
        self.empty_rows += usize::from(is_empty);
        self.rows_with_gaps += usize::from(gaps > 0 && !is_empty);
        self.filled += if is_empty { 0 } else { gaps };
    }

    fn tell(&self, data: &Path) {
        let Summary { out, rows, rows_with_gaps, filled, empty_rows, .. } = self;
        if *empty_rows > 0 {
            let data = data.display();
            report::note(&format!("{data}: {empty_rows} rows have nothing in them, and stay so"));
        }
        report::note(&format!(
            "{}: {rows} rows, {filled} numbers of {rows_with_gaps} filled in",
            out.display()
        ));
    }
}

/// The columns of the model as they are written, where the file has them as text.
fn written(
    args: &ImputeArgs,
    metadata: &Metadata<'_>,
    source: &SourceArgs,
    form: RowFormat,
) -> Result<Vec<String>, Error> {
    let columns: Vec<String> = names(metadata.columns).into_iter().map(str::to_owned).collect();
    let paths = std::slice::from_ref(&args.data);
    let is_text = match columns.first() {
        Some(first) if form == RowFormat::Csv => {
            is_stream(&args.data) || source.has_column(paths, metadata, first)?
        }
        _ => false,
    };
    Ok(if is_text { columns } else { Vec::new() })
}

fn check_out(args: &ImputeArgs, json: bool) -> Result<RowFormat, Error> {
    let Some(out) = args.path() else {
        let problem = "the object of --json goes there; give a file name";
        return if json { Err(Error::argument("out", "-", problem)) } else { Ok(RowFormat::Csv) };
    };
    let form = format(out)?;
    if let (RowFormat::Npy | RowFormat::Npz, Some(name)) = (form, args.keep.first()) {
        let problem = "an array has no place for text; leave it out, or give --out a name that ends in .csv";
        return Err(Error::argument("keep", name, problem));
    }
    Outputs::made_from([&*args.model, &args.data]).file("out", out, args.overwrite)?;
    Ok(form)
}

/// The row as it is written: once, or once for each draw.
fn fill(
    engine: &dyn Engine,
    frame: &[f32],
    samples: u32,
    args: &ImputeArgs,
    row: usize,
) -> Result<Vec<Vec<f32>>, FrameError> {
    match args.draws {
        // where all is there nothing is filled in, and where nothing is nothing can be
        _ if frame.iter().all(|x| x.is_nan()) || !frame.iter().any(|x| x.is_nan()) => {
            Ok(vec![frame.to_vec(); args.draws.unwrap_or(1).into()])
        }
        None => Ok(vec![engine.impute(frame, samples, None)?]),
        Some(draws) => {
            let rng = |draw: u16| stream(args.source.seed, Purpose::Rows, row as u64, draw.into());
            (0..draws).map(|draw| engine.impute(frame, samples, Some(&mut rng(draw)))).collect()
        }
    }
}
