//! Entropies, divergences and information against laws whose values are known.

use elbow::math::normal_quantile;
use elbow_host::model::ModelBytes;
use elbow_host::random::{Purpose, stream};
use elbow_host::score::compare::{Divergence, advantage};
use elbow_host::score::entropy::Entropy;
use elbow_host::score::estimate::Estimate;
use elbow_reader::Dataset;
use elbow_tests::tolerance::entropy::{COVERED, HALF_WIDTHS};
use rand_core::Rng as _;

use crate::ensemble::fitted as network;
use crate::mixture::fitted;

/// `x_j = a_j·z + σ_j ε`, z of four coordinates: the linear-Gaussian law.
struct Linear {
    dims: usize,
    loadings: Vec<[f64; 4]>,
    noise: Vec<f64>,
}

impl Linear {
    fn new(dims: usize, seed: u64) -> Linear {
        let mut rng = stream(seed, Purpose::Weights, 0, 0);
        let mut normal = || f64::from(normal_quantile(rng.next_u32()));
        let loadings = (0..dims).map(|_| [0; 4].map(|_| normal())).collect();
        let noise = (0..dims).map(|_| (0.3 * normal() - 1.0).exp()).collect();
        Linear { dims, loadings, noise }
    }

    fn rows(&self, rows: usize, seed: u64) -> Dataset {
        let row = |row: usize| {
            let mut rng = stream(seed, Purpose::Rows, row as u64, 0);
            let mut normal = || f64::from(normal_quantile(rng.next_u32()));
            let z = [0; 4].map(|_| normal());
            let of = |(a, noise): (&[f64; 4], &f64)| {
                (a.iter().zip(z).map(|(a, z)| a * z).sum::<f64>() + noise * normal()) as f32
            };
            self.loadings.iter().zip(&self.noise).map(of).collect::<Vec<f32>>()
        };
        Dataset::of("a test", (0..rows).flat_map(row).collect(), self.dims)
    }

    /// `½ log |2πe Σ|`, Σ = A Aᵀ + diag(σ²), by elimination.
    fn entropy(&self) -> f64 {
        let mut matrix: Vec<Vec<f64>> = (0..self.dims)
            .map(|i| {
                let product =
                    |j: usize| (0..4).map(|k| self.loadings[i][k] * self.loadings[j][k]).sum::<f64>();
                let of = |j| product(j) + if i == j { self.noise[i].powi(2) } else { 0.0 };
                (0..self.dims).map(of).collect()
            })
            .collect();
        let mut log_determinant = 0.0;
        for i in 0..self.dims {
            log_determinant += matrix[i][i].ln();
            for j in i + 1..self.dims {
                let (pivot, factor) = (matrix[i].clone(), matrix[j][i] / matrix[i][i]);
                matrix[j].iter_mut().zip(pivot).for_each(|(x, pivot)| *x -= factor * pivot);
            }
        }
        0.5 * (log_determinant + self.dims as f64 * (std::f64::consts::TAU.ln() + 1.0))
    }
}

const REPEATS: u64 = 50;

/// The bar: 2,000 rows in up to 16 dimensions, intervals of 95 %.
#[test]
fn intervals_hold_the_entropy_of_linear_gaussian_laws() {
    for dims in [4, 16] {
        let (mut covered, mut above, mut errors) = (0, 0, Vec::new());
        for repeat in 0..REPEATS {
            let law = Linear::new(dims, repeat);
            let bytes = fitted("gaussian", &law.rows(2_000, 2 * repeat));
            let data = law.rows(2_000, 2 * repeat + 1);
            let found = Entropy::of(&bytes.open().unwrap(), &data, 1, repeat, 2_000).unwrap();
            let (truth, nearest) = (law.entropy(), found.nearest.unwrap());
            let holds = |Estimate { nats, ci95 }: Estimate| (nats - truth).abs() < ci95;
            covered += usize::from(holds(nearest.entropy));
            above += usize::from(found.upper.nats + found.upper.ci95 > truth);
            errors.push(nearest.entropy.nats - truth);
            let gap = found.upper.minus(nearest.divergence).nats - nearest.entropy.nats;
            assert!(gap.abs() < 1e-9, "{gap}");
        }
        println!(
            "{dims} dimensions: {covered} of {REPEATS}, off by {:.4?}",
            Estimate::mean(errors.iter().copied())
        );
        assert!(
            covered >= COVERED,
            "{dims} dimensions: {covered} of {REPEATS}, {:?}",
            Estimate::mean(errors.iter().copied())
        );
        assert!(above >= COVERED, "the cross-entropy is below it: {above}");
    }
}

