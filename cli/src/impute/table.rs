//! Rows as they are written once they are filled in.

use std::io;
use std::path::Path;

use csv::{Terminator, Writer, WriterBuilder};
use elbow_host::file::rows::{RowColumns, RowFormat, RowWriter};
use elbow_reader::Dataset;

use crate::error::Error;
use crate::frames::{Destination, unwritten};

/// A row of the file, whether there is a frame in it or nothing.
pub(super) struct Row<'a> {
    /// its number in the file, from 0
    pub(super) at: usize,
    /// its number among the frames
    pub(super) place: Option<usize>,
    pub(super) frame: Vec<f32>,
    /// cells as they are written: those that are carried along, then, of text, those of the model
    kept: &'a [String],
}

/// The rows of some frames, and those with nothing in them, in the order of the file.
pub(super) struct Rows<'a>(pub(super) Vec<Row<'a>>);

impl Rows<'_> {
    pub(super) fn of(data: &Dataset) -> Rows<'_> {
        let frame = |place: usize| Row {
            at: data.source_rows[place],
            place: Some(place),
            frame: data.row(place).to_vec(),
            kept: data.kept.row(place),
        };
        // one that cannot be read was told, and is left out
        let empty = data.skipped.iter().filter(|skipped| skipped.problem.is_none());
        let empty = empty.map(|skipped| Row {
            at: skipped.row,
            place: None,
            frame: vec![f32::NAN; data.dims],
            kept: &skipped.kept,
        });
        let mut rows: Vec<Row<'_>> = (0..data.rows).map(frame).chain(empty).collect();
        rows.sort_by_key(|row| row.at);
        Rows(rows)
    }
}

/// Where rows go.
pub(super) enum Table {
    Text(Box<Text>),
    Array(RowWriter),
}

/// Text, in which a cell that was there stays as it was written.
pub(super) struct Text {
    out: Writer<Destination>,
    /// of each number the words that its codes stand for
    words: Vec<Option<Vec<String>>>,
    /// how many columns are carried along
    carried: usize,
    /// whether number of row and draw stand before them
    is_numbered: bool,
}

impl Table {
    pub(super) fn begin(
        path: Option<&Path>,
        form: RowFormat,
        data: &Dataset,
        carried: &[String],
        is_numbered: bool,
    ) -> Result<Table, Error> {
        if form != RowFormat::Csv {
            let columns = RowColumns { names: data.columns.clone(), categories: data.categories.clone() };
            return Ok(Table::Array(RowWriter::create(path, form, &columns)?));
        }
        let mut words = vec![None; data.dims];
        data.categories.iter().for_each(|category| words[category.feature] = Some(category.words.clone()));
        let to = Destination::open(path, false)?;
        let mut out = WriterBuilder::new().terminator(Terminator::Any(b'\n')).from_writer(to);
        let numbers = if is_numbered { vec!["row".to_owned(), "draw".to_owned()] } else { Vec::new() };
        let header = numbers.iter().chain(carried).chain(&data.columns);
        out.write_record(header).map_err(io::Error::from).map_err(unwritten(path))?;
        Ok(Table::Text(Box::new(Text { out, words, carried: carried.len(), is_numbered })))
    }

    /// Writes a row: once, or once for each draw.
    pub(super) fn write(&mut self, row: &Row<'_>, filled: &[Vec<f32>]) -> io::Result<()> {
        match self {
            Table::Array(rows) => filled.iter().try_for_each(|numbers| rows.write(numbers)),
            Table::Text(text) => text.write(row, filled),
        }
    }

    /// Hands on what text is there, as a reader behind a pipe may wait for it.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        match self {
            Table::Array(_) => Ok(()),
            Table::Text(text) => text.out.flush(),
        }
    }

    /// When all is written.
    pub(super) fn finish(self, path: Option<&Path>) -> Result<(), Error> {
        match self {
            Table::Array(rows) => rows.finish().map(drop).map_err(unwritten(path)),
            Table::Text(text) => {
                let out =
                    text.out.into_inner().map_err(|error| error.into_error()).map_err(unwritten(path))?;
                out.commit()
            }
        }
    }
}

impl Text {
    fn write(&mut self, row: &Row<'_>, filled: &[Vec<f32>]) -> io::Result<()> {
        let (carried, written) = row.kept.split_at(self.carried.min(row.kept.len()));
        for (draw, numbers) in filled.iter().enumerate() {
            let mut cells = Vec::new();
            if self.is_numbered {
                cells.extend([row.at + 1, draw + 1].map(|n| n.to_string()));
            }
            cells.extend(carried.iter().cloned());
            cells.extend(numbers.iter().zip(&self.words).enumerate().map(|(at, (x, words))| match words {
                _ if x.is_nan() => String::new(),
                Some(words) => words.get(*x as usize).cloned().unwrap_or_default(),
                // not one that was missing, nor one of another dialect
                None => match written.get(at).filter(|cell| cell.parse() == Ok(*x)) {
                    Some(cell) if !row.frame[at].is_nan() => cell.clone(),
                    _ => x.to_string(),
                },
            }));
            self.out.write_record(&cells)?;
        }
        Ok(())
    }
}
