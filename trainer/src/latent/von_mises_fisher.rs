//! The von Mises–Fisher posterior; the prior that it knows is uniform on the
//! sphere (derivation: `docs/von-mises-fisher.md`).
//!
//! `z = (1 − t) μ + √(t (2 − t)) v`, v a uniform direction across μ, t drawn by inversion of its
//! distribution function, so that dt/dκ is the implicit reparameterisation (Figurnov, Mohamed and
//! Mnih 2018). μ moves z by the rotation that moves μ to its new place and nothing else, which
//! maps the law about one μ onto that about the other.

use elbow::architecture::{ConcentrationKind, TABLE_CELLS};
use elbow::distribution::{MAX_CONCENTRATION, VmfNormalizer, build_vmf_table, vmf_normalizer};

use super::{Heads, Posterior, Pull, Slopes};
use crate::net::buffer::Buffer;
use crate::net::real::Real;
use crate::vmf_gradient::{ImplicitVmf, mean_resultant_slope};
use elbow_host::file::write::Sections;

/// The first head gives directions of any length, the second, where the
/// concentration is learned, what it is a function of.
#[derive(Debug)]
pub(super) struct VonMisesFisher<T> {
    dim: usize,
    concentration: ConcentrationKind,
    /// the directions, of length 1, `[row][dim]`
    mean: Vec<T>,
    /// lengths of the directions before, `[row]`
    length: Vec<T>,
    /// κ: one number, or `softplus + 1` of the second head
    kappa: Vec<f64>,
    normalizer: Vec<VmfNormalizer<f64>>,
    /// t, dt/dκ, `[row][sample]`, and v, `[row][sample][dim]`
    t: Vec<f64>,
    dt: Vec<f64>,
    across: Vec<T>,
}

impl<T: Real> VonMisesFisher<T> {
    pub(super) fn new(dim: u32, concentration: ConcentrationKind) -> Self {
        let [mean, length, across] = [const { Vec::new() }; 3];
        let [kappa, t, dt] = [const { Vec::new() }; 3];
        let dim = dim as usize;
        VonMisesFisher { dim, concentration, mean, length, kappa, normalizer: Vec::new(), t, dt, across }
    }

    /// `μ = m / |m|`; the first axis where m is zero.
    fn normalize(&mut self, raw: &[T]) {
        self.mean.clear();
        self.mean.extend(raw);
        self.length.clear();
        for mean in self.mean.chunks_exact_mut(self.dim) {
            let length = mean.iter().fold(0.0, |sum, m| sum + m.to_f64() * m.to_f64()).sqrt();
            if length > 0.0 {
                mean.iter_mut().for_each(|m| *m = T::from_f64(m.to_f64() / length));
            } else {
                mean[0] = T::ONE;
            }
            self.length.push(T::from_f64(length));
        }
    }

    /// κ of each row, and its normaliser.
    fn concentrate(&mut self, outputs: &[Buffer<T>]) {
        let VonMisesFisher { dim, concentration, kappa, normalizer, length, .. } = self;
        kappa.clear();
        match *concentration {
            ConcentrationKind::Learned => {
                let learned = |raw: &T| (raw.to_f64().softplus() + 1.0).min(f64::from(MAX_CONCENTRATION));
                kappa.extend(outputs[1].iter().map(learned));
            }
            ConcentrationKind::Fixed { kappa: one } | ConcentrationKind::Tabled { kappa: one } => {
                kappa.resize(length.len(), one.into());
            }
        }
        normalizer.clear();
        normalizer.extend(kappa.iter().map(|&kappa| vmf_normalizer(*dim, kappa)));
    }

    /// Adds to `∂μ`; the sample's part of `∂κ`. At this z `log q = −κ t − Lc(κ)` with `dLc/dκ = A − 1`, and
    /// the ratio's slope in z is `−κ μ`, in which the rotation turns z by nothing.
    fn backward_sample(&self, pull: &Pull<T>, row: usize, z: &[T], d_z: &[T], d_mean: &mut [T]) -> f64 {
        let [ratio, path, score] = [pull.d_log_ratio, pull.path, pull.score].map(T::to_f64);
        let (dim, k) = (z.len(), pull.sample);
        let mean = &self.mean[row * dim..][..dim];
        let (kappa, t, dt, across) = (self.kappa[row], self.t[k], self.dt[k], &self.across[k * dim..][..dim]);
        let (along, downhill) = (dot(mean, z), dot(mean, d_z));
        // the rotation: dz = dμ (μ·z) − μ (dμ·z), hence ∂μ = (μ·z) ∂z − (μ·∂z) z;
        // ∂log q/∂μ = κ z; what lies along μ is no matter
        let (turn, pull_z) = (path * along, (path - score) * ratio * kappa - path * downhill);
        for ((d_mean, d_z), z) in d_mean.iter_mut().zip(d_z).zip(z) {
            *d_mean += T::from_f64(turn) * *d_z + T::from_f64(pull_z) * *z;
        }
        // dz/dt = −μ + (1 − t)/√(t (2 − t)) v
        let length = (t * (2.0 - t)).max(f64::MIN_POSITIVE).sqrt();
        let d_t = (1.0 - t) / length * dot(across, d_z) - downhill;
        path * (d_t + ratio * kappa) * dt + score * ratio * (t - self.normalizer[row].mean_t)
    }

