//! Text files of rows, in the dialects that [`Dialect`] finds out.

use std::borrow::Cow;
use std::io::{self, BufRead, Chain, Cursor, Read};

use ::csv::{ByteRecord, Position, Reader, ReaderBuilder, Terminator};

use crate::capped::Capped;
use crate::categories::Codes;
use crate::cell::{class, is_missing, not_rounded, number, shown};
use crate::columns::{self, Chosen, choose};
use crate::dialect::{Affix, Dialect, Header, foreign, head, is_comment, squeeze};
use crate::encoding::{Text, text, word};
use crate::error::{Fault, Place, Problem};
use crate::names;
use crate::numbers::Numbers;
use crate::options::LoadOptions;
use crate::rows::{Heading, RowReader};
use crate::text_table::TextTable;

/// The first lines, which were looked at, the rest, and a newline at the very end.
type Whole<R> = Capped<Chain<Chain<Cursor<Vec<u8>>, Text<R>>, &'static [u8]>>;

/// A file row by row.
pub(crate) struct Rows<R> {
    reader: Reader<Whole<R>>,
    record: ByteRecord,
    names: Vec<String>,
    /// the names as the header has them
    written: Vec<String>,
    /// the lines before the header
    preamble: String,
    chosen: Chosen,
    /// what makes an f32 of a cell
    number: fn(&[u8], Numbers) -> Result<f32, Fault>,
    pub(crate) dialect: Dialect,
    /// rows read
    pub(crate) row: usize,
    /// what stands between cells
    pub(crate) delimiter: u8,
    /// rows of units that are still to be passed over
    units: usize,
    /// whether rows come as somebody writes them
    is_live: bool,
}

impl<R: BufRead> Rows<R> {
    pub(crate) fn open(input: R, options: &LoadOptions) -> Result<Self, Problem> {
        let mut input = text(input)?;
        let is_word = |name: &String| options.categorical.iter().any(|category| category.column == *name);
        let has_numbers = !options.columns.as_ref().is_some_and(|columns| columns.iter().all(is_word));
        let mut first = Cursor::new(head(&mut input, has_numbers)?);
        if let Some(what) = foreign(first.get_ref()) {
            return Err(Problem::NotText { what });
        }
        let dialect = Dialect::of_file(first.get_ref(), options)?;
        first.set_position(dialect.skip as u64);
        let preamble = String::from_utf8_lossy(&first.get_ref()[..dialect.skip]).replace('\r', "");
        let delimiter = dialect.delimiter;
        let mut builder = ReaderBuilder::new();
        // Rows of the wrong length are let through to our own message. With `\n` alone
        // as the end of a row, and one at the very end, `line` can count; the `\r` that
        // may stand before it is trimmed with the spaces.
        builder.delimiter(delimiter).flexible(true).terminator(Terminator::Any(b'\n'));
        builder.has_headers(dialect.header == Header::Line);
        let mut reader = builder.from_reader(Capped::new(first.chain(input).chain(&b"\n"[..])));
        let names = match &dialect.header {
            Header::Line => dialect.names(reader.byte_headers().map_err(io::Error::from)?)?,
            Header::Comment(names) => names.clone(),
            Header::None(columns) => names::numbered(*columns),
        };
        let written = names.clone();
        let names = columns::named(dialect.told_apart(names), options)?;
        let chosen = choose(&names, options)?;
        let number = if options.whole { not_rounded } else { number };
        let record = ByteRecord::new();
        let units = dialect.units.len();
        let (row, is_live) = (0, false);
        Ok(Rows {
            reader,
            record,
            names,
            written,
            preamble,
            chosen,
            number,
            dialect,
            row,
            delimiter,
            units,
            is_live,
        })
    }

    /// Names of the features.
    pub(crate) fn columns(&self) -> Vec<String> {
        self.chosen.features.iter().map(|&column| self.names[column].clone()).collect()
    }

    /// Goes to the next row; false where there is none.
    pub(crate) fn next(&mut self) -> Result<bool, Problem> {
        loop {
            self.reader.get_mut().begin_row();
            if !self.reader.read_byte_record(&mut self.record).map_err(io::Error::from)? {
                return Ok(false);
            }
            if self.delimiter == b' ' {
                self.record = squeeze(&self.record);
            }
            let (found, expected) = (self.record.len(), self.names.len());
            let may_be_comment = self.dialect.comments || found != expected;
            if is_blank(&self.record) || may_be_comment && is_comment(&self.record[0]) {
                continue;
            }
            if self.units > 0 {
                self.units -= 1;
                continue;
            }
            self.row += 1;
            // a delimiter behind the last cell, in the rows or in the header alone
            if found == expected + 1 && self.record[expected].trim_ascii().is_empty() {
                self.record.truncate(expected);
                return Ok(true);
            }
            if found + 1 == expected && self.dialect.ends_empty {
                self.record.push_field(b"");
                return Ok(true);
            }
            let ragged = || Problem::Ragged { place: self.place(), found, expected };
            return if found == expected { Ok(true) } else { Err(ragged()) };
        }
    }

    /// Appends the features of the row, categories as codes, and NaN for what is neither.
    pub(crate) fn numbers(&self, codes: &mut Codes, to: &mut Vec<f64>) {
        for (at, &column) in self.chosen.features.iter().enumerate() {
            let value = match codes.of(at) {
                Some(coder) => coder.code(self.cell(column)).map(f64::from),
                None => number(self.inside(column).unwrap_or_default(), self.dialect.numbers),
            };
            to.push(value.unwrap_or(f64::NAN));
        }
    }

