//! What a model remembers of text. Files that were written in another way, as its own samples are, speak for
//! themselves.

use super::head::lines;
use super::parted::{is_row, is_worded};
use super::{Dialect, Header, name};
use crate::error::Problem;
use crate::names::numbered;
use crate::numbers::comma;
use crate::options::LoadOptions;

impl Dialect {
    /// Looks at the first lines of a file. What is remembered holds where they read by it.
    ///
    /// # Errors
    /// As [`of`](Self::of).
    pub(crate) fn of_file(head: &[u8], options: &LoadOptions) -> Result<Self, Problem> {
        let remembered = options.text.clone().or(&options.remembered);
        let dialect = if remembered == options.text { None } else { Dialect::of(head, &remembered).ok() };
        match dialect.filter(|dialect| dialect.fits(head, options.columns.as_deref())) {
            Some(dialect) => Ok(dialect),
            None => Dialect::of(head, &options.text),
        }
    }

    /// Whether the columns are named, or rightly not named, and all numbers can be read.
    fn fits(&self, head: &[u8], columns: Option<&[String]>) -> bool {
        let lines = lines(&head[self.skip..], self.delimiter);
        let Some((first, rows)) = lines.split_first() else { return false };
        let holds = |names: &[String]| columns.into_iter().flatten().all(|name| names.contains(name));
        let names: Vec<String> = first.cells.iter().map(|cell| name(cell)).collect();
        let is_header = || is_worded(first) && (rows.iter().any(is_row) || holds(&names));
        let names_fit = match &self.header {
            Header::Line => holds(&names),
            Header::Comment(names) => holds(names),
            Header::None(columns) => holds(&numbered(*columns)) && !is_header(),
        };
        let reads = |cell: &[u8]| comma(cell).is_none() || self.numbers.plain(cell).is_some();
        names_fit && rows.iter().flat_map(|row| &row.cells).all(|cell| reads(cell.trim_ascii()))
    }
}
