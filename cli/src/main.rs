//! `elbow`: parse, call the library, print.

use std::process::ExitCode;

use clap::Parser;
use elbow_cli::{Cli, report, stop};

fn main() -> ExitCode {
    stop::clean_up_after_panics();
    match Cli::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report::note(&format!("elbow: {error}"));
            ExitCode::from(error.exit_code())
        }
    }
}
