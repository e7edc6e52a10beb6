//! Milliseconds per training step of an IWAE; the grid of points is that of the peers' `step_jax.py`.
//!
//!     RAYON_NUM_THREADS=1 taskset -c 0 cargo run --release -p elbow-trainer --example step_time

use std::time::Instant;

use elbow::architecture::{Activation, Architecture, Hidden, LatentKind, LikelihoodKind};
use elbow_trainer::adam::{Adam, AdamConfig};
use elbow_trainer::net::layout::Layout;
use elbow_trainer::objective::Objective;
use elbow_trainer::random::{Purpose, stream};
use elbow_trainer::step::{Frames, Shards, Stepper};
use rand_core::Rng;

fn main() {
    let tanh = Activation::Tanh;
    for (features, width, dim, batch, samples, activation) in [
        (784, 200, 50, 20, 1, tanh),
        (784, 200, 50, 20, 5, tanh),
        (784, 200, 50, 20, 50, tanh),
        (784, 200, 50, 100, 1, tanh),
        (30, 64, 8, 256, 8, Activation::Relu),
    ] {
        let chain = || [Hidden { width, activation }; 2].into_iter().collect();
        let layout = Layout::new(&Architecture {
            preprocessing: elbow::architecture::FeaturesKind::Binary,
            features,
            encoder: chain(),
            latent: LatentKind::Gaussian { dim },
            decoder: chain(),
            likelihood: LikelihoodKind::Bernoulli,
        });
        let (ms, kept) = step_time(layout, batch, samples);
        let kept = 100.0 * kept as f64 / (batch * samples) as f64;
        println!(
            "{features}-{width}-{width}-{dim} B {batch} K {samples}: {ms:.3} ms, {kept:.0} % of the samples kept"
        );
    }
}

/// The fastest of many short rounds: what the machine can do when nobody else uses it; and the samples that took part in
/// the last gradient.
fn step_time(layout: Layout, batch: usize, samples: usize) -> (f64, usize) {
    let mut rng = stream(0, Purpose::Rows, 0, 0);
    let mut bit = || f32::from(u8::from(rng.next_u32() < u32::MAX / 5));
    let bits: Vec<f32> = (0..batch * layout.features).map(|_| bit()).collect();
    let rows = Frames { input: &bits, target: &bits, features: layout.features };
    let mut params = layout.init(0, &vec![0.0; layout.features]);
    let mut adam = Adam::new(AdamConfig::default(), layout.len);
    let chosen: Vec<u32> = (0..batch as u32).collect();
    let stepper = Stepper { layout, objective: Objective::Iwae, samples, seed: 0 };
    let (mut shards, steps) = (Shards::default(), (1_000 / (batch * samples)).clamp(1, 20));
    let mut round = |round: u32| {
        let start = Instant::now();
        for step in 0..steps {
            let (_, gradient) = stepper.step(&params, &rows, &chosen, (round, step as u32), &mut shards);
            adam.step(&mut params, gradient, 1e-3);
        }
        1e3 * start.elapsed().as_secs_f64() / steps as f64
    };
    let fastest = (0..100).map(&mut round).fold(f64::INFINITY, f64::min);
    (fastest, shards.kept())
}
