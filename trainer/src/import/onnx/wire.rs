//! How much a file holds, counted before any of it is decoded: what takes two bytes there may take hundreds
//! in memory.

use prost::bytes::Buf;
use prost::encoding::{WireType, decode_key, decode_varint};

/// More fields than the networks have that the engine takes.
const MOST_FIELDS: usize = 100_000;
/// More bytes of whole numbers than shapes have.
const MOST_WHOLE: usize = 1 << 20;

/// The messages of a file that hold others, or numbers.
#[derive(Clone, Copy)]
enum Message {
    Model,
    Graph,
    Node,
    Attribute,
    Tensor,
    Value,
    Type,
    TensorType,
    Shape,
    Extent,
}

/// Refuses what has more fields than a network for devices.
pub(super) fn is_small(bytes: &[u8]) -> Result<(), String> {
    let mut left = MOST_FIELDS;
    count(bytes, Message::Model, &mut left)
}

/// Takes the fields off those that are left. Messages lie in others to a fixed depth, but for a tensor's.
fn count(mut bytes: &[u8], message: Message, left: &mut usize) -> Result<(), String> {
    let damaged = |error: prost::DecodeError| format!("is no sound file of ONNX ({error}); write it again");
    while bytes.has_remaining() {
        *left = left.checked_sub(1).ok_or_else(|| {
            format!("has more than {MOST_FIELDS} fields; those of networks for devices are far fewer")
        })?;
        let (tag, kind) = decode_key(&mut bytes).map_err(damaged)?;
        let length = match kind {
            WireType::Varint => decode_varint(&mut bytes).map(|_| 0).map_err(damaged)?,
            WireType::SixtyFourBit => 8,
            WireType::ThirtyTwoBit => 4,
            WireType::LengthDelimited => decode_varint(&mut bytes).map_err(damaged)?,
            WireType::StartGroup | WireType::EndGroup => {
                return Err("is no sound file of ONNX: it has groups; write it again".into());
            }
        };
        let field = usize::try_from(length).ok().and_then(|length| bytes.split_at_checked(length));
        let (field, rest) = field.ok_or("is no sound file of ONNX: it ends too early; write it again")?;
        bytes = rest;
        if kind != WireType::LengthDelimited {
            continue;
        }
        match within(message, tag) {
            Some(of) => count(field, of, left)?,
            None if is_whole(message, tag) && field.len() > MOST_WHOLE => {
                return Err(format!("has {} bytes of whole numbers; save weights as floats", field.len()));
            }
            None => {}
        }
    }
    Ok(())
}

/// What a field holds, where that is a message of its own.
fn within(message: Message, tag: u32) -> Option<Message> {
    match (message, tag) {
        (Message::Model, 7) => Some(Message::Graph),
        (Message::Graph, 1) => Some(Message::Node),
        (Message::Node, 5) => Some(Message::Attribute),
        (Message::Graph | Message::Attribute, 5) => Some(Message::Tensor),
        (Message::Graph, 11 | 12) => Some(Message::Value),
        (Message::Value, 2) => Some(Message::Type),
        (Message::Type, 1) => Some(Message::TensorType),
        (Message::TensorType, 2) => Some(Message::Shape),
        (Message::Shape, 1) => Some(Message::Extent),
        // an entry of two strings
        (Message::Tensor, 13) | (Message::Model, 8 | 14) => Some(Message::Extent),
        _ => None,
    }
}

/// Whether numbers are packed into a field that take more room in memory: `ints` of an attribute, extents and
/// whole numbers of a tensor.
fn is_whole(message: Message, tag: u32) -> bool {
    matches!((message, tag), (Message::Attribute, 8) | (Message::Tensor, 1 | 7))
}
