//! The gradient in the mean direction of a von Mises–Fisher posterior: against rotations, and on average.

use elbow::architecture::{Architecture, ConcentrationKind, FeaturesKind, LatentKind, LikelihoodKind};
use rand_core::Rng;

use super::{Encoded, Latent};
use crate::latent::Pull;
use crate::layout::Layout;
use crate::net::buffer::Buffer;
use crate::net::dense;
use elbow::distribution::vmf_normalizer;
use elbow_host::random::{Purpose, stream};

const KAPPA: f32 = 5.0;

/// A posterior without an encoder in `dim` dimensions: m and its derivative,
/// `∂loss/∂m` for the loss `mean over samples of g·z`, and z.
struct Drawn {
    m: Vec<f64>,
    d_m: Vec<f64>,
    g: Vec<f64>,
    z: Vec<f64>,
}

fn draw(dim: usize, samples: usize) -> Drawn {
    let layout = Layout::new(&Architecture {
        preprocessing: FeaturesKind::Standardize,
        features: dim as u32,
        encoder: [].into_iter().collect(),
        latent: LatentKind::VonMisesFisher {
            dim: dim as u32,
            concentration: ConcentrationKind::Fixed { kappa: KAPPA },
        },
        decoder: [].into_iter().collect(),
        likelihood: LikelihoodKind::Gaussian,
        weights: elbow::architecture::WeightKind::F32,
    });
    let mut rng = stream(7, Purpose::Noise, dim as u64, 0);
    let mut normals =
        |n| -> Vec<f64> { (0..n).map(|_| elbow::math::normal_quantile(rng.next_u32()).into()).collect() };
    let (params, hidden, g) = (normals(layout.len), normals(dim), normals(dim));
    let noise = normals(samples * (dim + 1));
    let (mut latent, mut d_hidden) = (Latent::new(&layout), Buffer::default());
    let encoded =
        Encoded { layout: &layout, params: params[..].into(), hidden: &hidden, noise: &noise, samples };
    latent.forward(&encoded);
    let d_z: Vec<f64> = g.iter().map(|g| g / samples as f64).cycle().take(samples * dim).collect();
    let pull = |sample| Pull { sample, d_log_ratio: 0.0, path: 1.0, score: 1.0 };
    let pulls: Vec<_> = (0..samples).map(pull).collect();
    latent.backward(&encoded, (0.0, 0.0), &pulls, &d_z, Some(&mut d_hidden));
    let mut m = vec![0.0; dim];
    dense::forward(&layout.posterior_heads[0], encoded.params, &hidden, &mut m);
    Drawn { d_m: latent.d_output(0).to_vec(), z: latent.z.to_vec(), m, g }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn unit(m: &[f64]) -> Vec<f64> {
    let length = dot(m, m).sqrt();
    m.iter().map(|m| m / length).collect()
}

/// z after the rotation that takes the unit vector a to b and leaves alone what is across both.
fn rotate(a: &[f64], b: &[f64], z: &[f64]) -> Vec<f64> {
    // R z = z − (a + b) ((a + b)·z) / (1 + a·b) + 2 b (a·z)
    let (fold, along) = ((dot(a, z) + dot(b, z)) / (1.0 + dot(a, b)), dot(a, z));
    a.iter().zip(b).zip(z).map(|((a, b), z)| z - (a + b) * fold + 2.0 * b * along).collect()
}

#[test]
fn the_mean_direction_turns_its_sample() {
    for dim in [2, 3, 4, 8] {
        let Drawn { m, d_m, g, z } = draw(dim, 1);
        for (i, d) in d_m.iter().enumerate() {
            let moved = |h: f64| {
                let mut there = m.clone();
                there[i] += h;
                dot(&g, &rotate(&unit(&m), &unit(&there), &z))
            };
            let difference = (moved(1e-5) - moved(-1e-5)) / 2e-5;
            assert!((d - difference).abs() < 1e-8, "d = {dim}, {i}: {d} {difference}");
        }
    }
}

/// `E[g·z] = A g·μ`, whose derivative in m is `A (g − μ (μ·g)) / |m|`. One sample's is no longer than |g| /
/// |m|, so the mean of N = 200,000 is within 5 |g| / (|m| √N) but for one time in 10⁶.
#[test]
fn the_gradient_in_the_mean_direction_is_unbiased() {
    const N: usize = 200_000;
    for dim in [3, 4, 8] {
        let Drawn { m, d_m, g, .. } = draw(dim, N);
        let resultant = vmf_normalizer(dim, f64::from(KAPPA)).mean_resultant_length;
        let (mean, length) = (unit(&m), dot(&m, &m).sqrt());
        let limit = 5.0 * dot(&g, &g).sqrt() / (length * (N as f64).sqrt());
        for ((d, g_i), mean_i) in d_m.iter().zip(&g).zip(&mean) {
            let expected = resultant * (g_i - mean_i * dot(&mean, &g)) / length;
            assert!((d - expected).abs() < limit, "d = {dim}: {d} {expected} ± {limit}");
        }
    }
}
