//! Layers of what stands between two vectors of a graph.

use elbow::architecture::Activation;

use super::super::affine::Norm;
use super::super::net::Layer;
use super::super::tensors::shown;
use super::rows::{Each, Of, Row};

/// More dense layers than one side of a network has.
const MOST_DENSE: usize = 16;

/// The vectors from one, which is left out, to another.
pub(super) fn way(rows: &[Row], from: usize, to: usize) -> Option<Vec<usize>> {
    let mut way = vec![to];
    while let Some(&at) = way.last() {
        if at == from {
            way.pop();
            way.reverse();
            return Some(way);
        }
        way.push(rows[at].of.from()?);
    }
    None
}

/// Dense layers, with what stands before and behind them.
#[derive(Debug, Default)]
pub(super) struct Layers {
    /// what is done to the numbers first
    pub(super) before: Option<Norm>,
    pub(super) layers: Vec<Layer>,
    /// limits of what the first one sees
    pub(super) clip: Option<f64>,
    /// limits of the last one's outputs
    pub(super) limits: Option<[f64; 2]>,
    /// whether the last one's outputs are scaled
    pub(super) is_scaled: bool,
}

impl Layers {
    pub(super) fn of(rows: &[Row], way: &[usize]) -> Result<Layers, String> {
        if way.iter().filter(|at| rows[**at].of.is_dense()).count() > MOST_DENSE {
            return Err(format!("has more than {MOST_DENSE} dense layers one after the other"));
        }
        let (mut all, mut pending) = (Layers::default(), None);
        for &at in way {
            let row = &rows[at];
            all.push(row, &mut pending).map_err(|problem| format!("`{}`: {problem}", shown(&row.name)))?;
        }
        match pending {
            Some(_) => Err("numbers are scaled behind an activation, and no layer takes that up".into()),
            None => Ok(all),
        }
    }

    /// `pending` is what the next dense layer takes up.
    fn push(&mut self, row: &Row, pending: &mut Option<Norm>) -> Result<(), String> {
        // of a log variance the unit may follow
        let is_shift = matches!(row.of, Of::Each { how: Each::Plus, .. });
        if self.limits.is_some() && !is_shift {
            return Err(
                "numbers are held within limits before it, which the engine does to log variances".into()
            );
        }
        let is_first = self.layers.is_empty();
        // what may still be folded into the layer before
        let last = self.layers.last_mut().filter(|last| last.activation == Activation::Identity);
        match &row.of {
            Of::Dense { .. } => {
                let mut affine = row.affine().ok_or("its shape does not fit")?;
                match pending.take() {
                    Some(norm) if is_first => self.before = Some(norm),
                    Some(norm) => affine.after(&norm)?,
                    None => {}
                }
                self.is_scaled = false;
                self.layers.push(Layer { name: shown(&row.name), affine, activation: Activation::Identity });
            }
            Of::Norm { .. } | Of::Each { .. } => {
                let norm = row.norm().ok_or("its shape does not fit")?;
                match (last, pending.take()) {
                    (Some(last), _) => {
                        last.affine.then(&norm)?;
                        // a sum alone is a bias
                        self.is_scaled |= matches!(row.of, Of::Each { how: Each::Times | Each::By, .. });
                    }
                    (None, Some(before)) => *pending = Some(joined(&before, &norm)),
                    (None, None) => *pending = Some(norm),
                }
            }
            Of::Part { range, .. } => {
                let last = last.ok_or("it cuts what no dense layer gives")?;
                let rows = last.affine.rows(range.clone());
                last.affine = rows;
            }
            Of::Clip { limits: [low, high], .. } if is_first && *low == -high => {
                self.clip = Some(*high);
            }
            Of::Clip { limits, .. } if last.is_some() => self.limits = Some(*limits),
            Of::Activation { activation, .. } => {
                let last = last.filter(|_| pending.is_none());
                last.ok_or("an activation that follows no dense layer")?.activation = *activation;
            }
            _ => return Err("is no layer; the engine has dense ones and activations".into()),
        }
        Ok(())
    }
}

/// One map number by number of two: `s₂ (s₁ (x − m₁) + β₁ − m₂) + β₂`.
fn joined(first: &Norm, second: &Norm) -> Norm {
    let each = |of: fn([f64; 5]) -> f64| {
        let numbers = (0..first.width()).map(|i| {
            let (m1, b1) = (first.mean[i], first.beta[i]);
            of([second.scale[i], m1, b1, second.mean[i], second.beta[i]])
        });
        numbers.collect::<Vec<f64>>()
    };
    let scale = first.scale.iter().zip(&second.scale).map(|(one, two)| one * two).collect();
    Norm { scale, mean: each(|[_, m1, ..]| m1), beta: each(|[s2, _, b1, m2, b2]| s2 * (b1 - m2) + b2) }
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
