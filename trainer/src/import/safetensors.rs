//! Safetensors: the length of a header, the header in JSON, then the numbers.
//!
//! Source: <https://github.com/huggingface/safetensors>, "Format".

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::order::by_number;
use super::said::Said;
use super::tensors::{Tensor, Tensors, Type, Values, shown};

/// Bytes before the header.
const LENGTH: usize = 8;
/// Bytes of the longest header, as the format has it.
pub(super) const LONGEST: usize = 100_000_000;
/// Bytes of the longest header that is read: those of dense layers are far shorter.
const MOST: usize = 1 << 20;

/// What the header says of an array.
#[derive(Deserialize)]
struct Entry {
    dtype: String,
    shape: Vec<usize>,
    data_offsets: [usize; 2],
}

/// The arrays of a file, in the order of their names (theirs in the file says nothing), and what a file that
/// Elbow wrote says beside them.
pub(super) fn read(bytes: &[u8]) -> Result<(Tensors<'_>, Option<Said>), String> {
    let damaged = |what: &str| format!("is no sound safetensors file: {what}; write it again");
    let (length, rest) = bytes.split_first_chunk::<LENGTH>().ok_or_else(|| damaged("it ends too early"))?;
    let length = usize::try_from(u64::from_le_bytes(*length)).ok();
    let length = length.filter(|length| *length <= rest.len().min(LONGEST));
    let (header, data) = rest.split_at(length.ok_or_else(|| damaged("its header is longer than the file"))?);
    if header.len() > MOST {
        let bytes = header.len();
        return Err(format!("has a header of {bytes} bytes; a network of dense layers has at most {MOST}"));
    }
    let mut entries: BTreeMap<String, Value> =
        serde_json::from_slice(header).map_err(|error| damaged(&format!("its header: {error}")))?;
    let said = entries.remove("__metadata__").map_or(Ok(None), |metadata| Said::read(&metadata))?;
    let (mut tensors, mut places) = (Tensors::new(), Vec::new());
    for (name, entry) in entries {
        let (place, tensor) =
            tensor(entry, data).map_err(|what| damaged(&format!("`{}`: {what}", shown(&name))))?;
        places.push(place);
        tensors.push((name, tensor));
    }
    if !are_whole(places, data.len()) {
        return Err(damaged("its arrays overlap, or leave bytes between or behind them"));
    }
    tensors.sort_by(|(a, _), (b, _)| by_number(a, b));
    Ok((tensors, said))
}

/// Whether arrays lie one behind the other, from the first byte to the last: what they claim to hold is then
/// no more than the file does.
fn are_whole(mut places: Vec<[usize; 2]>, bytes: usize) -> bool {
    places.sort_unstable();
    let end = places.iter().try_fold(0, |at, [begin, end]| (*begin == at).then_some(*end));
    end == Some(bytes)
}

/// Where an array lies, and its numbers.
fn tensor(entry: Value, data: &[u8]) -> Result<([usize; 2], Tensor<'_>), String> {
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
    Ok(([begin, end], Tensor { shape, values: Values::Bytes(of, bytes) }))
}
