//! What a verdict does, counted: each term takes one price on a core.

use elbow::architecture::{Activation, Architecture, LatentKind, Operation, Visit, WeightKind, Work};
use elbow::kernel::{TILE, triangle};

use super::LANES;

/// Terms of a cost.
pub const TERMS: usize = 12;

/// What is counted, in the order of [`terms`].
pub const NAMES: [&str; TERMS] = [
    "multiply-adds of one sample alone",
    "multiply-adds of samples four side by side",
    "outputs of one sample alone",
    "outputs of samples four side by side",
    "activations by comparison",
    "activations with an exponential",
    "exponentials",
    "latent coordinates",
    "features",
    "multiply-adds of full covariances",
    "multiply-adds of kernels",
    "verdicts",
];

/// How often a verdict by `samples` samples does what [`NAMES`] says. Outputs are padded to whole tiles.
pub fn terms(shape: &Architecture, samples: u32) -> [f64; TERMS] {
    let mut counted =
        Counted { samples, is_tabled: shape.weights == WeightKind::Int8x8, terms: [0.0; TERMS] };
    shape.visit(&mut counted);
    let mut terms = counted.terms;
    terms[11] = 1.0;
    if let LatentKind::Component { gaussians, kernels } = shape.latent {
        let features = f64::from(shape.features);
        terms[9] = f64::from(gaussians) * (triangle(shape.features as usize) * TILE) as f64;
        terms[10] = f64::from(kernels.next_multiple_of(TILE as u32)) * features;
    } else {
        // an exponential for each log weight
        terms[6] += f64::from(samples);
    }
    terms
}

/// Multiply-adds of a score by `samples` samples: of a network's encoder once and of its decoder for each,
/// outputs padded to whole tiles; of a mixture one pass over its components.
pub fn multiply_adds(shape: &Architecture, samples: u32) -> u64 {
    let terms = terms(shape, samples);
    (terms[0] + terms[1] + terms[9] + terms[10]) as u64
}

/// Adds up what the parts of a shape say of their work.
struct Counted {
    samples: u32,
    /// activation functions are tables, looked up with each output
    is_tabled: bool,
    terms: [f64; TERMS],
}

impl Visit for Counted {
    fn work(&mut self, Work { operation, times, each_sample }: Work) {
        let alone = if each_sample { self.samples % LANES } else { 1 };
        let side_by_side = if each_sample { self.samples - alone } else { 0 };
        for (side, samples) in [alone, side_by_side].into_iter().enumerate() {
            self.count(operation, side, times as f64 * f64::from(samples));
        }
    }
}

impl Counted {
    fn count(&mut self, operation: Operation, side: usize, times: f64) {
        match operation {
            Operation::Exp => self.terms[6] += times,
            Operation::Coordinate => self.terms[7] += times,
            Operation::Term => self.terms[8] += times,
            Operation::Layer { inputs, outputs, activation } => {
                let padded = f64::from(outputs.next_multiple_of(TILE as u32));
                self.terms[side] += times * padded * f64::from(inputs);
                self.terms[2 + side] += times * padded;
                match activation {
                    _ if self.is_tabled => {}
                    Activation::Identity => {}
                    Activation::Relu | Activation::LeakyRelu => self.terms[4] += times * f64::from(outputs),
                    _ => self.terms[5] += times * f64::from(outputs),
                }
            }
        }
    }
}
