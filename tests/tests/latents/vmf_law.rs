//! The law that von Mises–Fisher samples are compared with, and how.
//!
//! A Kolmogorov–Smirnov comparison draws n = 200,000 samples from a fixed seed. All comparisons of all files
//! together raise a false alarm with probability below 10⁻³ (Bonferroni over `COMPARISONS`; with √n D above x
//! having probability below 2 exp(−2x²)).

use elbow::distribution::build_vmf_table;
use rand_core::SeedableRng;
use rand_pcg::Pcg32;

/// The grid on which every sampler is tested.
pub(crate) const DIMENSIONS: [usize; 6] = [2, 3, 4, 8, 16, 64];
pub(crate) const CONCENTRATIONS: [f32; 7] = [0.0, 0.1, 1.0, 10.0, 100.0, 1000.0, 10_000.0];
/// Samples of one comparison.
pub(crate) const DRAWS: usize = 200_000;
/// Comparisons of all test files together, at most.
const COMPARISONS: f64 = 200.0;

pub(crate) fn grid() -> impl Iterator<Item = (usize, f32)> {
    DIMENSIONS.into_iter().flat_map(|d| CONCENTRATIONS.map(|kappa| (d, kappa)))
}

/// Distribution function of t = 1 − μ·z by Simpson's rule over the angle
/// θ, whose density is e^(−κ(1−cos θ)) sin^(d−2) θ.
pub(crate) struct Law {
    step: f64,
    cumulative: Vec<f64>,
    density: Vec<f64>,
}

impl Law {
    pub(crate) fn new(d: usize, kappa: f64) -> Law {
        // beyond this t the density is e^(−50) or less of its largest
        let end = f64::min(2.0, (50.0 + 4.0 * d as f64) / kappa.max(1e-9));
        let cells = 4096;
        let step = 2.0 * (0.5 * end).sqrt().asin() / cells as f64;
        let f = |theta: f64| {
            let half = (0.5 * theta).sin();
            (-2.0 * kappa * half * half).exp() * theta.sin().abs().powi(d as i32 - 2)
        };
        let mut cumulative = vec![0.0];
        for i in 0..cells {
            let theta = i as f64 * step;
            let mass = step / 6.0 * (f(theta) + 4.0 * f(theta + 0.5 * step) + f(theta + step));
            cumulative.push(cumulative[i] + mass);
        }
        let total = cumulative[cells];
        cumulative.iter_mut().for_each(|c| *c /= total);
        let density = (0..=cells).map(|i| f(i as f64 * step) * step / total).collect();
        Law { step, cumulative, density }
    }

    /// P(1 − μ·z < t), by cubic interpolation.
    pub(crate) fn cdf(&self, t: f64) -> f64 {
        let position = 2.0 * (0.5 * t.clamp(0.0, 2.0)).sqrt().asin() / self.step;
        let i = position as usize;
        if i + 1 >= self.cumulative.len() {
            return 1.0;
        }
        let (x, f0, f1) = (position - i as f64, self.density[i], self.density[i + 1]);
        let rise = self.cumulative[i + 1] - self.cumulative[i];
        self.cumulative[i] + x * (f0 + x * (3.0 * rise - 2.0 * f0 - f1 + x * (f0 + f1 - 2.0 * rise)))
    }

    /// Kolmogorov–Smirnov distance of a sample, times √n.
    pub(crate) fn distance(&self, sample: &mut [f64]) -> f64 {
        sample.sort_unstable_by(f64::total_cmp);
        let n = sample.len() as f64;
        let gap = |(i, &t): (usize, &f64)| {
            let f = self.cdf(t);
            f64::max(f - i as f64 / n, (i + 1) as f64 / n - f)
        };
        sample.iter().enumerate().map(gap).fold(0.0, f64::max) * n.sqrt()
    }
}

/// Above it a `Law::distance` is an alarm: 2 exp(−2x²) = 10⁻³/COMPARISONS.
pub(crate) fn alarm() -> f64 {
    (0.5 * (2.0 * COMPARISONS / 1e-3).ln()).sqrt()
}

fn dot(a: &[f32], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(&a, &b)| f64::from(a) * b).sum()
}

pub(crate) fn unit(raw: impl Iterator<Item = f64>) -> Vec<f64> {
    let raw: Vec<f64> = raw.collect();
    let length = raw.iter().map(|x| x * x).sum::<f64>().sqrt();
    raw.into_iter().map(|x| x / length).collect()
}

pub(crate) fn some_direction(d: usize) -> Vec<f32> {
    unit((0..d).map(|j| (1.0 + j as f64).sin())).into_iter().map(|x| x as f32).collect()
}

/// Draws, checks that z is on the sphere at height 1 − t, and compares t with the law.
pub(crate) fn check(
    name: &str,
    d: usize,
    kappa: f32,
    mut sample: impl FnMut(&[f32], &mut Pcg32, &mut [f32]) -> f32,
) {
    let mean = some_direction(d);
    let mean64: Vec<f64> = mean.iter().map(|&x| f64::from(x)).collect();
    let mut rng = Pcg32::seed_from_u64(d as u64 * 1_000_003 + kappa as u64);
    let mut z = vec![0.0; d];
    let mut ts: Vec<f64> = (0..DRAWS)
        .map(|_| {
            let t = f64::from(sample(&mean, &mut rng, &mut z));
            let length = z.iter().map(|&z| f64::from(z).powi(2)).sum::<f64>().sqrt();
            assert!(
                (length - 1.0).abs() < 1e-6,
                "{name}, d = {d}, κ = {kappa}: |z| − 1 = {:e}",
                length - 1.0
            );
            let error = 1.0 - dot(&z, &mean64) - t;
            assert!(error.abs() < 1e-6, "{name}, d = {d}, κ = {kappa}: t = {t}, off by {error:e}");
            t
        })
        .collect();
    let distance = Law::new(d, f64::from(kappa)).distance(&mut ts);
    assert!(distance < alarm(), "{name}, d = {d}, κ = {kappa}: √n D = {distance}");
    println!(
        "{name:8} d = {d:3} κ = {kappa:6}: √n D = {distance:.3}, D = {:.5}",
        distance / (DRAWS as f64).sqrt()
    );
}

pub(crate) fn table(d: usize, kappa: f32) -> [[f32; 2]; 65] {
    let mut nodes = [[0.0; 2]; 65];
    build_vmf_table(d, f64::from(kappa), &mut nodes);
    nodes
}
