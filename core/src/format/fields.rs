//! The fields of a model file, from version 3: a key and a byte string each.
//!
//! A reader skips a field that it does not know if the key is even, and refuses the file if it is odd. So
//! what a model may do without needs no new version, and what it may not does not either. A device reads no
//! fields: the header says where its sections are, and what it must know of a shape is in the fingerprint.

use super::{FIELDS_AT, ModelFile};

/// Zeros, so that the next field's bytes lie at a multiple of 16: may come anywhere.
pub const PADDING: u32 = 0;
/// The model's name: text.
pub const NAME: u32 = 2;
/// The [`Architecture`](crate::Architecture), but for the weights.
pub const ARCHITECTURE: u32 = 5;
/// How files are read for the model: text, see [`Metadata::reading`](super::Metadata::reading).
pub const READING: u32 = 6;
/// The [`WeightKind`](crate::architecture::WeightKind); floats where the field is not there.
pub const WEIGHTS: u32 = 7;
/// A sample of the rows of the fit, see [`Metadata::seen`](super::Metadata::seen).
pub const SEEN: u32 = 8;
/// How many models of the shape there are: one where the field is not there.
pub const MEMBERS: u32 = 9;
/// The columns' names: text.
pub const COLUMNS: u32 = 10;
/// Rows of a frame.
pub const WINDOW: u32 = 12;
/// Rows from one frame to the next.
pub const HOP: u32 = 14;
/// The objective: text.
pub const OBJECTIVE: u32 = 16;
/// Rows of the fit.
pub const ROWS: u32 = 18;
/// The fit's seed.
pub const SEED: u32 = 20;
/// Nats per row on the rows held out.
pub const VALID_NATS: u32 = 22;
/// The version of the writer: text.
pub const VERSION: u32 = 24;
/// The sections of the calibration.
pub const CALIBRATION: u32 = 26;
/// The sections of the plan of packets.
pub const PACKET_PLAN: u32 = 28;
/// The section of thresholds of frames that lack a sensor.
pub const GAP_THRESHOLDS: u32 = 30;
/// The sections of the parameters. Its number leaves room for fields before it.
pub const PARAMETERS: u32 = 127;

/// Whether this version must refuse a file that has a field of this key.
pub(super) const fn is_refused(key: u32) -> bool {
    key % 2 == 1 && !matches!(key, ARCHITECTURE | WEIGHTS | MEMBERS | PARAMETERS)
}

impl<'a> ModelFile<'a> {
    /// The bytes of a field, where the file has fields and this one.
    pub fn field(&self, key: u32) -> Option<&'a [u8]> {
        find(self.fields()?, key)
    }

    /// From version 3 on.
    pub(super) fn fields(&self) -> Option<&'a [u8]> {
        if self.version < 3 { None } else { self.body.get(FIELDS_AT..) }
    }
}

/// The bytes of a field; the file has been verified.
pub(super) fn find(bytes: &[u8], wanted: u32) -> Option<&[u8]> {
    let mut fields = Fields::of(bytes)?;
    loop {
        let (key, value) = fields.take()?;
        if key == wanted {
            return Some(value);
        }
    }
}

/// A postcard sequence of pairs, to be taken one by one. Keys rise, but for [`PADDING`].
#[derive(Clone, Debug)]
pub(super) struct Fields<'a> {
    left: u32,
    last: u32,
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    /// Of bytes that begin with the number of fields.
    pub(super) fn of(bytes: &'a [u8]) -> Option<Self> {
        let mut fields = Fields { left: 0, last: PADDING, rest: bytes };
        fields.left = fields.varint()?;
        Some(fields)
    }

    /// Whether no field is left.
    pub(super) fn is_empty(&self) -> bool {
        self.left == 0
    }

    /// The next key and its bytes; nothing where there are no such bytes, or a key comes twice.
    pub(super) fn take(&mut self) -> Option<(u32, &'a [u8])> {
        self.left = self.left.checked_sub(1)?;
        let (key, len) = (self.varint()?, self.varint()?);
        if key != PADDING {
            if key <= self.last {
                return None;
            }
            self.last = key;
        }
        let (value, rest) = self.rest.split_at_checked(len as usize)?;
        self.rest = rest;
        Some((key, value))
    }

    /// Whether the last field ends where the bytes do.
    pub(super) fn finish(self) -> bool {
        self.rest.is_empty()
    }

    /// Seven bits a byte, low ones first, as postcard has it.
    fn varint(&mut self) -> Option<u32> {
        let (mut value, mut shift) = (0, 0);
        loop {
            let (byte, rest) = self.rest.split_first()?;
            self.rest = rest;
            let bits = u32::from(byte & 0x7F);
            if shift > 28 || bits << shift >> shift != bits {
                return None;
            }
            value |= bits << shift;
            if *byte < 0x80 {
                return Some(value);
            }
            shift += 7;
        }
    }
}
