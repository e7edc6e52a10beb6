//! Tables of columns, Parquet's and Arrow's, row by row: some rows are held at a time, a batch as the file
//! has it, or of Parquet some thousand.

mod cells;
mod claims;
mod foreign;

use std::borrow::Cow;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use arrow_array::RecordBatch;
use arrow_ipc::reader::{FileReader, StreamReader};
use arrow_schema::{ArrowError, Schema};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::errors::ParquetError;

use self::cells::Cells;
pub(crate) use self::foreign::fault;
use crate::categories::Codes;
use crate::columns::{Chosen, choose, named, reading};
use crate::error::{Fault, Place, Problem};
use crate::memory::Memory;
use crate::options::LoadOptions;
use crate::rows::{Heading, RowReader};

/// Rows of a batch of Parquet.
const ROWS: usize = 1 << 13;

type Batches = Box<dyn Iterator<Item = Result<RecordBatch, ArrowError>>>;

/// The rows of a table.
pub(crate) struct Rows {
    format: Format,
    path: PathBuf,
    batches: Batches,
    names: Vec<String>,
    chosen: Chosen,
    /// refuse what is whole only as an f32
    whole: bool,
    memory: Memory,
    /// of each column the cells in hand; nothing of those that are not read
    cells: Vec<Option<Cells>>,
    /// the columns that are read, as batches have them
    read: Vec<usize>,
    /// rows in hand
    held: usize,
    /// the row among them, from 1
    at: usize,
    /// rows handed out
    row: usize,
    /// rows of the file, where it says so
    pub(crate) rows: Option<u64>,
}

impl Rows {
    pub(crate) fn open(path: &Path, options: &LoadOptions) -> Result<Self, Problem> {
        let format = Format::of(path)?;
        format.claims(path, options.memory)?;
        let (schema, rows) = format.schema(path)?;
        let name = |name: &String| name.replace(elbow::format::is_control, " ").trim().to_owned();
        let names = schema.fields().iter().map(|field| name(field.name())).collect();
        let names = named(names, options)?;
        let chosen = choose(&names, options)?;
        let time = options.part.time.as_ref().and_then(|time| names.iter().position(|name| name == time));
        let mut read = [&chosen.features[..], &chosen.keep].concat();
        read.extend(chosen.label.into_iter().chain(time));
        read.sort_unstable();
        read.dedup();
        Ok(Rows {
            format,
            path: path.to_owned(),
            batches: format.batches(path, &read)?,
            cells: names.iter().map(|_| None).collect(),
            names,
            chosen,
            whole: options.whole,
            memory: options.memory,
            read,
            held: 0,
            at: 0,
            row: 0,
            rows,
        })
    }

    /// How many columns are features.
    pub(crate) fn features(&self) -> usize {
        self.chosen.features.len()
    }

    fn cells(&self, column: usize) -> &Cells {
        self.cells[column].as_ref().unwrap_or(&Cells::Nothing)
    }

    fn row(&self) -> usize {
        self.at - 1
    }

    fn wrong(&self, column: usize, fault: Fault) -> Problem {
        Problem::Cell { place: self.place(), column: self.names[column].clone(), fault }
    }
}

impl RowReader for Rows {
    fn heading(&mut self) -> Result<Heading, Problem> {
        let Chosen { features, label, .. } = &self.chosen;
        Ok(Heading {
            names: self.names.clone(),
            columns: features.iter().map(|&column| self.names[column].clone()).collect(),
            is_labelled: label.is_some(),
            reading: reading(&self.names, *label, features),
            ..Heading::default()
        })
    }

    fn next(&mut self) -> Result<bool, Problem> {
        while self.at == self.held {
            let next = self.format.guarded(&self.path, || self.batches.next().transpose())?;
            let Some(batch) = next else { return Ok(false) };
            self.memory.allows(batch.get_array_memory_size())?;
            for (column, array) in self.read.iter().zip(batch.columns()) {
                let cells = self.format.guarded(&self.path, || Cells::of(array))?;
                self.cells[*column] = Some(cells);
            }
            (self.held, self.at) = (batch.num_rows(), 0);
        }
        self.at += 1;
        self.row += 1;
        Ok(true)
    }

    fn number(&self) -> usize {
        self.row - 1
    }

    fn place(&self) -> Place {
        Place { row: self.row, line: None }
    }

