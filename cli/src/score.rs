//! `elbow score`.

mod rows;
mod table;

use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use self::rows::{Alarm, MOST_CAUSES, Row, Scorer};
use self::table::{Columns, Table};
use super::out::{Overwrite, is_same};
use super::source::SourceArgs;
use crate::error::Error;
use crate::report;
use elbow_host::file::atomic_file::{AtomicFile, check_writable};
use elbow_host::model::{HostModel, ModelBytes};
use elbow_reader::Missing;

/// The arguments of `elbow score`.
#[derive(Debug, clap::Args)]
pub(crate) struct ScoreArgs {
    /// The model
    model: PathBuf,
    /// The frames; `-` reads CSV from standard input, to its end
    data: PathBuf,
    /// Where to write the scores [default: stdout]
    #[arg(long, value_name = "CSV")]
    out: Option<PathBuf>,
    /// Columns of the file to carry along, such as its time; of a window those of its last row
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    keep: Vec<String>,
    /// Also tell, as a device does, where m of the last n frames are anomalous, and slow drift
    #[arg(long, value_name = "M/N", value_parser = Alarm::read)]
    alarm: Option<Alarm>,
    /// Also tell the N columns of each frame that are least like normal ones
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=MOST_CAUSES as i64))]
    why: Option<u8>,
    #[command(flatten)]
    overwrite: Overwrite,
    #[command(flatten)]
    source: SourceArgs,
}

/// Endings of files that promise something else than CSV.
const OTHER_FORMATS: [&str; 12] =
    ["npy", "npz", "gz", "zip", "json", "jsonl", "parquet", "arrow", "feather", "xlsx", "elbow", "rs"];

#[derive(Debug, Serialize)]
struct Report {
    rows: usize,
    dims: usize,
    samples: u32,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    keep: Vec<String>,
    scores: Vec<Row>,
}

pub(super) fn run(args: &ScoreArgs, json: bool) -> Result<(), Error> {
    args.out.as_deref().map_or(Ok(()), |out| check_out(args, out))?;
    let bytes = ModelBytes::read(&args.model)?;
    let model = bytes.open().map_err(Error::model(&args.model))?;
    let samples = args.source.samples(&model);
    let mut scorer = Scorer::new(&model, samples, args.alarm, args.why.unwrap_or(0).into());
    check_verdicts(args, &model, samples, scorer.has_verdicts())?;
    let paths = std::slice::from_ref(&args.data);
    let (data, reading) =
        args.source.load_with(paths, &args.model, &model.metadata, &args.keep, Missing::Drop)?;
    let bar = report::bar(data.rows as u64, "scoring {wide_bar} {pos}/{len} rows, {eta} left");
    let rows = scorer.take(&data, model.metadata.window as usize, |rows| bar.inc(rows as u64))?;
    bar.finish_and_clear();
    let is_single = model.metadata.window == 1;
    let rows = if is_single { scorer.with_skipped(rows, &reading.skipped, &data) } else { rows };
    let columns = Columns {
        kept: args.keep.clone(),
        verdicts: scorer.has_verdicts(),
        alarm: args.alarm.is_some(),
        causes: args.why.unwrap_or(0).into(),
    };
    write(args, json, columns, &rows)?;
    if json {
        let keep = args.keep.clone();
        report::print_json(&Report { rows: data.rows, dims: data.dims, samples, keep, scores: rows })?;
    }
    Ok(())
}

/// To the file, or where there is none and no JSON is asked for, to stdout.
fn write(args: &ScoreArgs, json: bool, columns: Columns, rows: &[Row]) -> Result<(), Error> {
    let table = |to: &mut dyn Write| -> io::Result<()> {
        let mut table = Table::begin(to, columns)?;
        table.write(rows)?;
        table.into_inner()?.flush()
    };
    match &args.out {
        Some(path) => {
            let mut file = AtomicFile::create(path)?;
            table(&mut file).map_err(Error::io("write", path))?;
            file.commit()?;
            if !json {
                report::note(&format!("{}: {} rows", path.display(), rows.len()));
            }
            Ok(())
        }
        None if json => Ok(()),
        None => match table(&mut io::stdout().lock()) {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Error::Print(error)),
            _ => Ok(()),
        },
    }
}

/// Says where verdicts are missing, and refuses what is made of them where there are none.
fn check_verdicts(
    args: &ScoreArgs,
    model: &HostModel<'_>,
    samples: u32,
    has_verdicts: bool,
) -> Result<(), Error> {
    if has_verdicts {
        return Ok(());
    }
    let asked = [("alarm", args.alarm.is_some()), ("why", args.why.is_some())];
    let asked = asked.into_iter().find_map(|(name, is_asked)| is_asked.then_some(name));
    match (model.extras.calibration, asked) {
        (None, None) => Ok(()),
        (None, Some(name)) => {
            let model = args.model.display();
            let problem = format!(
                "has no alarm threshold, which --{name} needs; set it first: elbow calibrate {model} \
                 NORMAL.csv --false-alarm 0.01"
            );
            Err(Error::argument("model", model, problem))
        }
        (Some(calibration), Some(name)) => {
            let problem = format!("--{name} needs verdicts, which are for --samples {}", calibration.samples);
            Err(Error::argument("samples", samples, problem))
        }
        (Some(calibration), None) => {
            report::note(&format!(
                "no verdicts: the alarm threshold is for {} samples and --samples asks {samples}; leave it \
                 out",
                calibration.samples
            ));
            Ok(())
        }
    }
}

/// Fails before the work where the scores cannot be written, or would go over what they are made from.
fn check_out(args: &ScoreArgs, out: &Path) -> Result<(), Error> {
    for (input, what) in [(&args.model, "the model is"), (&args.data, "the frames are")] {
        if is_same(input, out) {
            let problem = format!("is what {what} read from; give another name");
            return Err(Error::argument("out", out.display(), problem));
        }
    }
    check_writable(out)?;
    let extension = out.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    if OTHER_FORMATS.contains(&extension.as_str()) {
        let problem = "scores are written as CSV; give a name that ends in .csv";
        return Err(Error::argument("out", out.display(), problem));
    }
    args.overwrite.check(out)
}
