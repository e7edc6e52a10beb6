//! Rows as text or as an array of NumPy's.

use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::path::Path;

use crate::error::Error;
use crate::file::atomic_file::AtomicFile;
use elbow_reader::categories::Category;
use elbow_reader::{Format, Kind};

/// Bytes before the text of an array's header.
const NPY_FRONT: usize = 10;

/// The text of an array's header.
fn described(kind: Kind, rows: u64, shape: &[u64]) -> String {
    let shape: Vec<String> = std::iter::once(&rows).chain(shape).map(u64::to_string).collect();
    let comma = if shape.len() == 1 { "," } else { "" };
    let (kind, shape) = (kind.descr(), shape.join(", "));
    format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': ({shape}{comma}), }}")
}

/// Bytes of a header with room for any number of rows: a multiple of 64, and 128 at least.
fn header_len(kind: Kind, shape: &[u64]) -> usize {
    (NPY_FRONT + described(kind, u64::MAX, shape).len() + 1).next_multiple_of(64).max(128)
}

/// A file of rows that is being written.
pub(super) struct Writer<'a> {
    path: &'a Path,
    file: BufWriter<AtomicFile>,
    format: &'a Format,
    /// of each column that is a category, as text has them
    words: Vec<Vec<String>>,
    buffer: Vec<u8>,
}

impl<'a> Writer<'a> {
    pub(super) fn create(path: &'a Path, format: &'a Format, columns: &[String]) -> Result<Self, Error> {
        let file = BufWriter::new(AtomicFile::create(path)?);
        let mut writer = Writer { path, file, format, words: Vec::new(), buffer: Vec::new() };
        match format {
            Format::Csv { delimiter } => {
                let names: Vec<String> = columns.iter().map(|name| quoted(name, *delimiter)).collect();
                writer.buffer.extend(names.join(&char::from(*delimiter).to_string()).as_bytes());
                writer.buffer.push(b'\n');
            }
            // the number of rows is written last
            Format::Npy { kind, shape } => writer.buffer.resize(header_len(*kind, shape), b' '),
        }
        writer.flush()?;
        Ok(writer)
    }

    /// Text has words in place of the codes of categories.
    pub(super) fn with_words(mut self, categories: &[Category]) -> Self {
        if let Format::Csv { delimiter } = self.format {
            for Category { feature, words } in categories {
                self.words.resize_with(self.words.len().max(feature + 1), Vec::new);
                self.words[*feature] = words.iter().map(|word| quoted(word, *delimiter)).collect();
            }
        }
        self
    }

    pub(super) fn row(&mut self, row: impl Iterator<Item = f64>) -> Result<(), Error> {
        match self.format {
            Format::Csv { delimiter } => {
                for (column, value) in row.enumerate() {
                    if column > 0 {
                        self.buffer.push(*delimiter);
                    }
                    match self.words.get(column).and_then(|words| words.get(value as usize)) {
                        Some(word) => self.buffer.extend(word.as_bytes()),
                        None => drop(write!(self.buffer, "{value}")),
                    }
                }
                self.buffer.push(b'\n');
            }
            Format::Npy { kind, .. } => row.for_each(|value| kind.encode(value, &mut self.buffer)),
        }
        self.flush()
    }

    /// Ends the file after so many rows and gives it its name.
    pub(super) fn finish(mut self, rows: u64) -> Result<(), Error> {
        if let Format::Npy { kind, shape } = self.format {
            let text = described(*kind, rows, shape);
            let len = header_len(*kind, shape) - NPY_FRONT;
            self.buffer.extend(b"\x93NUMPY\x01\x00");
            self.buffer.extend(u16::try_from(len).unwrap_or(u16::MAX).to_le_bytes());
            self.buffer.extend(format!("{text:width$}\n", width = len - 1).as_bytes());
            self.file.seek(SeekFrom::Start(0)).map_err(Error::io("write", self.path))?;
            self.flush()?;
        }
        let file = self.file.into_inner().map_err(|error| error.into_error());
        file.map_err(Error::io("write", self.path))?.commit()
    }

    fn flush(&mut self) -> Result<(), Error> {
        let written = self.file.write_all(&self.buffer);
        self.buffer.clear();
        written.map_err(Error::io("write", self.path))
    }
}

/// A name as a cell of a CSV file.
fn quoted(name: &str, delimiter: u8) -> String {
    let plain = !name.contains(['"', '\n', char::from(delimiter)]);
    if plain { name.to_string() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}
