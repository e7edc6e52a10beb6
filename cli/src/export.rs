//! `elbow export`: what firmware includes of a model, written again or for another language.

use std::path::PathBuf;

use serde::Serialize;

use super::out::{Outputs, Overwrite};
use crate::error::Error;
use crate::report;
use elbow_host::file::atomic_file::write_atomically;
use elbow_host::file::c_header::c_header;
use elbow_host::file::rust_type::rust_source;
use elbow_host::model::ModelBytes;

/// The arguments of `elbow export`.
#[derive(Debug, clap::Args)]
pub(crate) struct ExportArgs {
    /// The model
    model: PathBuf,
    /// A header of C that holds the file as an array, instead of the Rust type
    #[arg(long)]
    c: bool,
    /// The folder to write into [default: that of the model]
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    #[command(flatten)]
    overwrite: Overwrite,
}

/// What was written, for programs.
#[derive(Debug, Serialize)]
struct Summary {
    written: PathBuf,
}

pub(super) fn run(args: &ExportArgs, json: bool) -> Result<(), Error> {
    let beside = match (&args.out, args.model.file_name()) {
        (Some(folder), Some(name)) => folder.join(name),
        _ => args.model.clone(),
    };
    let bytes = ModelBytes::read(&args.model)?;
    let model = bytes.open().map_err(Error::model(&args.model))?;
    if let Some(folder) = &args.out {
        std::fs::create_dir_all(folder).map_err(Error::io("make the folder", folder))?;
    }
    let mut outputs = Outputs::made_from([&*args.model]);
    let (written, text) = if args.c {
        let header = beside.with_extension("h");
        outputs.file("", &header, args.overwrite)?;
        (header, c_header(&model, bytes.as_bytes()))
    } else {
        outputs.rust_type("", &beside)?;
        (beside.with_extension("rs"), rust_source(&model, model.samples_on_device()))
    };
    write_atomically(&written, text.as_bytes())?;
    let summary = Summary { written };
    if json {
        report::print_json(&summary)
    } else {
        report::print(&report::table(&[("written", summary.written.display().to_string())]))
    }
}
