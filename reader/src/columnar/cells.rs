//! Some cells of one column.

use std::borrow::Cow;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Date64Type, Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type,
    DecimalType, DurationMicrosecondType, DurationMillisecondType, DurationNanosecondType,
    DurationSecondType, Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
    UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{
    Array, ArrayRef, BooleanArray, Float32Array, Float64Array, Int64Array, PrimitiveArray, StringArray,
    UInt64Array,
};
use arrow_schema::{ArrowError, DataType, TimeUnit};
use arrow_select::take::take;

use crate::array::{is_rounded, not_f32};
use crate::cell::{class, is_missing, number};
use crate::error::Fault;
use crate::numbers::Numbers;
use crate::time::show;

const DAY: i64 = 86_400_000_000_000;

/// Cells of one column. What they say is what they would as text.
pub(super) enum Cells {
    Whole(Int64Array),
    Natural(UInt64Array),
    Narrow(Float32Array),
    Wide(Float64Array),
    Truth(BooleanArray),
    /// nanoseconds since 1970
    Time(Int64Array),
    /// words, and numbers of decimal digits
    Text(StringArray),
    /// none has a value
    Nothing,
    /// of a type that is none of these
    Other(String),
}

/// A row's cell, where it has one.
macro_rules! cell {
    ($array:expr, $row:expr) => {
        if $array.is_null($row) { Err(Fault::Missing) } else { Ok($array.value($row)) }
    };
}

impl Cells {
    pub(super) fn of(array: &ArrayRef) -> Result<Cells, ArrowError> {
        use TimeUnit::{Microsecond, Millisecond, Nanosecond, Second};
        Ok(match array.data_type() {
            DataType::Int8 => whole::<Int8Type>(array),
            DataType::Int16 => whole::<Int16Type>(array),
            DataType::Int32 => whole::<Int32Type>(array),
            DataType::Int64 => whole::<Int64Type>(array),
            DataType::UInt8 => whole::<UInt8Type>(array),
            DataType::UInt16 => whole::<UInt16Type>(array),
            DataType::UInt32 => whole::<UInt32Type>(array),
            DataType::UInt64 => Cells::Natural(array.as_primitive::<UInt64Type>().clone()),
            DataType::Float16 => {
                Cells::Narrow(array.as_primitive::<Float16Type>().unary(|half| half.to_f32()))
            }
            DataType::Float32 => Cells::Narrow(array.as_primitive::<Float32Type>().clone()),
            DataType::Float64 => Cells::Wide(array.as_primitive::<Float64Type>().clone()),
            DataType::Boolean => Cells::Truth(array.as_boolean().clone()),
            DataType::Decimal32(..) => decimal::<Decimal32Type>(array),
            DataType::Decimal64(..) => decimal::<Decimal64Type>(array),
            DataType::Decimal128(..) => decimal::<Decimal128Type>(array),
            DataType::Decimal256(..) => decimal::<Decimal256Type>(array),
            DataType::Date32 => time::<Date32Type>(array, DAY),
            DataType::Date64 => time::<Date64Type>(array, 1_000_000),
            DataType::Timestamp(Second, _) => time::<TimestampSecondType>(array, 1_000_000_000),
            DataType::Timestamp(Millisecond, _) => time::<TimestampMillisecondType>(array, 1_000_000),
            DataType::Timestamp(Microsecond, _) => time::<TimestampMicrosecondType>(array, 1_000),
            DataType::Timestamp(Nanosecond, _) => time::<TimestampNanosecondType>(array, 1),
            DataType::Duration(Second) => whole::<DurationSecondType>(array),
            DataType::Duration(Millisecond) => whole::<DurationMillisecondType>(array),
            DataType::Duration(Microsecond) => whole::<DurationMicrosecondType>(array),
            DataType::Duration(Nanosecond) => whole::<DurationNanosecondType>(array),
            DataType::Utf8 => Cells::Text(array.as_string::<i32>().clone()),
            DataType::LargeUtf8 => Cells::Text(array.as_string::<i64>().iter().collect()),
            DataType::Utf8View => Cells::Text(array.as_string_view().iter().collect()),
            DataType::Dictionary(..) => {
                let dictionary = array.as_any_dictionary();
                Cells::of(&take(dictionary.values(), dictionary.keys(), None)?)?
            }
            DataType::Null => Cells::Nothing,
            other => Cells::Other(other.to_string()),
        })
    }

