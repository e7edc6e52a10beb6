//! `elbow sign`: a signature behind a model file.

use std::path::{Path, PathBuf};

use elbow_host::file::atomic_file::write_atomically;
use elbow_host::file::signing::{PublicKey, SecretKey};
use elbow_host::model::ModelBytes;
use serde::Serialize;

use super::out::{Outputs, Overwrite, is_same, stem};
use crate::error::Error;
use crate::report;

/// The arguments of `elbow sign`.
#[derive(Debug, clap::Args)]
pub(crate) struct SignArgs {
    /// The model
    model: PathBuf,
    /// The secret key that `elbow keygen` wrote
    #[arg(long, value_name = "KEY")]
    key: PathBuf,
    /// How new the model is: a device takes none that is below what it was told
    #[arg(long, value_name = "N")]
    version: u32,
    /// The signed model [default: the model itself]
    #[arg(long, value_name = "MODEL.elbow")]
    out: Option<PathBuf>,
    #[command(flatten)]
    overwrite: Overwrite,
}

/// What was written, for programs.
#[derive(Debug, Serialize)]
struct Summary {
    model: PathBuf,
    version: u32,
    key: String,
    /// the version that it was signed as before, by whatever key
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<u32>,
    file_bytes: usize,
}

pub(super) fn run(args: &SignArgs, json: bool) -> Result<(), Error> {
    let SignArgs { model, key, version, out, .. } = args;
    out.as_deref().map(stem).transpose()?;
    let to = out.as_ref().unwrap_or(model);
    let overwrite = Overwrite { force: args.overwrite.force || is_same(to, model) };
    Outputs::made_from([&**key]).file(if out.is_some() { "out" } else { "" }, to, overwrite)?;
    let bytes = ModelBytes::read(model)?;
    // nothing is signed that is no model
    drop(bytes.open().map_err(Error::model(model))?);
    let secret = SecretKey::read(key)?;
    note_if_open(key);
    let signed = secret.sign(bytes.as_bytes(), *version);
    write_atomically(to, &signed)?;
    let before = bytes.trailer().map(|trailer| trailer.version);
    let key = secret.public().to_string();
    let summary = Summary { model: to.clone(), version: *version, key, before, file_bytes: signed.len() };
    if json { report::print_json(&summary) } else { report::print(&table(&summary)) }
}

fn table(summary: &Summary) -> String {
    let Summary { model, version, key, before, file_bytes } = summary;
    let before = before.map_or(String::new(), |before| format!(", was signed as version {before}"));
    report::table(&[
        ("model", format!("{} ({file_bytes} bytes)", model.display())),
        ("signed", format!("as version {version}{before}")),
        ("key", key.clone()),
    ])
}

/// Says of a secret that others may read it.
fn note_if_open(key: &Path) {
    if is_open(key) {
        report::note(&format!("{}: others may read this secret; chmod 600 it", key.display()));
    }
}

#[cfg(unix)]
fn is_open(key: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    key.metadata().is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_open(_: &Path) -> bool {
    false
}

/// What a signature says of itself, which was not verified: by which key, as which version.
pub(super) fn said(bytes: &ModelBytes) -> Option<(u32, PublicKey)> {
    bytes.trailer().map(|trailer| (trailer.version, PublicKey(*trailer.key)))
}

/// Says of what is made from a signed model that it is not signed.
pub(super) fn note_if_signed(model: &Path, bytes: &ModelBytes) {
    if let Some((version, _)) = said(bytes) {
        report::note(&format!(
            "{}: is signed as version {version}; what is written is not: run elbow sign on it",
            model.display()
        ));
    }
}
