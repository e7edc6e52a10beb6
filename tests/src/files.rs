//! What lies where in a model file, for tests that damage one.

use elbow::format::fields::PARAMETERS;
use elbow::format::{ALIGNMENT, CHECKSUM_LEN, checksum};
use postcard::fixint;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// A model file of version 3, whole: it is one postcard message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "named as in docs/model-format.md")]
pub struct Message<'a> {
    pub magic: [u8; 8],
    #[serde(with = "fixint::le")]
    pub version: u16,
    #[serde(with = "fixint::le")]
    pub profile: u16,
    #[serde(with = "fixint::le")]
    pub fingerprint: u32,
    #[serde(with = "fixint::le")]
    pub length: u32,
    #[serde(with = "fixint::le")]
    pub calibration_at: u32,
    #[serde(with = "fixint::le")]
    pub parameters_at: u32,
    #[serde(with = "fixint::le")]
    pub parameters_len: u32,
    #[serde(with = "fixint::le")]
    pub plan_at: u32,
    #[serde(borrow)]
    pub fields: Vec<(u32, &'a [u8])>,
    #[serde(with = "fixint::le")]
    pub checksum: u32,
}

impl<'a> Message<'a> {
    /// Of the bytes of a file.
    ///
    /// # Panics
    /// They are no message, or more than one.
    pub fn read(bytes: &'a [u8]) -> Self {
        let (message, rest) = postcard::take_from_bytes(bytes).expect("one postcard message");
        assert_eq!(rest, [0; 0]);
        message
    }

    /// The bytes, with the length and the checksum that they have, and the header's word of where the
    /// parameters are.
    ///
    /// # Panics
    /// It does not.
    pub fn write(mut self) -> Vec<u8> {
        let bytes = |message: &Self| postcard::to_allocvec(message).expect("it has room");
        let written = bytes(&self);
        self.length = written.len() as u32;
        if self.fields.iter().any(|(key, _)| *key == PARAMETERS) {
            let parameters = place(&written, PARAMETERS);
            (self.parameters_at, self.parameters_len) = (parameters.start as u32, parameters.len() as u32);
        }
        signed(bytes(&self))
    }

    /// The bytes of a field.
    ///
    /// # Panics
    /// There is none of that key.
    pub fn field(&self, key: u32) -> &'a [u8] {
        self.fields.iter().find(|field| field.0 == key).expect("a field of that key").1
    }
}

/// The bytes with the checksum that they need.
///
/// # Panics
/// They have no room for one.
pub fn signed(mut bytes: Vec<u8>) -> Vec<u8> {
    let end = bytes.len() - CHECKSUM_LEN;
    let sum = checksum(&bytes[..end]);
    bytes[end..].copy_from_slice(&sum.to_le_bytes());
    bytes
}

/// Where the bytes of a field lie.
///
/// # Panics
/// As [`Message::read`] and [`Message::field`].
pub fn place(bytes: &[u8], key: u32) -> Range<usize> {
    let part = Message::read(bytes).field(key);
    let from = part.as_ptr() as usize - bytes.as_ptr() as usize;
    from..from + part.len()
}

/// The file with other fields; the parameters are moved to where they lie aligned.
///
/// # Panics
/// As [`Message::read`].
pub fn with_fields<'a>(bytes: &'a [u8], change: impl FnOnce(&mut Vec<(u32, &'a [u8])>)) -> Vec<u8> {
    const ZEROS: &[u8] = &[0; ALIGNMENT];
    let mut message = Message::read(bytes);
    change(&mut message.fields);
    let parameters = message.fields.iter().position(|(key, _)| *key == PARAMETERS);
    let Some(padding) = parameters.and_then(|at| at.checked_sub(1)) else { return message.write() };
    for zeros in 0..ALIGNMENT {
        message.fields[padding].1 = &ZEROS[..zeros];
        let bytes = message.clone().write();
        if place(&bytes, PARAMETERS).start.is_multiple_of(ALIGNMENT) {
            return bytes;
        }
    }
    unreachable!("one of so many is right")
}