    fn features(&self, codes: &mut Codes, held: &[f32], to: &mut Vec<f32>) -> Result<(), Problem> {
        for (at, &column) in self.chosen.features.iter().enumerate() {
            let cells = self.cells(column);
            let value = match codes.of(at) {
                Some(coder) => cells.text(self.row()).and_then(|text| coder.code(&text)),
                None => cells.number(self.row(), self.whole),
            };
            let value = match (value, held.get(at)) {
                (Err(_), Some(last)) if cells.is_missing(self.row()) => Ok(*last),
                (value, _) => value,
            };
            to.push(value.map_err(|fault| self.wrong(column, fault))?);
        }
        Ok(())
    }

    fn wide(&self, feature: usize) -> Option<f64> {
        self.cells(self.chosen.features[feature]).wide(self.row())
    }

    fn is_missing(&self, feature: usize) -> bool {
        self.cells(self.chosen.features[feature]).is_missing(self.row())
    }

    fn label(&self) -> Result<Option<Cow<'_, str>>, Problem> {
        let label = |column| {
            let label = self.cells(column).label(self.row());
            label.map_err(|fault| self.wrong(column, fault))
        };
        self.chosen.label.map(label).transpose()
    }

    fn text(&self, column: usize) -> Result<Cow<'_, [u8]>, Problem> {
        self.cells(column).text(self.row()).map_err(|fault| self.wrong(column, fault))
    }

    fn keep(&self, to: &mut Vec<String>) {
        let text = |column: &usize| {
            let text = self.cells(*column).text(self.row()).unwrap_or_default();
            String::from_utf8_lossy(&text).into_owned()
        };
        to.extend(self.chosen.keep.iter().map(text));
    }

    fn waits(&self) -> bool {
        false
    }
}

/// What a file's first bytes tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Parquet,
    /// Arrow's file, which the second version of Feather is
    File,
    /// Arrow's stream
    Stream,
}

impl Format {
    fn of(path: &Path) -> Result<Format, Problem> {
        let mut begins = Vec::new();
        File::open(path)?.take(6).read_to_end(&mut begins)?;
        match &begins[..] {
            [b'P', b'A', b'R', b'1', ..] => Ok(Format::Parquet),
            b"ARROW1" => Ok(Format::File),
            [b'F', b'E', b'A', b'1', ..] => {
                let what = "it is of Feather's first version".into();
                Err(Problem::Malformed { format: "Feather", what })
            }
            // a message's length, behind the mark of all that are not very old
            [0xff, 0xff, 0xff, 0xff, ..] => Ok(Format::Stream),
            _ => {
                let what = "it begins as neither".into();
                Err(Problem::Malformed { format: "Parquet or Arrow", what })
            }
        }
    }

    /// What a library says of a file that it cannot read.
    fn broken(self, error: impl std::fmt::Display) -> Problem {
        let format = if self == Format::Parquet { "Parquet" } else { "Arrow" };
        let what = error.to_string().escape_debug().take(200).collect();
        Problem::Malformed { format, what }
    }

    /// Refuses what would take more memory than there may be; dictionaries are read with the schema already.
    fn claims(self, path: &Path, memory: Memory) -> Result<(), Problem> {
        let file = BufReader::new(File::open(path)?);
        match self {
            Format::Parquet => Ok(()),
            Format::File => claims::of_file(file, memory),
            Format::Stream => claims::of_stream(file, memory),
        }
    }

    /// The columns, and the number of rows where the file says it.
    fn schema(self, path: &Path) -> Result<(Schema, Option<u64>), Problem> {
        let file = BufReader::new(File::open(path)?);
        let schema = match self {
            Format::Parquet => {
                let open = || ParquetRecordBatchReaderBuilder::try_new(file.into_inner());
                let reader = self.guarded(path, open)?;
                let rows = u64::try_from(reader.metadata().file_metadata().num_rows()).ok();
                return Ok((reader.schema().as_ref().clone(), rows));
            }
            Format::File => self.guarded(path, || FileReader::try_new(file, None))?.schema(),
            Format::Stream => self.guarded(path, || StreamReader::try_new(file, None))?.schema(),
        };
        Ok((schema.as_ref().clone(), None))
    }

    /// The batches of some columns.
    fn batches(self, path: &Path, read: &[usize]) -> Result<Batches, Problem> {
        let file = BufReader::new(File::open(path)?);
        self.guarded(path, || {
            let columns = Some(read.to_vec());
            Ok::<Batches, ParquetError>(match self {
                Format::Parquet => {
                    let reader = ParquetRecordBatchReaderBuilder::try_new(file.into_inner())?;
                    let mask = ProjectionMask::roots(reader.parquet_schema(), read.iter().copied());
                    Box::new(reader.with_projection(mask).with_batch_size(ROWS).build()?)
                }
                Format::File => Box::new(FileReader::try_new(file, columns)?),
                Format::Stream => Box::new(StreamReader::try_new(file, columns)?),
            })
        })
    }
}
