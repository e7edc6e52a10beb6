//! The column of times: which rows are left out by it, and where stretches end.

use crate::error::{Fault, Place, Problem};
use crate::part::Part;
use crate::table::Table;
use crate::time::{TimeForm, TimeForms};

/// The cells of a column of times, as rows come. How they are written may be known only when all are there:
/// rows wait until it is.
#[derive(Debug)]
pub(crate) struct Times {
    /// where the column stands
    pub(crate) column: usize,
    name: String,
    /// whether rows are left out or stretches end by them
    is_used: bool,
    /// whether rows are left out from a point of time on
    is_point: bool,
    /// cells of rows in hand, one behind the other
    text: Vec<u8>,
    ends: Vec<usize>,
    forms: TimeForms,
    /// that of the last row that was kept
    last: Option<i64>,
}

impl Times {
    /// Of the column that is asked for, where there is one.
    pub(crate) fn of(names: &[String], part: &Part) -> Result<Option<Self>, Problem> {
        let Some(name) = &part.time else {
            let needs = part.gap.is_some() && !part.time_if_there || part.until.is_some();
            return if needs { Err(Problem::NoTimeColumn) } else { Ok(None) };
        };
        let column = match names.iter().position(|known| known == name) {
            None if part.time_if_there => return Ok(None),
            _ => crate::names::find(names, name)?,
        };
        Ok(Some(Times {
            column,
            name: name.clone(),
            is_used: part.gap.is_some() || part.until.is_some(),
            is_point: part.until.is_some(),
            text: Vec::new(),
            ends: Vec::new(),
            forms: TimeForms::default(),
            last: None,
        }))
    }

    /// The cell of one more row, at a place.
    pub(crate) fn push(&mut self, cell: &[u8], place: impl Fn() -> Place) -> Result<(), Problem> {
        self.forms.see(cell);
        if !self.forms.are_times() {
            let fault = Fault::NoTime(String::from_utf8_lossy(cell).escape_debug().take(40).collect());
            return Err(Problem::Cell { place: place(), column: self.name.clone(), fault });
        }
        if self.is_used {
            self.text.extend_from_slice(cell);
            self.ends.push(self.text.len());
        }
        Ok(())
    }

    /// Whether rows in hand can go on, or whether cells that are still to come say how all are written.
    pub(crate) fn is_certain(&self) -> bool {
        !self.is_used || self.forms.is_certain()
    }

    /// Leaves out rows from a time on, and ends a stretch where the next row comes too late or too early.
    pub(crate) fn cut(&mut self, table: &mut Table, part: &Part) -> Result<(), Problem> {
        if !self.is_used || table.rows() == 0 {
            return Ok(());
        }
        let form = self.form().ok_or_else(|| self.unclear())?;
        let begins = std::iter::once(0).chain(self.ends.iter().copied());
        let cells = begins.zip(&self.ends).map(|(begin, end)| &self.text[begin..*end]);
        let mut times: Vec<i64> = cells.filter_map(|cell| form.parse(cell)).collect();
        self.text.clear();
        self.ends.clear();
        if let Some(until) = part.until {
            table.retain(|row| times[row] < until.0);
            times.retain(|time| *time < until.0);
        }
        let longest = part.gap.map_or(i64::MAX, |gap| i64::try_from(gap.0.as_nanos()).unwrap_or(i64::MAX));
        for (row, time) in times.into_iter().enumerate() {
            let step = self.last.replace(time).map_or(0, |last| form.step(last, time));
            if part.gap.is_some() && (step < 0 || step > longest) {
                table.breaks.push(row);
            }
        }
        Ok(())
    }

    /// When all rows have come.
    pub(crate) fn finish(&self) -> Result<(), Problem> {
        if self.forms.are_times() && self.form().is_none() { Err(self.unclear()) } else { Ok(()) }
    }

    /// A point of time asks for more than steps do.
    fn form(&self) -> Option<TimeForm> {
        if self.is_point { self.forms.form() } else { self.forms.form_of_steps() }
    }

    fn unclear(&self) -> Problem {
        Problem::DayOrMonth { column: self.name.clone() }
    }
}
