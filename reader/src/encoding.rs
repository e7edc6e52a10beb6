//! Text in the encodings that files have: UTF-8, UTF-16, and Windows-1252 with Latin-1 in it.

use std::borrow::Cow;
use std::io::{self, BufRead, BufReader, Chain, Cursor, Read};

use crate::error::Problem;

/// Bytes of UTF-16 that are read in one go.
const CHUNK: u64 = 1 << 13;

/// What Windows-1252 has where Latin-1 has control characters, from 0x80 on; five of them it leaves.
const WINDOWS: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}',
    '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// Two bytes as a unit of UTF-16, in their order.
type Unit = fn([u8; 2]) -> u16;

/// Bytes that have ASCII in them, whatever else.
pub(crate) type Text<R> = BufReader<Utf8<Chain<Cursor<Vec<u8>>, R>>>;

/// UTF-16 as UTF-8; all else as it is.
pub(crate) struct Utf8<R> {
    input: R,
    /// none where text is no UTF-16
    unit: Option<Unit>,
    /// whether lines end with a carriage return alone, as old systems have it
    returns: bool,
    ready: String,
    /// how much of that was handed over
    at: usize,
}

/// Undoes UTF-16, marked or not, byte-order marks, and lines that end with a carriage return alone. All else
/// is passed on as it is: [`word`] reads it.
pub(crate) fn text<R: BufRead>(mut input: R) -> Result<Text<R>, Problem> {
    let mut head = Vec::new();
    input.by_ref().take(4).read_to_end(&mut head)?;
    let (mark, unit): (_, Option<Unit>) = match head[..] {
        [0xef, 0xbb, 0xbf, ..] => (3, None),
        [0xff, 0xfe, ..] => (2, Some(u16::from_le_bytes)),
        [0xfe, 0xff, ..] => (2, Some(u16::from_be_bytes)),
        [first, 0, second, 0] if first > 0 && second > 0 => (0, Some(u16::from_le_bytes)),
        [0, first, 0, second] if first > 0 && second > 0 => (0, Some(u16::from_be_bytes)),
        _ => (0, None),
    };
    let returns = ends_with_returns(input.fill_buf()?);
    head.drain(..mark);
    let text = Utf8 { returns, input: Cursor::new(head).chain(input), unit, ready: String::new(), at: 0 };
    Ok(BufReader::with_capacity(1 << 16, text))
}

impl<R: Read> Read for Utf8<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let Some(unit) = self.unit else {
            let count = self.input.read(out)?;
            if self.returns {
                out[..count].iter_mut().filter(|byte| **byte == b'\r').for_each(|byte| *byte = b'\n');
            }
            return Ok(count);
        };
        if self.at == self.ready.len() {
            self.at = 0;
            self.ready = decoded(&mut self.input, unit)?;
        }
        let count = self.ready.as_bytes().get(self.at..).unwrap_or_default().read(out)?;
        self.at += count;
        Ok(count)
    }
}

/// Whether lines end with a carriage return alone, by what is there of a file; of the last one nobody knows.
fn ends_with_returns(text: &[u8]) -> bool {
    let before_last = text.split_last().map_or(&[][..], |(_, before)| before);
    before_last.contains(&b'\r') && !text.contains(&b'\n')
}

/// The next characters; what is none is a replacement character.
fn decoded(input: &mut impl Read, unit: Unit) -> io::Result<String> {
    let mut bytes = Vec::new();
    input.take(CHUNK).read_to_end(&mut bytes)?;
    // the first half of a pair wants the second
    if bytes.as_chunks().0.last().is_some_and(|last| (0xd800..0xdc00).contains(&unit(*last))) {
        input.take(2).read_to_end(&mut bytes)?;
    }
    let (units, rest) = bytes.as_chunks();
    let characters = char::decode_utf16(units.iter().map(|bytes| unit(*bytes)));
    let half = rest.iter().map(|_| char::REPLACEMENT_CHARACTER);
    Ok(characters.map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).chain(half).collect())
}

/// A name or a word: what is not UTF-8 is Windows-1252, in which every byte is a character.
pub(crate) fn word(bytes: &[u8]) -> Cow<'_, str> {
    let character = |byte: &u8| match byte {
        0x80..0xa0 => WINDOWS[usize::from(byte - 0x80)],
        _ => char::from(*byte),
    };
    match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => bytes.iter().map(character).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> String {
        let mut all = String::new();
        text(bytes).unwrap().read_to_string(&mut all).unwrap();
        all
    }

    /// Pairs lie across the ends of what is read in one go, whatever stands before them.
    #[test]
    fn undoes_both_orders_with_and_without_a_mark() {
        for before in ["a,b\n", "ab,\n\n", "a,b\nü"] {
            let long = before.to_owned() + &"🌡".repeat(5000) + "\n1,2\n";
            let bytes = |of: fn(u16) -> [u8; 2]| long.encode_utf16().flat_map(of).collect::<Vec<u8>>();
            let (little, big) = (bytes(u16::to_le_bytes), bytes(u16::to_be_bytes));
            for (mark, bytes) in [
                (&[][..], &little),
                (&[], &big),
                (&[0xff, 0xfe], &little),
                (&[0xfe, 0xff], &big),
                (&[0xef, 0xbb, 0xbf], &long.clone().into_bytes()),
            ] {
                assert!(read(&[mark, bytes].concat()) == long, "{mark:x?} {before:?}");
            }
        }
    }

    #[test]
    fn carriage_returns_end_lines_where_nothing_else_does() {
        assert_eq!(read(b"a,b\r1,2\r3,4\r"), "a,b\n1,2\n3,4\n");
        for same in ["a,b\r\n1,2\r\n", "a,\"b\rc\"\n1,2\n", "a,b\r"] {
            assert_eq!(read(same.as_bytes()), same);
        }
    }

    #[test]
    fn half_characters_are_replaced_and_nothing_else_is_touched() {
        assert_eq!(read(b"\xff\xfea\0\x00\xd8b\0c"), "a\u{fffd}b\u{fffd}");
        assert_eq!(read(b"\xff\xfea\0\x00\xd8"), "a\u{fffd}");
        assert_eq!(read(b"\xff\xfe"), "");
        for same in ["", "a", "a,b", "ü;€\n"] {
            assert_eq!(read(same.as_bytes()), same);
        }
    }

    /// As Python's `bytes(range(128, 256)).decode("cp1252")` has it, its five gaps left as they are.
    #[test]
    fn words_are_utf_8_or_windows_1252() {
        assert_eq!(word("20 °C".as_bytes()), "20 °C");
        assert_eq!(word(b"20 \xb0C"), "20 °C");
        assert_eq!(word(b"\x80\x81\x82\x8e\x8f\x90\x91\x9e\x9f\xa0\xff"), "€\u{81}‚Ž\u{8f}\u{90}‘žŸ\u{a0}ÿ");
    }
}
