//! `elbow keygen`: a key to sign models with.

use std::fs::remove_file;
use std::path::{Path, PathBuf};

use elbow::format::is_control;
use elbow_host::file::atomic_file::{write_new, write_secret};
use elbow_host::file::signing::SecretKey;
use serde::Serialize;

use super::out::{Outputs, Overwrite};
use crate::error::Error;
use crate::report;

/// The arguments of `elbow keygen`.
#[derive(Debug, clap::Args)]
pub(crate) struct KeygenArgs {
    /// The file of the secret key, such as fleet.key; fleet.pub, fleet.rs and fleet.h get the public one
    key: PathBuf,
}

/// What was written, for programs.
#[derive(Debug, Serialize)]
struct Summary {
    secret: PathBuf,
    public: PathBuf,
    rust: PathBuf,
    c: PathBuf,
    key: String,
}

pub(super) fn run(args: &KeygenArgs, json: bool) -> Result<(), Error> {
    let path = &args.key;
    let name = name(path)?;
    let [public, rust, c] = ["pub", "rs", "h"].map(|ending| path.with_extension(ending));
    let mut outputs = Outputs::made_from([]);
    for path in [path, &public, &rust, &c] {
        if path.symlink_metadata().is_ok() {
            let problem = "is there already, and no key is written over; give another name";
            return Err(Error::file(path, problem));
        }
        outputs.file("", path, Overwrite::default())?;
    }
    let random = |error| Error::file(path, format!("no key: the system gives no random numbers ({error})"));
    let key = SecretKey::generate().map_err(random)?;
    let of = key.public();
    let files = [(&public, of.to_pem()), (&rust, of.rust_source(&name)), (&c, of.c_header(&name))];
    write(&files, (path, &key.to_pem()))?;
    let summary = Summary { secret: path.clone(), public, rust, c, key: of.to_string() };
    if json { report::print_json(&summary) } else { report::print(&table(&summary)) }
}

/// Writes the secret last: where it is, all is. Where it cannot be written, no public key stays that nobody
/// can sign for.
fn write(files: &[(&PathBuf, String)], (secret, key): (&Path, &str)) -> Result<(), Error> {
    let mut written = Vec::new();
    let publics = files.iter().try_for_each(|(path, text)| {
        write_new(path, text.as_bytes())?;
        written.push(path);
        Ok(())
    });
    let all = publics.and_then(|()| write_secret(secret, key.as_bytes()));
    if all.is_err() {
        written.into_iter().for_each(|path| drop(remove_file(path)));
    }
    Ok(all?)
}

/// What the constants are called after.
fn name(path: &Path) -> Result<String, Error> {
    const OTHERS: [&str; 4] = ["pub", "rs", "h", "elbow"];
    let is_other = path.extension().is_some_and(|ending| OTHERS.iter().any(|of| ending == *of));
    match path.file_stem().and_then(|stem| stem.to_str()) {
        Some(stem) if !is_other && !stem.contains(is_control) => Ok(stem.into()),
        _ => Err(Error::file(path, "is no name for a secret key; give one such as fleet.key")),
    }
}

fn table(summary: &Summary) -> String {
    let Summary { secret, public, rust, c, key } = summary;
    report::table(&[
        ("secret", format!("{}: keep it off devices and out of repositories", secret.display())),
        ("public", public.display().to_string()),
        ("rust", rust.display().to_string()),
        ("c", c.display().to_string()),
        ("key", key.clone()),
    ])
}
