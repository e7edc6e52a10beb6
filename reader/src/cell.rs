//! A cell of text: a number or a word, or what is wrong with it.

use std::borrow::Cow;
use std::str::FromStr;
use std::sync::LazyLock;

use crate::array::is_rounded;
use crate::encoding::word;
use crate::error::Fault;
use crate::numbers::{Comma, Decimal, Numbers, comma};

/// Cells that say that there is no value, in any case of letters, beside empty ones: a word in a line. The
/// page in the browser has the same.
static MISSING: LazyLock<Vec<&[u8]>> =
    LazyLock::new(|| include_str!("missing.txt").lines().map(str::as_bytes).collect());

/// A float that cells are read as.
pub(crate) trait Real: FromStr + Copy + Into<f64> {
    /// The nearest to a number of which `nearest` is the nearest f64; nothing where that cannot tell.
    fn of_nearest(nearest: f64) -> Option<Self>;
}

impl Real for f64 {
    fn of_nearest(nearest: f64) -> Option<f64> {
        Some(nearest)
    }
}

impl Real for f32 {
    /// Halfway between two f32 the number itself may lie on either side.
    fn of_nearest(nearest: f64) -> Option<f32> {
        const BEHIND: u64 = (1 << 29) - 1;
        (nearest.to_bits() & BEHIND != 1 << 28).then_some(nearest as f32)
    }
}

/// Powers of ten that an f64 holds exactly.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19, 1e20, 1e21, 1e22,
];

/// A number such as `-12.345` whose digits an f64 holds exactly, and the power of ten below them too: their
/// quotient is the number, rounded once (Clinger 1990, "How to read floating point numbers accurately"). As
/// most cells are; nothing for the others.
fn quick(cell: &[u8]) -> Option<f64> {
    const EXACT: u64 = 1 << 53;
    let digits = cell.strip_prefix(b"-").unwrap_or(cell);
    let (mut whole, mut point) = (0_u64, None);
    // 18 digits fit a u64
    if digits.len() > 18 || !digits.first()?.is_ascii_digit() {
        return None;
    }
    for (at, byte) in digits.iter().enumerate() {
        match byte {
            b'0'..=b'9' => whole = 10 * whole + u64::from(byte - b'0'),
            b'.' if point.is_none() => point = Some(at),
            _ => return None,
        }
    }
    let behind = point.map_or(0, |at| digits.len() - at - 1);
    let value = whole as f64 / POWERS.get(behind)?;
    let value = if digits.len() < cell.len() { -value } else { value };
    (whole <= EXACT).then_some(value)
}

/// A cell that is a number.
pub(crate) fn number<T: Real>(cell: &[u8], numbers: Numbers) -> Result<T, Fault> {
    let is_plain = numbers.decimal == Decimal::Point;
    if let Some(value) = quick(cell).filter(|_| is_plain).and_then(T::of_nearest) {
        return Ok(value);
    }
    let plain = numbers.plain(cell);
    let text = plain.as_deref().and_then(|text| std::str::from_utf8(text).ok());
    let value = text.and_then(|text| text.parse::<T>().ok());
    match value {
        Some(value) if value.into().is_finite() => Ok(value),
        Some(value) if value.into().is_infinite() && cell.iter().any(u8::is_ascii_digit) => {
            Err(Fault::OutOfRange(shown(cell)))
        }
        Some(_) if is_missing(cell) => Err(Fault::Missing),
        Some(_) => Err(Fault::NotFinite(shown(cell))),
        None if is_missing(cell) => Err(Fault::Missing),
        None => Err(match comma(cell) {
            Some(Comma::Unclear) => Fault::CommaUnclear(shown(cell)),
            Some(Comma::Decimal) => Fault::DecimalComma(shown(cell)),
            Some(Comma::Thousands) => Fault::Thousands(shown(cell)),
            _ => Fault::Text(shown(cell)),
        }),
    }
}

/// As [`number`], but for what is whole only as an f32.
pub(crate) fn not_rounded(cell: &[u8], numbers: Numbers) -> Result<f32, Fault> {
    let value = number(cell, numbers)?;
    let rounded = is_rounded(value, number(cell, numbers)?);
    if rounded { Err(Fault::Rounded(shown(cell))) } else { Ok(value) }
}

/// A cell that is a word.
pub(crate) fn class(cell: &[u8]) -> Result<Cow<'_, str>, Fault> {
    let missing = is_missing(cell) || cell.eq_ignore_ascii_case(b"nan");
    if missing { Err(Fault::Missing) } else { Ok(word(cell)) }
}

pub(crate) fn is_missing(cell: &[u8]) -> bool {
    cell.is_empty() || MISSING.iter().any(|word| cell.eq_ignore_ascii_case(word))
}

/// A cell for a message: short, and with nothing in it that a terminal would obey.
pub(crate) fn shown(cell: &[u8]) -> String {
    const LONGEST: usize = 40;
    let text = String::from_utf8_lossy(cell);
    let start: String = text.chars().take(LONGEST).flat_map(char::escape_debug).collect();
    if text.chars().nth(LONGEST).is_some() { start + "…" } else { start }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_core::Rng;
    use rand_pcg::Pcg32;

    fn agree(text: &str) {
        let (narrow, wide) = (text.parse::<f32>().unwrap(), text.parse::<f64>().unwrap());
        let read = (number(text.as_bytes(), Numbers::PLAIN), number(text.as_bytes(), Numbers::PLAIN));
        let bits = (read.0.map(f32::to_bits), read.1.map(f64::to_bits));
        assert_eq!(bits, (Ok(narrow.to_bits()), Ok(wide.to_bits())), "{text}");
    }

    /// Some of them are numbers to the standard library.
    #[test]
    fn every_word_for_a_missing_cell_is_one() {
        for word in MISSING.iter().copied().chain([&b""[..]]) {
            for cell in [word.to_ascii_lowercase(), word.to_ascii_uppercase()] {
                assert_eq!(number::<f32>(&cell, Numbers::PLAIN), Err(Fault::Missing), "{}", shown(&cell));
            }
        }
    }

    /// The same bits as the standard library, near ties of f32 too.
    #[test]
    fn quick_numbers_are_the_nearest() {
        let mut rng = Pcg32::new(8, 8);
        for _ in 0..200_000 {
            let whole = rng.next_u64() >> (rng.next_u32() % 64);
            let digits = (whole % 1_000_000_000_000_000_000).to_string();
            let at = rng.next_u32() as usize % (digits.len() + 1);
            let sign = ["", "-"][rng.next_u32() as usize % 2];
            let (before, behind) = digits.split_at(at.max(1));
            agree(&format!("{sign}{before}{}{behind}", if behind.is_empty() { "" } else { "." }));
            // halfway between two floats, and one step of the last digit beside it
            let float = f32::from_bits(0x3f80_0000 + (rng.next_u32() >> 4));
            let middle = f64::from(float) + 0.5 * (f64::from(float.next_up()) - f64::from(float));
            for places in 4..16 {
                agree(&format!("{middle:.places$}"));
            }
        }
        for text in ["0", "-0", "0.0", "-0.000", "5.", "16777217", "16777219", "9007199254740993", "00012.50"]
        {
            agree(text);
        }
        for text in ["", "-", ".", "1.2.3", "--1", "1 2", "0x1"] {
            assert!(number::<f32>(text.as_bytes(), Numbers::PLAIN).is_err(), "{text}");
        }
    }
}