    /// The number of a row; `whole` refuses what is whole only as an f32.
    pub(super) fn number(&self, row: usize, whole: bool) -> Result<f32, Fault> {
        let (narrow, wide) = match self {
            Cells::Whole(array) => cell!(array, row).map(|value| (value as f32, value as f64))?,
            Cells::Natural(array) => cell!(array, row).map(|value| (value as f32, value as f64))?,
            Cells::Narrow(array) => cell!(array, row).map(|value| (value, value.into()))?,
            Cells::Wide(array) => cell!(array, row).map(|value| (value as f32, value))?,
            Cells::Truth(array) => cell!(array, row).map(|value| (value.into(), value.into()))?,
            Cells::Text(array) => {
                let cell = cell!(array, row)?.trim().as_bytes();
                (number(cell, Numbers::PLAIN)?, number(cell, Numbers::PLAIN)?)
            }
            Cells::Time(array) => cell!(array, row).and_then(|time| Err(Fault::Text(show(time))))?,
            Cells::Nothing => return Err(Fault::Missing),
            Cells::Other(name) => return Err(Fault::Type(name.clone())),
        };
        match narrow.is_finite() {
            true if whole && is_rounded(narrow, wide) => Err(Fault::Rounded(format!("{wide:?}"))),
            true => Ok(narrow),
            false => Err(not_f32(wide)),
        }
    }

    /// A row's number to its last digit, where it has one.
    pub(super) fn wide(&self, row: usize) -> Option<f64> {
        match self {
            Cells::Whole(array) => cell!(array, row).ok().map(|value| value as f64),
            Cells::Natural(array) => cell!(array, row).ok().map(|value| value as f64),
            Cells::Wide(array) => cell!(array, row).ok(),
            Cells::Text(array) => number(cell!(array, row).ok()?.trim().as_bytes(), Numbers::PLAIN).ok(),
            _ => self.number(row, false).ok().map(f64::from),
        }
    }

    pub(super) fn is_missing(&self, row: usize) -> bool {
        let text = self.text(row);
        text.is_ok_and(|cell| is_missing(&cell) || cell.eq_ignore_ascii_case(b"nan"))
    }

    /// A row's label.
    pub(super) fn label(&self, row: usize) -> Result<Cow<'_, str>, Fault> {
        match self.text(row)? {
            Cow::Borrowed(cell) => class(cell),
            Cow::Owned(cell) => class(&cell).map(|label| label.into_owned().into()),
        }
    }

    /// A row's cell as text has it: nothing where none is there, truths as data frames write them, times in
    /// ISO 8601.
    pub(super) fn text(&self, row: usize) -> Result<Cow<'_, [u8]>, Fault> {
        let text = match self {
            Cells::Text(array) => {
                let cell = cell!(array, row).map(|text| text.trim().as_bytes());
                return Ok(cell.unwrap_or_default().into());
            }
            Cells::Whole(array) => cell!(array, row).map(|value| value.to_string()),
            Cells::Natural(array) => cell!(array, row).map(|value| value.to_string()),
            Cells::Narrow(array) => cell!(array, row).map(|value| value.to_string()),
            Cells::Wide(array) => cell!(array, row).map(|value| value.to_string()),
            Cells::Truth(array) => cell!(array, row).map(|value| if value { "True" } else { "False" }.into()),
            Cells::Time(array) => cell!(array, row).map(show),
            Cells::Nothing => Ok(String::new()),
            Cells::Other(name) => return Err(Fault::Type(name.clone())),
        };
        Ok(text.unwrap_or_default().into_bytes().into())
    }
}

fn whole<T: ArrowPrimitiveType>(array: &ArrayRef) -> Cells
where
    T::Native: Into<i64>,
{
    Cells::Whole(array.as_primitive::<T>().unary(Into::into))
}

/// Times in units of so many nanoseconds; those beyond 64 bits of them are none.
fn time<T: ArrowPrimitiveType>(array: &ArrayRef, unit: i64) -> Cells
where
    T::Native: Into<i64>,
{
    let nanoseconds = |time: T::Native| time.into().checked_mul(unit);
    Cells::Time(array.as_primitive::<T>().unary_opt::<_, Int64Type>(nanoseconds))
}

fn decimal<T: DecimalType>(array: &ArrayRef) -> Cells {
    let array: &PrimitiveArray<T> = array.as_primitive();
    let text = |row: usize| array.is_valid(row).then(|| array.value_as_string(row));
    Cells::Text((0..array.len()).map(text).collect())
}
