//! The IDX format of the MNIST files: two zero bytes, type, rank, big-endian extents, numbers.

use std::io::Read;

use crate::array::{Element, Kind, take};
use crate::array_rows::ArrayRows;
use crate::dialect::foreign;
use crate::error::Problem;
use crate::layout::{Layout, Order};

const FORMAT: &str = "IDX";

/// Opens an IDX file behind its header. It is known by its first bytes; anything else is an unknown format.
pub(crate) fn open<R: Read>(mut input: R) -> Result<ArrayRows<R>, Problem> {
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
        _ => return Err(foreign(&magic).map_or(Problem::UnknownFormat, |what| Problem::NotText { what })),
    };
    let extent = |_| take(&mut input, FORMAT).map(|bytes| u32::from_be_bytes(bytes) as usize);
    let shape = (0..rank).map(extent).collect::<Result<Vec<_>, Problem>>()?;
    let layout = Layout::uniform(Element { kind, big_endian: true }, &shape);
    ArrayRows::new(input, layout, shape, Order::RowMajor)
}
