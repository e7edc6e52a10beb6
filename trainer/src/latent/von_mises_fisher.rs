//! The von Mises–Fisher posterior with a uniform prior on the sphere (derivation: `docs/von-mises-fisher.md`).
//!
//! `z = (1 − t) μ + √(t (2 − t)) v`, v a uniform direction across μ, t drawn by inversion of its distribution function, so
//! that dt/dκ is the implicit reparameterisation (Figurnov, Mohamed and Mnih 2018). μ moves z by the rotation that moves
//! μ to its new place and nothing else, which maps the law about one μ onto that about the other.

use elbow::distribution::{MAX_CONCENTRATION, VmfNormalizer, vmf_normalizer};

use super::{Posterior, Pull};
use crate::net::buffer::Buffer;
use crate::net::dense;
use crate::net::layout::{Concentration, Dense};
use crate::net::real::Real;
use crate::vmf_gradient::{ImplicitVmf, mean_resultant_slope};

/// What is needed on the way back.
#[derive(Debug, Default)]
pub(super) struct Sphere<T> {
    /// the layer's directions, and of length 1, `[row][dim]`
    raw: Vec<T>,
    mean: Vec<T>,
    /// lengths of the raw directions, `[row]`
    length: Vec<T>,
    /// `κ = softplus(raw_kappa) + 1`, `[row]`
    raw_kappa: Vec<T>,
    kappa: Vec<f64>,
    normalizer: Vec<VmfNormalizer<f64>>,
    /// t, dt/dκ, `[row][sample]`, and v, `[row][sample][dim]`
    t: Vec<f64>,
    dt: Vec<f64>,
    across: Vec<T>,
}

/// Draws z ~ q(z|x).
pub(super) fn forward<T: Real>(
    posterior: &Posterior<'_, T>,
    mean: &Dense,
    concentration: &Concentration,
    draws: &mut Sphere<T>,
    z: &mut [T],
) {
    let Posterior { params, hidden, samples, .. } = *posterior;
    let (dim, rows) = (mean.outputs, hidden.len() / mean.inputs);
    draws.raw.resize(rows * dim, T::ZERO);
    draws.raw_kappa.resize(rows, T::ZERO);
    draws.across.resize(z.len(), T::ZERO);
    dense::forward(mean, params, hidden, &mut draws.raw);
    if let Concentration::Learned(kappa) = concentration {
        dense::forward(kappa, params, hidden, &mut draws.raw_kappa);
    }
    draws.normalize(dim);
    draws.kappa.clear();
    draws.kappa.extend(draws.raw_kappa.iter().map(|raw| match concentration {
        Concentration::Learned(_) => (raw.to_f64().softplus() + 1.0).min(f64::from(MAX_CONCENTRATION)),
        Concentration::Fixed(kappa) => f64::from(*kappa),
    }));
    draws.normalizer.clear();
    draws.normalizer.extend(draws.kappa.iter().map(|&kappa| vmf_normalizer(dim, kappa)));
    draws.t.clear();
    draws.dt.clear();
    let drawn = z.chunks_exact_mut(dim * samples).zip(draws.across.chunks_exact_mut(dim * samples));
    let noise = posterior.noise.chunks_exact((dim + 1) * samples);
    for (row, ((z, across), noise)) in drawn.zip(noise).enumerate() {
        let mean = &draws.mean[row * dim..(row + 1) * dim];
        let law = ImplicitVmf::new(dim, draws.kappa[row]);
        let samples =
            z.chunks_exact_mut(dim).zip(across.chunks_exact_mut(dim)).zip(noise.chunks_exact(dim + 1));
        for ((z, across), noise) in samples {
            // a standard normal through its distribution function is uniform
            let uniform = 0.5 * libm::erfc(-noise[0].to_f64() * std::f64::consts::FRAC_1_SQRT_2);
            let (t, dt) = law.draw(uniform);
            across_mean(mean, &noise[1..], across);
            let (along, length) = (T::from_f64(1.0 - t), T::from_f64((t * (2.0 - t)).max(0.0).sqrt()));
            for ((z, m), v) in z.iter_mut().zip(mean).zip(across.iter()) {
                *z = along * *m + length * *v;
            }
            draws.t.push(t);
            draws.dt.push(dt);
        }
    }
}

