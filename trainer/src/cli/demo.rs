//! `elbow demo`.
use crate::error::Error;
use std::path::PathBuf;
/// The arguments of `elbow demo`.
#[derive(Debug, clap::Args)]
pub(crate) struct DemoArgs {
    /// Where to write the model
    #[arg(long, value_name = "FOLDER", default_value = "target/demo")]
    out: PathBuf,
}
pub(super) fn run(_args: &DemoArgs, _json: bool) -> Result<(), Error> {
    Ok(())
}
