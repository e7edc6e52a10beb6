//! `elbow bench`: how long things take on this machine, and how short they become.

mod anomaly;
mod compress;
mod peers;
mod read;
mod score;
mod step;

use clap::Subcommand;

use crate::error::Error;
use elbow_host::simd;

#[derive(Debug, Subcommand)]
pub(crate) enum BenchCommand {
    /// Anomalies: AUROC and AUPRC of the automatic model over a folder of sets
    Anomaly(anomaly::AnomalyArgs),
    /// Bits for each number of recorded data, beside other codecs
    Compress(compress::CompressArgs),
    /// Reading: megabytes of a file per second
    Read(read::ReadArgs),
    /// Scores: rows per second, and the time of a single row
    Score(score::ScoreArgs),
    /// A training step: forward, backward and update
    Step(step::StepArgs),
}

/// What the loops run with.
#[derive(Debug, clap::Args)]
struct Instructions {
    /// Vector instructions: scalar, avx2 or avx512 [default: the widest of this machine]
    #[arg(long, value_name = "NAME")]
    simd: Option<String>,
}

impl Instructions {
    /// Has the loops run so; the name.
    fn choose(&self) -> Result<&'static str, Error> {
        if let Some(name) = &self.simd {
            simd::choose(name).map_err(|problem| Error::argument("simd", name, problem))?;
        }
        Ok(simd::name(simd::arch()))
    }
}

pub(super) fn run(command: &BenchCommand, json: bool) -> Result<(), Error> {
    match command {
        BenchCommand::Anomaly(args) => anomaly::run(args, json),
        BenchCommand::Compress(args) => compress::run(args, json),
        BenchCommand::Read(args) => read::run(args, json),
        BenchCommand::Score(args) => score::run(args, json),
        BenchCommand::Step(args) => step::run(args, json),
    }
}
