//! Rows as text or as an array of NumPy's.

use std::borrow::Cow;
use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::path::Path;

use super::side::SideReader;
use super::table::{Column, Packed, Table};
use crate::error::Error;
use crate::file::atomic_file::AtomicFile;
use crate::file::rows::{npy_header, quoted};
use elbow_reader::Format;
use elbow_reader::categories::Category;

/// A file of rows that is being written.
pub(super) struct Writer<'a> {
    path: &'a Path,
    file: BufWriter<AtomicFile>,
    format: &'a Format,
    /// how the source's columns stood, where that is known
    table: Option<&'a Table>,
    /// of each column that is a category, as text has them
    words: Vec<Vec<String>>,
    buffer: Vec<u8>,
}

impl<'a> Writer<'a> {
    /// To a file, or to standard output.
    pub(super) fn create(
        path: Option<&'a Path>,
        format: &'a Format,
        columns: &[String],
        table: Option<&'a Table>,
    ) -> Result<Self, Error> {
        let file = match path {
            Some(path) => {
                check_ending(path, format)?;
                AtomicFile::create(path)?
            }
            None => AtomicFile::stdout()?,
        };
        let (path, file) = (path.unwrap_or(Path::new("standard output")), BufWriter::new(file));
        let mut writer = Writer { path, file, format, table, words: Vec::new(), buffer: Vec::new() };
        match format {
            Format::Csv { delimiter } => writer.heading(*delimiter, columns),
            // the number of rows is written last
            Format::Npy { kind, shape } => writer.buffer = npy_header(*kind, 0, shape),
        }
        writer.flush()?;
        Ok(writer)
    }

    /// What stands before the rows of text.
    fn heading(&mut self, delimiter: u8, columns: &[String]) {
        let between = char::from(delimiter).to_string();
        let line = |cells: &[String]| {
            let cells: Vec<String> = cells.iter().map(|cell| quoted(cell, delimiter)).collect();
            cells.join(&between) + "\n"
        };
        match self.table {
            None => self.buffer.extend(line(columns).bytes()),
            Some(Table { names, preamble, units, has_header, .. }) => {
                self.buffer.extend(preamble.bytes());
                if *has_header {
                    self.buffer.extend(line(names).bytes());
                }
                units.iter().for_each(|unit| self.buffer.extend(line(unit).bytes()));
            }
        }
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

    /// A row's numbers of the columns that were packed, its number, and what stood beside them.
    pub(super) fn row(&mut self, numbers: &[f64], number: u64, side: &SideReader) -> Result<(), Error> {
        match self.format {
            Format::Csv { delimiter } => self.text(numbers, *delimiter, number, side),
            Format::Npy { kind, .. } => {
                for (column, value) in numbers.iter().enumerate() {
                    let by_itself =
                        side.escape(number, column).and_then(|text| std::str::from_utf8(text).ok());
                    let by_itself = by_itself.and_then(|text| text.parse().ok());
                    kind.encode(by_itself.unwrap_or(*value), &mut self.buffer);
                }
            }
        }
        self.flush()
    }

    fn text(&mut self, numbers: &[f64], delimiter: u8, number: u64, side: &SideReader) {
        let packed = |at| Column::Packed { at: at as u32, digits: None };
        let columns: Cow<'_, [Column]> = match self.table {
            Some(table) => (&table.columns[..]).into(),
            None => (0..numbers.len()).map(packed).collect(),
        };
        let mut others = 0;
        for (place, column) in columns.iter().enumerate() {
            if place > 0 {
                self.buffer.push(delimiter);
            }
            match column.packed() {
                Some(packed) => match side.escape(number, packed.at) {
                    Some(text) => push_cell(text, delimiter, &mut self.buffer),
                    None => self.number(numbers[packed.at], &packed, delimiter),
                },
                None => {
                    push_cell(side.cell(number, others), delimiter, &mut self.buffer);
                    others += 1;
                }
            }
        }
        self.buffer.push(b'\n');
    }

    /// A number as text, or the word that it is the code of.
    fn number(&mut self, value: f64, column: &Packed<'_>, delimiter: u8) {
        let words = self.words.get(column.at).filter(|words| !words.is_empty());
        // a bound leaves codes near their places
        if let Some(word) = words.and_then(|words| words.get(value.round() as usize)) {
            return self.buffer.extend(word.as_bytes());
        }
        let [before, behind] = column.around;
        let from = self.buffer.len();
        self.buffer.extend(before);
        let digits_from = self.buffer.len();
        // as most cells of the column are, unless that loses digits of this one
        let alike = column.digits.map(|digits| format!("{value:.digits$}", digits = usize::from(digits)));
        match alike.filter(|text| text.parse() == Ok(value)) {
            Some(text) => self.buffer.extend(text.bytes()),
            None => drop(write!(self.buffer, "{value}")),
        }
        let decimal = self.table.map_or(b'.', |table| table.decimal);
        if decimal != b'.' {
            let written = self.buffer[digits_from..].iter_mut();
            written.filter(|byte| **byte == b'.').for_each(|byte| *byte = decimal);
        }
        self.buffer.extend(behind);
        if decimal != b'.' || digits_from > from || !behind.is_empty() {
            let cell = self.buffer.split_off(from);
            push_cell(&cell, delimiter, &mut self.buffer);
        }
    }

    /// Has all rows so far where they go.
    pub(super) fn hand_on(&mut self) -> Result<(), Error> {
        self.file.flush().map_err(Error::io("write", self.path))
    }

    /// Ends the file after so many rows and gives it its name.
    pub(super) fn finish(mut self, rows: u64) -> Result<(), Error> {
        if let Format::Npy { kind, shape } = self.format {
            self.buffer = npy_header(*kind, rows, shape);
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

/// Refuses a name that promises another format.
fn check_ending(path: &Path, format: &Format) -> Result<(), Error> {
    let ending = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    let (others, problem): (&[&str], _) = match format {
        Format::Csv { .. } => {
            (&["npy", "npz"], "the packets hold a table of text; give a name that ends in .csv")
        }
        Format::Npy { .. } => {
            (&["csv", "tsv", "txt", "npz"], "the packets hold an array; give a name that ends in .npy")
        }
    };
    let is_other =
        others.contains(&&*ending) || ["parquet", "arrow", "feather", "gz", "zip"].contains(&&*ending);
    if is_other { Err(Error::argument("out", path.display(), problem)) } else { Ok(()) }
}

fn push_cell(cell: &[u8], delimiter: u8, to: &mut Vec<u8>) {
    if !cell.iter().any(|byte| [b'"', b'\n', delimiter].contains(byte)) {
        return to.extend(cell);
    }
    to.push(b'"');
    for byte in cell {
        to.extend(std::iter::repeat_n(*byte, if *byte == b'"' { 2 } else { 1 }));
    }
    to.push(b'"');
}
