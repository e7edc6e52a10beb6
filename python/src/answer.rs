//! Numbers of the engine as those of NumPy.

use numpy::{PyArray1, PyArrayMethods};
use pyo3::prelude::*;

/// Floats of each row, with the shape that the rows came in.
pub(crate) type Floats<'py> = PyResult<Bound<'py, PyAny>>;

/// A number of one row, an array of many.
pub(crate) fn one_or_many(py: Python<'_>, is_one: bool, values: Vec<f32>) -> Floats<'_> {
    match values[..] {
        [value] if is_one => Ok(f64::from(value).into_pyobject(py)?.into_any()),
        _ => Ok(PyArray1::from_vec(py, values).into_any()),
    }
}

/// A row of one row, rows of many.
pub(crate) fn row_or_rows(py: Python<'_>, is_one: bool, rows: Vec<Vec<f32>>, width: usize) -> Floats<'_> {
    let count = rows.len();
    let flat = PyArray1::from_vec(py, rows.concat());
    if is_one { Ok(flat.into_any()) } else { Ok(flat.reshape([count, width])?.into_any()) }
}
