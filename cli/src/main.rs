//! `elbow`: its arguments to the library, and out with its exit code.

use std::process::ExitCode;

use elbow_cli::{run, stop};

fn main() -> ExitCode {
    stop::clean_up_after_panics();
    ExitCode::from(run(std::env::args_os()))
}
