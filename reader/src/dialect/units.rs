//! Rows between the header and the data that say in what the columns are measured.

use super::head::Line;
use super::name;
use super::parted::{is_value, is_worded};
use crate::cell::is_missing;

/// Units, row by row: rows without a number, each word of which stands over a column that holds values only.
/// A row that is wrong has other words, or numbers among them.
pub(super) fn units(rows: &[Line], width: usize) -> Vec<Vec<String>> {
    let rows: Vec<&Line> = rows.iter().filter(|line| !line.is_comment()).collect();
    let is_units = |line: &&&Line| line.cells.len() == width && is_worded(line);
    let (units, data) = rows.split_at(rows.iter().take_while(is_units).count());
    let holds_values =
        |at: usize| data.iter().filter_map(|line| line.cells.get(at)).all(|cell| is_value(cell.trim_ascii()));
    let has_word = |at: &usize| units.iter().any(|line| !is_missing(line.cells[*at].trim_ascii()));
    if data.is_empty() || !(0..width).filter(has_word).all(holds_values) {
        return Vec::new();
    }
    units.iter().map(|line| line.cells.iter().map(|cell| name(cell)).collect()).collect()
}
