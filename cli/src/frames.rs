//! Rows of numbers that commands write: where they go, and in which form.

mod destination;

use std::io;
use std::path::{Path, PathBuf};

use elbow::architecture::LikelihoodKind;
use elbow::format::Metadata;
use elbow_host::file::atomic_file::write_atomically;
use elbow_host::file::png::grid;
use elbow_host::file::rows::{RowColumns, RowFormat, RowWriter};
use elbow_reader::Category;
use serde::Serialize;

pub(crate) use self::destination::Destination;
use crate::error::Error;
use crate::out::{Outputs, Overwrite, file};
use crate::report;

/// Where rows go.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct FramesArgs {
    /// Where to write the rows: .csv, .npy, .npz (array X), or frames as a .png [default: -, text to standard
    /// output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Pixels in a row of a frame's picture [default: those of a square]
    #[arg(long, value_name = "W", value_parser = clap::value_parser!(u16).range(1..))]
    width: Option<u16>,
    #[command(flatten)]
    overwrite: Overwrite,
}

impl FramesArgs {
    /// Nothing for standard output.
    pub(super) fn path(&self) -> Option<&Path> {
        self.out.as_deref().and_then(file)
    }

    fn is_picture(&self) -> bool {
        let ending = self.path().and_then(Path::extension);
        ending.is_some_and(|ending| ending.eq_ignore_ascii_case("png"))
    }

    fn format(&self) -> Result<RowFormat, Error> {
        self.path().map_or(Ok(RowFormat::Csv), format)
    }

    /// Fails before the work where the rows cannot be written, or would go over what they are made from.
    pub(super) fn check(&self, inputs: &[&Path]) -> Result<(), Error> {
        match (self.is_picture(), self.width) {
            (false, Some(width)) => {
                let problem = "is of pictures; leave it out, or give --out a name that ends in .png";
                return Err(Error::argument("width", width, problem));
            }
            (false, None) => drop(self.format()?),
            (true, _) => {}
        }
        let Some(path) = self.path() else { return Ok(()) };
        Outputs::made_from(inputs.iter().copied()).file("out", path, self.overwrite)
    }

    /// A model's frames to be written: as rows of its columns, or as a picture.
    pub(super) fn frames(&self, metadata: &Metadata<'_>, json: bool) -> Result<Frames, Error> {
        let dims = metadata.architecture.features as usize;
        let columns = RowColumns::of(metadata.columns, dims / (metadata.window.max(1) as usize));
        if !self.is_picture() {
            return self.rows(columns, json);
        }
        let width = self.width.map_or_else(|| dims.isqrt(), usize::from);
        match (self.width, &self.out) {
            (Some(width), _) if !dims.is_multiple_of(width.into()) => {
                let problem = format!("is no part of the {dims} numbers of a frame");
                return Err(Error::argument("width", width, problem));
            }
            (None, Some(out)) if width * width != dims => {
                let problem = format!(
                    "a frame has {dims} numbers, which are no square: say with --width how many make a row \
                     of pixels, such as {dims}"
                );
                return Err(Error::argument("out", out.display(), problem));
            }
            _ => {}
        }
        let range = match metadata.architecture.likelihood {
            LikelihoodKind::Bernoulli => Some([0.0, 1.0]),
            LikelihoodKind::BetaBinomial { most } => Some([0.0, most as f32]),
            _ => None,
        };
        let place = Place::Picture { values: Vec::new(), dims, width, range };
        Ok(Frames { path: self.path().map(Path::to_path_buf), columns, place })
    }

    /// Rows to be written: the file begins with the first of them, so that nothing is written of what is
    /// refused. With `json` what would go to standard output is kept for one object.
    pub(super) fn rows(&self, columns: RowColumns, json: bool) -> Result<Frames, Error> {
        let (path, format) = (self.path().map(Path::to_path_buf), self.format()?);
        let place = if json && path.is_none() { Place::Json(Vec::new()) } else { Place::ToBegin(format) };
        Ok(Frames { path, columns, place })
    }
}

/// By the ending of a file's name; a pipe or a device takes text.
pub(super) fn format(out: &Path) -> Result<RowFormat, Error> {
    let is_special = out.metadata().is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir());
    let format = RowFormat::of(out).or(is_special.then_some(RowFormat::Csv));
    format.ok_or_else(|| {
        let problem = "rows are written as .csv, .npy or .npz; give a name with one of these endings";
        Error::argument("out", out.display(), problem)
    })
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
    /// of frames, with the numbers that are black and white, where they are known
    Picture {
        values: Vec<f32>,
        dims: usize,
        width: usize,
        range: Option<[f32; 2]>,
    },
}

/// Numbers of a picture, at most.
const MOST_PIXELS: usize = 1 << 26;

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
            Place::Picture { values, .. } if values.len() + rows.len() > MOST_PIXELS => {
                let out = self.path.as_deref().unwrap_or(Path::new("-")).display();
                let problem = "these frames are too many for one picture; write fewer, or .npy";
                return Err(Error::argument("out", out, problem));
            }
            Place::Picture { values, .. } => values.extend(rows),
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
            Place::Picture { values, dims, width, range } => {
                let range = range.unwrap_or_else(|| {
                    values.iter().fold([f32::MAX, f32::MIN], |[low, high], x| [low.min(*x), high.max(*x)])
                });
                let out = path.as_deref().unwrap_or(Path::new("-"));
                let picture = grid(&values, dims, width, range).map_err(unwritten(Some(out)))?;
                write_atomically(out, &picture)?;
                ((values.len() / names.len()) as u64, None)
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

/// What the system says of rows that go to a file or to standard output.
pub(super) fn unwritten(path: Option<&Path>) -> impl FnOnce(io::Error) -> Error {
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
