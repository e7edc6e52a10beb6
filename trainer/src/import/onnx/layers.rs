//! Layers of what stands between two vectors of a graph.

use elbow::architecture::Activation;

use super::super::affine::Norm;
use super::super::net::Layer;
use super::super::tensors::shown;
use super::rows::{Each, Of, Row};
use super::units::Units;

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
    /// whether a batch norm stands before the first one, which takes it up with what follows
    is_normed: bool,
    /// limits of the last one's outputs
    pub(super) limits: Option<[f64; 2]>,
    /// how the last one's outputs are brought to other units
    pub(super) units: Units,
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
        let is_held = is_first && self.clip.is_some() && !self.is_normed;
        if is_held && !matches!(row.of, Of::Dense { .. } | Of::Norm { .. }) {
            return Err("numbers are held within limits before it, and the engine does that last of all, \
                        in front of the first layer"
                .into());
        }
        // what may still be folded into the layer before
        let last = self.layers.last_mut().filter(|last| last.activation == Activation::Identity);
        match &row.of {
            Of::Dense { .. } => {
                let mut affine = row.affine().ok_or("its shape does not fit")?;
                match pending.take() {
                    Some(norm) if is_first && !self.is_normed => self.before = Some(norm),
                    Some(norm) => affine.after(&norm)?,
                    None => {}
                }
                self.units = Units::default();
                self.layers.push(Layer { name: shown(&row.name), affine, activation: Activation::Identity });
            }
            Of::Norm { .. } | Of::Each { .. } => {
                let norm = row.norm().ok_or("its shape does not fit")?;
                if is_first && !self.is_normed && matches!(row.of, Of::Norm { .. }) {
                    (self.is_normed, self.before) = (true, pending.take());
                }
                match (last, pending.take()) {
                    (Some(last), _) => {
                        last.affine.then(&norm)?;
                        if let Of::Each { how, .. } = row.of {
                            self.units.then(how, norm)?;
                        }
                    }
                    (None, Some(before)) => *pending = Some(before.then(&norm)?),
                    (None, None) => *pending = Some(norm),
                }
            }
            Of::Part { range, .. } => {
                let last = last.ok_or("it cuts what no dense layer gives")?;
                last.affine = last.affine.rows(range.clone());
                self.units.part(range);
            }
            Of::Clip { limits: [low, high], .. } if is_first && !self.is_normed && *low == -high => {
                self.clip = Some(*high);
            }
            Of::Clip { .. } if is_first => {
                return Err("holds numbers within other limits than ±c behind a standardisation".into());
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
