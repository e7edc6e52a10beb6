//! Rows of numbers that commands write: where they go, and in which form.

use std::io;
use std::path::{Path, PathBuf};

use elbow::format::Metadata;
use elbow_host::file::atomic_file::check_writable;
use elbow_host::file::rows::{RowColumns, RowFormat, RowWriter};
use elbow_reader::Category;
use serde::Serialize;

use crate::error::Error;
use crate::out::{Overwrite, is_same};
use crate::report;

/// Where rows go.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct FramesArgs {
    /// Where to write the rows: .csv, .npy or .npz (array X) [default: -, text to standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    overwrite: Overwrite,
}

impl FramesArgs {
    /// Nothing for standard output.
    pub(super) fn path(&self) -> Option<&Path> {
        self.out.as_deref().filter(|path| *path != Path::new("-"))
    }

    fn format(&self) -> Result<RowFormat, Error> {
        let Some(path) = self.path() else { return Ok(RowFormat::Csv) };
        let problem = "rows are written as .csv, .npy or .npz; give a name with one of these endings";
        RowFormat::of(path).ok_or_else(|| Error::argument("out", path.display(), problem))
    }

    /// Fails before the work where the rows cannot be written, or would go over what they are made from.
    pub(super) fn check(&self, inputs: &[&Path]) -> Result<(), Error> {
        self.format()?;
        let Some(path) = self.path() else { return Ok(()) };
        if inputs.iter().any(|input| is_same(input, path)) {
            let problem = "is what it would be made from; give another name";
            return Err(Error::argument("out", path.display(), problem));
        }
        check_writable(path)?;
        self.overwrite.check(path)
    }

    /// Rows to be written: the file begins with the first of them, so that nothing is written of what is
    /// refused. With `json` what would go to standard output is kept for one object.
    pub(super) fn rows(&self, columns: RowColumns, json: bool) -> Result<Frames, Error> {
        let (path, format) = (self.path().map(Path::to_path_buf), self.format()?);
        let place = if json && path.is_none() { Place::Json(Vec::new()) } else { Place::ToBegin(format) };
        Ok(Frames { path, columns, place })
    }
}

/// The columns of a model's rows.
pub(super) fn columns(metadata: &Metadata<'_>) -> RowColumns {
    let width = metadata.architecture.features / metadata.window.max(1);
    RowColumns::of(metadata.columns, width as usize)
}

/// Rows that are being written.
#[derive(Debug)]
pub(super) struct Frames {
    path: Option<PathBuf>,
    columns: RowColumns,
    place: Place,
}

#[derive(Debug)]
enum Place {
    ToBegin(RowFormat),
    Written(RowWriter),
    Json(Vec<f32>),
}

/// A cell for programs.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Cell {
    Number(f32),
    Word(String),
}

/// Rows for programs.
#[derive(Debug, Serialize)]
pub(super) struct Told {
    columns: Vec<String>,
    rows: u64,
    /// where no file holds them
    #[serde(skip_serializing_if = "Option::is_none")]
    values: Option<Vec<Vec<Cell>>>,
}

impl Frames {
    /// Writes numbers of whole rows, all of which are there when it ends.
    pub(super) fn write(&mut self, rows: &[f32]) -> Result<(), Error> {
        if let Place::ToBegin(format) = self.place {
            self.place = Place::Written(RowWriter::create(self.path.as_deref(), format, &self.columns)?);
        }
        match &mut self.place {
            Place::Json(values) => values.extend(rows),
            Place::ToBegin(_) => {}
            Place::Written(writer) => {
                let written = writer.write(rows).and_then(|()| writer.flush());
                written.map_err(unwritten(self.path.as_deref()))?;
            }
        }
        Ok(())
    }

    /// Ends the file; what programs are told of it.
    pub(super) fn finish(mut self) -> Result<Told, Error> {
        self.write(&[])?;
        let Frames { path, columns: RowColumns { names, categories }, place } = self;
        let (rows, values) = match place {
            Place::Written(writer) => (writer.finish().map_err(unwritten(path.as_deref()))?, None),
            Place::Json(values) => {
                let rows: Vec<_> =
                    values.chunks_exact(names.len()).map(|row| cells(row, &categories)).collect();
                (rows.len() as u64, Some(rows))
            }
            Place::ToBegin(_) => (0, None),
        };
        if let Some(path) = path {
            report::note(&format!("{}: {rows} rows", path.display()));
        }
        Ok(Told { columns: names, rows, values })
    }

    /// Ends the file, and tells programs of it where they ask.
    pub(super) fn end(self, json: bool) -> Result<(), Error> {
        let told = self.finish()?;
        if json { report::print_json(&told) } else { Ok(()) }
    }
}

fn cells(row: &[f32], categories: &[Category]) -> Vec<Cell> {
    let cell = |(at, x): (usize, &f32)| {
        let words = categories.iter().find(|category| category.feature == at).map(|of| &of.words);
        match words.and_then(|words| words.get(x.round() as usize)) {
            Some(word) => Cell::Word(word.clone()),
            None => Cell::Number(*x),
        }
    };
    row.iter().enumerate().map(cell).collect()
}

fn unwritten(path: Option<&Path>) -> impl FnOnce(io::Error) -> Error {
    move |error| match path {
        Some(path) => Error::io("write", path)(error),
        None => Error::Print(error),
    }
}

/// A reader of standard output that has gone away has what it wants.
pub(super) fn or_reader_gone(done: Result<(), Error>) -> Result<(), Error> {
    match done {
        Err(Error::Print(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        done => done,
    }
}
