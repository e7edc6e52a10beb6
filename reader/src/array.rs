//! Arrays of numbers as binary files hold them, turned into f32 in row-major order.

use std::collections::HashMap;
use std::io::{ErrorKind, Read};

use serde::{Deserialize, Serialize};

use crate::error::{Fault, Place, Problem};

/// An array of finite numbers in row-major (C) order.
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
    /// extent of each dimension, the slowest first
    pub shape: Vec<usize>,
    /// product of `shape` numbers
    pub values: Vec<f32>,
    /// of each column with numbers that are whole only as f32: the row of the first, from 0, and what it was
    pub(crate) rounded: HashMap<usize, (usize, f64)>,
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
}

impl Kind {
    /// Whether its numbers are whole.
    pub fn is_integer(self) -> bool {
        !matches!(self, Kind::F32 | Kind::F64)
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
        }
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
        }
    }
}

/// One stored number: its type and the order of its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) kind: Kind,
    pub(crate) big_endian: bool,
}

/// Which index runs fastest in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    RowMajor,
    ColumnMajor,
}

/// Bytes read at a time; a multiple of every element's size.
const CHUNK: usize = 1 << 16;

impl Array {
    /// Reads an array that ends where the input ends. Memory grows with the
    /// data, not with what a header claims.
    pub(crate) fn read(
        mut input: impl Read,
        element: Element,
        shape: Vec<usize>,
        order: Order,
    ) -> Result<Array, Problem> {
        let expected = product(&shape);
        let (mut values, mut wide, mut rounded) = (Vec::new(), Vec::new(), HashMap::new());
        let mut bytes = Vec::with_capacity(CHUNK);
        while values.len() < expected {
            let wanted = CHUNK.min((expected - values.len()).saturating_mul(element.size()));
            bytes.clear();
            input.by_ref().take(wanted as u64).read_to_end(&mut bytes)?;
            let start = values.len();
            element.decode(&bytes, &mut values).map_err(|fault| at(values.len(), &shape, order, fault))?;
            wide.clear();
            element.decode_wide(&bytes, &mut wide).map_err(|fault| at(start, &shape, order, fault))?;
            for (index, (value, number)) in (start..).zip(values[start..].iter().zip(&wide)) {
                if is_rounded(*value, *number) {
                    let (row, column) = position(index, &shape, order);
                    rounded.entry(column).or_insert((row, *number));
                }
            }
            if bytes.len() < wanted {
                return Err(Problem::Truncated { found: values.len(), expected });
            }
        }
        // Reading on to the very end is also what makes gzip and zip check their checksums.
        bytes.clear();
        if input.take(1).read_to_end(&mut bytes)? > 0 {
            return Err(Problem::Overlong { expected });
        }
        values.shrink_to_fit();
        let values = if order == Order::ColumnMajor { transpose(values, &shape) } else { values };
        Ok(Array { shape, values, rounded })
    }

    /// Numbers in one row, all dimensions after the first taken together.
    pub(crate) fn dims(&self) -> usize {
        product(self.shape.get(1..).unwrap_or_default())
    }
}

/// A method that turns stored numbers into numbers of a type.
macro_rules! decode {
    ($name:ident, $to:ty) => {
        /// Appends the numbers in `bytes`; at a fault, `values` ends just before the faulty one.
        pub(crate) fn $name(self, bytes: &[u8], values: &mut Vec<$to>) -> Result<(), Fault> {
            macro_rules! each {
                ($number:ty) => {
                    for &bytes in bytes.as_chunks().0 {
                        let convert =
                            if self.big_endian { <$number>::from_be_bytes } else { <$number>::from_le_bytes };
                        let number = convert(bytes);
                        let value = number as $to;
                        if !value.is_finite() {
                            return Err(not_f32(number as f64));
                        }
                        values.push(value);
                    }
                };
            }
            match self.kind {
                Kind::I8 => each!(i8),
                Kind::U8 => each!(u8),
                Kind::I16 => each!(i16),
                Kind::U16 => each!(u16),
                Kind::I32 => each!(i32),
                Kind::U32 => each!(u32),
                Kind::I64 => each!(i64),
                Kind::U64 => each!(u64),
                Kind::F32 => each!(f32),
                Kind::F64 => each!(f64),
            }
            Ok(())
        }
    };
}

impl Element {
    pub(crate) fn size(self) -> usize {
        match self.kind {
            Kind::I8 | Kind::U8 => 1,
            Kind::I16 | Kind::U16 => 2,
            Kind::I32 | Kind::U32 | Kind::F32 => 4,
            Kind::I64 | Kind::U64 | Kind::F64 => 8,
        }
    }

    decode!(decode, f32);
    decode!(decode_wide, f64);
}

/// Whether a number is whole only as the f32 that it became.
pub(crate) fn is_rounded(value: f32, number: f64) -> bool {
    value.fract() == 0.0 && f64::from(value) != number
}

fn not_f32(number: f64) -> Fault {
    match number.is_finite() {
        true => Fault::OutOfRange(format!("{number:e}")),
        false => Fault::NotFinite(number.to_string()),
    }
}

/// The product of extents. What overflows is more than any file holds, and is found out by the file's end.
fn product(shape: &[usize]) -> usize {
    shape.iter().fold(1, |product: usize, &extent| product.saturating_mul(extent))
}

/// Names the row and column of the number that stands at `index` in the file.
fn at(index: usize, shape: &[usize], order: Order, fault: Fault) -> Problem {
    let (row, column) = position(index, shape, order);
    Problem::Cell { place: Place { row: row + 1, line: None }, column: format!("x{column}"), fault }
}

/// The row and column of the number that stands at `index` in the file, from 0.
fn position(index: usize, shape: &[usize], order: Order) -> (usize, usize) {
    let (rows, rest) = shape.split_first().map_or((1, shape), |(&rows, rest)| (rows, rest));
    match order {
        Order::RowMajor => (index / product(rest), index % product(rest)),
        Order::ColumnMajor => (index % rows, row_major(index / rows, rest)),
    }
}

/// The column, counted in row-major order, that is the `stored`-th in column-major order.
fn row_major(mut stored: usize, rest: &[usize]) -> usize {
    rest.iter().fold(0, |column, &extent| {
        let index = stored % extent;
        stored /= extent;
        column * extent + index
    })
}

fn transpose(stored: Vec<f32>, shape: &[usize]) -> Vec<f32> {
    let [rows, rest @ ..] = shape else { return stored };
    let mut values = vec![0.0; stored.len()];
    let dims = stored.len() / rows.max(&1);
    for (i, stored_column) in stored.chunks_exact(*rows.max(&1)).enumerate() {
        let column = row_major(i, rest);
        for (row, &value) in stored_column.iter().enumerate() {
            values[row * dims + column] = value;
        }
    }
    values
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