impl<T: Real> Sphere<T> {
    /// `μ = m / |m|`; the first axis where m is zero.
    fn normalize(&mut self, dim: usize) {
        self.mean.clone_from(&self.raw);
        self.length.clear();
        for mean in self.mean.chunks_exact_mut(dim) {
            let length = mean.iter().fold(0.0, |sum, m| sum + m.to_f64() * m.to_f64()).sqrt();
            if length > 0.0 {
                mean.iter_mut().for_each(|m| *m = T::from_f64(m.to_f64() / length));
            } else {
                mean[0] = T::ONE;
            }
            self.length.push(T::from_f64(length));
        }
    }
}

/// The unit vector across `mean` in the direction of `noise`.
fn across_mean<T: Real>(mean: &[T], noise: &[T], across: &mut [T]) {
    let along = dot(mean, noise);
    let mut square = 0.0;
    for ((v, g), m) in across.iter_mut().zip(noise).zip(mean) {
        *v = *g - T::from_f64(along) * *m;
        square += v.to_f64() * v.to_f64();
    }
    // a draw along μ has no direction across it: z is then μ itself, with probability zero
    let scale = if square > 0.0 { 1.0 / square.sqrt() } else { 0.0 };
    across.iter_mut().for_each(|v| *v = T::from_f64(v.to_f64() * scale));
}

fn dot<T: Real>(a: &[T], b: &[T]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a.to_f64() * b.to_f64()).sum()
}

/// `log p(z) − log q(z|x) = κ t + Lc` of each sample, relative to the uniform distribution, added to `out[row][sample]`.
pub(super) fn add_log_ratio<T: Real>(posterior: &Posterior<'_, T>, draws: &Sphere<T>, out: &mut [f64]) {
    for (k, (out, t)) in out.iter_mut().zip(&draws.t).enumerate() {
        let row = k / posterior.samples;
        *out += draws.kappa[row] * t + draws.normalizer[row].log_normalizer;
    }
}

/// `KL(q(z|x) ‖ uniform) = κA − L` of one row.
pub(super) fn divergence<T>(draws: &Sphere<T>, row: usize) -> f64 {
    draws.normalizer[row].kl_to_uniform
}

/// Of the sphere as a whole, mean over the rows.
pub(super) fn unit_divergences<T>(draws: &Sphere<T>, out: &mut Vec<f64>) {
    out.clear();
    let total: f64 = draws.normalizer.iter().map(|normalizer| normalizer.kl_to_uniform).sum();
    out.push(total / draws.normalizer.len() as f64);
}

/// `∂m` and `∂raw_kappa`, from `∂z` of the likelihood, the divergence and the kept samples.
pub(super) fn backward<T: Real>(
    posterior: &Posterior<'_, T>,
    draws: &Sphere<T>,
    z: &[T],
    d_divergence: f64,
    pulls: &[Pull<T>],
    d_z: &[T],
    [d_raw, d_raw_kappa]: &mut [Buffer<T>; 2],
) {
    let dim = posterior.latent.dim();
    d_raw.resize(draws.raw.len());
    d_raw_kappa.resize(draws.kappa.len());
    d_raw.fill(T::ZERO);
    let mut kept = pulls.iter().zip(z.chunks_exact(dim).zip(d_z.chunks_exact(dim))).peekable();
    for (row, d_mean) in d_raw.chunks_exact_mut(dim).enumerate() {
        // ∂KL/∂κ = κ A'
        let kappa = draws.kappa[row];
        let mut d_kappa = d_divergence * kappa * mean_resultant_slope(dim, kappa);
        while let Some((pull, (z, d_z))) = kept.next_if(|(pull, _)| pull.sample / posterior.samples == row) {
            d_kappa += draws.backward_sample(pull, row, z, d_z, d_mean);
        }
        d_raw_kappa[row] = draws.backward_row(row, d_mean, d_kappa);
    }
}

