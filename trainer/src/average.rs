//! A running mean of the weights: it moves less than the weights do from step to step, and is often better on
//! new rows (Polyak and Juditsky 1992, "Acceleration of stochastic approximation by averaging").

use serde::{Deserialize, Serialize};

use crate::net::simd::zip;

/// An exponential moving average of the parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Average {
    decay: f32,
    steps: u32,
    params: Vec<f32>,
}

impl Average {
    /// Before the first step; `decay` below 1.
    pub fn new(decay: f32, start: &[f32]) -> Average {
        Average { decay, steps: 0, params: start.to_vec() }
    }

    /// The averaged parameters.
    pub fn params(&self) -> &[f32] {
        &self.params
    }

    /// Takes in the parameters after a step.
    pub fn add(&mut self, params: &[f32]) {
        // a = d a + (1 − d) p, with d = min(decay, (1 + t) / (10 + t)): a short run's average has forgotten
        // its start too (the rule of TensorFlow's ExponentialMovingAverage)
        let t = self.steps as f32;
        let kept = self.decay.min((1.0 + t) / (10.0 + t));
        zip(&mut self.params, params, |a, p| kept * a + (1.0 - kept) * p);
        self.steps = self.steps.saturating_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_the_definition() {
        let (mut average, mut expected) = (Average::new(0.5, &[4.0]), 4.0f64);
        for t in 0..30 {
            let p = f64::from(t % 5);
            average.add(&[p as f32]);
            let d = f64::min(0.5, f64::from(1 + t) / f64::from(10 + t));
            expected = d * expected + (1.0 - d) * p;
            assert!((f64::from(average.params()[0]) - expected).abs() < 1e-5, "{average:?} {expected}");
        }
    }
}
