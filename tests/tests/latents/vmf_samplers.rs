//! The exact von Mises–Fisher samplers against the law they claim to follow.

use crate::vmf_law::{CONCENTRATIONS, DRAWS, Law, alarm, check, grid, some_direction, table, unit};
use elbow::distribution::{
    Concentration, HypersphericalUniform, ParamError, VmfSampler, VmfTable, VonMisesFisher,
};
use rand_core::{SeedableRng, TryRng};
use rand_pcg::Pcg32;
use std::convert::Infallible;

#[test]
fn moebius_rejection_follows_the_law() {
    for (d, kappa) in grid() {
        let sampler = VmfSampler::moebius(d, kappa);
        check("möbius", d, kappa, |mean, rng, z| sampler.sample(mean, rng, z));
    }
}

#[test]
fn tangent_rejection_follows_the_law() {
    for (d, kappa) in grid().filter(|&(d, _)| d > 3) {
        let sampler = VmfSampler::tangent(d, kappa);
        check("tangent", d, kappa, |mean, rng, z| sampler.sample(mean, rng, z));
    }
}

#[test]
fn closed_form_follows_the_law() {
    for kappa in CONCENTRATIONS {
        let sampler = VmfSampler::closed_form(kappa);
        check("closed", 3, kappa, |mean, rng, z| sampler.sample(mean, rng, z));
    }
}

/// The tangent part of z has a uniform direction: its cosine to a fixed
/// tangent follows the uniform law one dimension down.
#[test]
fn tangent_is_uniform_around_every_mean() {
    for d in [3, 4, 8, 64] {
        let mut axis = vec![0.0; d];
        axis[0] = 1.0;
        let opposite: Vec<f32> = axis.iter().map(|x| -x).collect();
        let mut close = axis.clone();
        close[1] = 1e-4;
        for (mean, kappa) in [(axis, 0.1), (opposite, 100.0), (close, 10.0), (some_direction(d), 1000.0)] {
            tangent_is_uniform(&mean, kappa);
        }
    }
}

fn tangent_is_uniform(mean: &[f32], kappa: f32) {
    let d = mean.len();
    let law = Law::new(d - 1, 0.0);
    let posterior = VonMisesFisher::new(mean, kappa).unwrap();
    let nodes = table(d, kappa);
    let table = VmfTable::new(d, &nodes).unwrap();
    for (seed, tabled) in [(1, false), (2, true)] {
        let mut rng = Pcg32::seed_from_u64(seed);
        let mut z = vec![0.0; d];
        let mut cosines = [Vec::new(), Vec::new()];
        for _ in 0..DRAWS / 4 {
            let t = if tabled {
                table.sample(mean, &mut rng, &mut z)
            } else {
                posterior.sample(&mut rng, &mut z)
            };
            let tangent =
                unit(z.iter().zip(mean).map(|(&z, &m)| f64::from(z) - (1.0 - f64::from(t)) * f64::from(m)));
            for (j, cosines) in cosines.iter_mut().enumerate() {
                // the axis j + 1, projected off μ
                let m = f64::from(mean[j + 1]);
                cosines.push(1.0 - tangent[j + 1] / (1.0 - m * m).sqrt());
            }
        }
        for (j, cosines) in cosines.iter_mut().enumerate() {
            let distance = law.distance(cosines);
            assert!(distance < alarm(), "d = {d}, κ = {kappa}, axis {j}, table {tabled}: √n D = {distance}");
        }
    }
}

/// Words drawn so far.
struct Counted(Pcg32, usize);

impl TryRng for Counted {
    type Error = Infallible;
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.1 += 1;
        self.0.try_next_u32()
    }
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.1 += 2;
        self.0.try_next_u64()
    }
    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.1 += bytes.len() / 4;
        self.0.try_fill_bytes(bytes)
    }
}

/// A sample takes d + 1 words of the generator whatever it refuses: one point of a low-discrepancy sequence.
#[test]
fn a_sample_is_one_point() {
    for (d, kappa) in grid() {
        let (mean, mut z) = (some_direction(d), vec![0.0; d]);
        for sampler in
            [VmfSampler::moebius(d, kappa), VmfSampler::tangent(d, kappa), VmfSampler::new(d, kappa)]
        {
            let mut rng = Counted(Pcg32::seed_from_u64(3), 0);
            for _ in 0..1000 {
                sampler.sample(&mean, &mut rng, &mut z);
            }
            assert_eq!(rng.1, 1000 * (d + 1), "d = {d}, κ = {kappa}");
        }
    }
}

