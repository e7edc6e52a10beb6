//! Parts of a vector: the halves of a layer that gives mean and log variance.

use super::rows::Of;
use super::small;
use super::walk::{Value, Walk};

/// Along a frame's numbers, not across frames.
fn along(axis: i64) -> Result<(), String> {
    if [1, -1].contains(&axis) { Ok(()) } else { Err(format!("it cuts along axis {axis}: across frames")) }
}

pub(super) fn split(walk: &mut Walk<'_>) -> Result<(), String> {
    let from = walk.row(0)?;
    along(walk.integer("axis", 0))?;
    let (width, parts) = (walk.rows[from].width, walk.outputs().max(1));
    let sizes = match walk.maybe(1)? {
        Some(Value::Constant(sizes)) => sizes.integers(),
        _ => walk.attribute("split").map(|split| split.ints.clone()),
    };
    let equal = i64::try_from(width.div_ceil(parts)).unwrap_or(i64::MAX);
    let sizes = sizes.unwrap_or_else(|| vec![equal; parts]);
    let mut begin = 0_usize;
    for (at, size) in sizes.iter().enumerate() {
        let end = begin.saturating_add(usize::try_from(*size).unwrap_or(0)).min(width);
        walk.give_row(at, end - begin, Of::Part { from, range: begin..end })?;
        begin = end;
    }
    Ok(())
}

pub(super) fn slice(walk: &mut Walk<'_>) -> Result<(), String> {
    let [starts, ends, axes, steps] = [1, 2, 3, 4].map(|at| whole(walk, at));
    let (starts, ends) = (starts?, ends?);
    let (axes, steps) = (axes?.unwrap_or_else(|| vec![0]), steps?.unwrap_or_else(|| vec![1]));
    let input = walk.input(0)?;
    let (Some([start]), Some([end]), [axis], [1]) =
        (starts.as_deref(), ends.as_deref(), &axes[..], &steps[..])
    else {
        return Err("it cuts in another way than from one number to another".into());
    };
    let place = |at: i64, width: usize| {
        let signed = i64::try_from(width).unwrap_or(i64::MAX);
        let at = if at < 0 { at.saturating_add(signed) } else { at };
        usize::try_from(at).unwrap_or(0).min(width)
    };
    match input {
        Value::Row(from) => {
            let width = walk.rows[from].width;
            if *axis == 0 && (*start, *end) == (0, i64::MAX) {
                // all frames
                return walk.give(0, Value::Row(from));
            }
            along(*axis)?;
            let (begin, end) = (place(*start, width), place(*end, width));
            let end = end.max(begin);
            walk.give_row(0, end - begin, Of::Part { from, range: begin..end })
        }
        Value::Constant(of) => small::part(walk, &of, |width| place(*start, width)..place(*end, width)),
    }
}

/// An input of few whole numbers.
fn whole(walk: &mut Walk<'_>, at: usize) -> Result<Option<Vec<i64>>, String> {
    match walk.maybe(at)? {
        Some(Value::Constant(constant)) => Ok(constant.integers()),
        _ => Ok(None),
    }
}
