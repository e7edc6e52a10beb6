//! What commands share that write a model.

mod kept;

use std::path::{Path, PathBuf};

use elbow::format::is_control;
use elbow_host::file::atomic_file::{check_writable, write_atomically};
use elbow_host::file::rust_type::rust_source;
use elbow_host::model::ModelBytes;
use elbow_reader::expand;
use elbow_trainer::quantize::Cost;

use crate::error::Error;
use kept::{holds_key, is_source};

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
    fn check(self, out: Output<'_>) -> Result<(), Error> {
        if holds_key(out.path) {
            return Err(
                out.refused("holds a secret key, which no file is written over; give another name".into())
            );
        }
        let holds = out.path.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.len() > 0);
        match self.force || !holds {
            true => Ok(()),
            false => {
                Err(out.refused("is there already; give another name, or --force to write over it".into()))
            }
        }
    }
}

/// A file that a command is to write, and the flag that names it.
#[derive(Clone, Copy)]
struct Output<'a> {
    /// empty where its place does
    flag: &'static str,
    path: &'a Path,
}

impl Output<'_> {
    fn refused(self, problem: String) -> Error {
        match self.flag {
            "" => Error::file(self.path, problem),
            flag => Error::argument(flag, self.path.display(), problem),
        }
    }

    /// As messages about other files name it.
    fn named(self) -> String {
        match self.flag {
            "" => self.path.display().to_string(),
            flag => format!("--{flag} {}", self.path.display()),
        }
    }
}

/// The files that a command is to write, checked before the work: each can be written, goes over nothing that
/// is to be kept, and over no other of them nor what they are made from.
pub(super) struct Outputs {
    /// resolved, with what they are
    taken: Vec<(PathBuf, String)>,
    /// a folder that is yet to be made
    made: Option<PathBuf>,
}

impl Outputs {
    /// Made from these files.
    pub(super) fn made_from<'a>(inputs: impl IntoIterator<Item = &'a Path>) -> Self {
        Outputs { taken: Vec::new(), made: None }.and(inputs, "is what it would be made from")
    }

    /// None may be one of these, for this reason.
    pub(super) fn and<'a>(mut self, others: impl IntoIterator<Item = &'a Path>, why: &str) -> Self {
        for path in others {
            // a pattern stands for the files that it finds
            let files = expand(&[path.to_path_buf()]).unwrap_or_else(|_| vec![path.to_path_buf()]);
            self.taken.extend(files.iter().map(|file| (resolved(file), why.to_owned())));
        }
        self
    }

    /// In a folder that the work begins with making, nothing is tried.
    pub(super) fn making(self, folder: Option<&Path>) -> Self {
        Outputs { made: folder.filter(|folder| !folder.exists()).map(resolved), ..self }
    }

    /// A file; nothing of it goes to standard output.
    pub(super) fn file(
        &mut self,
        flag: &'static str,
        path: &Path,
        overwrite: Overwrite,
    ) -> Result<(), Error> {
        let out = Output { flag, path };
        self.take(out)?;
        overwrite.check(out)
    }

    /// Source, which may go over an older one of Elbow's and, forced or not, over nobody's own.
    pub(super) fn source(
        &mut self,
        flag: &'static str,
        path: &Path,
        overwrite: Overwrite,
    ) -> Result<(), Error> {
        let holds = path.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.len() > 0);
        if holds && !is_source(path) {
            let out = Output { flag, path };
            return Err(out.refused("is not Elbow's to replace; give another name".into()));
        }
        self.file(flag, path, overwrite)
    }

    /// A model and the type beside it. That may go over an older one, but over nothing else: `--out
    /// src/main.elbow` must not cost anybody `src/main.rs`.
    pub(super) fn model(
        &mut self,
        flag: &'static str,
        path: &Path,
        overwrite: Overwrite,
    ) -> Result<(), Error> {
        let out = Output { flag, path };
        overwrite.check(out)?;
        self.take(out)?;
        if path.exists() && !path.is_file() {
            let problem = "is a pipe or a device, from which no model can be read back; give a file name";
            return Err(out.refused(problem.into()));
        }
        self.rust_type(flag, path)
    }

    /// The type beside a model.
    pub(super) fn rust_type(&mut self, flag: &'static str, model: &Path) -> Result<(), Error> {
        let (out, beside) = (Output { flag, path: model }, model.with_extension("rs"));
        if beside.exists() && !is_source(&beside) {
            let problem =
                format!("{} beside it is not Elbow's to replace; give another name", beside.display());
            return Err(out.refused(problem));
        }
        self.writable(&beside)?;
        let what = format!("is the type beside {}", out.named());
        self.taken.push((resolved(&beside), what));
        Ok(())
    }

    fn take(&mut self, out: Output<'_>) -> Result<(), Error> {
        if file(out.path).is_none() {
            return Err(out.refused("standard output is for rows of text; give a file name, or ./-".into()));
        }
        if out.path.is_dir() {
            return Err(out.refused("is a folder; give a file name".into()));
        }
        let resolved = resolved(out.path);
        if let Some((_, what)) = self.taken.iter().find(|(taken, _)| *taken == resolved) {
            return Err(out.refused(format!("{what}; give another name")));
        }
        self.writable(out.path)?;
        // what goes to a pipe or a device lets the rest be
        if !out.path.exists() || out.path.is_file() {
            self.taken.push((resolved, format!("is {} too", out.named())));
        }
        Ok(())
    }

    fn writable(&self, path: &Path) -> Result<(), Error> {
        let is_made = self.made.as_ref().is_some_and(|made| resolved(path).starts_with(made));
        if is_made { Ok(()) } else { Ok(check_writable(path)?) }
    }
}

/// Where a file is to be written; nothing where `-` stands for standard output.
pub(super) fn file(out: &Path) -> Option<&Path> {
    (out != Path::new("-")).then_some(out)
}

/// Whether both are names of one file.
pub(super) fn is_same(one: &Path, other: &Path) -> bool {
    resolved(one) == resolved(other)
}

/// One name of a file, whether it is there or not yet, and whatever links lead to it.
fn resolved(path: &Path) -> PathBuf {
    const MOST_LINKS: usize = 40;
    let mut path = path.to_path_buf();
    for _ in 0..MOST_LINKS {
        if let Ok(there) = path.canonicalize() {
            return there;
        }
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return path };
        let folder = match folder.as_os_str().is_empty() {
            true => Path::new(".").canonicalize().unwrap_or_default(),
            false => resolved(folder),
        };
        match path.read_link() {
            Ok(to) => path = folder.join(to),
            Err(_) => return folder.join(name),
        }
    }
    path
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
