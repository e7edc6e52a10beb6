//! `elbow bench`: how long things take on this machine.

mod step;

use clap::Subcommand;

use crate::error::Error;

#[derive(Debug, Subcommand)]
pub(crate) enum BenchCommand {
    /// A training step: forward, backward and update
    Step(step::StepArgs),
}

pub(super) fn run(command: &BenchCommand, json: bool) -> Result<(), Error> {
    match command {
        BenchCommand::Step(args) => step::run(args, json),
    }
}
