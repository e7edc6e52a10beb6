//! Columns that never changed in the rows of a fit: from which change on a model sees that they did.

use elbow_host::model::HostModel;
use elbow_reader::Dataset;

use crate::repeated_columns::Repeats;

/// Rows that a change is tried on: what is typical of them is the least that a change must exceed.
const TRIED: usize = 64;
/// Of those columns, how many are tried: each takes some scores.
const MOST: usize = 6;

/// Of a number that is written with more digits than that: squares in these units must stay finite.
const LEAST: f64 = 1e-12;

/// One step of the last digit in which a number is written, such as 0.01 for 14.62; never less than f32 tells
/// apart there. It is the scale of a column whose spread nobody has seen.
pub fn resolution(value: f32) -> f32 {
    let text = value.to_string();
    let digits = text.split_once('.').map_or(0, |(_, fraction)| fraction.len() as i32);
    let apart = f32::EPSILON * value.abs();
    10_f64.powi(-digits).max(apart.into()).max(LEAST) as f32
}

/// What a person who fits should know of each such column: its name, its value, and the smallest change from
/// there that makes a typical row less likely than all the others; `None` where none that was tried does.
pub fn seen_from(model: &HostModel<'_>, data: &Dataset) -> Vec<(String, f32, Option<f32>)> {
    let window = (model.metadata.window as usize).max(1);
    let per_row = data.dims / window;
    let repeats = Repeats::of(&data.values, data.dims);
    let constant = repeats.constant();
    let is_constant = |column: &usize| {
        (0..window).all(|step| constant[step * per_row + column]) && is_number(data, *column)
    };
    let columns = (0..per_row).filter(is_constant).take(MOST);
    let of = |column: usize| {
        let name = &data.columns[column];
        // of a window the step stands behind the name
        let name = if window > 1 { name.strip_suffix("@0").unwrap_or(name) } else { name };
        (name.to_owned(), data.row(0)[column], smallest_change(model, data, column, per_row))
    };
    columns.map(of).collect()
}

fn is_number(data: &Dataset, column: usize) -> bool {
    data.categories.iter().all(|category| category.feature != column)
}

fn smallest_change(model: &HostModel<'_>, data: &Dataset, column: usize, per_row: usize) -> Option<f32> {
    let score = |frame: &[f32]| model.engine.log_density(frame, 16).ok().map(|score| score.log_density.0);
    let mut scored: Vec<(f32, usize)> =
        (0..data.rows.min(TRIED)).filter_map(|row| Some((score(data.row(row))?, row))).collect();
    scored.sort_by(|one, other| one.0.total_cmp(&other.0));
    let (least, typical) = (scored.first()?.0, data.row(scored.get(scored.len() / 2)?.1));
    let unit = resolution(typical[column]);
    let decades = [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6];
    let mut steps = decades.into_iter().flat_map(|decade| [1.0, 2.0, 5.0].map(|step| unit * step * decade));
    let is_seen = |step: &f32| {
        let mut frame = typical.to_vec();
        frame.iter_mut().skip(column).step_by(per_row).for_each(|x| *x += step);
        score(&frame).is_none_or(|score| score < least)
    };
    steps.find(is_seen)
}

#[cfg(test)]
mod tests {
    use super::resolution;

    #[test]
    fn the_last_digit_is_the_resolution() {
        for (value, expected) in [
            (14.62, 0.01),
            (0.004, 0.001),
            (0.0, 1.0),
            (-7.0, 1.0),
            (100.0, 1.0),
            (1e10, 1e10 * f32::EPSILON),
        ] {
            assert_eq!(resolution(value), expected, "{value}");
        }
        // noise behind the seventh digit is no digit
        assert!(resolution(0.123_456_79) >= 0.123_456_79 * f32::EPSILON);
    }
}
