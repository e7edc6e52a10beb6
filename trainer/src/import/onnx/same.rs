//! What leaves each number what it is, and a frame a row.

use super::small;
use super::walk::{Value, Walk};

/// ONNX's numbers of the types of floats, and of whole numbers of 32 and 64 bits.
const FLOATS: [i64; 4] = [1, 10, 11, 16];
const WHOLE: [i64; 2] = [6, 7];

/// What changes no number of a row.
pub(super) fn same(walk: &mut Walk<'_>) -> Result<(), String> {
    let value = walk.input(0)?;
    walk.give(0, value)
}

pub(super) fn dropout(walk: &mut Walk<'_>) -> Result<(), String> {
    match walk.maybe(2)? {
        Some(Value::Constant(training)) if training.values.iter().all(|is| *is == 0.0) => {}
        None => {}
        Some(_) => return Err("it is in training mode; call eval() before the export".into()),
    }
    same(walk)
}

/// From floats to floats; whole numbers are those of shapes.
pub(super) fn cast(walk: &mut Walk<'_>) -> Result<(), String> {
    let to = walk.integer("to", 0);
    match walk.input(0)? {
        Value::Row(_) if FLOATS.contains(&to) => same(walk),
        Value::Constant(of) if FLOATS.contains(&to) => small::cast(walk, &of, false),
        Value::Constant(of) if WHOLE.contains(&to) => small::cast(walk, &of, true),
        _ => Err(format!("it rounds numbers to ONNX's type {to}; leave them floats")),
    }
}

pub(super) fn cast_like(walk: &mut Walk<'_>) -> Result<(), String> {
    let is_whole = matches!(walk.input(1)?, Value::Constant(like) if like.is_whole);
    match walk.input(0)? {
        Value::Constant(of) => small::cast(walk, &of, is_whole),
        Value::Row(_) if is_whole => Err("it rounds numbers to whole ones; leave them floats".into()),
        Value::Row(_) => same(walk),
    }
}

/// Frames stay rows.
pub(super) fn flatten(walk: &mut Walk<'_>) -> Result<(), String> {
    walk.row(0)?;
    match walk.integer("axis", 1) {
        1 => same(walk),
        axis => Err(format!("its axis is {axis}, and frames stay rows by axis 1")),
    }
}

pub(super) fn reshape(walk: &mut Walk<'_>) -> Result<(), String> {
    let Value::Row(from) = walk.input(0)? else { return small::reshaped(walk) };
    let width = walk.rows[from].width as f64;
    let shape = walk.constant(1)?;
    match shape.values[..] {
        // as many rows as there were: their number, 0 for it, or the one of an export
        [frames, last]
            if last == width || (last == -1.0 && (frames.is_nan() || [0.0, 1.0].contains(&frames))) =>
        {
            walk.give(0, Value::Row(from))
        }
        _ => Err(format!("frames of {width} numbers do not stay rows")),
    }
}

pub(super) fn transpose(walk: &mut Walk<'_>) -> Result<(), String> {
    let of = walk.constant(0)?;
    if of.shape.len() != 2 {
        return Err(format!("weights of the shape {:?} are no matrix", of.shape));
    }
    let order = walk.attribute("perm").map_or(&[1, 0][..], |perm| &perm.ints);
    match order {
        [1, 0] => walk.give(0, Value::Constant(of.transposed())),
        [0, 1] => walk.give(0, Value::Constant(of)),
        _ => Err(format!("its perm is {order:?}, and a matrix has two axes")),
    }
}
