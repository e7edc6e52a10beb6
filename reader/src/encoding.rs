//! Text in the encodings that files have: UTF-8, UTF-16, and Windows-1252 with Latin-1 in it.

use std::borrow::Cow;
use std::io::{BufRead, BufReader, Chain, Cursor, Read};

use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};
use encoding_rs_io::{DecodeReaderBytes, DecodeReaderBytesBuilder};

use crate::error::Problem;

/// Bytes that have ASCII in them, whatever else.
pub(crate) type Text<R> = BufReader<DecodeReaderBytes<Chain<Cursor<Vec<u8>>, R>, Vec<u8>>>;

/// Undoes UTF-16, marked or not, and byte-order marks. All else is passed on as it is: [`word`] reads it.
pub(crate) fn text<R: BufRead>(mut input: R) -> Result<Text<R>, Problem> {
    let mut head = Vec::new();
    input.by_ref().take(4).read_to_end(&mut head)?;
    let encoding = match head[..] {
        [first, 0, second, 0] if first > 0 && second > 0 => Some(UTF_16LE),
        [0, first, 0, second] if first > 0 && second > 0 => Some(UTF_16BE),
        _ => None,
    };
    let mut builder = DecodeReaderBytesBuilder::new();
    let decoder = builder.encoding(encoding).utf8_passthru(true).strip_bom(true);
    let text = decoder.build(Cursor::new(head).chain(input));
    Ok(BufReader::with_capacity(1 << 16, text))
}

/// A name or a word: what is not UTF-8 is Windows-1252, in which every byte is a character.
pub(crate) fn word(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0,
    }
}