impl<T: Real> Sphere<T> {
    /// Adds to `∂μ`; the sample's part of `∂κ`. At this z `log q = −κ t − Lc(κ)` with `dLc/dκ = A − 1`, and the ratio's
    /// slope in z is `−κ μ`, in which the rotation turns z by nothing.
    fn backward_sample(&self, pull: &Pull<T>, row: usize, z: &[T], d_z: &[T], d_mean: &mut [T]) -> f64 {
        let [ratio, path, score] = [pull.d_log_ratio, pull.path, pull.score].map(T::to_f64);
        let (dim, k) = (z.len(), pull.sample);
        let mean = &self.mean[row * dim..][..dim];
        let (kappa, t, dt, across) = (self.kappa[row], self.t[k], self.dt[k], &self.across[k * dim..][..dim]);
        let (along, downhill) = (dot(mean, z), dot(mean, d_z));
        // the rotation: dz = dμ (μ·z) − μ (dμ·z), hence ∂μ = (μ·z) ∂z − (μ·∂z) z; ∂log q/∂μ = κ z; what lies along μ is no matter
        let (turn, pull_z) = (path * along, (path - score) * ratio * kappa - path * downhill);
        for ((d_mean, d_z), z) in d_mean.iter_mut().zip(d_z).zip(z) {
            *d_mean += T::from_f64(turn) * *d_z + T::from_f64(pull_z) * *z;
        }
        // dz/dt = −μ + (1 − t)/√(t (2 − t)) v
        let length = (t * (2.0 - t)).max(f64::MIN_POSITIVE).sqrt();
        let d_t = (1.0 - t) / length * dot(across, d_z) - downhill;
        path * (d_t + ratio * kappa) * dt + score * ratio * (t - self.normalizer[row].mean_t)
    }

    /// From `∂μ` to `∂m`, in place; from `∂κ` to `∂raw_kappa`.
    fn backward_row(&self, row: usize, d_mean: &mut [T], d_kappa: f64) -> T {
        let dim = d_mean.len();
        let mean = &self.mean[row * dim..][..dim];
        // μ = m/|m|: ∂m = (∂μ − μ (μ·∂μ)) / |m|
        let radial = dot(mean, d_mean);
        let inverse = self.length[row].to_f64();
        let inverse = if inverse > 0.0 { 1.0 / inverse } else { 0.0 };
        for (d, m) in d_mean.iter_mut().zip(mean) {
            *d = T::from_f64((d.to_f64() - radial * m.to_f64()) * inverse);
        }
        // κ = softplus(s) + 1; at its limit it has no slope
        let free = self.kappa[row] < f64::from(MAX_CONCENTRATION);
        let slope = if free { self.raw_kappa[row].to_f64().sigmoid() } else { 0.0 };
        T::from_f64(d_kappa * slope)
    }
}

#[cfg(test)]
mod tests {
    use elbow::architecture::{Architecture, ConcentrationKind, FeaturesKind, LatentKind, LikelihoodKind};
    use rand_core::Rng;

    use super::dot;
    use crate::latent::{Draws, Posterior, Pull};
    use crate::net::buffer::Buffer;
    use crate::net::layout::Layout;
    use elbow::distribution::vmf_normalizer;
    use elbow_host::random::{Purpose, stream};

    const KAPPA: f32 = 5.0;

    /// A posterior without an encoder in `dim` dimensions: m and its derivative, `∂loss/∂m` for the loss `mean over samples of
    /// g·z`, and z.
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
        let (mut draws, mut d_hidden) = (Draws::default(), Buffer::default());
        let posterior = Posterior {
            latent: &layout.latent,
            params: params[..].into(),
            hidden: &hidden,
            noise: &noise,
            samples,
        };
        posterior.forward(&mut draws);
        let d_z: Vec<f64> = g.iter().map(|g| g / samples as f64).cycle().take(samples * dim).collect();
        let pull = |sample| Pull { sample, d_log_ratio: 0.0, path: 1.0, score: 1.0 };
        let pulls: Vec<_> = (0..samples).map(pull).collect();
        posterior.backward(&mut draws, (0.0, 0.0), &pulls, &d_z, Some(&mut d_hidden));
        Drawn { d_m: draws.d_output(0).to_vec(), z: draws.z.to_vec(), m: draws.sphere.raw, g }
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

    /// `E[g·z] = A g·μ`, whose derivative in m is `A (g − μ (μ·g)) / |m|`. One sample's is no longer than |g| / |m|, so the
    /// mean of N = 200,000 is within 5 |g| / (|m| √N) but for one time in 10⁶.
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
}
