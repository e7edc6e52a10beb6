//! Numbers as binary files hold them.

use std::convert::identity;
use std::io::{ErrorKind, Read};

use serde::{Deserialize, Serialize};

use crate::error::{Fault, Problem};

/// An array of finite numbers in row-major (C) order.
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
    /// extent of each dimension, the slowest first
    pub shape: Vec<usize>,
    /// product of `shape` numbers
    pub values: Vec<f32>,
}

/// The type of one stored number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Kind {
    I8,
    U8,
    I16,
    U16,
    I32,
    U32,
    I64,
    U64,
    F32,
    F64,
    F16,
    Bool,
}

impl Kind {
    /// Whether its numbers are whole.
    pub fn is_integer(self) -> bool {
        !matches!(self, Kind::F16 | Kind::F32 | Kind::F64)
    }

    /// NumPy's name of it.
    pub fn descr(self) -> &'static str {
        match self {
            Kind::I8 => "|i1",
            Kind::U8 => "|u1",
            Kind::I16 => "<i2",
            Kind::U16 => "<u2",
            Kind::I32 => "<i4",
            Kind::U32 => "<u4",
            Kind::I64 => "<i8",
            Kind::U64 => "<u8",
            Kind::F32 => "<f4",
            Kind::F64 => "<f8",
            Kind::F16 => "<f2",
            Kind::Bool => "|b1",
        }
    }

    /// The type that NumPy calls so, the order of its bytes left out, as in `f4`.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "i1" => Kind::I8,
            "u1" => Kind::U8,
            "b1" => Kind::Bool,
            "i2" => Kind::I16,
            "u2" => Kind::U16,
            "i4" => Kind::I32,
            "u4" => Kind::U32,
            "i8" => Kind::I64,
            "u8" => Kind::U64,
            "f2" => Kind::F16,
            "f4" => Kind::F32,
            "f8" => Kind::F64,
            _ => return None,
        })
    }

    /// A number as the type stores it, low byte first; what it cannot hold becomes the nearest that it can.
    pub fn encode(self, value: f64, to: &mut Vec<u8>) {
        match self {
            Kind::I8 => to.extend((value as i8).to_le_bytes()),
            Kind::U8 => to.extend((value as u8).to_le_bytes()),
            Kind::I16 => to.extend((value as i16).to_le_bytes()),
            Kind::U16 => to.extend((value as u16).to_le_bytes()),
            Kind::I32 => to.extend((value as i32).to_le_bytes()),
            Kind::U32 => to.extend((value as u32).to_le_bytes()),
            Kind::I64 => to.extend((value as i64).to_le_bytes()),
            Kind::U64 => to.extend((value as u64).to_le_bytes()),
            Kind::F32 => to.extend((value as f32).to_le_bytes()),
            Kind::F64 => to.extend(value.to_le_bytes()),
            Kind::F16 => to.extend(half(value).to_le_bytes()),
            Kind::Bool => to.push((value as u8).min(1)),
        }
    }
}

/// One stored number: its type and the order of its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) kind: Kind,
    pub(crate) big_endian: bool,
}

/// A method that turns stored numbers into numbers of a type.
macro_rules! decode {
    ($name:ident, $to:ty) => {
        /// Appends the numbers in `bytes`; at a fault, `values` ends just before the faulty one.
        pub(crate) fn $name(self, bytes: &[u8], values: &mut Vec<$to>) -> Result<(), Fault> {
            macro_rules! each {
                ($stored:ty, $number:expr) => {
                    for &bytes in bytes.as_chunks().0 {
                        let convert =
                            if self.big_endian { <$stored>::from_be_bytes } else { <$stored>::from_le_bytes };
                        let number = $number(convert(bytes));
                        let value = number as $to;
                        if !value.is_finite() {
                            return Err(not_f32(number as f64));
                        }
                        values.push(value);
                    }
                };
            }
            match self.kind {
                Kind::I8 => each!(i8, identity),
                Kind::U8 | Kind::Bool => each!(u8, identity),
                Kind::I16 => each!(i16, identity),
                Kind::U16 => each!(u16, identity),
                Kind::I32 => each!(i32, identity),
                Kind::U32 => each!(u32, identity),
                Kind::I64 => each!(i64, identity),
                Kind::U64 => each!(u64, identity),
                Kind::F32 => each!(f32, identity),
                Kind::F64 => each!(f64, identity),
                Kind::F16 => each!(u16, of_half),
            }
            Ok(())
        }
    };
}

