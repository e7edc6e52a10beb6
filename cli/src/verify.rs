//! `elbow verify`: whether a model file is whose it should be.

use std::path::PathBuf;

use elbow::SignedFile;
use elbow_host::file::signing::PublicKey;
use elbow_host::model::ModelBytes;
use serde::Serialize;

use crate::error::Error;
use crate::report;

/// The arguments of `elbow verify`.
#[derive(Debug, clap::Args)]
pub(crate) struct VerifyArgs {
    /// The signed model
    model: PathBuf,
    /// The public key that it must be signed by
    #[arg(long, value_name = "KEY.pub")]
    key: PathBuf,
    /// The lowest version to take
    #[arg(long, value_name = "N", default_value_t = 0)]
    oldest: u32,
}

/// What holds, for programs.
#[derive(Debug, Serialize)]
struct Summary {
    model: PathBuf,
    version: u32,
    key: String,
}

pub(super) fn run(args: &VerifyArgs, json: bool) -> Result<(), Error> {
    let VerifyArgs { model, key, oldest } = args;
    let key = PublicKey::read(key)?;
    let bytes = std::fs::read(model).map_err(Error::io("read", model))?;
    let refused = |error| Error::file(model, format!("{error}"));
    let version = SignedFile::open(&bytes, &key.0, *oldest).map_err(refused)?.version();
    // the model behind a sound signature loads, and nothing stands behind the signature
    drop(ModelBytes::new(&bytes).open().map_err(Error::model(model))?);
    let summary = Summary { model: model.clone(), version, key: key.to_string() };
    if json { report::print_json(&summary) } else { report::print(&table(&summary)) }
}

fn table(summary: &Summary) -> String {
    let Summary { model, version, key } = summary;
    report::table(&[
        ("model", model.display().to_string()),
        ("signed", format!("as version {version}, by this key, and as it was")),
        ("key", key.clone()),
    ])
}
