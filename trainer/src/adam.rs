//! Adam (Kingma and Ba 2015) with decoupled weight decay (Loshchilov and Hutter 2019).

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::net::simd::wide;

/// Parameters that one thread updates in one go.
const CHUNK: usize = 1 << 16;

/// The constants of Adam; the learning rate is given at each step.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct AdamConfig {
    /// how much of the mean gradient is kept at each step
    pub beta1: f32,
    /// how much of the mean squared gradient is kept at each step
    pub beta2: f32,
    /// added to the root of the mean square
    pub epsilon: f32,
    /// mean squared gradient before the first step. Adam's is 0; from 1 the steps begin short and grow over
    /// some `1 / (1 − beta2)` of them, as in the program of Burda, Grosse and Salakhutdinov (2016)
    pub square_start: f32,
    /// part of each parameter that a step of rate 1 removes; 0: plain Adam
    pub weight_decay: f32,
}

impl Default for AdamConfig {
    fn default() -> Self {
        AdamConfig { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, square_start: 0.0, weight_decay: 0.0 }
    }
}

/// The optimiser's state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Adam {
    config: AdamConfig,
    mean: Vec<f32>,
    square: Vec<f32>,
    beta1_power: f64,
    beta2_power: f64,
}

impl Adam {
    /// Before the first step, for `len` parameters.
    pub fn new(config: AdamConfig, len: usize) -> Adam {
        let square = vec![config.square_start; len];
        Adam { config, mean: vec![0.0; len], square, beta1_power: 1.0, beta2_power: 1.0 }
    }

    /// Whether it moves so many parameters: one read from a file may have any size.
    pub fn fits(&self, len: usize) -> bool {
        self.mean.len() == len && self.square.len() == len
    }

    /// Moves `params` against `gradient`. Each parameter is computed on its own: threads change no bit.
    pub fn step(&mut self, params: &mut [f32], gradient: &[f32], learning_rate: f32) {
        self.beta1_power *= f64::from(self.config.beta1);
        self.beta2_power *= f64::from(self.config.beta2);
        let update = Update {
            config: self.config,
            rate: (f64::from(learning_rate) / (1.0 - self.beta1_power)) as f32,
            root: (1.0 / (1.0 - self.beta2_power).sqrt()) as f32,
            keep: 1.0 - learning_rate * self.config.weight_decay,
        };
        if params.len() <= CHUNK {
            // Waking other threads would take longer than the update.
            return update.apply(params, gradient, &mut self.mean, &mut self.square);
        }
        let moments = self.mean.par_chunks_mut(CHUNK).zip(self.square.par_chunks_mut(CHUNK));
        let chunks = params.par_chunks_mut(CHUNK).zip(gradient.par_chunks(CHUNK)).zip(moments);
        chunks.for_each(|((p, g), (m, v))| update.apply(p, g, m, v));
    }
}

/// The factors of one step.
#[derive(Clone, Copy)]
struct Update {
    config: AdamConfig,
    /// learning rate / (1 − β₁ᵗ)
    rate: f32,
    /// 1 / √(1 − β₂ᵗ)
    root: f32,
    /// 1 − learning rate · weight decay
    keep: f32,
}

impl Update {
    fn apply(self, params: &mut [f32], gradient: &[f32], mean: &mut [f32], square: &mut [f32]) {
        let AdamConfig { beta1, beta2, epsilon, .. } = self.config;
        let moments = mean.iter_mut().zip(square);
        wide(
            #[inline(always)]
            || {
                for ((p, g), (m, v)) in params.iter_mut().zip(gradient).zip(moments) {
                    // m = β₁ m + (1 − β₁) g,  v = β₂ v + (1 − β₂) g²
                    *m = flush(beta1 * *m + (1.0 - beta1) * g);
                    *v = flush(beta2 * *v + (1.0 - beta2) * (g * g));
                    // p −= rate m̂ / (√v̂ + ε)
                    *p = self.keep * *p - self.rate * *m / (self.root * sqrt(*v) + epsilon);
                }
            },
        );
    }
}

/// A moment that decays must end at 0: among the subnormals it would stay
/// for ever, at a hundred cycles a step.
#[inline(always)]
fn flush(moment: f32) -> f32 {
    if moment.abs() < 1e-36 { 0.0 } else { moment }
}

/// std's root is correctly rounded by IEEE 754, hence equal to core's, and
/// unlike core's it is one vector instruction.
#[inline(always)]
#[allow(clippy::disallowed_methods)]
fn sqrt(x: f32) -> f32 {
    x.sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_step_is_the_learning_rate_against_the_sign() {
        let mut params = [1.0, 1.0, 1.0];
        Adam::new(AdamConfig::default(), 3).step(&mut params, &[5.0, -1e-3, 0.0], 0.1);
        for (p, expected) in params.iter().zip([0.9, 1.1, 1.0]) {
            assert!((p - expected).abs() < 1e-5, "{params:?}");
        }
    }

    #[test]
    fn follows_the_definition_over_many_steps() {
        let adam = AdamConfig { weight_decay: 0.1, ..AdamConfig::default() };
        let iwae = AdamConfig { beta1: 0.99, epsilon: 1e-4, square_start: 1.0, ..AdamConfig::default() };
        for config in [adam, iwae] {
            let AdamConfig { beta1, beta2, epsilon, square_start, weight_decay } = config;
            let [b1, b2, epsilon, decay] = [beta1, beta2, epsilon, weight_decay].map(f64::from);
            let (mut adam, mut params) = (Adam::new(config, 1), [0.3f32]);
            let (mut p, mut m, mut v) = (0.3f64, 0.0, f64::from(square_start));
            for t in 1..=100 {
                let g = f64::from(t % 7) - 2.5;
                adam.step(&mut params, &[g as f32], 0.01);
                m = b1 * m + (1.0 - b1) * g;
                v = b2 * v + (1.0 - b2) * g * g;
                let (m_hat, v_hat) = (m / (1.0 - b1.powi(t)), v / (1.0 - b2.powi(t)));
                p -= 0.01 * (m_hat / (v_hat.sqrt() + epsilon) + decay * p);
                assert!((f64::from(params[0]) - p).abs() < 1e-5, "step {t}: {params:?}, {p}");
            }
        }
    }

    #[test]
    fn moments_of_a_dead_parameter_reach_zero() {
        let (mut adam, mut params) = (Adam::new(AdamConfig::default(), 1), [0.0]);
        adam.step(&mut params, &[1e-3], 0.1);
        (0..2000).for_each(|_| adam.step(&mut params, &[0.0], 0.1));
        assert_eq!(adam.mean, [0.0]);
    }
}
