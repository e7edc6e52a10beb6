//! What becomes of a frame in a graph: a value for each operator that it goes through.

use std::ops::Range;

use elbow::architecture::Activation;

use super::super::affine::{Affine, Norm};
use super::constant::Constant;

/// A vector that is a function of the frame.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) name: String,
    pub(super) width: usize,
    pub(super) of: Of,
}

/// Which function; the vectors that it is of by their places.
#[derive(Clone, Debug)]
pub(super) enum Of {
    /// the frame itself
    Frame,
    /// `α x B + β C`, or `α x Bᵀ + β C`, which B's own axes say
    Dense { from: usize, weights: Constant, bias: Option<Constant>, factors: [f64; 2] },
    /// number by number with a constant
    Each { from: usize, how: Each, by: Constant },
    /// a batch norm: γ, β, mean, variance
    Norm { from: usize, by: [Constant; 4], epsilon: f64 },
    /// some of the numbers
    Part { from: usize, range: Range<usize> },
    /// an activation
    Activation { from: usize, activation: Activation },
    /// between two limits
    Clip { from: usize, limits: [f64; 2] },
    /// `exp x`
    Exp { from: usize },
    /// whether numbers are past a limit
    Greater { from: usize, limit: f64 },
    /// normal noise
    Noise,
    /// noise times `exp log_scale`
    Spread { log_scale: usize },
    /// `mean + ε exp log_scale`: a draw of the posterior
    Draw { mean: usize, log_scale: usize },
}

/// `x + c`, `x − c`, `c − x`, `x c`, `x / c`
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Each {
    Plus,
    Minus,
    From,
    Times,
    By,
}

impl Of {
    /// The vector that it is of, where it is of one.
    pub(super) fn from(&self) -> Option<usize> {
        match self {
            Of::Dense { from, .. }
            | Of::Each { from, .. }
            | Of::Norm { from, .. }
            | Of::Part { from, .. }
            | Of::Activation { from, .. }
            | Of::Clip { from, .. }
            | Of::Exp { from }
            | Of::Greater { from, .. } => Some(*from),
            Of::Frame | Of::Noise | Of::Spread { .. } | Of::Draw { .. } => None,
        }
    }

    pub(super) fn is_dense(&self) -> bool {
        matches!(self, Of::Dense { .. })
    }
}

impl Row {
    /// The map of a dense layer, with its weights `[output][input]`.
    pub(super) fn affine(&self) -> Option<Affine> {
        let Of::Dense { weights, bias, factors: [alpha, beta], .. } = &self.of else { return None };
        let [inputs, outputs] = weights.shape[..] else { return None };
        let places = (0..outputs).flat_map(|o| (0..inputs).map(move |i| (i, o)));
        let weights = places.map(|(i, o)| alpha * weights.at(i, o)).collect();
        let bias = match bias {
            Some(bias) => bias.spread(outputs)?.iter().map(|b| beta * b).collect(),
            None => vec![0.0; outputs],
        };
        Some(Affine { weights, bias, inputs })
    }

    /// A map number by number.
    pub(super) fn norm(&self) -> Option<Norm> {
        let all = |value: f64| vec![value; self.width];
        match &self.of {
            Of::Norm { by: [gamma, beta, mean, variance], epsilon, .. } => {
                let [gamma, beta, mean, variance] =
                    [gamma, beta, mean, variance].map(|by| by.spread(self.width));
                Some(Norm::of(&gamma?, beta?, mean?, &variance?, *epsilon))
            }
            Of::Each { how, by, .. } => {
                let by = by.spread(self.width)?;
                Some(match how {
                    Each::Plus => Norm { scale: all(1.0), mean: all(0.0), beta: by },
                    Each::Minus => Norm { scale: all(1.0), mean: by, beta: all(0.0) },
                    Each::From => Norm { scale: all(-1.0), mean: by, beta: all(0.0) },
                    Each::Times => Norm { scale: by, mean: all(0.0), beta: all(0.0) },
                    Each::By => {
                        let scale = by.iter().map(|by| 1.0 / by).collect();
                        Norm { scale, mean: all(0.0), beta: all(0.0) }
                    }
                })
            }
            _ => None,
        }
    }
}
