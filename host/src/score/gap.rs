//! Rows that lie apart from the others a threshold is set by: faults among what should be normal.

use elbow::{Calibration, FrameError};

use crate::error::Error;
use crate::model::HostModel;
use crate::score::calibrate::each_row;
use elbow::decision::{margin, statistic};
use elbow_reader::Dataset;

/// Only rows among the lowest one in so many are looked at.
const LOWEST: f32 = 0.1;
/// A gap is as wide as this many times what lies between the median and its upper end. The lower tail of log
/// densities falls about exponentially; a gap of that width has a probability of less than 10⁻⁴ there.
const WIDE: f32 = 4.0;
/// Nats, where nearly all rows have the same statistic.
const LEAST: f32 = 4.0;

/// The lowest rows of a calibration, where they lie far below all others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gap {
    /// how many
    pub rows: u32,
    /// nats between them and the next
    pub nats: f32,
    /// whether the threshold is one of them: then frames like them raise no alarm
    pub has_threshold: bool,
}

/// The gap in the statistics that a calibration keeps, the highest where there are several.
pub fn gap(calibration: &Calibration<'_>) -> Option<Gap> {
    let quantiles: Vec<_> = calibration.quantiles().collect();
    let median = quantiles.iter().find(|(p, _)| *p >= 0.5).or(quantiles.last())?.1.0;
    let pairs = quantiles.windows(2).rev();
    pairs.filter(|pair| pair[0].0 <= LOWEST).find_map(|pair| {
        let [(p, below), (_, above)] = [pair[0], pair[1]];
        let nats = above.0 - below.0;
        let is_wide = nats > (WIDE * (median - above.0)).max(LEAST);
        let rows = (p * (calibration.rows as f32 + 1.0)).round() as u32;
        is_wide.then_some(Gap { rows, nats, has_threshold: calibration.threshold <= below.0 })
    })
}

/// The rows but for the `count` lowest.
///
/// With the threshold at rank k of the m rows that are left, a normal frame raises an alarm with a
/// probability of at most `k/(m + 1)` where those left out are faults, and of at most `(k + count)/(m +
/// count + 1)`, whatever they are: it is then the (k + count)-th smallest of all.
///
/// # Errors
/// [`Error::Frame`].
pub fn without_lowest(
    model: &HostModel<'_>,
    data: &Dataset,
    samples: u32,
    count: usize,
) -> Result<Dataset, Error> {
    let engine = &*model.engine;
    let statistics = each_row(data, |frame| -> Result<f32, FrameError> {
        statistic(&engine, frame, samples, margin(data.dims))
    })?;
    let mut rows: Vec<usize> = (0..data.rows).collect();
    rows.sort_by(|a, b| statistics[*a].total_cmp(&statistics[*b]));
    let mut kept = rows.split_off(count.min(data.rows));
    kept.sort_unstable();
    Ok(data.select(&kept))
}
