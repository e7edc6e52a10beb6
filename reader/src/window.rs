//! Consecutive rows joined to one frame.

use std::ops::Range;

use crate::categories::Category;
use crate::error::Problem;
use crate::table::Table;

/// Joins `window` rows to one every `hop` rows, never across a change of
/// label. Also gives each frame's first row.
pub(crate) fn join(table: Table, window: usize, hop: usize) -> Result<(Table, Vec<usize>), Problem> {
    if window == 0 || hop == 0 {
        return Err(Problem::ZeroWindow);
    }
    if (window, hop) == (1, 1) {
        let source = table.source.clone();
        return Ok((table, source));
    }
    let stretches = stretches(&table);
    let starts = |stretch: &Range<usize>| {
        let last = (stretch.end + 1).saturating_sub(window);
        (stretch.start..last).step_by(hop)
    };
    let first: Vec<usize> = stretches.iter().flat_map(starts).collect();
    if first.is_empty() {
        let longest = stretches.iter().map(Range::len).max().unwrap_or(0);
        return Err(Problem::TooFewRows { window, longest });
    }
    let source = first.iter().map(|&row| table.source[row]).collect();
    Ok((gather(table, &first, window), source))
}

/// The stretches of rows that follow each other in a file, under one label, without a gap.
fn stretches(table: &Table) -> Vec<Range<usize>> {
    let class = |row: usize| table.classes.as_ref().map(|classes| classes.of_row[row]);
    let mut breaks = table.breaks.iter().copied().peekable();
    let mut stretches = Vec::new();
    let mut start = 0;
    for row in 1..table.rows {
        let is_break = breaks.next_if_eq(&row).is_some();
        if is_break || table.source[row] != table.source[row - 1] + 1 || class(row) != class(row - 1) {
            stretches.push(start..row);
            start = row;
        }
    }
    stretches.push(start..table.rows);
    stretches
}

/// Rows are stored one behind the other, so a window is one slice of them.
fn gather(table: Table, first: &[usize], window: usize) -> Table {
    let Table {
        columns, categories, values, mut classes, gaps, kept, source, breaks, notes, reading, ..
    } = table;
    let dims = columns.len();
    if let Some(classes) = &mut classes {
        classes.of_row = first.iter().map(|&row| classes.of_row[row]).collect();
    }
    Table {
        columns: (0..window)
            .flat_map(|step| columns.iter().map(move |name| format!("{name}@{step}")))
            .collect(),
        categories: (0..window)
            .flat_map(|step| {
                let at = step * dims;
                let shifted = move |category: &Category| Category {
                    feature: category.feature + at,
                    words: category.words.clone(),
                };
                categories.iter().map(shifted)
            })
            .collect(),
        rows: first.len(),
        values: first
            .iter()
            .map(|&row| &values[row * dims..(row + window) * dims])
            .collect::<Vec<_>>()
            .concat(),
        classes,
        gaps,
        kept,
        source,
        breaks,
        notes,
        reading,
    }
}
