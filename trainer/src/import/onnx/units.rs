//! Units of frames: in which ones the network's outputs are.

use std::ops::Range;

use super::super::affine::Norm;
use super::super::net::Layer;
use super::rows::Each;

/// What is done to the outputs of a layer, number by number.
#[derive(Debug, Default)]
pub(super) struct Units {
    /// the first sum, which may be the layer's bias
    bias: Option<Norm>,
    /// the others, as one map
    map: Option<Norm>,
}

impl Units {
    pub(super) fn then(&mut self, how: Each, norm: Norm) -> Result<(), String> {
        match (&self.bias, self.map.take()) {
            (None, None) if how == Each::Plus => self.bias = Some(norm),
            (_, None) => self.map = Some(norm),
            (_, Some(map)) => self.map = Some(map.then(&norm)?),
        }
        Ok(())
    }

    /// Of some of the outputs.
    pub(super) fn part(&mut self, range: &Range<usize>) {
        let part = |numbers: &[f64]| numbers[range.clone()].to_vec();
        for norm in [&mut self.bias, &mut self.map].into_iter().flatten() {
            *norm = Norm { scale: part(&norm.scale), mean: part(&norm.mean), beta: part(&norm.beta) };
        }
    }

    /// Whether outputs are in the units of frames, where `feature = (x − loc)/scale`.
    pub(super) fn are_raw(&self, loc: &[f64], scale: &[f64]) -> Result<bool, String> {
        let is_inverse = |norm: &Norm| {
            let mut parts = norm.scale.iter().zip(&norm.mean).zip(&norm.beta).zip(loc).zip(scale);
            parts.all(|((((s, mean), beta), loc), scale)| {
                let is_near = |a: f64, b: f64| (a - b).abs() <= 0.01 * scale + 1e-5 * b.abs();
                is_near(*s, *scale) && is_near(beta - s * mean, *loc)
            })
        };
        match (&self.bias, &self.map) {
            (Some(sum), None) if is_inverse(sum) => Ok(true),
            (_, None) => Ok(false),
            (_, Some(map)) if is_inverse(map) => Ok(true),
            _ => {
                Err("frames are standardised, and the outputs brought to units that are neither theirs nor \
                      the features'; export the network without both, and give --data ROWS"
                    .into())
            }
        }
    }
}

/// The inverse of `y = s (x − mean) + β`: `feature = (x − loc)/scale`, where s is positive.
pub(super) fn standard(norm: &Norm) -> Option<(Vec<f64>, Vec<f64>)> {
    let parts = norm.scale.iter().zip(&norm.mean).zip(&norm.beta);
    let loc = parts.map(|((s, mean), beta)| mean - beta / s).collect();
    let scale: Vec<f64> = norm.scale.iter().map(|s| 1.0 / s).collect();
    scale.iter().all(|scale| *scale > 0.0 && scale.is_finite()).then_some((loc, scale))
}

/// Of outputs in the frame's units, a mean and a log scale where there is one, those in units of features.
pub(super) fn in_features(outputs: &mut [Layer], loc: &[f64], scale: &[f64]) -> Result<(), String> {
    if let Some(mean) = outputs.first_mut() {
        let inverse = scale.iter().map(|scale| 1.0 / scale).collect();
        mean.affine.then(&Norm { scale: inverse, mean: loc.to_vec(), beta: vec![0.0; loc.len()] })?;
    }
    if let Some(log_scale) = outputs.get_mut(1) {
        log_scale.affine.bias.iter_mut().zip(scale).for_each(|(bias, scale)| *bias -= scale.ln());
    }
    Ok(())
}