#[test]
fn neighbours_are_not_asked_where_there_is_no_density() {
    let law = Linear::new(2, 1);
    let mut data = law.rows(300, 3);
    let bytes = fitted("gaussian", &data);
    let model = bytes.open().unwrap();
    (0..6).for_each(|row| data.values[row * 2..row * 2 + 2].copy_from_slice(&[0.25, 0.5]));
    let found = Entropy::of(&model, &data, 1, 0, 300).unwrap();
    assert!(found.nearest.is_none() && found.without_nearest.unwrap().contains("repeat"), "{found:?}");
    assert!(found.of_model.is_some() && found.information.is_none());
}

/// Bounds of what one latent of a small network tells: in order, and no more than its divergence.
#[test]
fn information_lies_between_its_bounds() {
    let bytes = network(1, 5, "f32");
    let model = bytes.open().unwrap();
    let drawn: Vec<f32> = (0..2_000)
        .flat_map(|row| model.engine.sample(&mut stream(4, Purpose::Rows, row, 0)).unwrap().unwrap())
        .collect();
    let data = Dataset::of("drawn", drawn, 2);
    let found = Entropy::of(&model, &data, 64, 1, 2_000).unwrap();
    let information = found.information.unwrap();
    assert!(information.lower.nats <= information.upper.nats + information.upper.ci95, "{information:?}");
    assert!(!information.is_saturated && information.rows == 2_000, "{information:?}");
    // its own draws: nothing to gain, and the entropy is that of the model
    let nearest = found.nearest.unwrap();
    assert!(nearest.divergence.nats.abs() < HALF_WIDTHS * nearest.divergence.ci95, "{nearest:?}");
    let apart = found.upper.minus(found.of_model.unwrap());
    assert!(apart.nats.abs() < HALF_WIDTHS * apart.ci95, "{apart:?}");
}

/// `KL = log(s/r) + ½ (r² + (l − m)²)/s² − ½` of normal distributions that were fitted.
#[test]
fn divergences_of_normal_models_are_those_of_their_laws() {
    let column = |loc: f32, scale: f32| {
        let row = |n: u32| loc + scale * normal_quantile(n * 4_294_967 + 2_147_483);
        let bytes = fitted("gaussian", &Dataset::of("a test", (0..1_000).map(row).collect(), 1));
        let rows: Vec<f64> = (0..1_000).map(|n| f64::from(row(n))).collect();
        let mean = rows.iter().sum::<f64>() / 1_000.0;
        let deviation = (rows.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 1_000.0).sqrt();
        (bytes, mean, deviation)
    };
    let [(a, l, r), (b, m, s)] = [column(1.0, 2.0), column(0.0, 1.0)];
    let of = |from: &ModelBytes, to: &ModelBytes| {
        let (from, to) = (from.open().unwrap(), to.open().unwrap());
        Divergence::of([&*from.engine, &*to.engine], 20_000, 1, 3).unwrap().unwrap()
    };
    let kl = |(l, r): (f64, f64), (m, s): (f64, f64)| {
        (s / r).ln() + 0.5 * (r * r + (l - m).powi(2)) / (s * s) - 0.5
    };
    for (found, expected) in [(of(&a, &b), kl((l, r), (m, s))), (of(&b, &a), kl((m, s), (l, r)))] {
        let Estimate { nats, ci95 } = found.estimate;
        // the fit adds a little to each variance
        assert!((nats - expected).abs() < HALF_WIDTHS * ci95 + 0.01, "{found:?}, not {expected}");
        assert_eq!((found.refused, found.draws), (0, 20_000));
    }
    assert_eq!(of(&a, &a).estimate, Estimate::default());
    let (one, other) = (a.open().unwrap(), b.open().unwrap());
    let data = Dataset::of("a test", vec![1.0, 2.0, 30.0], 1);
    let differences = advantage([&*one.engine, &*other.engine], &data, 1).unwrap();
    assert!(differences[0] < 0.0 && differences[2] > 100.0, "{differences:?}");
}
