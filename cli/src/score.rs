//! `elbow score`.

mod golden;
mod json;
pub(crate) mod rows;
mod stuck;
pub(crate) mod table;

use std::io::{self, BufWriter, ErrorKind};
use std::path::{Path, PathBuf};

use self::json::{Head, Object};
use self::rows::{Alarm, MOST_CAUSES, Scorer, Told};
use self::table::{Columns, Table};
use super::out::{Outputs, Overwrite, file};
use super::source::{SamplesArg, SourceArgs};
use crate::error::Error;
use crate::frames::{Destination, or_reader_gone, unwritten};
use crate::report;
use elbow_host::model::{HostModel, ModelBytes};

/// The arguments of `elbow score`.
#[derive(Debug, clap::Args)]
pub(crate) struct ScoreArgs {
    /// The model
    model: PathBuf,
    /// The frames; `-` reads CSV from standard input, and each score is written as its row comes
    data: PathBuf,
    /// Where to write the scores [default: -, standard output]
    #[arg(long, value_name = "CSV")]
    out: Option<PathBuf>,
    /// Columns of the file to carry along, such as its time; of a window those of its last row
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    keep: Vec<String>,
    /// Also tell, as a device does, where m of the last n frames are anomalous, and slow drift
    #[arg(long, value_name = "M/N", value_parser = Alarm::read)]
    alarm: Option<Alarm>,
    /// Let the threshold follow the stream, so that the stated part of the frames is anomalous however slowly
    /// it moves
    #[arg(long)]
    follow: bool,
    /// Tell sensors that have not moved for longer than in the rows of `calibrate --missing one`, apart from
    /// anomalies, and judge without them
    #[arg(long)]
    stuck: bool,
    /// Also tell the N columns of each frame that the others speak least for
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=MOST_CAUSES as i64))]
    why: Option<u8>,
    /// In place of scores, a board's own check: the first N frames with the bits of their scores, as Rust, or
    /// as C where --out ends in .h
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=golden::MOST))]
    #[arg(conflicts_with_all = ["keep", "alarm", "follow", "stuck", "why"])]
    golden: Option<u16>,
    #[command(flatten)]
    overwrite: Overwrite,
    #[command(flatten)]
    samples: SamplesArg,
    #[command(flatten)]
    source: SourceArgs,
}

/// Endings of files that promise something else than CSV.
const OTHER_FORMATS: [&str; 12] =
    ["npy", "npz", "gz", "zip", "json", "jsonl", "parquet", "arrow", "feather", "xlsx", "elbow", "rs"];

impl ScoreArgs {
    /// Nothing for standard output.
    fn path(&self) -> Option<&Path> {
        self.out.as_deref().and_then(file)
    }

    fn told(&self) -> Told {
        let causes = self.why.unwrap_or(0).into();
        Told { alarm: self.alarm, follow: self.follow, stuck: self.stuck, causes }
    }
}

pub(super) fn run(args: &ScoreArgs, json: bool) -> Result<(), Error> {
    or_reader_gone(score(args, json))
}

