//! The IDX format of the MNIST files: two zero bytes, type, rank, big-endian extents, numbers.

use std::io::Read;

use crate::array::{Array, Element, Kind, Order, take};
use crate::error::Problem;

const FORMAT: &str = "IDX";

/// Reads an IDX file, known by its first bytes; anything else is an unknown format.
pub(crate) fn read(mut input: impl Read) -> Result<Array, Problem> {
    let magic = match take(&mut input, FORMAT) {
        Err(Problem::Malformed { .. }) => return Err(Problem::UnknownFormat),
        magic => magic?,
    };
    let (kind, rank) = match magic {
        [0, 0, 0x08, rank] => (Kind::U8, rank),
        [0, 0, 0x09, rank] => (Kind::I8, rank),
        [0, 0, 0x0b, rank] => (Kind::I16, rank),
        [0, 0, 0x0c, rank] => (Kind::I32, rank),
        [0, 0, 0x0d, rank] => (Kind::F32, rank),
        [0, 0, 0x0e, rank] => (Kind::F64, rank),
        _ => return Err(Problem::UnknownFormat),
    };
    let extent = |_| take(&mut input, FORMAT).map(|bytes| u32::from_be_bytes(bytes) as usize);
    let shape = (0..rank).map(extent).collect::<Result<_, _>>()?;
    Array::read(input, Element { kind, big_endian: true }, shape, Order::RowMajor)
}
