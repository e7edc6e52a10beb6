//! The gradient of one mini-batch, on all threads.
//!
//! The rows are cut into shards whose number depends on the batch alone, each with noise and
//! buffers of its own; then the gradient is cut into slabs, each the sum over the shards in their
//! order. Any number of threads gives the same bits.

use elbow::math;
use rayon::prelude::*;

use crate::bound::{Batch, Workspace, bound_and_slopes};
use crate::gradient::{self, Slab};
use crate::layout::Layout;
use crate::net::params::{Params, Transposes};
use crate::objective::Objective;
use elbow_host::random::{Purpose, Words};

/// Rows × samples that keep one thread busy long enough to be worth waking it.
const SHARD: usize = 48;
/// Each more reads all weights once more.
const MOST_SHARDS: usize = 8;

/// Frames to fit to.
pub trait TrainingRows: Sync {
    /// How many there are.
    fn rows(&self) -> usize;

    /// What makes a mean log density of these frames one in the units of the reader, where those are others.
    fn mean_log_jacobian(&self) -> f64 {
        0.0
    }

    /// Writes what the encoder sees of a row and what the likelihood sees. `words` gives this row's numbers
    /// in this epoch: a dynamic binarisation draws its bits from it, others leave it alone.
    fn read(&self, row: usize, words: &mut Words, input: &mut [f32], target: &mut [f32]);
}

/// Frames as they are.
#[derive(Clone, Copy, Debug)]
pub struct Frames<'a> {
    /// what the encoder sees, `[row][feature]`
    pub input: &'a [f32],
    /// what the likelihood sees, `[row][feature]`
    pub target: &'a [f32],
    /// numbers in a frame
    pub features: usize,
}

impl TrainingRows for Frames<'_> {
    fn rows(&self) -> usize {
        self.input.len() / self.features
    }

    fn read(&self, row: usize, _: &mut Words, input: &mut [f32], target: &mut [f32]) {
        let at = row * self.features..(row + 1) * self.features;
        input.copy_from_slice(&self.input[at.clone()]);
        target.copy_from_slice(&self.target[at]);
    }
}

/// What every step of a run has in common.
#[derive(Clone, Debug)]
pub struct Stepper {
    /// where the parameters lie
    pub layout: Layout,
    /// what is raised
    pub objective: Objective,
    /// samples per row
    pub samples: usize,
    /// of the run
    pub seed: u64,
}

/// The buffers of a step, reused by the next.
#[derive(Debug, Default)]
pub struct Shards {
    shards: Vec<Shard>,
    slabs: Vec<Slab>,
    transposes: Transposes<f32>,
    gradient: Vec<f32>,
}

#[derive(Debug)]
struct Shard {
    input: Vec<f32>,
    target: Vec<f32>,
    words: Vec<u32>,
    noise: Vec<f32>,
    workspace: Workspace<f32>,
    bound: f64,
}

impl Shards {
    /// How many samples took part in the last gradient; the others' weights were below the rounding of f32.
    pub fn kept(&self) -> usize {
        self.shards.iter().map(|shard| shard.workspace.kept()).sum()
    }

    /// The means of the Gaussian posteriors of the last step, in parts of `[row][coordinate]`.
    pub fn posterior_means(&self) -> impl Iterator<Item = &[f32]> + Clone {
        self.shards.iter().map(|shard| shard.workspace.posterior_means())
    }
}

impl Stepper {
    /// The mean bound of the rows `chosen`, in nats, and the gradient of its negative. The
    /// noise is that of the `batch`-th step of the epoch.
    pub fn step<'a>(
        &self,
        params: &[f32],
        rows: &dyn TrainingRows,
        chosen: &[u32],
        (epoch, batch): (u32, u32),
        shards: &'a mut Shards,
    ) -> (f64, &'a mut [f32]) {
        let count = (chosen.len() * self.samples / SHARD).clamp(1, MOST_SHARDS.min(chosen.len()));
        let Shards { shards, slabs, transposes, gradient } = shards;
        if gradient.len() != self.layout.len {
            (*slabs, *gradient) = (gradient::slabs(&self.layout), vec![0.0; self.layout.len]);
        }
        shards.resize_with(count, || Shard::new(&self.layout));
        let params =
            transposes.of(params, self.layout.rows_of_dense(chosen.len().div_ceil(count), self.samples));
        let run = |(s, shard): (usize, &mut Shard)| {
            let chosen_here = &chosen[s * chosen.len() / count..(s + 1) * chosen.len() / count];
            shard.fill(self, rows, chosen_here, epoch);
            let place = (u64::from(epoch) << 32) | u64::from(batch);
            shard.draw_noise(Words::of(self.seed, Purpose::Noise, place, s as u64));
            shard.run(self, params, chosen.len());
        };
        let see: gradient::See<'_, Shard, f32> = |shard| (&shard.input, &shard.workspace);
        match &mut shards[..] {
            // Waking other threads would take longer than the step.
            [only] => {
                run((0, only));
                gradient::write(slabs, shards, see, gradient);
            }
            several => {
                several.par_iter_mut().enumerate().for_each(run);
                gradient::write_parallel(slabs, shards, see, gradient);
            }
        }
        (shards.iter().map(|shard| shard.bound).sum(), gradient)
    }
}

impl Shard {
    fn new(layout: &Layout) -> Self {
        Shard {
            input: Vec::new(),
            target: Vec::new(),
            words: Vec::new(),
            noise: Vec::new(),
            workspace: Workspace::new(layout),
            bound: 0.0,
        }
    }

    fn fill(&mut self, stepper: &Stepper, rows: &dyn TrainingRows, chosen: &[u32], epoch: u32) {
        let Layout { features, inputs, .. } = stepper.layout;
        self.input.resize(chosen.len() * inputs, 0.0);
        self.target.resize(chosen.len() * features, 0.0);
        self.noise.resize(chosen.len() * stepper.samples * stepper.layout.noise_len, 0.0);
        let frames = self.input.chunks_exact_mut(inputs).zip(self.target.chunks_exact_mut(features));
        for (row, (input, target)) in chosen.iter().zip(frames) {
            let mut words = Words::of(stepper.seed, Purpose::Rows, epoch.into(), (*row).into());
            rows.read(*row as usize, &mut words, input, target);
        }
    }

    /// A standard normal number of each word.
    fn draw_noise(&mut self, mut words: Words) {
        self.words.resize(self.noise.len(), 0);
        words.fill(&mut self.words);
        self.noise.iter_mut().zip(&self.words).for_each(|(x, word)| *x = math::normal_quantile(*word));
    }

    fn run(&mut self, stepper: &Stepper, params: Params<'_, f32>, rows_of_mean: usize) {
        let Shard { input, target, noise, workspace, bound, .. } = self;
        let batch = Batch { input, target, noise, samples: stepper.samples, rows_of_mean };
        *bound = bound_and_slopes(&stepper.layout, params, &batch, stepper.objective, workspace);
    }
}
