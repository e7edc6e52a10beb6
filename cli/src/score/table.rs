//! Scores as CSV.

use std::io::{self, Write};

use csv::{ErrorKind, Terminator, Writer, WriterBuilder};

use super::rows::{Decision, Row, Stream};

/// Which columns there are.
#[derive(Clone, Debug)]
pub(crate) struct Columns {
    /// names of those that are carried along
    pub(crate) kept: Vec<String>,
    pub(crate) verdicts: bool,
    pub(crate) alarm: bool,
    pub(crate) stuck: bool,
    pub(crate) causes: usize,
}

/// Rows of CSV as they come: the shortest decimals that read back as the same f32.
pub(crate) struct Table<W: Write> {
    out: Writer<W>,
    columns: Columns,
}

impl<W: Write> Table<W> {
    /// Writes the header.
    pub(crate) fn begin(to: W, columns: Columns) -> io::Result<Self> {
        let mut out = WriterBuilder::new().terminator(Terminator::Any(b'\n')).from_writer(to);
        let mut header = vec!["row".to_owned()];
        header.extend(columns.kept.iter().cloned());
        let scores = ["log_density", "bits_per_dim", "effective_sample_size", "standard_error"];
        header.extend(scores.map(str::to_owned));
        if columns.verdicts {
            header.extend(["p_value", "anomalous"].map(str::to_owned));
        }
        if columns.alarm {
            header.extend(["alarm", "drift"].map(str::to_owned));
        }
        header.extend(columns.stuck.then(|| "stuck".to_owned()));
        header.extend((1..=columns.causes).flat_map(|n| [format!("cause_{n}"), format!("surprise_{n}")]));
        out.write_record(&header).map_err(of_writing)?;
        Ok(Table { out, columns })
    }

    /// Writes some rows, all of which are there when it ends.
    pub(crate) fn write(&mut self, rows: &[Row]) -> io::Result<()> {
        rows.iter().try_for_each(|row| self.row(row)).map_err(of_writing)?;
        self.out.flush()
    }

    fn row(&mut self, row: &Row) -> csv::Result<()> {
        let mut cells = vec![row.row.to_string()];
        cells.extend(row.kept.iter().cloned());
        let numbers = [row.log_density, row.bits_per_dim, row.effective_sample_size];
        cells.extend(numbers.map(number));
        cells.push(row.standard_error.map(|error| error.to_string()).unwrap_or_default());
        let empty = || [String::new(), String::new()];
        if self.columns.verdicts {
            let told = |Decision { p_value, anomalous }| [number(p_value), u8::from(anomalous).to_string()];
            cells.extend(row.decision.map_or_else(empty, told));
        }
        if self.columns.alarm {
            let told = |Stream { alarm, drift }: Stream| {
                [u8::from(alarm).to_string(), drift.unwrap_or_default().to_owned()]
            };
            cells.extend(row.stream.map_or_else(empty, told));
        }
        cells.extend(self.columns.stuck.then(|| row.stuck.join(" ")));
        let causes = (0..self.columns.causes).map(|n| row.causes.get(n));
        cells.extend(causes.flat_map(|cause| match cause {
            Some(cause) => [cause.column.clone(), cause.surprise.to_string()],
            None => [String::new(), String::new()],
        }));
        self.out.write_record(&cells)
    }

    /// What it was written to.
    pub(crate) fn into_inner(self) -> io::Result<W> {
        self.out.into_inner().map_err(|error| error.into_error())
    }
}

/// A row without a frame has no number.
fn number(number: f32) -> String {
    if number.is_nan() { String::new() } else { number.to_string() }
}

/// What the system said of it: a reader that has gone away is to be told from a full disk.
fn of_writing(error: csv::Error) -> io::Error {
    match error.into_kind() {
        ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}
