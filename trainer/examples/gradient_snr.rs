//! Signal-to-noise ratio of the encoder's gradient against the number of samples K, per
//! estimator; the table of `docs/results/dreg-snr.md`.
//!
//!     cargo run --release -p elbow-trainer --example gradient_snr

use elbow::architecture::{Architecture, FeaturesKind, LatentKind, LikelihoodKind};
use elbow::math;
use elbow_host::random::{Purpose, stream};
use elbow_trainer::bound::{Batch, Workspace};
use elbow_trainer::gradient::bound_and_gradient;
use elbow_trainer::layout::Layout;
use elbow_trainer::objective::Objective;
use rand_core::Rng;
use rayon::prelude::*;

/// Of x and of z.
const DIM: usize = 5;
/// How far the posterior's means are from the true ones.
const OFF: f64 = 0.3;
const DRAWS: u64 = 4_000;

fn main() {
    let estimators = [Objective::Iwae, Objective::Dreg, Objective::Stl, Objective::Rws];
    println!("| K | iwae | dreg | stl | rws |\n|---|---|---|---|---|");
    for samples in [1, 4, 16, 64, 256, 1024] {
        let row = estimators.map(|objective| format!("{:.3}", signal_to_noise(objective, samples)));
        println!("| {samples} | {} |", row.join(" | "));
    }
}

/// |mean| / standard deviation over the draws, averaged over the biases of the posterior's means.
fn signal_to_noise(objective: Objective, samples: usize) -> f64 {
    let (layout, params) = model();
    let bias = layout.posterior_heads[0].bias();
    let draws: Vec<Vec<f64>> = (0..DRAWS)
        .into_par_iter()
        .map(|draw| gradient(&layout, &params, objective, samples, draw)[bias.clone()].to_vec())
        .collect();
    let ratio = |j: usize| {
        let mean = draws.iter().map(|gradient| gradient[j]).sum::<f64>() / DRAWS as f64;
        let variance = draws.iter().map(|gradient| (gradient[j] - mean).powi(2)).sum::<f64>() / DRAWS as f64;
        mean.abs() / variance.sqrt()
    };
    (0..DIM).map(ratio).sum::<f64>() / DIM as f64
}

/// `z ~ N(0, I)`, `x ~ N(z, I)`, hence `p(z|x) = N(x/2, I/2)`; `q(z|x) = N(x/2 + 0.3, 2I/3)`. The model and
/// the wrong variance are those of Rainforth and others (2018), section 4.
fn model() -> (Layout, Vec<f64>) {
    let layout = Layout::new(&Architecture {
        preprocessing: FeaturesKind::Standardize,
        features: DIM as u32,
        encoder: [].into_iter().collect(),
        latent: LatentKind::Gaussian { dim: DIM as u32 },
        decoder: [].into_iter().collect(),
        likelihood: LikelihoodKind::Gaussian,
        weights: elbow::architecture::WeightKind::F32,
    });
    let mut params = vec![0.0; layout.len];
    let [loc, log_scale] = &layout.posterior_heads[..] else { unreachable!() };
    let out = &layout.likelihood_heads[0];
    for j in 0..DIM {
        params[loc.weights()][j * DIM + j] = 0.5;
        params[out.weights()][j * DIM + j] = 1.0;
    }
    params[loc.bias()].fill(OFF);
    params[log_scale.bias()].fill(0.5 * libm::log(2.0 / 3.0));
    (layout, params)
}

fn gradient(layout: &Layout, params: &[f64], objective: Objective, samples: usize, draw: u64) -> Vec<f64> {
    let mut rng = stream(0, Purpose::Noise, samples as u64, draw);
    let noise: Vec<f64> = (0..samples * DIM).map(|_| math::normal_quantile(rng.next_u32()).into()).collect();
    let frame: [f64; DIM] = std::array::from_fn(|j| j as f64 - 2.0);
    let batch = Batch { input: &frame, target: &frame, noise: &noise, samples, rows_of_mean: 1 };
    let mut gradient = vec![0.0; layout.len];
    bound_and_gradient(layout, params, &batch, objective, &mut gradient, &mut Workspace::new(layout));
    gradient
}