fn score(args: &ScoreArgs, json: bool) -> Result<(), Error> {
    args.path().map_or(Ok(()), |out| check_out(args, out))?;
    let bytes = ModelBytes::read(&args.model)?;
    let model = args.source.open(&bytes, &args.model, args.stuck)?;
    if let Some(count) = args.golden {
        let samples = args.samples.samples.unwrap_or_else(|| model.samples_on_device());
        return golden::run(args, &model, (count.into(), samples), json);
    }
    let samples = args.samples.of(&model);
    let mut scorer = Scorer::new(&model, samples, args.told());
    check_stuck(args.stuck, &args.model, &model)?;
    check_verdicts(args, &model, samples, scorer.has_verdicts())?;
    let bar = report::rows_bar("scoring");
    let columns = Columns {
        kept: args.keep.clone(),
        verdicts: scorer.has_verdicts(),
        alarm: args.alarm.is_some(),
        stuck: args.stuck,
        causes: args.why.unwrap_or(0).into(),
    };
    let (paths, metadata) = (std::slice::from_ref(&args.data), &model.metadata);
    let head = Head { dims: metadata.architecture.features as usize, samples, keep: args.keep.clone() };
    let (mut written, mut rows) = (None, 0);
    args.source.each_block(paths, &args.model, metadata, &args.keep, &mut |data| {
        let judged = scorer.take(&data, metadata.window, |rows| bar.inc(rows as u64))?;
        // nothing is written of a file that is refused
        let (table, object) = match &mut written {
            Some(both) => both,
            None => {
                let destination = Destination::open(args.path(), json)?;
                let table = Table::begin(destination, columns.clone()).map_err(unwritten(args.path()))?;
                let out = || Object::begin(BufWriter::new(io::stdout()), &head);
                written.insert((table, json.then(out).transpose().map_err(Error::Print)?))
            }
        };
        table.write(&judged).map_err(unwritten(args.path()))?;
        if let Some(told) = object
            && !is_read(args, told.write(&judged))?
        {
            *object = None;
        }
        rows += judged.len();
        Ok(())
    })?;
    bar.finish_and_clear();
    if let Some((table, object)) = written {
        table.into_inner().map_err(unwritten(args.path()))?.commit()?;
        object.map_or(Ok(true), |object| is_read(args, object.finish()))?;
    }
    if let (Some(path), false) = (args.path(), json) {
        report::note(&format!("{}: {rows} rows", path.display()));
    }
    Ok(())
}

/// Whether there is a reader of standard output: a file is written whether or not there is one.
fn is_read(args: &ScoreArgs, written: io::Result<()>) -> Result<bool, Error> {
    match written {
        Err(error) if args.path().is_some() && error.kind() == ErrorKind::BrokenPipe => Ok(false),
        written => written.map(|()| true).map_err(Error::Print),
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
    let asked = [("alarm", args.alarm.is_some()), ("follow", args.follow), ("why", args.why.is_some())];
    let asked = asked.into_iter().chain([("stuck", args.stuck)]);
    let asked = asked.into_iter().find_map(|(name, is_asked)| is_asked.then_some(name));
    match (model.extras.calibration, asked) {
        (None, None) => Ok(()),
        (None, Some(name)) => {
            let model = report::typed(&args.model);
            let problem = format!(
                "has no alarm threshold, which --{name} needs; set it first: elbow calibrate {model} \
                 NORMAL.csv --false-alarm 0.01"
            );
            Err(Error::file(&args.model, problem))
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

/// Refuses to tell stuck sensors without what says how long each holds its value.
pub(super) fn check_stuck(is_asked: bool, path: &Path, model: &HostModel<'_>) -> Result<(), Error> {
    let holds = model.extras.calibration.as_ref().map_or(&[][..], |calibration| calibration.gaps().holds());
    if !is_asked || !holds.is_empty() {
        return Ok(());
    }
    let model = report::typed(path);
    let problem = format!(
        "has no thresholds of frames that lack a sensor, which --stuck needs; set them first: elbow \
         calibrate {model} NORMAL.csv --missing one --false-alarm 0.01"
    );
    Err(Error::file(path, problem))
}

/// Fails before the work where the scores cannot be written, or would go over what they are made from.
fn check_out(args: &ScoreArgs, out: &Path) -> Result<(), Error> {
    let mut outputs = Outputs::made_from([&*args.model, &args.data]);
    if args.golden.is_some() {
        outputs = outputs.and([&*args.model.with_extension("rs")], "is the model's type");
        outputs.source("out", out, args.overwrite)?;
    } else {
        outputs.file("out", out, args.overwrite)?;
    }
    let extension = out.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    if args.golden.is_some() {
        let problem = "the check is written as Rust or C; give a name that ends in .rs or .h";
        let is_source = ["rs", "h"].contains(&&*extension);
        return if is_source { Ok(()) } else { Err(Error::argument("out", out.display(), problem)) };
    }
    if OTHER_FORMATS.contains(&extension.as_str()) {
        let problem = "scores are written as CSV; give a name that ends in .csv";
        return Err(Error::argument("out", out.display(), problem));
    }
    Ok(())
}
