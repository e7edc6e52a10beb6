//! Windows of integer samples of every kind that a sensor, or a bad day, may give.

use crate::models::uniform;
use elbow::codec::{IntegerLaw, Predictor, Sample, Shape};
use rand_core::Rng;

/// Kinds of [`signal`].
pub const KINDS: u32 = 8;

/// `rows` rows of `channels` channels: waves, walks, noise, steps, spikes,
/// constants, extremes, or what [`Waves`] predicts.
pub fn signal<S: Sample>(kind: u32, rows: usize, channels: usize, rng: &mut impl Rng) -> Vec<S> {
    let scale = (1 << (rng.next_u32() % 15)) as f32;
    let phase = 6.0 * uniform(rng);
    let mut level: Vec<f32> = (0..channels).map(|_| 1000.0 * uniform(rng)).collect();
    let mut samples = Vec::with_capacity(rows * channels);
    for row in 0..rows {
        for (channel, level) in level.iter_mut().enumerate() {
            let noise = uniform(rng) + uniform(rng) + uniform(rng);
            let wave = f64::from(0.2 * row as f32 + phase + channel as f32).sin() as f32;
            let rare = rng.next_u32().is_multiple_of(23);
            let value = match kind % KINDS {
                0 => scale * wave + noise,
                1 => {
                    *level += 0.1 * scale * noise;
                    *level
                }
                2 => scale * noise,
                3 => {
                    *level = if rare { scale * noise } else { *level };
                    *level
                }
                4 => wave + if rare { scale * scale * noise } else { 0.0 },
                5 => *level,
                6 => f32::from(u8::from(rare)) * noise,
                _ => Waves::value(row * channels + channel, (scale as i32) % 50, 7) as f32 + noise,
            };
            let extreme = [i32::MIN, i32::MAX, 0, -1][rng.next_u32() as usize % 4];
            let is_extreme = kind % KINDS == 6 && rng.next_u32().is_multiple_of(3);
            samples.push(S::from_i32(if is_extreme { extreme } else { value as i32 }));
        }
    }
    samples
}

/// A model of two latents whose windows are sums of two waves, in integers.
#[derive(Clone, Copy, Debug)]
pub struct Waves {
    /// samples in a window
    pub frame: usize,
}

impl Waves {
    /// One sample of the windows of two latents.
    pub fn value(at: usize, k0: i32, k1: i32) -> i32 {
        let wave = |period: usize| (at % period) as i32 - period as i32 / 2;
        k0.wrapping_mul(wave(16)).wrapping_add(k1.wrapping_mul(wave(10)))
    }
}

impl Predictor for Waves {
    fn id(&self) -> u32 {
        0x5741_5645
    }

    fn frame(&self) -> Option<usize> {
        Some(self.frame)
    }

    fn latents(&self) -> usize {
        2
    }

    fn prior(&self, latent: usize) -> IntegerLaw {
        IntegerLaw::new(Shape::Gaussian, 8 + latent as u8).expect("a scale")
    }

    fn encode(&self, window: &[i32], latents: &mut [i32]) -> Option<()> {
        let wave = |period: i64, at: usize| at as i64 % period - period / 2;
        let (mut k0, mut k1) = (0, 0);
        let rest = |at: usize, k0, k1| i64::from(window[at]) - k0 * wave(16, at) - k1 * wave(10, at);
        let project = |period, k0, k1| {
            let samples = 0..window.len();
            let dot: i128 = samples.clone().map(|at| i128::from(rest(at, k0, k1) * wave(period, at))).sum();
            let norm: i128 = samples.map(|at| i128::from(wave(period, at).pow(2))).sum();
            (dot + norm / 2).div_euclid(norm.max(1)) as i64
        };
        for _ in 0..4 {
            k0 += project(16, k0, k1);
            k1 += project(10, k0, k1);
        }
        (latents[0], latents[1]) = (k0 as i32, k1 as i32);
        (window.len() == self.frame).then_some(())
    }

    fn decode(&self, latents: &[i32], window: &mut [i32]) -> Option<()> {
        for (at, x) in window.iter_mut().enumerate() {
            *x = Waves::value(at, latents[0], latents[1]);
        }
        (window.len() == self.frame).then_some(())
    }
}
