//! Arithmetic of the few numbers that say how a value is cut: exporters leave it in graphs.

use std::ops::Range;

use super::constant::Constant;
use super::rows::Each;
use super::walk::{Value, Walk};

/// More numbers than a shape has.
const MOST: usize = 16;
/// More numbers than an array is filled with.
const MOST_FILLED: f64 = 4096.0;

/// A list of few numbers.
fn small(constant: &Constant) -> Result<&[f64], String> {
    let is_few = constant.values.len() <= MOST && !constant.is_transposed;
    if is_few && constant.is_list() { Ok(&constant.values) } else { Err("it changes weights".into()) }
}

fn give(walk: &mut Walk<'_>, values: Vec<f64>, is_whole: bool) -> Result<(), String> {
    let list = Constant::new(vec![values.len()], values);
    walk.give(0, Value::Constant(Constant { is_whole, ..list }))
}

/// How many frames there are is no number: NaN.
pub(super) fn shape(walk: &mut Walk<'_>) -> Result<(), String> {
    let row = walk.row(0)?;
    let shape = [f64::NAN, walk.rows[row].width as f64];
    // of an axis from the end the number is negative
    let place = |at: i64| usize::try_from(if at < 0 { at.saturating_add(2) } else { at }).unwrap_or(0).min(2);
    let (start, end) = (place(walk.integer("start", 0)), place(walk.integer("end", i64::MAX)));
    give(walk, shape.get(start..end).unwrap_or_default().to_vec(), true)
}

pub(super) fn gather(walk: &mut Walk<'_>) -> Result<(), String> {
    let (of, at) = (walk.constant(0)?, walk.constant(1)?);
    let (is_whole, of, at) = (of.is_whole, small(&of)?, small(&at)?);
    let place = |at: &f64| {
        let at = if *at < 0.0 { *at + of.len() as f64 } else { *at };
        let is_place = at >= 0.0 && at.fract() == 0.0;
        of.get(at as usize).copied().filter(|_| is_place).ok_or("it looks past the end")
    };
    let values = at.iter().map(place).collect::<Result<Vec<_>, _>>()?;
    give(walk, values, is_whole)
}

pub(super) fn concat(walk: &mut Walk<'_>) -> Result<(), String> {
    let (mut all, mut is_whole) = (Vec::new(), true);
    for at in 0..walk.inputs() {
        match walk.input(at)? {
            Value::Constant(constant) => {
                all.extend_from_slice(small(&constant)?);
                is_whole &= constant.is_whole;
            }
            Value::Row(_) => return Err("it joins vectors; give them as outputs of their own".into()),
        }
    }
    give(walk, all, is_whole)
}

/// The same numbers.
pub(super) fn reshaped(walk: &mut Walk<'_>) -> Result<(), String> {
    let of = walk.constant(0)?;
    let values = small(&of)?.to_vec();
    give(walk, values, of.is_whole)
}

/// The same number again and again, 0 where there is none.
pub(super) fn of_shape(walk: &mut Walk<'_>) -> Result<(), String> {
    let shape = walk.constant(0)?;
    let value = walk.attribute("value").and_then(|of| of.t.as_ref()).map(|of| walk.tensor(of)).transpose()?;
    let value = value.unwrap_or_else(|| Constant::new(vec![1], vec![0.0]));
    filled(walk, &shape, value)
}

pub(super) fn expand(walk: &mut Walk<'_>) -> Result<(), String> {
    let (value, shape) = (walk.constant(0)?, walk.constant(1)?);
    filled(walk, &shape, value)
}

/// Where the number of frames is part of the shape, the number stays one, which is one of each frame's.
fn filled(walk: &mut Walk<'_>, shape: &Constant, value: Constant) -> Result<(), String> {
    let &[number] = &value.values[..] else { return Err("it repeats several numbers".into()) };
    let shape = small(shape)?;
    let width: f64 = shape.iter().product();
    if width > MOST_FILLED {
        return Err(format!("it fills {width} numbers; at most {MOST_FILLED} are taken"));
    }
    if shape.len() == 1 && width >= 0.0 {
        return give(walk, vec![number; width as usize], value.is_whole);
    }
    walk.give(0, Value::Constant(Constant { shape: Vec::new(), ..value }))
}

/// How many numbers there are.
pub(super) fn size(walk: &mut Walk<'_>) -> Result<(), String> {
    let of = walk.constant(0)?;
    give(walk, vec![of.values.len() as f64], true)
}

/// In another type, whole or not.
pub(super) fn cast(walk: &mut Walk<'_>, of: &Constant, is_whole: bool) -> Result<(), String> {
    if !is_whole || of.is_whole {
        return walk.give(0, Value::Constant(Constant { is_whole, ..of.clone() }));
    }
    let values = small(of)?.iter().map(|x| x.trunc()).collect();
    give(walk, values, true)
}

pub(super) fn part(
    walk: &mut Walk<'_>,
    of: &Constant,
    range: impl Fn(usize) -> Range<usize>,
) -> Result<(), String> {
    let values = small(of)?;
    let part = values.get(range(values.len())).unwrap_or_default().to_vec();
    give(walk, part, of.is_whole)
}

/// Numbers of a whole type are divided as whole ones.
pub(super) fn arithmetic(walk: &mut Walk<'_>, how: Each, a: &Constant, b: &Constant) -> Result<(), String> {
    let are_whole = a.is_whole && b.is_whole;
    let (a, b) = (small(a)?, small(b)?);
    let length = a.len().max(b.len());
    let of = |values: &[f64], i: usize| values.get(if values.len() == 1 { 0 } else { i }).copied();
    let value = |i| {
        let (a, b) = (of(a, i)?, of(b, i)?);
        Some(match how {
            Each::Plus => a + b,
            Each::Minus => a - b,
            Each::From => b - a,
            Each::Times => a * b,
            Each::By if are_whole => (a / b).trunc(),
            Each::By => a / b,
        })
    };
    let values: Option<Vec<f64>> = (0..length).map(value).collect();
    let values = values.ok_or("its inputs have other lengths")?;
    give(walk, values, are_whole)
}
