//! What people write around numbers: a unit behind them, the sign of a currency before.

use crate::cell::is_missing;
use crate::encoding::word;
use crate::numbers::comma;

/// Signs before a number.
const CURRENCIES: [&[u8]; 8] = [
    b"$",
    "€".as_bytes(),
    "£".as_bytes(),
    "¥".as_bytes(),
    "₹".as_bytes(),
    // of Windows-1252
    b"\x80",
    b"\xa3",
    b"\xa5",
];

/// What stands around each number of a column, the same in all cells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Affix {
    before: Vec<u8>,
    behind: Vec<u8>,
}

impl Affix {
    /// Of the cells of a column at the head of a file, all of which are numbers: what stands around most of
    /// them. What has something else there is told where it is read.
    pub(super) fn of<'c>(cells: impl Iterator<Item = &'c [u8]>) -> Option<Affix> {
        let written = cells.filter(|cell| !is_missing(cell) && !cell.eq_ignore_ascii_case(b"nan"));
        let found: Vec<Affix> = written.map(Affix::around).collect::<Option<_>>()?;
        let often = |affix: &Affix| found.iter().filter(|other| *other == affix).count();
        let most = found.iter().find(|affix| 2 * often(affix) > found.len())?;
        (*most != Affix::default()).then(|| most.clone())
    }

    /// What stands around the number of a cell.
    fn around(cell: &[u8]) -> Option<Affix> {
        if comma(cell).is_some() {
            return Some(Affix::default());
        }
        let currency = CURRENCIES.iter().find(|sign| cell.starts_with(sign));
        let (before, rest) = cell.split_at(currency.map_or(0, |sign| sign.len()));
        let number = rest.trim_ascii_start();
        let is_number = |end: &usize| {
            let part = &number[..*end];
            // spaces of typography stand before units, too
            part.last().is_some_and(|last| last.is_ascii_digit() || *last == b'.') && comma(part).is_some()
        };
        let end = (1..=number.len()).rev().find(is_number)?;
        let behind = &number[end..];
        let is_unit = behind.is_empty() || is_unit(behind);
        // with the space between sign and number
        let before = if before.is_empty() { before } else { &cell[..cell.len() - number.len()] };
        is_unit.then(|| Affix { before: before.to_vec(), behind: behind.to_vec() })
    }

    /// The number of a cell; nothing where something else stands around it.
    pub(crate) fn bare<'c>(&self, cell: &'c [u8]) -> Option<&'c [u8]> {
        let before = self.before.trim_ascii_end();
        let number = cell.strip_prefix(before)?.strip_suffix(&self.behind[..])?.trim_ascii();
        (!number.is_empty()).then_some(number)
    }

    /// As [`bare`](Self::bare), where the very bytes stand around it.
    pub(crate) fn inside<'c>(&self, cell: &'c [u8]) -> Option<&'c [u8]> {
        let number = cell.strip_prefix(&self.before[..])?.strip_suffix(&self.behind[..])?;
        (!number.is_empty() && number.trim_ascii() == number).then_some(number)
    }

    /// What stands before numbers, and what behind them.
    pub(crate) fn parts(&self) -> [Vec<u8>; 2] {
        [self.before.clone(), self.behind.clone()]
    }

    /// As a cell has it, for people.
    pub(crate) fn told(&self) -> String {
        let both = [word(&self.before).trim().to_owned(), word(&self.behind).trim().to_owned()];
        both.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" … ")
    }
}

/// Whether this is a unit and no part of a time, a name or a range: letters, or a sign such as `%`, be it in
/// brackets. Digits are powers in it, behind a space, as in ` m/s2`.
fn is_unit(text: &[u8]) -> bool {
    let unit = text.trim_ascii_start();
    let inside = |ends: [&[u8]; 2]| unit.strip_prefix(ends[0])?.strip_suffix(ends[1]);
    let unit = inside([b"[", b"]"]).or_else(|| inside([b"(", b")"])).unwrap_or(unit);
    let begins =
        unit.first().is_some_and(|first| first.is_ascii_alphabetic() || *first >= 0x80 || *first == b'%');
    let has_digits = unit.iter().any(u8::is_ascii_digit);
    begins && unit.len() <= 16 && (!has_digits || unit.len() < text.len())
}
