//! The rate of bits-back coding against the bound of the same model.

use elbow_host::model::ModelBytes;
use elbow_reader::Dataset;
use std::f64::consts::LN_2;
use std::time::{Duration, Instant};

/// What a log of frames took.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    /// bits of the log, header and all, for each number of a frame
    pub bits_per_dim: f64,
    /// the same without header and initial bits: what a log that holds some other frames already grows by,
    /// which is how rates of bits-back coding are published
    pub net_bits_per_dim: f64,
    /// the negative bound of the score with as many samples, in the same unit
    pub bound: f64,
    /// time to write the log
    pub encode: Duration,
    /// time to read it
    pub decode: Duration,
}

impl Rate {
    /// What the coder costs above the bound, as a part of it.
    pub fn overhead(&self) -> f64 {
        self.bits_per_dim / self.bound - 1.0
    }
}

/// Frames that a log holds already where it is measured by how much it grows.
const BEFORE: usize = 10;
/// Samples from which bounds are estimated, of all frames together: with K samples as many bounds as these
/// have room for, averaged. With 32 for each of 700 frames the mean was 0.7 % off.
const DRAWS: usize = 1 << 18;

/// Writes the first `rows` frames as a log of K = `samples`, and reads it.
///
/// # Panics
/// The model has no logs, or the frames do not come back.
pub fn measure(model: &ModelBytes, frames: &Dataset, rows: usize, samples: u8) -> Rate {
    measure_refined(model, frames, rows, samples, 0)
}

/// As [`measure`], posteriors refined in so many steps.
///
/// # Panics
/// As there.
pub fn measure_refined(model: &ModelBytes, frames: &Dataset, rows: usize, samples: u8, steps: u8) -> Rate {
    let values = &frames.values[..rows * frames.dims];
    let start = Instant::now();
    let log = model.encode_refined_log(values, samples, steps).unwrap();
    let encode = start.elapsed();
    let start = Instant::now();
    assert!(model.decode_log(&log).unwrap() == values, "other frames come back");
    let decode = start.elapsed();

    let before = &frames.values[frames.values.len() - BEFORE * frames.dims..];
    let lengths = [before.to_vec(), [before, values].concat()]
        .map(|all| model.encode_refined_log(&all, samples, steps).unwrap().len());
    let grown = lengths[1] - lengths[0];

    let engine = model.open().unwrap().engine;
    let k = usize::from(samples);
    let draws = (DRAWS / rows).clamp(32, 1024).max(k) as u32;
    let bound_of = |row| {
        let latent = engine.latent().unwrap();
        let weights = match steps {
            0 => latent.log_weights(frames.row(row), draws, None).unwrap(),
            _ => latent.refined(frames.row(row), draws, steps.into(), None).unwrap().log_weights,
        };
        let bounds = weights.chunks_exact(k).map(log_mean_exp);
        bounds.sum::<f64>() / (weights.len() / k) as f64
    };
    let bound: f64 = (0..rows).map(bound_of).sum();
    let per_dim = 1.0 / values.len() as f64;
    Rate {
        bits_per_dim: 8.0 * log.len() as f64 * per_dim,
        net_bits_per_dim: 8.0 * grown as f64 * per_dim,
        bound: -bound / LN_2 * per_dim,
        encode,
        decode,
    }
}

fn log_mean_exp(log_weights: &[f32]) -> f64 {
    let highest = log_weights.iter().fold(f32::MIN, |highest, value| highest.max(*value));
    let sum: f64 = log_weights.iter().map(|value| f64::from(value - highest).exp()).sum();
    f64::from(highest) + (sum / log_weights.len() as f64).ln()
}
