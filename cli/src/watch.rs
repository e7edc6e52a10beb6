//! `elbow watch`.

mod hook;
mod lines;
mod live;

use std::io::{self, IsTerminal};
use std::path::PathBuf;

use self::hook::Hook;
use self::lines::{Form, Lines};
use crate::error::Error;
use crate::frames::or_reader_gone;
use crate::report;
use crate::score::check_stuck;
use crate::score::rows::{Alarm, MOST_CAUSES, Row, Scorer, Told};
use crate::source::{SamplesArg, SourceArgs};
use elbow_host::model::ModelBytes;

/// The arguments of `elbow watch`.
#[derive(Debug, clap::Args)]
pub(crate) struct WatchArgs {
    /// The model, with an alarm threshold
    model: PathBuf,
    /// The rows: a file, a device, or `-` for standard input, such as the end of `tail -n +1 -f FILE`
    #[arg(default_value = "-")]
    data: PathBuf,
    /// Alarm where m of the last n frames are anomalous
    #[arg(long, value_name = "M/N", value_parser = Alarm::read, default_value = "3/5")]
    alarm: Alarm,
    /// Also tell slow drift
    #[arg(long)]
    drift: bool,
    /// Let the threshold follow the stream, so that the stated part of the frames is anomalous however slowly
    /// it moves
    #[arg(long)]
    follow: bool,
    /// Tell sensors that have not moved for longer than in the rows of `calibrate --missing one`, apart from
    /// anomalies, and judge without them
    #[arg(long)]
    stuck: bool,
    /// The N columns of a frame that the others speak least for
    #[arg(long, value_name = "N", default_value_t = 1)]
    #[arg(value_parser = clap::value_parser!(u8).range(0..=MOST_CAUSES as i64))]
    why: u8,
    /// Columns to carry along, such as the time; of a window those of its last row
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    keep: Vec<String>,
    /// What is written of each frame
    #[arg(long, value_enum, default_value_t)]
    format: Form,
    /// Command of the shell for each change of state, which it finds in ELBOW_STATE (alarm, drift_low,
    /// drift_high, steady), beside ELBOW_ROW, ELBOW_LOG_DENSITY and ELBOW_CAUSE
    #[arg(long, value_name = "COMMAND")]
    exec: Option<String>,
    #[command(flatten)]
    samples: SamplesArg,
    #[command(flatten)]
    source: SourceArgs,
}

/// What the stream does, for those who act on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Steady,
    Alarm,
    DriftLow,
    DriftHigh,
}

impl State {
    /// `None` of a row that has no frame.
    fn of(row: &Row) -> Option<State> {
        let stream = row.stream?;
        Some(match (stream.alarm, stream.drift) {
            (true, _) => State::Alarm,
            (_, Some("low")) => State::DriftLow,
            (_, Some(_)) => State::DriftHigh,
            _ => State::Steady,
        })
    }

    fn name(self) -> &'static str {
        match self {
            State::Steady => "steady",
            State::Alarm => "alarm",
            State::DriftLow => "drift_low",
            State::DriftHigh => "drift_high",
        }
    }
}

pub(super) fn run(args: &WatchArgs, json: bool) -> Result<(), Error> {
    or_reader_gone(watch(args, json))
}

fn watch(args: &WatchArgs, json: bool) -> Result<(), Error> {
    let bytes = ModelBytes::read(&args.model)?;
    let model = args.source.open(&bytes, &args.model, args.stuck)?;
    check_stuck(args.stuck, &args.model, &model)?;
    let samples = args.samples.of(&model);
    let told =
        Told { alarm: Some(args.alarm), follow: args.follow, stuck: args.stuck, causes: args.why.into() };
    let mut scorer = Scorer::new(&model, samples, told);
    if !scorer.has_verdicts() {
        let problem = match model.extras.calibration {
            None => format!(
                "has no alarm threshold; set it first: elbow calibrate {} NORMAL.csv --false-alarm 0.01",
                report::typed(&args.model)
            ),
            Some(of) => format!("has its threshold for {} samples; leave --samples out", of.samples),
        };
        return Err(Error::file(&args.model, problem));
    }
    let metadata = &model.metadata;
    let form = if json { Form::Jsonl } else { args.format };
    let is_seen = io::stdout().is_terminal();
    let mut lines = Lines::begin(form, metadata.name, &args.keep, (args.stuck, args.why.into()), is_seen)
        .map_err(Error::Print)?;
    let (mut hook, mut state) = (Hook::new(args.exec.clone()), State::Steady);
    // a cable garbles a line now and then: that is no end
    let source = SourceArgs { skip_broken: true, ..args.source.clone() };
    let paths = std::slice::from_ref(&args.data);
    let read = source.each_block(paths, &args.model, metadata, &args.keep, &mut |data| {
        for problem in data.skipped.iter().filter_map(|skipped| skipped.problem.as_ref()) {
            report::note(&format!("{}: {problem}; left out", data.path.display()));
        }
        for mut row in scorer.take(&data, metadata.window, |_| ())? {
            row.stream = row.stream.map(|stream| stream.with_drift(args.drift));
            let now = State::of(&row).unwrap_or(state);
            lines.write(&row, now != state).map_err(Error::Print)?;
            if now != state {
                hook.tell(now.name(), &row);
            }
            state = now;
        }
        Ok(())
    });
    hook.finish();
    read
}