    /// From `∂μ` to `∂m`, in place.
    fn backward_mean(&self, row: usize, d_mean: &mut [T]) {
        let mean = &self.mean[row * self.dim..][..self.dim];
        // μ = m/|m|: ∂m = (∂μ − μ (μ·∂μ)) / |m|
        let radial = dot(mean, d_mean);
        let inverse = self.length[row].to_f64();
        let inverse = if inverse > 0.0 { 1.0 / inverse } else { 0.0 };
        for (d, m) in d_mean.iter_mut().zip(mean) {
            *d = T::from_f64((d.to_f64() - radial * m.to_f64()) * inverse);
        }
    }

    /// From `∂κ` to that in what it is a function of: `κ = softplus(s) + 1`; at its limit it has no slope.
    fn backward_kappa(&self, row: usize, raw: T, d_kappa: f64) -> T {
        let free = self.kappa[row] < f64::from(MAX_CONCENTRATION);
        let slope = if free { raw.to_f64().sigmoid() } else { 0.0 };
        T::from_f64(d_kappa * slope)
    }
}

impl<T: Real> Posterior<T> for VonMisesFisher<T> {
    fn dim(&self) -> usize {
        self.dim
    }

    fn heads(&self) -> Vec<usize> {
        match self.concentration {
            ConcentrationKind::Learned => vec![self.dim, 1],
            ConcentrationKind::Fixed { .. } | ConcentrationKind::Tabled { .. } => vec![self.dim],
        }
    }

    fn noise_len(&self) -> usize {
        1 + self.dim
    }

    fn gain(&self) -> f64 {
        (self.dim as f64).sqrt()
    }

    fn draw(&mut self, heads: &Heads<'_, T>, z: &mut [T]) {
        let Heads { outputs, noise, samples } = *heads;
        self.normalize(&outputs[0]);
        self.concentrate(outputs);
        let VonMisesFisher { dim, mean, kappa, across, t: ts, dt: dts, .. } = self;
        let dim = *dim;
        across.resize(z.len(), T::ZERO);
        ts.clear();
        dts.clear();
        let drawn = z.chunks_exact_mut(dim * samples).zip(across.chunks_exact_mut(dim * samples));
        let noise = noise.chunks_exact((dim + 1) * samples);
        for (row, ((z, across), noise)) in drawn.zip(noise).enumerate() {
            let mean = &mean[row * dim..(row + 1) * dim];
            let law = ImplicitVmf::new(dim, kappa[row]);
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
                ts.push(t);
                dts.push(dt);
            }
        }
    }

    /// `κ t + Lc`, relative to the uniform distribution
    fn add_log_ratio(&self, heads: &Heads<'_, T>, _: &[T], out: &mut [f64]) {
        self.add_surprise(heads, out);
    }

    /// That of the density relative to the uniform distribution.
    fn add_surprise(&self, heads: &Heads<'_, T>, out: &mut [f64]) {
        for (k, (out, t)) in out.iter_mut().zip(&self.t).enumerate() {
            let row = k / heads.samples;
            *out += self.kappa[row] * t + self.normalizer[row].log_normalizer;
        }
    }

    /// `KL(q(z|x) ‖ uniform) = κA − L`
    fn divergence(&self, _: &Heads<'_, T>, row: usize) -> f64 {
        self.normalizer[row].kl_to_uniform
    }

    /// The unit is the sphere as a whole.
    fn unit_divergences(&self, _: &Heads<'_, T>, out: &mut Vec<f64>) {
        let total: f64 = self.normalizer.iter().map(|normalizer| normalizer.kl_to_uniform).sum();
        out.push(total / self.normalizer.len() as f64);
    }

    fn backward(&mut self, heads: &Heads<'_, T>, slopes: &Slopes<'_, T>, d_outputs: &mut [Buffer<T>]) {
        let Some((d_raw, d_raw_kappa)) = d_outputs.split_first_mut() else { return };
        let (dim, Slopes { z, d_z, pulls, d_units, .. }) = (self.dim, *slopes);
        let d_divergence = d_units.first().map_or(0.0, |d| d.to_f64());
        d_raw.resize(self.mean.len());
        d_raw.fill(T::ZERO);
        d_raw_kappa.iter_mut().for_each(|d| d.resize(self.kappa.len()));
        let mut kept = pulls.iter().zip(z.chunks_exact(dim).zip(d_z.chunks_exact(dim))).peekable();
        for (row, d_mean) in d_raw.chunks_exact_mut(dim).enumerate() {
            // ∂KL/∂κ = κ A'
            let kappa = self.kappa[row];
            let mut d_kappa = d_divergence * kappa * mean_resultant_slope(dim, kappa);
            while let Some((pull, (z, d_z))) = kept.next_if(|(pull, _)| pull.sample / heads.samples == row) {
                d_kappa += self.backward_sample(pull, row, z, d_z, d_mean);
            }
            self.backward_mean(row, d_mean);
            if let ([d, ..], [_, raw]) = (&mut *d_raw_kappa, heads.outputs) {
                d[row] = self.backward_kappa(row, raw[row], d_kappa);
            }
        }
    }

    /// A fixed concentration, and the table that samples from it.
    fn write(&self, out: &mut Sections) {
        match self.concentration {
            ConcentrationKind::Learned => {}
            ConcentrationKind::Fixed { kappa } => out.floats(&[kappa]),
            ConcentrationKind::Tabled { kappa } => {
                let mut nodes = [[0.0; 2]; TABLE_CELLS + 1];
                build_vmf_table(self.dim, f64::from(kappa), &mut nodes);
                out.floats(&[kappa]);
                out.floats(nodes.as_flattened());
            }
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
