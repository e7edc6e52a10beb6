//! Numbers that no frame changes: weights, and the small ones that say how a value is cut.

use std::cell::Cell;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Component, Path};
use std::rc::Rc;

use super::super::tensors::{Tensor, Type, Values, shown};
use crate::onnx_messages as proto;

/// An array; of rank 2 also seen with its axes exchanged.
#[derive(Clone, Debug)]
pub(super) struct Constant {
    pub(super) shape: Vec<usize>,
    pub(super) values: Rc<[f64]>,
    /// whether rows of `values` are columns of it
    pub(super) is_transposed: bool,
    /// whether they are whole by their type, and are divided as such
    pub(super) is_whole: bool,
}

/// The folder of the model, and how many bytes may still be read of other files in it.
#[derive(Debug)]
pub(super) struct Beside<'g> {
    pub(super) path: &'g Path,
    pub(super) left: Cell<u64>,
}

/// ONNX's numbers of the types of whole numbers: of 32 and 64 bits, and truths.
const WHOLE: [i32; 3] = [6, 7, 9];
/// Where the numbers of a tensor lie, by its `data_location`.
const EXTERNAL: i32 = 1;

impl Constant {
    pub(super) fn new(shape: Vec<usize>, values: Vec<f64>) -> Constant {
        Constant { shape, values: values.into(), is_transposed: false, is_whole: false }
    }

    /// Of a type of whole numbers.
    pub(super) fn whole(self) -> Constant {
        Constant { is_whole: true, ..self }
    }

    /// Reads a tensor; what lies in another file must be one in the folder of the model.
    pub(super) fn read(tensor: &proto::Tensor, beside: &Beside<'_>) -> Result<Constant, String> {
        let name = shown(&tensor.name);
        let extent = |dim: &i64| usize::try_from(*dim).ok();
        let shape: Option<Vec<usize>> = tensor.dims.iter().map(extent).collect();
        let shape = shape.ok_or_else(|| format!("`{name}` has a negative extent"))?;
        let external = match tensor.data_location {
            EXTERNAL => Some(external(tensor, beside)?),
            _ => None,
        };
        let raw = external.as_deref().or(Some(&tensor.raw_data)).filter(|raw| !raw.is_empty());
        let values = numbers(tensor, raw, &name)?;
        if Tensor::numbers(&shape) != Some(values.len()) {
            return Err(format!("`{name}` has {} numbers for the shape {shape:?}", values.len()));
        }
        Ok(Constant { is_whole: WHOLE.contains(&tensor.data_type), ..Constant::new(shape, values) })
    }

    pub(super) fn transposed(&self) -> Constant {
        let shape = self.shape.iter().rev().copied().collect();
        Constant { shape, is_transposed: !self.is_transposed, ..self.clone() }
    }

    /// As rows of `[inputs][outputs]`: where `o`, `i` lies.
    pub(super) fn at(&self, row: usize, column: usize) -> f64 {
        let [rows, columns] = self.shape[..] else { return f64::NAN };
        self.values[if self.is_transposed { column * rows + row } else { row * columns + column }]
    }

    /// One number for each of `width`, from so many side by side or a single one.
    pub(super) fn spread(&self, width: usize) -> Option<Vec<f64>> {
        match self.values.len() {
            1 => Some(vec![self.values[0]; width]),
            len if len == width && self.is_list() => Some(self.values.to_vec()),
            _ => None,
        }
    }

    /// Whether its numbers lie along its last axis.
    pub(super) fn is_list(&self) -> bool {
        self.values.len() == 1 || self.shape.last() == Some(&self.values.len())
    }

    /// Its numbers as whole ones, where they are few.
    pub(super) fn integers(&self) -> Option<Vec<i64>> {
        const MOST: usize = 16;
        (self.values.len() <= MOST).then(|| self.values.iter().map(|x| *x as i64).collect())
    }
}

fn numbers(tensor: &proto::Tensor, raw: Option<&[u8]>, name: &str) -> Result<Vec<f64>, String> {
    let of = match tensor.data_type {
        1 => Type::F32,
        10 => Type::F16,
        11 => Type::F64,
        16 => Type::Bf16,
        of if WHOLE.contains(&of) => return Ok(integers(tensor, raw)),
        other => return Err(format!("`{name}` has numbers of ONNX's type {other}; save it in floats")),
    };
    if let Some(raw) = raw {
        let whole = raw.len() - raw.len() % of.size();
        return Tensor { shape: Vec::new(), values: Values::Bytes(of, &raw[..whole]) }.floats(name);
    }
    let halves: Vec<u8> = tensor.int32_data.iter().flat_map(|bits| (*bits as u16).to_le_bytes()).collect();
    match of {
        Type::F64 => Ok(tensor.double_data.clone()),
        Type::F32 => Ok(tensor.float_data.iter().copied().map(f64::from).collect()),
        _ => Tensor { shape: Vec::new(), values: Values::Bytes(of, &halves) }.floats(name),
    }
}

/// Of 64 or 32 bits, or truths.
fn integers(tensor: &proto::Tensor, raw: Option<&[u8]>) -> Vec<f64> {
    match (tensor.data_type, raw) {
        (7, Some(raw)) => raw.as_chunks().0.iter().map(|x| i64::from_le_bytes(*x) as f64).collect(),
        (6, Some(raw)) => raw.as_chunks().0.iter().map(|x| f64::from(i32::from_le_bytes(*x))).collect(),
        (_, Some(raw)) => raw.iter().copied().map(f64::from).collect(),
        (7, None) => tensor.int64_data.iter().map(|x| *x as f64).collect(),
        (_, None) => tensor.int32_data.iter().copied().map(f64::from).collect(),
    }
}

/// The bytes of a tensor that lie in a file beside the model.
fn external(tensor: &proto::Tensor, beside: &Beside<'_>) -> Result<Vec<u8>, String> {
    let entry = |key: &str| tensor.external_data.iter().find(|entry| entry.key == key);
    let number = |key| entry(key).map(|entry| entry.value.parse::<u64>());
    let name = shown(&tensor.name);
    let location = entry("location").map(|entry| Path::new(&entry.value));
    let is_beside =
        |path: &&Path| matches!(path.components().collect::<Vec<_>>()[..], [Component::Normal(_)]);
    let location = location.filter(is_beside);
    let location = location.ok_or_else(|| format!("`{name}` lies in a file that is not beside the model"))?;
    let path = beside.path.with_file_name(location);
    let told =
        |problem: &dyn std::fmt::Display| format!("{}, where `{name}` lies: {problem}", path.display());
    let (Ok(begin), Ok(length)) = (number("offset").unwrap_or(Ok(0)), number("length").transpose()) else {
        return Err(format!("`{name}` does not say where it lies in {}", path.display()));
    };
    let left = beside.left.get();
    let mut bytes = Vec::new();
    let mut read = || -> std::io::Result<()> {
        let mut file = File::open(&path)?;
        file.seek(SeekFrom::Start(begin))?;
        // without a length up to the end of the file
        file.take(length.unwrap_or(left + 1).min(left + 1)).read_to_end(&mut bytes)?;
        Ok(())
    };
    read().map_err(|error| told(&error))?;
    let left = left.checked_sub(bytes.len() as u64);
    beside.left.set(left.ok_or_else(|| told(&"it is larger than a network for devices"))?);
    if length.is_some_and(|length| bytes.len() as u64 != length) {
        return Err(told(&"it is too short; copy both files again"));
    }
    Ok(bytes)
}
