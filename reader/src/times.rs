//! The column of times of a table: which rows are left out by it, and where stretches end.

use crate::error::{Fault, Place, Problem};
use crate::part::Part;
use crate::table::Table;
use crate::time::TimeForms;

/// The cells of a column of times. How they are written is known only when all are there.
#[derive(Debug)]
pub(crate) struct Times {
    /// where the column stands
    pub(crate) column: usize,
    name: String,
    text: Vec<u8>,
    ends: Vec<usize>,
    forms: TimeForms,
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
        let name = name.clone();
        Ok(Some(Times { column, name, text: Vec::new(), ends: Vec::new(), forms: TimeForms::default() }))
    }

    /// The cell of one more row, at a place.
    pub(crate) fn push(&mut self, cell: &[u8], place: impl Fn() -> Place) -> Result<(), Problem> {
        self.forms.see(cell);
        if !self.forms.are_times() {
            let fault = Fault::NoTime(String::from_utf8_lossy(cell).escape_debug().take(40).collect());
            return Err(Problem::Cell { place: place(), column: self.name.clone(), fault });
        }
        self.text.extend_from_slice(cell);
        self.ends.push(self.text.len());
        Ok(())
    }

    /// Leaves out rows from a time on, and ends a stretch where the next row comes too late or too early.
    pub(crate) fn cut(self, mut table: Table, part: &Part) -> Result<Table, Problem> {
        let form = self.forms.form().ok_or_else(|| Problem::DayOrMonth { column: self.name.clone() })?;
        let begins = std::iter::once(0).chain(self.ends.iter().copied());
        let cells = begins.zip(&self.ends).map(|(begin, end)| &self.text[begin..*end]);
        let mut times: Vec<i64> = cells.filter_map(|cell| form.parse(cell)).collect();
        if let Some(until) = part.until {
            let kept: Vec<usize> = (0..table.rows).filter(|row| times[*row] < until.0).collect();
            times = kept.iter().map(|row| times[*row]).collect();
            table = table.select(&kept);
        }
        if let Some(gap) = part.gap {
            let longest = i64::try_from(gap.0.as_nanos()).unwrap_or(i64::MAX);
            let is_gap = |row: &usize| {
                let step = times[*row].saturating_sub(times[*row - 1]);
                step < 0 || step > longest
            };
            table.breaks = (1..table.rows).filter(is_gap).collect();
        }
        Ok(table)
    }
}