/// On the circle the tangent has two directions, and they are equally likely.
#[test]
fn both_sides_of_the_circle() {
    for mean in [[1.0, 0.0], [0.0, -1.0], [0.6, 0.8]] {
        let posterior = VonMisesFisher::new(mean, 5.0).unwrap();
        let mut rng = Pcg32::seed_from_u64(7);
        let mut z = [0.0; 2];
        let side = |_| {
            posterior.sample(&mut rng, &mut z);
            i32::from(mean[0] * z[1] > mean[1] * z[0])
        };
        let left = (0..DRAWS).map(side).sum::<i32>();
        let sigmas = (f64::from(left) - 1e5) / (0.25 * DRAWS as f64).sqrt();
        assert!(sigmas.abs() < 5.0, "{mean:?}: {left} of {DRAWS}");
    }
}

/// A generator that says the same word for ever. Rejection must end, and the result be a point of the sphere.
struct Stuck(u32);

impl TryRng for Stuck {
    type Error = Infallible;
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.0)
    }
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from(self.0) << 32 | u64::from(self.0))
    }
    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.as_chunks_mut().0.fill(self.0.to_le_bytes());
        Ok(())
    }
}

#[test]
fn every_generator_comes_to_an_end() {
    for (d, kappa) in grid() {
        // for the mean of equal coordinates a stuck generator draws nothing but μ
        let mean = vec![(1.0 / (d as f64).sqrt()) as f32; d];
        let nodes = table(d, kappa);
        let table = VmfTable::new(d, &nodes).unwrap();
        for word in [0, 1, 0x4000_0000, 0x7fff_ffff, 0x8000_0000, u32::MAX] {
            let mut z = vec![0.0; d];
            for sampler in
                [VmfSampler::moebius(d, kappa), VmfSampler::tangent(d, kappa), VmfSampler::new(d, kappa)]
            {
                let t = sampler.sample(&mean, &mut Stuck(word), &mut z);
                on_the_sphere(t, &z);
            }
            let t = table.sample(&mean, &mut Stuck(word), &mut z);
            on_the_sphere(t, &z);
        }
    }
}

fn on_the_sphere(t: f32, z: &[f32]) {
    let square: f64 = z.iter().map(|&z| f64::from(z).powi(2)).sum();
    assert!((0.0..=2.0).contains(&t) && (square.sqrt() - 1.0).abs() < 2e-6, "t = {t}, |z|² = {square}");
}

#[test]
fn parameters_are_refused_by_name() {
    let refusal = |mean: &[f32], kappa| VonMisesFisher::new(mean.to_vec(), kappa).unwrap_err();
    assert_eq!(refusal(&[1.0], 1.0), ParamError::TooFewDimensions);
    assert_eq!(refusal(&[0.0, 0.0], 1.0), ParamError::ZeroDirection);
    assert_eq!(refusal(&[1.0, 0.1], 1.0), ParamError::NotUnitVector);
    assert_eq!(refusal(&[f32::NAN, 0.0], 1.0), ParamError::NonFinite);
    assert_eq!(refusal(&[f32::INFINITY, 0.0], 1.0), ParamError::NonFinite);
    assert_eq!(refusal(&[1.0, 0.0], -0.5), ParamError::NegativeConcentration);
    assert_eq!(refusal(&[1.0, 0.0], f32::NEG_INFINITY), ParamError::NegativeConcentration);
    assert_eq!(refusal(&[1.0, 0.0], f32::NAN), ParamError::ConcentrationNan);
    assert_eq!(refusal(&[1.0, 0.0], f32::INFINITY), ParamError::ConcentrationInfinite);
    assert_eq!(refusal(&[1.0, 0.0], 10_001.0), ParamError::ConcentrationTooLarge);
    assert_eq!(HypersphericalUniform::new(1), Err(ParamError::TooFewDimensions));
    let three = Concentration::new(3, 1.0).unwrap();
    assert_eq!(three.about([1.0, 0.0]).unwrap_err(), ParamError::WrongLength);
}
