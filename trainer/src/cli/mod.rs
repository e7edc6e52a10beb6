//! The command line: arguments to library calls to what is printed.

mod demo;
mod eval;
mod fit;
mod inspect;
mod score;
mod source;

use clap::{Parser, Subcommand};

use crate::error::Error;
use crate::record::{self, RecordArgs};
use crate::report;

/// Density models that fit in a microcontroller: fit from a file, evaluate, export.
///
/// DATA is .csv (with a header), .npy, .npz (arrays X and, where there are labels, y) or IDX, plain or .gz.
/// Results go to stdout, progress and notes to stderr. Exit codes: 0 good, 1 the work failed, 2 the arguments or
/// the files are wrong.
#[derive(Debug, Parser)]
#[command(name = "elbow", version, max_term_width = 110)]
pub struct Cli {
    /// Print one JSON object on stdout
    #[arg(long, global = true)]
    json: bool,
    /// Threads to use (0: all); results do not depend on it
    #[arg(long, global = true, default_value_t = 0, value_name = "N")]
    threads: usize,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Fit a model to a file of frames and export it
    Fit(Box<fit::FitArgs>),
    /// Log-likelihood of a file of frames, and AUROC/AUPRC where it has labels
    Eval(eval::EvalArgs),
    /// Log density of every frame of a file
    Score(score::ScoreArgs),
    /// What a model file holds and what it costs
    Inspect(inspect::InspectArgs),
    /// The whole way on the data that comes with the project: fit, evaluate, export
    Demo(demo::DemoArgs),
    /// Record this machine's counters to CSV
    Record(RecordArgs),
}

impl Cli {
    /// Runs the command.
    ///
    /// # Errors
    /// [`Error`], whose text is for the user and whose [`exit_code`](Error::exit_code) is for the shell.
    pub fn run(&self) -> Result<(), Error> {
        // Fails only where a pool is there already: then that one serves.
        let _ = rayon::ThreadPoolBuilder::new().num_threads(self.threads).build_global();
        match &self.command {
            Command::Fit(args) => fit::run(args, self.json),
            Command::Eval(args) => eval::run(args, self.json),
            Command::Score(args) => score::run(args, self.json),
            Command::Inspect(args) => inspect::run(args, self.json),
            Command::Demo(args) => demo::run(args, self.json),
            Command::Record(args) => {
                let recording = record::run(args)?;
                if self.json {
                    report::print_json(&recording)
                } else {
                    report::print(&format!("{recording}\n"))
                }
            }
        }
    }
}
