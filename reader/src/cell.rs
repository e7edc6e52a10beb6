//! A cell of text: a number or a word, or what is wrong with it.

use std::borrow::Cow;
use std::str::FromStr;

use crate::array::is_rounded;
use crate::encoding::word;
use crate::error::Fault;
use crate::numbers::{Comma, Numbers, comma};

/// Cells that say that there is no value, in any case of letters.
const MISSING: [&str; 25] = [
    "", "na", "n/a", "null", "none", "nil", "-", "--", "?", "#n/a", "#na", "<na>", "nat", "#div/0!",
    "#value!", "#ref!", "---", "n.a.", "#n/a n/a", "#null!", "#name?", "#num!", "1.#qnan", "-1.#ind",
    "1.#ind",
];

/// A cell that is a number.
pub(crate) fn number<T: FromStr + Copy + Into<f64>>(cell: &[u8], numbers: Numbers) -> Result<T, Fault> {
    let plain = numbers.plain(cell);
    let text = plain.as_deref().and_then(|text| std::str::from_utf8(text).ok());
    let value = text.and_then(|text| text.parse::<T>().ok());
    match value {
        Some(value) if value.into().is_finite() => Ok(value),
        Some(value) if value.into().is_infinite() && cell.iter().any(u8::is_ascii_digit) => {
            Err(Fault::OutOfRange(shown(cell)))
        }
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
    MISSING.iter().any(|word| cell.eq_ignore_ascii_case(word.as_bytes()))
}

/// A cell for a message: short, and with nothing in it that a terminal would obey.
fn shown(cell: &[u8]) -> String {
    const LONGEST: usize = 40;
    let text = String::from_utf8_lossy(cell);
    let start: String = text.chars().take(LONGEST).flat_map(char::escape_debug).collect();
    if text.chars().nth(LONGEST).is_some() { start + "…" } else { start }
}
