//! Arithmetic of the few whole numbers that say how a value is cut: exporters leave it in graphs.

use std::ops::Range;

use super::constant::Constant;
use super::rows::Each;
use super::walk::{Value, Walk};

/// More numbers than a shape has.
const MOST: usize = 16;

fn small(constant: &Constant) -> Result<&[f64], String> {
    let few = constant.values.len() <= MOST && !constant.is_transposed;
    if few { Ok(&constant.values) } else { Err("it changes weights".into()) }
}

fn give(walk: &mut Walk<'_>, values: Vec<f64>) -> Result<(), String> {
    walk.give(0, Value::Constant(Constant::new(vec![values.len()], values)))
}

/// How many frames there are is no number: NaN.
pub(super) fn shape(walk: &mut Walk<'_>) -> Result<(), String> {
    let row = walk.row(0)?;
    give(walk, vec![f64::NAN, walk.rows[row].width as f64])
}

pub(super) fn gather(walk: &mut Walk<'_>) -> Result<(), String> {
    let (of, at) = (walk.constant(0)?, walk.constant(1)?);
    let (of, at) = (small(&of)?, small(&at)?);
    let place = |at: &f64| {
        let at = if *at < 0.0 { *at + of.len() as f64 } else { *at };
        of.get(at as usize).copied().ok_or("it looks past the end")
    };
    let values = at.iter().map(place).collect::<Result<Vec<_>, _>>()?;
    give(walk, values)
}

pub(super) fn concat(walk: &mut Walk<'_>) -> Result<(), String> {
    let mut all = Vec::new();
    for at in 0..MOST {
        match walk.maybe(at)? {
            Some(Value::Constant(constant)) => all.extend_from_slice(small(&constant)?),
            Some(Value::Row(_)) => {
                return Err("it joins vectors; give them as outputs of their own".into());
            }
            None => break,
        }
    }
    give(walk, all)
}

/// The same numbers.
pub(super) fn reshaped(walk: &mut Walk<'_>) -> Result<(), String> {
    let of = walk.constant(0)?;
    let values = small(&of)?.to_vec();
    give(walk, values)
}

pub(super) fn of_shape(walk: &mut Walk<'_>) -> Result<(), String> {
    give(walk, vec![0.0])
}

/// What only noise has a use for.
pub(super) fn nothing(walk: &mut Walk<'_>) -> Result<(), String> {
    let of = walk.constant(0)?;
    walk.give(0, Value::Constant(of))
}

pub(super) fn part(
    walk: &mut Walk<'_>,
    of: &Constant,
    range: impl Fn(usize) -> Range<usize>,
) -> Result<(), String> {
    let values = small(of)?;
    let part = values.get(range(values.len())).unwrap_or_default().to_vec();
    give(walk, part)
}

/// Whole numbers are divided as whole ones.
pub(super) fn arithmetic(walk: &mut Walk<'_>, how: Each, a: &Constant, b: &Constant) -> Result<(), String> {
    let (a, b) = (small(a)?, small(b)?);
    let length = a.len().max(b.len());
    let of = |values: &[f64], i: usize| values.get(if values.len() == 1 { 0 } else { i }).copied();
    let value = |i| {
        let (a, b) = (of(a, i)?, of(b, i)?);
        let are_whole = a.fract() == 0.0 && b.fract() == 0.0;
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
    give(walk, values)
}