impl Element {
    pub(crate) fn size(self) -> usize {
        match self.kind {
            Kind::I8 | Kind::U8 | Kind::Bool => 1,
            Kind::I16 | Kind::U16 | Kind::F16 => 2,
            Kind::I32 | Kind::U32 | Kind::F32 => 4,
            Kind::I64 | Kind::U64 | Kind::F64 => 8,
        }
    }

    decode!(decode, f32);
    decode!(decode_wide, f64);

    /// A number as text, whole ones to their last digit.
    pub(crate) fn text(self, bytes: &[u8]) -> Result<String, Fault> {
        let wide = matches!(self.kind, Kind::I64 | Kind::U64);
        if let (true, Ok(mut bytes)) = (wide, <[u8; 8]>::try_from(bytes)) {
            if self.big_endian {
                bytes.reverse();
            }
            let signed = self.kind == Kind::I64;
            let text = || i64::from_le_bytes(bytes).to_string();
            return Ok(if signed { text() } else { u64::from_le_bytes(bytes).to_string() });
        }
        let mut value = Vec::with_capacity(1);
        if self.kind.is_integer() {
            self.decode_wide(bytes, &mut value)?;
            return Ok(value[0].to_string());
        }
        let mut value = Vec::with_capacity(1);
        self.decode(bytes, &mut value)?;
        Ok(value[0].to_string())
    }
}

/// Whether a number is whole only as the f32 that it became.
pub(crate) fn is_rounded(value: f32, number: f64) -> bool {
    value.fract() == 0.0 && f64::from(value) != number
}

pub(crate) fn not_f32(number: f64) -> Fault {
    match number.is_finite() {
        true => Fault::OutOfRange(format!("{number:e}")),
        false => Fault::NotFinite(number.to_string()),
    }
}

/// The number of 16 bits (IEEE 754 binary16).
pub fn of_half(bits: u16) -> f32 {
    let (sign, exponent, fraction) = (u32::from(bits >> 15) << 31, u32::from(bits >> 10) & 31, bits & 1023);
    match exponent {
        0 => f32::from_bits(sign | (f32::from(fraction) * (1.0 / 16_777_216.0)).to_bits()),
        31 => f32::from_bits(sign | 0x7f80_0000 | u32::from(fraction) << 13),
        _ => f32::from_bits(sign | (exponent + 112) << 23 | u32::from(fraction) << 13),
    }
}

/// The nearest number of 16 bits, of two the even one; none is infinite.
fn half(value: f64) -> u16 {
    let sign = u16::from(value.is_sign_negative()) << 15;
    let size = value.abs().min(65504.0);
    // the exponent of what has one of its own
    let exponent = ((size.to_bits() >> 52) as i32 - 1023).max(-14);
    // a fraction that rounds up to 2048 carries into the exponent, and a number below 2^-14 has none
    let steps = (size * f64::from_bits(((10 - exponent + 1023) as u64) << 52)).round_ties_even() as i32;
    sign | (((exponent + 14) << 10) + steps) as u16
}

/// The next `N` bytes of a file's header.
pub(crate) fn take<const N: usize>(input: &mut impl Read, format: &'static str) -> Result<[u8; N], Problem> {
    let mut bytes = [0; N];
    match input.read_exact(&mut bytes) {
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
            Err(Problem::Malformed { format, what: "it ends within its header".into() })
        }
        result => Ok(result.map(|()| bytes)?),
    }
}
