//! Rounding of a layer's weights: a scale for each output, symmetric.

use super::calibrate::Moments;
use crate::stored_network::Dense;

/// Largest weight in steps.
const STEPS: f64 = 127.0;
/// Scales tried, from the one that clips nothing downwards.
const TRIALS: u32 = 40;
/// The smallest of them, relative to the largest.
const NARROWEST: f64 = 0.5;

/// A layer in steps: `w ≈ scale[o]·q`.
#[derive(Clone, Debug)]
pub(super) struct Rounded {
    /// `[output][input]`
    pub(super) weights: Vec<i8>,
    pub(super) scale: Vec<f64>,
    /// of the layer, corrected for the rounding
    pub(super) bias: Vec<f64>,
}

/// Rounds each output's weights by the scale that changes the output least.
///
/// The error of an output is `Σ_i (w_i − scale·q_i) x_i`. Its square is weighed by the second moments of the
/// inputs (1 where there is no data), taking them as uncorrelated; its mean is added to the bias.
pub(super) fn round(dense: &Dense, inputs: Option<&Moments>) -> Rounded {
    let mut rounded = Rounded { weights: Vec::new(), scale: Vec::new(), bias: Vec::new() };
    for (row, bias) in dense.weights.chunks_exact(dense.inputs).zip(&dense.bias) {
        let scale = best_scale(row, inputs);
        let steps: Vec<i8> = row.iter().map(|w| step(*w, scale)).collect();
        let mean_error = |inputs: &Moments| -> f64 {
            let errors = row.iter().zip(&steps).map(|(w, q)| f64::from(*w) - scale * f64::from(*q));
            errors.zip(&inputs.mean).map(|(error, mean)| error * mean).sum()
        };
        rounded.bias.push(f64::from(*bias) + inputs.map_or(0.0, mean_error));
        rounded.weights.extend(steps);
        rounded.scale.push(scale);
    }
    rounded
}

fn best_scale(row: &[f32], inputs: Option<&Moments>) -> f64 {
    let largest = row.iter().fold(0.0_f32, |largest, w| largest.max(w.abs()));
    if largest < f32::MIN_POSITIVE {
        return 1.0;
    }
    // what a device multiplies by is an f32
    let scale = |trial: u32| {
        let part = 1.0 - (1.0 - NARROWEST) * f64::from(trial) / f64::from(TRIALS);
        f64::from((f64::from(largest) / STEPS * part) as f32)
    };
    let error = |scale: f64| -> f64 {
        let square = |(i, w): (usize, &f32)| {
            let error = f64::from(*w) - scale * f64::from(step(*w, scale));
            inputs.map_or(1.0, |inputs| inputs.square[i]) * error * error
        };
        row.iter().enumerate().map(square).sum()
    };
    let candidates = (0..TRIALS).map(|trial| (error(scale(trial)), scale(trial)));
    // the first of equals, which clips least
    candidates.reduce(|best, next| if next.0 < best.0 { next } else { best }).map_or(1.0, |(_, scale)| scale)
}

fn step(w: f32, scale: f64) -> i8 {
    (f64::from(w) / scale).round_ties_even().clamp(-STEPS, STEPS) as i8
}
