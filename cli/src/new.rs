//! `elbow new`: a project of firmware that carries a model.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::sign::note_if_signed;
use crate::error::Error;
use crate::report;
use elbow_host::file::atomic_file::write_atomically;
use elbow_host::file::project::{BOARDS, Board, project};
use elbow_host::model::ModelBytes;

/// The arguments of `elbow new`.
#[derive(Debug, clap::Args)]
pub(crate) struct NewArgs {
    /// The folder to make; its name is the project's
    folder: PathBuf,
    /// The model that the firmware carries
    #[arg(long)]
    model: PathBuf,
    /// The board: microbit (Cortex-M0), mps2-an386 (Cortex-M4F), riscv-virt (RV32IMAC)
    #[arg(long, value_parser = BOARDS.map(|board| board.name))]
    board: String,
    /// The folder of the crate `elbow` [default: core of the checkout that this is run in, else the crate of
    /// the registry]
    #[arg(long, value_name = "FOLDER")]
    elbow: Option<PathBuf>,
}

/// What was written, for programs.
#[derive(Debug, Serialize)]
struct Summary {
    folder: PathBuf,
    target: &'static str,
    elbow: Option<PathBuf>,
}

pub(super) fn run(args: &NewArgs, json: bool) -> Result<(), Error> {
    let board = BOARDS.iter().find(|board| board.name == args.board);
    let Some(board) = board else {
        return Err(Error::argument("board", &args.board, "is no board; see elbow new --help"));
    };
    let bytes = ModelBytes::read(&args.model)?;
    let model = bytes.open().map_err(Error::model(&args.model))?;
    let name = name_of(&args.folder)?;
    let elbow =
        args.elbow.clone().or_else(checkout).map(|folder| fs::canonicalize(&folder).unwrap_or(folder));
    if let Some(folder) = elbow.as_ref().filter(|folder| !is_elbow(folder)) {
        return Err(Error::argument(
            "elbow",
            folder.display(),
            "holds no crate elbow; name the folder core of a checkout",
        ));
    }
    let problem = |error| Error::file(&args.model, format!("scores no frame of zeros and ones: {error}"));
    let files = project(&model, bytes.as_bytes(), &name, board, elbow.as_deref()).map_err(problem)?;
    write(&args.folder, &files)?;
    note_if_signed(&args.model, &bytes);
    let summary = Summary { folder: args.folder.clone(), target: board.target, elbow };
    if json { report::print_json(&summary) } else { report::print(&told(&summary, board)) }
}

fn told(summary: &Summary, board: &Board) -> String {
    let crate_of = match &summary.elbow {
        Some(folder) => folder.display().to_string(),
        None => format!("version {} of the registry", env!("CARGO_PKG_VERSION")),
    };
    report::table(&[
        ("written", summary.folder.display().to_string()),
        ("elbow", crate_of),
        ("build", format!("cd {} && cargo run --release", report::typed(&summary.folder))),
        ("needs", format!("rustup target add {}, and QEMU", board.target)),
    ])
}

/// Nothing is written into a folder that holds something, and nothing is left of a project that is not whole.
fn write(folder: &Path, files: &[(&str, Vec<u8>)]) -> Result<(), Error> {
    if fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(Error::file(folder, "holds something; name a new one"));
    }
    let made =
        folder.ancestors().take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists()).last();
    let write = |(path, bytes): &(&str, Vec<u8>)| -> Result<(), Error> {
        let path = folder.join(path);
        let parent = path.parent().unwrap_or(folder);
        fs::create_dir_all(parent).map_err(Error::io("make the folder", parent))?;
        Ok(write_atomically(&path, bytes)?)
    };
    files.iter().try_for_each(write).inspect_err(|_| {
        // there is nobody to tell; a folder that was there was empty
        let _ = match made {
            Some(made) => fs::remove_dir_all(made),
            None => {
                files.iter().map(|(path, _)| folder.join(path)).try_for_each(|path| match path.parent() {
                    Some(within) if within != folder => fs::remove_dir_all(within),
                    _ => fs::remove_file(path),
                })
            }
        };
    })
}

/// Names of what a project uses, and of folders in which Cargo builds.
const TAKEN: [&str; 9] =
    ["elbow", "core", "std", "alloc", "test", "build", "deps", "examples", "incremental"];

/// The project's name: that of its folder, in letters that Cargo takes.
fn name_of(folder: &Path) -> Result<String, Error> {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c.to_ascii_lowercase() } else { '-' };
    let name: String = name.chars().map(plain).collect();
    let name = name.trim_matches('-');
    let problem = match () {
        () if TAKEN.contains(&name) => "is a name that Rust or Cargo has taken; give another",
        () if name.starts_with(|c: char| c.is_ascii_alphabetic()) => return Ok(name.into()),
        () => "is no name for a crate; begin it with a letter",
    };
    Err(Error::file(folder, problem))
}

/// Whether a folder holds the crate.
fn is_elbow(folder: &Path) -> bool {
    fs::read_to_string(folder.join("Cargo.toml")).is_ok_and(|text| text.contains("name = \"elbow\"\n"))
}

/// The crate in the checkout that the program is run in.
fn checkout() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    here.ancestors().map(|folder| folder.join("core")).find(|core| is_elbow(core))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_become_names_of_crates() {
        for (folder, name) in [("Engine Room", "engine-room"), ("a/b/pump_2", "pump_2"), ("x.y", "x-y")] {
            assert_eq!(name_of(Path::new(folder)).unwrap(), name);
        }
        for folder in ["", "/", "2pumps", "..", "elbow", "***", "Build", "a/core"] {
            assert!(name_of(Path::new(folder)).is_err(), "{folder}");
        }
    }
}
