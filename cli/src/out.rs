//! What commands share that write a model.

use std::path::{Path, PathBuf};

use elbow::format::is_control;
use elbow_host::file::atomic_file::{check_writable, write_atomically};
use elbow_host::file::rust_type::rust_source;
use elbow_host::model::ModelBytes;
use elbow_reader::expand;
use elbow_trainer::quantize::Cost;

use crate::error::Error;

/// Whether results may go over what is there.
#[derive(Clone, Copy, Debug, Default, clap::Args)]
pub(super) struct Overwrite {
    /// Write over a file that is there
    #[arg(long)]
    pub(super) force: bool,
}

impl Overwrite {
    /// Refuses to write over a file that holds something; an empty one, as mktemp makes, holds nothing, and a
    /// pipe or a device loses nothing.
    pub(super) fn check(self, out: &Path) -> Result<(), Error> {
        let holds = out.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.len() > 0);
        if self.force || !holds {
            return Ok(());
        }
        let problem = "is there already; give another name, or --force to write over it";
        Err(Error::argument("out", out.display(), problem))
    }
}

/// Whether both are names of one file that is there.
pub(super) fn is_same(one: &Path, other: &Path) -> bool {
    one.canonicalize().is_ok_and(|one| other.canonicalize().is_ok_and(|other| one == other))
}

/// What a model is called: types and constants of firmware bear its name, whatever its files are called.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct Name {
    /// What the model and its Rust types are called [default: as a new model's file is; an old one keeps its
    /// name]
    #[arg(long, value_name = "NAME", value_parser = name)]
    name: Option<String>,
}

fn name(text: &str) -> Result<String, &'static str> {
    if text.is_empty() || text.contains(is_control) {
        return Err("give letters and digits, such as engine_room");
    }
    Ok(text.into())
}

impl Name {
    /// Of a new model: that of its file unless it is given.
    pub(super) fn of_file(&self, out: &Path) -> Result<String, Error> {
        let of_file = stem(out)?;
        Ok(self.name.clone().unwrap_or(of_file))
    }

    /// Of a model that has one.
    pub(super) fn or<'a>(&'a self, old: &'a str) -> &'a str {
        self.name.as_deref().unwrap_or(old)
    }
}

/// The name of a model's file, without its ending.
pub(super) fn stem(out: &Path) -> Result<String, Error> {
    let is_model = out.extension().is_some_and(|extension| extension == "elbow");
    match out.file_stem().and_then(|stem| stem.to_str()) {
        Some(stem) if is_model && !stem.contains(is_control) => Ok(stem.to_string()),
        _ => Err(Error::argument("out", out.display(), "give a file name that ends in .elbow")),
    }
}

/// Fails before the work rather than after it. The type beside the model may go over an older one, but over
/// nothing else: `--out src/main.elbow` must not cost anybody `src/main.rs`.
pub(super) fn check_out(out: &Path) -> Result<(), Error> {
    check_writable(out)?;
    if out.exists() && !out.is_file() {
        let problem = "is a pipe or a device, from which no model can be read back; give a file name";
        return Err(Error::argument("out", out.display(), problem));
    }
    let beside = out.with_extension("rs");
    let is_ours = |text: Vec<u8>| text.starts_with(b"// Written by elbow ");
    if !beside.exists() || std::fs::read(&beside).is_ok_and(is_ours) {
        return Ok(());
    }
    let problem = format!("{} beside it is not Elbow's to replace; give another name", beside.display());
    Err(Error::argument("out", out.display(), problem))
}

/// Writes a model and its type beside it.
pub(super) fn write_files(bytes: &ModelBytes, out: &Path) -> Result<(), Error> {
    write_files_for(bytes, out, None)
}

/// Likewise, for firmware that draws so many samples where no calibration says how many.
pub(super) fn write_files_for(bytes: &ModelBytes, out: &Path, samples: Option<u32>) -> Result<(), Error> {
    let model = bytes.open().map_err(Error::model(out))?;
    write_atomically(out, bytes.as_bytes())?;
    let source = rust_source(&model, samples.unwrap_or_else(|| model.samples_on_device()));
    Ok(write_atomically(&out.with_extension("rs"), source.as_bytes())?)
}

/// What rounding cost, as rows of a table.
pub(super) fn cost_rows(cost: &Cost) -> Vec<(&'static str, String)> {
    let Cost { before, after, nats_lost, nats_lost_relative } = cost;
    let percent = 100.0 * nats_lost_relative;
    let mut rows = vec![(
        "cost",
        format!(
            "{nats_lost:+.4} nats per row ({percent:+.2} %): −log p(x) {:.3}, was {:.3}, on {} rows",
            after.nats_per_row, before.nats_per_row, after.rows
        ),
    )];
    if let (Some(before), Some(after)) = (before.auroc, after.auroc) {
        rows.push(("AUROC", format!("{after:.4}, was {before:.4}")));
    }
    rows
}

/// Where the model of some files goes by default: `data/day.csv.gz` makes `day.elbow`, here, be there other
/// files behind it or not; standard input makes `stdin.elbow`, as `-.elbow` would be taken for a flag.
pub(super) fn beside(data: &[PathBuf]) -> PathBuf {
    // what names no file is refused when it is read
    let first = expand(data).ok().and_then(|files| files.into_iter().next()).unwrap_or_default();
    if first == Path::new("-") {
        return PathBuf::from("stdin.elbow");
    }
    let name = first.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    PathBuf::from(format!("{stem}.elbow"))
}
