//! Rows of numbers as text, or as an array of NumPy's.
//!
//! Format: <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>.

use std::fs::File;
use std::io::{self, BufWriter, Seek as _, SeekFrom, Write};
use std::path::Path;

use elbow_reader::Kind;
use elbow_reader::categories::{Category, categories, names};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::error::Error;
use crate::file::atomic_file::AtomicFile;

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowFormat {
    /// text with a header, cells between commas: the shortest decimals that read back as the same f32
    Csv,
    /// an array of f32; categories are codes
    Npy,
    /// the same, as the array `X` of an archive
    Npz,
}

impl RowFormat {
    /// By the ending of a file's name.
    pub fn of(path: &Path) -> Option<RowFormat> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "csv" => Some(RowFormat::Csv),
            "npy" => Some(RowFormat::Npy),
            "npz" => Some(RowFormat::Npz),
            _ => None,
        }
    }
}

/// The columns of rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowColumns {
    /// their names
    pub names: Vec<String>,
    /// those whose numbers are codes of words
    pub categories: Vec<Category>,
}

impl RowColumns {
    /// Those of a model's rows, by what its file says of them; x0, x1, … where it does not name all.
    pub fn of(described: &str, columns: usize) -> RowColumns {
        let names: Vec<String> = names(described).into_iter().map(str::to_owned).collect();
        if names.len() == columns {
            return RowColumns { names, categories: categories(described) };
        }
        RowColumns { names: (0..columns).map(|at| format!("x{at}")).collect(), categories: Vec::new() }
    }
}

/// Where rows go.
#[derive(Debug)]
enum Place {
    /// text to standard output
    Stdout(BufWriter<io::Stdout>),
    /// text to a file
    Text(BufWriter<AtomicFile>),
    /// an array to a file
    Array(BufWriter<AtomicFile>),
    /// an array beside the archive that it will be in: the number of its rows is known last
    Archive(BufWriter<File>, AtomicFile),
}

/// A file of rows that is being written: whole, or not there. Memory does not grow with the rows.
#[derive(Debug)]
pub struct RowWriter {
    place: Place,
    /// of each column that is a category, as cells
    words: Vec<Vec<String>>,
    columns: usize,
    rows: u64,
    buffer: Vec<u8>,
}