    /// What stands around the rows.
    pub(crate) fn table(&self) -> TextTable {
        TextTable {
            names: self.written.clone(),
            preamble: self.preamble.clone(),
            units: self.dialect.units.clone(),
            has_header: self.dialect.header == Header::Line,
            features: self.chosen.features.clone(),
            around: self.chosen.features.iter().map(|at| self.affix(*at).map(Affix::parts)).collect(),
            decimal: self.dialect.numbers.decimal.sign(),
        }
    }

    /// The row's cells.
    pub(crate) fn record(&self) -> &ByteRecord {
        &self.record
    }

    /// The features of the row as text, without what stands around numbers.
    pub(crate) fn cells(&self) -> impl Iterator<Item = &[u8]> {
        self.chosen.features.iter().map(|&column| self.inside(column).unwrap_or_default())
    }

    /// Where the row stands.
    pub(crate) fn place(&self) -> Place {
        let line = line(&self.record, self.reader.position()) + self.dialect.skipped_lines;
        Place { row: self.row, line: Some(line) }
    }

    fn cell(&self, column: usize) -> &[u8] {
        self.record[column].trim_ascii()
    }

    fn affix(&self, column: usize) -> Option<&Affix> {
        self.dialect.affixes.get(column)?.as_ref()
    }

    /// A cell without what stands around the numbers of its column; nothing where something else does.
    fn inside(&self, column: usize) -> Option<&[u8]> {
        self.affix(column).map_or(Some(self.cell(column)), |affix| affix.inside(self.cell(column)))
    }

    /// The number in a column of the row, without what stands around it.
    fn number<T>(&self, column: usize, read: fn(&[u8], Numbers) -> Result<T, Fault>) -> Result<T, Fault> {
        let cell = self.cell(column);
        let Some(affix) = self.affix(column) else { return read(cell, self.dialect.numbers) };
        match affix.bare(cell) {
            Some(bare) => read(bare, self.dialect.numbers),
            None if is_missing(cell) => Err(Fault::Missing),
            None => {
                let told = format!("{}` is not written with `{}", shown(cell), affix.told());
                Err(Fault::OtherUnit(told))
            }
        }
    }

    fn wrong(&self, column: usize, fault: Fault) -> Problem {
        Problem::Cell { place: self.place(), column: self.names[column].clone(), fault }
    }

    /// With rows that come as somebody writes them: each is handed on before the next is waited for.
    pub(crate) fn live(self, is_live: bool) -> Self {
        Rows { is_live, ..self }
    }
}

impl<R: BufRead> RowReader for Rows<R> {
    fn heading(&mut self) -> Result<Heading, Problem> {
        let Chosen { features, label, .. } = &self.chosen;
        let told_apart = self.dialect.told_apart(self.written.clone());
        let renamed = columns::renamed(&told_apart, &self.names);
        Ok(Heading {
            is_text: true,
            names: self.names.clone(),
            columns: self.columns(),
            is_labelled: label.is_some(),
            notes: [self.dialect.notes(&self.written), renamed].concat(),
            dialect: self.dialect.told(),
            numbers: self.dialect.numbers,
            affixes: self.dialect.affixes.clone(),
            reading: columns::reading(&self.names, *label, features),
        })
    }

    fn next(&mut self) -> Result<bool, Problem> {
        self.next()
    }

    fn number(&self) -> usize {
        self.row - 1
    }

    fn place(&self) -> Place {
        self.place()
    }

    fn features(&self, codes: &mut Codes, held: &[f32], to: &mut Vec<f32>) -> Result<(), Problem> {
        for (at, &column) in self.chosen.features.iter().enumerate() {
            let number = || self.number(column, self.number);
            let value = codes.of(at).map_or_else(number, |coder| coder.code(self.cell(column)));
            let value = match (value, held.get(at)) {
                (Err(_), Some(last)) if self.is_missing(at) => Ok(*last),
                (value, _) => value,
            };
            to.push(value.map_err(|fault| self.wrong(column, fault))?);
        }
        Ok(())
    }

    fn is_missing(&self, feature: usize) -> bool {
        let cell = self.cell(self.chosen.features[feature]);
        is_missing(cell) || cell.eq_ignore_ascii_case(b"nan")
    }

    fn wide(&self, feature: usize) -> Option<f64> {
        self.number(self.chosen.features[feature], number).ok()
    }

    fn label(&self) -> Result<Option<Cow<'_, str>>, Problem> {
        let label = |column| class(self.cell(column)).map_err(|fault| self.wrong(column, fault));
        self.chosen.label.map(label).transpose()
    }

    fn text(&self, column: usize) -> Result<Cow<'_, [u8]>, Problem> {
        Ok(self.cell(column).into())
    }

    fn keep(&self, to: &mut Vec<String>) {
        to.extend(self.chosen.keep.iter().map(|column| word(self.cell(*column)).into_owned()));
    }

    fn waits(&self) -> bool {
        let (head, rest) = self.reader.get_ref().text().get_ref().0.get_ref();
        let is_read = |head: &Cursor<Vec<u8>>| head.position() as usize >= head.get_ref().len();
        self.is_live
            && self.reader.get_ref().rows_end() <= self.reader.position().byte()
            && is_read(head)
            && !rest.buffer().contains(&b'\n')
    }
}

fn is_blank(record: &ByteRecord) -> bool {
    record.len() < 2 && record.iter().all(|cell| cell.trim_ascii().is_empty())
}

/// The line on which a record begins, given where it ends: behind its newline. (The position that the csv
/// crate gives for its beginning lies before any blank lines.)
fn line(record: &ByteRecord, end: &Position) -> u64 {
    let inside = record.as_slice().iter().filter(|&&byte| byte == b'\n').count() as u64;
    end.line().saturating_sub(1 + inside)
}
