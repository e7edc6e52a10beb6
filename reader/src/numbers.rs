//! Numbers as text writes them: with a decimal point or comma, thousands parted or not.

use std::borrow::Cow;

/// How the numbers of a file are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Numbers {
    /// what stands before a fraction
    pub(crate) decimal: Decimal,
    /// whether the other sign may part thousands
    pub(crate) parted: bool,
}

impl Default for Numbers {
    fn default() -> Self {
        Numbers::PLAIN
    }
}

/// What stands before a fraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decimal {
    Point,
    Comma,
}

/// What a comma in a cell can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comma {
    /// there is none; and whether there is a point
    None { point: bool },
    /// before a fraction
    Decimal,
    /// between thousands
    Thousands,
    /// either
    Unclear,
}

impl Decimal {
    /// The sign itself.
    pub(crate) fn sign(self) -> u8 {
        match self {
            Decimal::Point => b'.',
            Decimal::Comma => b',',
        }
    }
}

impl Numbers {
    pub(crate) const PLAIN: Numbers = Numbers { decimal: Decimal::Point, parted: false };

    /// A cell with a point before its fraction and nothing between thousands; `None` where it breaks rules.
    pub(crate) fn plain(self, cell: &[u8]) -> Option<Cow<'_, [u8]>> {
        match spelled(cell) {
            Some(cell) => self.pointed(&cell).map(|plain| plain.into_owned().into()),
            None => self.pointed(cell),
        }
    }

    fn pointed(self, cell: &[u8]) -> Option<Cow<'_, [u8]>> {
        let (decimal, other) = match self.decimal {
            Decimal::Point => (b'.', b','),
            Decimal::Comma => (b',', b'.'),
        };
        if !cell.contains(&b',') && (self.decimal == Decimal::Point || !cell.contains(&b'.')) {
            return Some(cell.into());
        }
        let end = cell.iter().position(|byte| *byte == decimal).unwrap_or(cell.len());
        let (whole, fraction) = cell.split_at(end);
        if whole.contains(&other) && !(self.parted && are_thousands(whole, other))
            || fraction.contains(&other)
        {
            return None;
        }
        let kept = whole.iter().chain(fraction).copied().filter(|byte| *byte != other);
        Some(kept.map(|byte| if byte == decimal { b'.' } else { byte }).collect::<Vec<_>>().into())
    }
}

/// What stands for a sign of ASCII in numbers that people format.
const SIGNS: [(&[u8], u8); 7] = [
    ("\u{2212}".as_bytes(), b'-'),
    ("\u{2019}".as_bytes(), b'\''),
    ("\u{202f}".as_bytes(), b' '),
    ("\u{2009}".as_bytes(), b' '),
    ("\u{a0}".as_bytes(), b' '),
    // of Windows-1252
    (b"\xa0", b' '),
    (b"\x92", b'\''),
];

/// A cell that is written in a rarer way as most are: with spaces or apostrophes between thousands, a minus
/// that is no hyphen, the `D` of Fortran before an exponent. Nothing where there is no such sign.
fn spelled(cell: &[u8]) -> Option<Vec<u8>> {
    if !cell.iter().any(|byte| matches!(byte, b' ' | b'\'' | b'D' | b'd' | 0x80..)) {
        return None;
    }
    let mut text = Vec::with_capacity(cell.len());
    let mut rest = cell;
    while let Some((first, behind)) = rest.split_first() {
        let sign = SIGNS.iter().find_map(|(bytes, sign)| Some((rest.strip_prefix(*bytes)?, *sign)));
        let (left, byte) = sign.unwrap_or((behind, *first));
        text.push(byte);
        rest = left;
    }
    let mut text = text.trim_ascii().to_vec();
    for between in [b' ', b'\''] {
        let end = text.iter().position(|byte| matches!(byte, b'.' | b',')).unwrap_or(text.len());
        if text[..end].contains(&between) && are_thousands(&text[..end], between) {
            text.retain(|byte| *byte != between);
        }
    }
    if let Some(at) = text.iter().position(|byte| byte.eq_ignore_ascii_case(&b'd')) {
        let is_number = |part: &[u8]| part.last().is_some_and(|last| last.is_ascii_digit() || *last == b'.');
        let exponent = text[at + 1..].strip_prefix(b"-").or(text[at + 1..].strip_prefix(b"+"));
        let exponent = exponent.unwrap_or(&text[at + 1..]);
        if is_number(&text[..at]) && !exponent.is_empty() && exponent.iter().all(u8::is_ascii_digit) {
            text[at] = b'e';
        }
    }
    Some(text)
}