impl RowWriter {
    /// Begins a file, or text on standard output where there is no path.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn create(path: Option<&Path>, format: RowFormat, of: &RowColumns) -> Result<RowWriter, Error> {
        let columns = of.names.len();
        let mut writer = RowWriter {
            place: match (path, format) {
                (None, _) => Place::Stdout(BufWriter::new(io::stdout())),
                (Some(path), RowFormat::Csv) => Place::Text(BufWriter::new(AtomicFile::create(path)?)),
                (Some(path), RowFormat::Npy) => Place::Array(BufWriter::new(AtomicFile::create(path)?)),
                (Some(path), RowFormat::Npz) => {
                    let beside = tempfile::tempfile().map_err(Error::io("write", path))?;
                    Place::Archive(BufWriter::new(beside), AtomicFile::create(path)?)
                }
            },
            words: vec![Vec::new(); columns],
            columns,
            rows: 0,
            buffer: Vec::new(),
        };
        match writer.place {
            Place::Stdout(_) | Place::Text(_) => {
                for Category { feature, words } in &of.categories {
                    writer.words[*feature] = words.iter().map(|word| quoted(word, b',')).collect();
                }
                let cells: Vec<String> = of.names.iter().map(|name| quoted(name, b',')).collect();
                writer.buffer = (cells.join(",") + "\n").into_bytes();
            }
            Place::Array(_) | Place::Archive(..) => writer.buffer = writer.header(),
        }
        // what stands before the rows is written with the first of them
        Ok(writer)
    }

    /// Writes rows, one behind the other.
    ///
    /// # Errors
    /// Of the system.
    ///
    /// # Panics
    /// Where the numbers are not whole rows.
    pub fn write(&mut self, rows: &[f32]) -> io::Result<()> {
        assert!(rows.len().is_multiple_of(self.columns), "numbers of whole rows");
        for row in rows.chunks_exact(self.columns) {
            match self.place {
                Place::Stdout(_) | Place::Text(_) => self.text(row),
                _ => row.iter().for_each(|x| self.buffer.extend(x.to_le_bytes())),
            }
            self.rows += 1;
        }
        self.flush_buffer()
    }

    fn text(&mut self, row: &[f32]) {
        for (at, (x, words)) in row.iter().zip(&self.words).enumerate() {
            if at > 0 {
                self.buffer.push(b',');
            }
            match words.get(x.round() as usize) {
                Some(word) => self.buffer.extend(word.as_bytes()),
                None => drop(write!(self.buffer, "{x}")),
            }
        }
        self.buffer.push(b'\n');
    }

    /// Hands on what text is there, as a reader behind a pipe may wait for it.
    ///
    /// # Errors
    /// Of the system.
    pub fn flush(&mut self) -> io::Result<()> {
        match &mut self.place {
            Place::Stdout(out) => out.flush(),
            _ => Ok(()),
        }
    }

    /// Ends the file and gives it its name; how many rows it has.
    ///
    /// # Errors
    /// Of the system; nothing is left behind.
    pub fn finish(mut self) -> Result<u64, io::Error> {
        self.flush_buffer()?;
        let header = self.header();
        match self.place {
            Place::Stdout(mut out) => out.flush()?,
            Place::Text(out) => commit(out.into_inner().map_err(|error| error.into_error())?)?,
            Place::Array(mut out) => {
                out.seek(SeekFrom::Start(0))?;
                out.write_all(&header)?;
                commit(out.into_inner().map_err(|error| error.into_error())?)?;
            }
            Place::Archive(mut array, archive) => {
                array.seek(SeekFrom::Start(0))?;
                array.write_all(&header)?;
                let mut array = array.into_inner().map_err(|error| error.into_error())?;
                array.seek(SeekFrom::Start(0))?;
                let mut archive = ZipWriter::new(archive);
                let stored = SimpleFileOptions::default()
                    .compression_method(CompressionMethod::Stored)
                    .large_file(true);
                archive.start_file("X.npy", stored).map_err(io::Error::other)?;
                io::copy(&mut array, &mut archive)?;
                commit(archive.finish().map_err(io::Error::other)?)?;
            }
        }
        Ok(self.rows)
    }

    fn header(&self) -> Vec<u8> {
        npy_header(Kind::F32, self.rows, &[self.columns as u64])
    }

    fn flush_buffer(&mut self) -> io::Result<()> {
        let to: &mut dyn Write = match &mut self.place {
            Place::Stdout(out) => out,
            Place::Text(out) | Place::Array(out) => out,
            Place::Archive(out, _) => out,
        };
        to.write_all(&self.buffer)?;
        self.buffer.clear();
        Ok(())
    }
}

fn commit(file: AtomicFile) -> io::Result<()> {
    file.commit().map_err(|error| match error {
        Error::Io { source, .. } => source,
        other => io::Error::other(other),
    })
}

/// Bytes before the text of an array's header.
const NPY_FRONT: usize = 10;

/// The text of an array's header.
fn described(kind: Kind, rows: u64, shape: &[u64]) -> String {
    let shape: Vec<String> = std::iter::once(&rows).chain(shape).map(u64::to_string).collect();
    let comma = if shape.len() == 1 { "," } else { "" };
    let (kind, shape) = (kind.descr(), shape.join(", "));
    format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': ({shape}{comma}), }}")
}

/// The header of an array of so many rows, each of that shape: as long for any number of rows, a multiple of
/// 64 bytes, and 128 at least.
pub(crate) fn npy_header(kind: Kind, rows: u64, shape: &[u64]) -> Vec<u8> {
    let longest = NPY_FRONT + described(kind, u64::MAX, shape).len() + 1;
    let len = longest.next_multiple_of(64).max(128) - NPY_FRONT;
    let mut header = b"\x93NUMPY\x01\x00".to_vec();
    header.extend(u16::try_from(len).unwrap_or(u16::MAX).to_le_bytes());
    header.extend(format!("{:width$}\n", described(kind, rows, shape), width = len - 1).as_bytes());
    header
}

/// A name as a cell of a CSV file.
pub(crate) fn quoted(name: &str, delimiter: u8) -> String {
    let plain = !name.contains(['"', '\n', char::from(delimiter)]);
    if plain { name.to_string() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}
