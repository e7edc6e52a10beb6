//! Safetensors: the length of a header, the header in JSON, then the numbers.
//!
//! Source: <https://github.com/huggingface/safetensors>, "Format".

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::order::by_number;
use super::tensors::{Tensor, Tensors, Type, Values, shown};

/// Bytes before the header.
const LENGTH: usize = 8;
/// Bytes of the longest header, as the format has it.
const LONGEST: usize = 100_000_000;

/// What the header says of an array.
#[derive(Deserialize)]
struct Entry {
    dtype: String,
    shape: Vec<usize>,
    data_offsets: [usize; 2],
}

/// The arrays of a file, in the order of their names: theirs in the file says nothing.
pub(super) fn read(bytes: &[u8]) -> Result<Tensors<'_>, String> {
    let damaged = |what: &str| format!("is no sound safetensors file: {what}; write it again");
    let (length, rest) = bytes.split_first_chunk::<LENGTH>().ok_or_else(|| damaged("it ends too early"))?;
    let length = usize::try_from(u64::from_le_bytes(*length)).ok();
    let length = length.filter(|length| *length <= rest.len().min(LONGEST));
    let (header, data) = rest.split_at(length.ok_or_else(|| damaged("its header is longer than the file"))?);
    let entries: BTreeMap<String, Value> =
        serde_json::from_slice(header).map_err(|error| damaged(&format!("its header: {error}")))?;
    let mut tensors = Tensors::new();
    for (name, entry) in entries {
        if name != "__metadata__" {
            let tensor =
                tensor(entry, data).map_err(|what| damaged(&format!("`{}`: {what}", shown(&name))))?;
            tensors.push((name, tensor));
        }
    }
    tensors.sort_by(|(a, _), (b, _)| by_number(a, b));
    Ok(tensors)
}

fn tensor(entry: Value, data: &[u8]) -> Result<Tensor<'_>, String> {
    let Entry { dtype, shape, data_offsets: [begin, end] } =
        serde_json::from_value(entry).map_err(|error| error.to_string())?;
    let of = match &*dtype {
        "F64" => Type::F64,
        "F32" => Type::F32,
        "F16" => Type::F16,
        "BF16" => Type::Bf16,
        "I64" | "U64" => Type::Other(8),
        "I32" | "U32" => Type::Other(4),
        "I16" | "U16" => Type::Other(2),
        "I8" | "U8" | "BOOL" => Type::Other(1),
        other => {
            return Err(format!("numbers of the type {}; save them as F32, F64, F16 or BF16", shown(other)));
        }
    };
    let bytes = data.get(begin..end).ok_or("its numbers lie outside the file")?;
    let needed = Tensor::numbers(&shape).and_then(|numbers| numbers.checked_mul(of.size()));
    if needed != Some(bytes.len()) {
        return Err(format!("{} bytes for the shape {shape:?}", bytes.len()));
    }
    Ok(Tensor { shape, values: Values::Bytes(of, bytes) })
}