/// What the commas of a cell can be, where it is a number at all.
pub(crate) fn comma(cell: &[u8]) -> Option<Comma> {
    let reads = |decimal| {
        let text = Numbers { decimal, parted: true }.plain(cell)?;
        std::str::from_utf8(&text).ok()?.parse::<f64>().ok()
    };
    if !cell.contains(&b',') {
        let is_number = reads(Decimal::Point).is_some() || reads(Decimal::Comma).is_some();
        return is_number.then(|| Comma::None { point: cell.contains(&b'.') });
    }
    match (reads(Decimal::Comma), reads(Decimal::Point)) {
        // no number begins with 0 and thousands
        (Some(number), Some(_)) => Some(if number.abs() < 1.0 { Comma::Decimal } else { Comma::Unclear }),
        (Some(_), None) => Some(Comma::Decimal),
        (None, Some(_)) => Some(Comma::Thousands),
        (None, None) => None,
    }
}

/// Whether digits stand in groups of three, the first of one to three.
fn are_thousands(whole: &[u8], between: u8) -> bool {
    let digits = whole.strip_prefix(b"-").or(whole.strip_prefix(b"+")).unwrap_or(whole);
    let mut groups = digits.split(|byte| *byte == between);
    groups.next().is_some_and(|first| (1..=3).contains(&first.len()) && first.iter().all(u8::is_ascii_digit))
        && groups.all(|group| group.len() == 3 && group.iter().all(u8::is_ascii_digit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_are_what_their_digits_allow() {
        for (cell, expected) in [
            ("20,5", Some(Comma::Decimal)),
            ("1,000", Some(Comma::Unclear)),
            ("-12,345", Some(Comma::Unclear)),
            ("0,345", Some(Comma::Decimal)),
            ("1015,000", Some(Comma::Decimal)),
            ("1.013,25", Some(Comma::Decimal)),
            ("1,013.25", Some(Comma::Thousands)),
            ("1,234,567", Some(Comma::Thousands)),
            ("1,5e-3", Some(Comma::Decimal)),
            ("1,23,4", None),
            ("a,b", None),
            ("12", Some(Comma::None { point: false })),
            ("12.5", Some(Comma::None { point: true })),
        ] {
            assert_eq!(comma(cell.as_bytes()), expected, "{cell}");
        }
    }

    #[test]
    fn a_cell_is_made_plain_or_refused() {
        let german = Numbers { decimal: Decimal::Comma, parted: true };
        let plain = |numbers: Numbers, cell: &str| {
            numbers.plain(cell.as_bytes()).map(|text| String::from_utf8_lossy(&text).into_owned())
        };
        for (cell, expected) in
            [("1.013,25", Some("1013.25")), ("20,5", Some("20.5")), ("1.5", None), ("-1.000", Some("-1000"))]
        {
            assert_eq!(plain(german, cell).as_deref(), expected, "{cell}");
        }
        assert_eq!(plain(Numbers::PLAIN, "1,000"), None);
        assert_eq!(plain(Numbers { parted: true, ..Numbers::PLAIN }, "1,000.5").as_deref(), Some("1000.5"));
    }

    #[test]
    fn numbers_are_spelled_as_people_do() {
        for (cell, expected) in [
            ("1 019 250", "1019250"),
            ("1\u{202f}019\u{202f}250.5", "1019250.5"),
            ("-12\u{a0}345", "-12345"),
            ("1'019", "1019"),
            ("1\u{2019}019.25", "1019.25"),
            ("\u{2212}0.5", "-0.5"),
            ("20.5\u{a0}", "20.5"),
            ("1.5D+03", "1.5e+03"),
            ("2.d0", "2.e0"),
            // none of these is a number
            ("1 0", "1 0"),
            ("10 00", "10 00"),
            ("2024-03-01 00:00", "2024-03-01 00:00"),
            ("dD1", "dD1"),
            ("1d", "1d"),
        ] {
            let plain = Numbers::PLAIN.plain(cell.as_bytes()).unwrap();
            assert_eq!(String::from_utf8_lossy(&plain), expected, "{cell}");
        }
        assert_eq!(comma("1 019,5".as_bytes()), Some(Comma::Decimal));
        assert_eq!(comma("1 019 250".as_bytes()), Some(Comma::None { point: false }));
        assert_eq!(comma(b"1 0"), None);
    }
}
