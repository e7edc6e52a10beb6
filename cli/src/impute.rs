//! `elbow impute`.

use std::io;
use std::path::{Path, PathBuf};

use csv::{Terminator, Writer, WriterBuilder};
use elbow::FrameError;
use elbow_host::file::atomic_file::AtomicFile;
use elbow_host::model::{Engine, ModelBytes};
use elbow_host::random::{Purpose, stream};
use elbow_host::score::evaluate::frame_error;
use elbow_reader::Dataset;
use rayon::prelude::*;
use serde::Serialize;

use super::out::{Outputs, Overwrite};
use super::source::{SamplesArg, SourceArgs};
use crate::error::Error;
use crate::report;

/// The arguments of `elbow impute`.
#[derive(Debug, clap::Args)]
pub(crate) struct ImputeArgs {
    /// The model
    model: PathBuf,
    /// The rows, some of whose cells are missing
    data: PathBuf,
    /// Where to write the rows with no cell missing
    #[arg(long, value_name = "FULL.csv")]
    out: PathBuf,
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

/// What was written, for programs.
#[derive(Debug, Default, Serialize)]
struct Summary {
    out: PathBuf,
    rows: usize,
    /// of which numbers were filled in
    rows_with_gaps: usize,
    /// numbers that were
    filled: usize,
    draws: u16,
}

pub(super) fn run(args: &ImputeArgs, json: bool) -> Result<(), Error> {
    check_out(args)?;
    let bytes = ModelBytes::read(&args.model)?;
    let source = SourceArgs { reading: args.source.reading.clone().keeping_gaps(), ..args.source.clone() };
    let model = source.open(&bytes, &args.model, true)?;
    let metadata = &model.metadata;
    if metadata.window > 1 {
        let problem = format!(
            "its frames are windows of {} rows, which overlap; impute takes models of single rows",
            metadata.window
        );
        return Err(Error::file(&args.model, problem));
    }
    let samples = args.samples.of(&model);
    let bar = report::rows_bar("filling");
    let (mut summary, mut table) = (Summary { draws: args.draws.unwrap_or(0), ..Summary::default() }, None);
    source.each_known_block(&args.data, &args.model, metadata, &args.keep, &mut |data| {
        let table = match &mut table {
            Some(table) => table,
            None => table.insert(Table::begin(args, &data)?),
        };
        let places: Vec<usize> = (0..data.rows).collect();
        let filled = places.par_iter().map(|row| {
            bar.inc(1);
            fill(&*model.engine, data.row(*row), samples, args, data.source_rows[*row])
        });
        let filled: Vec<_> = filled.collect();
        for (row, filled) in filled.into_iter().enumerate() {
            let filled = filled.map_err(|source| frame_error(&data, row, source))?;
            table.write(&data, row, &filled).map_err(Error::io("write", &args.out))?;
            let gaps = data.row(row).iter().filter(|x| x.is_nan()).count();
            summary.rows += 1;
            summary.rows_with_gaps += usize::from(gaps > 0);
            summary.filled += gaps;
        }
        Ok(())
    })?;
    bar.finish_and_clear();
    table.map_or(Ok(()), |table| table.finish(&args.out))?;
    summary.out.clone_from(&args.out);
    if json {
        return report::print_json(&summary);
    }
    let Summary { out, rows, rows_with_gaps, filled, .. } = summary;
    report::note(&format!("{}: {rows} rows, {filled} numbers of {rows_with_gaps} filled in", out.display()));
    Ok(())
}

fn check_out(args: &ImputeArgs) -> Result<(), Error> {
    Outputs::made_from([&*args.model, &args.data]).file("out", &args.out, args.overwrite)
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
        _ if !frame.iter().any(|x| x.is_nan()) => Ok(vec![frame.to_vec(); args.draws.unwrap_or(1).into()]),
        None => Ok(vec![engine.impute(frame, samples, None)?]),
        Some(draws) => {
            let rng = |draw: u16| stream(args.source.seed, Purpose::Rows, row as u64, draw.into());
            (0..draws).map(|draw| engine.impute(frame, samples, Some(&mut rng(draw)))).collect()
        }
    }
}

/// The rows as CSV.
struct Table {
    out: Writer<AtomicFile>,
    /// of each feature the words that its codes stand for
    words: Vec<Option<Vec<String>>>,
    draws: bool,
}

impl Table {
    fn begin(args: &ImputeArgs, data: &Dataset) -> Result<Table, Error> {
        let draws = args.draws.is_some();
        let mut words = vec![None; data.dims];
        data.categories.iter().for_each(|category| words[category.feature] = Some(category.words.clone()));
        let file = AtomicFile::create(&args.out)?;
        let out = WriterBuilder::new().terminator(Terminator::Any(b'\n')).from_writer(file);
        let mut table = Table { out, words, draws };
        let numbers = if draws { vec!["row".to_owned(), "draw".to_owned()] } else { Vec::new() };
        let header = numbers.iter().chain(&data.kept.columns).chain(&data.columns);
        table.out.write_record(header).map_err(io::Error::from).map_err(Error::io("write", &args.out))?;
        Ok(table)
    }

    fn write(&mut self, data: &Dataset, row: usize, filled: &[Vec<f32>]) -> io::Result<()> {
        for (draw, numbers) in filled.iter().enumerate() {
            let mut cells = Vec::new();
            if self.draws {
                cells.extend([data.source_rows[row] + 1, draw + 1].map(|n| n.to_string()));
            }
            cells.extend(data.kept.row(row).iter().cloned());
            cells.extend(numbers.iter().zip(&self.words).map(|(x, words)| match words {
                Some(words) => words.get(*x as usize).cloned().unwrap_or_default(),
                None => x.to_string(),
            }));
            self.out.write_record(&cells)?;
        }
        Ok(())
    }

    /// When all is written.
    fn finish(self, out: &Path) -> Result<(), Error> {
        let file =
            self.out.into_inner().map_err(|error| error.into_error()).map_err(Error::io("write", out))?;
        Ok(file.commit()?)
    }
}
