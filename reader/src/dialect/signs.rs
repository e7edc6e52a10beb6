//! What commas and points of numbers mean.

use super::head::Line;
use crate::numbers::{Comma, Decimal, Numbers, comma};

/// How often a column's commas can only be this or that.
#[derive(Default)]
struct Evidence {
    point: usize,
    decimal: usize,
    thousands: usize,
    unclear: usize,
    /// numbers without comma or point
    bare: usize,
}

impl Evidence {
    fn of<'a>(cells: impl Iterator<Item = &'a [u8]>) -> Evidence {
        let mut evidence = Evidence::default();
        for cell in cells {
            let count = match comma(cell) {
                Some(Comma::None { point: true }) => &mut evidence.point,
                Some(Comma::None { point: false }) => &mut evidence.bare,
                Some(Comma::Decimal) => &mut evidence.decimal,
                Some(Comma::Thousands) => &mut evidence.thousands,
                Some(Comma::Unclear) => &mut evidence.unclear,
                None => continue,
            };
            *count += 1;
        }
        evidence
    }
}

/// How numbers are written, by the rows at the head of a file.
///
/// A cell such as `1,000` tells nothing. It is a fraction where another cell has a comma that can be nothing
/// else, or where something other than a comma parts cells and all numbers of its column are of this kind.
pub(super) fn numbers(rows: &[Line], delimiter: u8, asked: Option<u8>) -> Numbers {
    if let Some(decimal) = asked {
        let decimal = if decimal == b',' { Decimal::Comma } else { Decimal::Point };
        return Numbers { decimal, parted: true };
    }
    let width = rows.iter().map(|line| line.cells.len()).max().unwrap_or(0);
    let column = |at: usize| rows.iter().filter_map(move |line| Some(line.cells.get(at)?.trim_ascii()));
    let all = Evidence::of((0..width).flat_map(column));
    let fixed = || {
        let columns = (0..width).map(|at| Evidence::of(column(at)));
        columns.filter(|column| column.unclear > 0).all(|column| column.bare + column.point == 0)
    };
    let points_part = || {
        let cells = (0..width).flat_map(column).filter(|cell| cell.contains(&b'.'));
        let german = Numbers { decimal: Decimal::Comma, parted: true };
        cells.filter(|cell| comma(cell).is_some()).all(|cell| german.plain(cell).is_some())
    };
    match (all.decimal > 0, all.thousands > 0) {
        (true, false) if points_part() => Numbers { decimal: Decimal::Comma, parted: true },
        (false, true) => Numbers { decimal: Decimal::Point, parted: true },
        (false, false) if all.unclear > 0 && all.point == 0 && delimiter != b',' && fixed() => {
            Numbers { decimal: Decimal::Comma, parted: false }
        }
        _ => Numbers::PLAIN,
    }
}
