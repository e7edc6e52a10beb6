//! Numbers of NumPy as frames.

use elbow_reader::{DataError, Dataset, Fault, Place, Problem};
use numpy::{Element, PyReadonlyArrayDyn, PyUntypedArray, PyUntypedArrayMethods};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::error::{DATA, Error};

/// What messages call the rows.
pub(crate) const NAME: &str = "X";
/// Integers of that size are their own floats.
const MOST_WHOLE: f64 = 16_777_216.0;

/// Rows of an array of one or two dimensions; one dimension is one row.
pub(crate) struct Table {
    pub(crate) values: Vec<f32>,
    pub(crate) rows: usize,
    pub(crate) dims: usize,
    pub(crate) is_one: bool,
}

/// What the columns of a table are, for messages and for the file of a model.
pub(crate) struct Columns<'a> {
    pub(crate) names: &'a [String],
    /// whether numbers that are no integers must not become some as f32
    pub(crate) are_whole: bool,
    /// whether NaN is a number that is missing
    pub(crate) with_gaps: bool,
}

impl Table {
    /// Of floats as they are; of other numbers as floats. What is no finite f32 is refused with its place.
    pub(crate) fn of(array: &Bound<'_, PyAny>, columns: &Columns<'_>) -> PyResult<Table> {
        if let Ok(floats) = array.extract::<PyReadonlyArrayDyn<'_, f32>>() {
            return Ok(read(&floats, columns, f64::from)?);
        }
        if let Ok(floats) = array.extract::<PyReadonlyArrayDyn<'_, f64>>() {
            return Ok(read(&floats, columns, |x| x)?);
        }
        let numbers = numbers(array)?;
        Ok(read(&numbers.extract::<PyReadonlyArrayDyn<'_, f64>>()?, columns, |x| x)?)
    }

    /// With the names of the columns, and what messages call them.
    pub(crate) fn into_dataset(self, names: &[String]) -> Dataset {
        Dataset { columns: names.to_vec(), ..Dataset::of(NAME, self.values, self.dims) }
    }
}

/// Whatever NumPy can make numbers of, as f64.
fn numbers<'py>(array: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let numpy = array.py().import("numpy")?;
    let array = numpy.call_method1("asarray", (array,))?;
    let dtype = array.cast::<PyUntypedArray>()?.dtype();
    let kind: String = dtype.getattr("kind")?.extract()?;
    if kind == "c" {
        let problem = "complex numbers have two parts; pass numpy.hstack([X.real, X.imag])";
        return Err(Error::new(DATA, format!("{NAME}: {problem}")).into());
    }
    let options = PyDict::new(array.py());
    options.set_item("copy", false)?;
    array.call_method("astype", ("float64",), Some(&options)).map_err(|error| {
        let problem = format!("{NAME}: its values are of type `{dtype}` and not all numbers ({error})");
        Error::new(DATA, problem).into()
    })
}

fn read<T: Element + Copy>(
    array: &PyReadonlyArrayDyn<'_, T>,
    columns: &Columns<'_>,
    number: impl Fn(T) -> f64,
) -> Result<Table, Error> {
    let expected = columns.names.len();
    let (rows, dims, is_one) = match *array.shape() {
        [dims] => (1, dims, true),
        [rows, dims] => (rows, dims, false),
        _ => {
            let problem = "rows are needed, and one number in each for each column: two dimensions";
            return Err(Error::new(DATA, format!("{NAME}: its shape is {:?}; {problem}", array.shape())));
        }
    };
    if dims != expected {
        let problem = format!("{NAME}: its rows have {dims} numbers, the model takes {expected}");
        return Err(Error::new(DATA, problem));
    }
    let mut values = Vec::with_capacity(rows * dims);
    let is_good = |wide: f64, narrow: f32| {
        (columns.with_gaps && wide.is_nan())
            || narrow.is_finite()
                && (!columns.are_whole || f64::from(narrow) == wide || narrow.fract() != 0.0)
    };
    let mut bad = None;
    let mut take = |x: T| {
        let wide = number(x);
        let narrow = wide as f32;
        if !is_good(wide, narrow) || (columns.are_whole && wide.abs() > MOST_WHOLE) {
            bad.get_or_insert((values.len(), wide));
        }
        values.push(narrow);
    };
    let view = array.as_array();
    match view.as_slice() {
        Some(row_by_row) => row_by_row.iter().for_each(|x| take(*x)),
        None => view.iter().for_each(|x| take(*x)),
    }
    match bad {
        Some((at, value)) => Err(refused(at, value, columns.names).into()),
        None => Ok(Table { values, rows, dims, is_one }),
    }
}

fn refused(at: usize, value: f64, names: &[String]) -> DataError {
    let fault = match value {
        x if !x.is_finite() => Fault::NotFinite(x.to_string()),
        x if (x as f32).is_infinite() => Fault::OutOfRange(x.to_string()),
        x => Fault::Rounded(x.to_string()),
    };
    let place = Place { row: at / names.len() + 1, line: None };
    let column = names[at % names.len()].clone();
    DataError { path: NAME.into(), problem: Problem::Cell { place, column, fault } }
}
