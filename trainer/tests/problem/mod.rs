//! A small bound with everything that it depends on, and the slope of it by central differences, in f64.
#![allow(dead_code, reason = "each test file uses a part")]

mod surrogate;

use std::ops::Range;

use elbow::architecture::{Activation, Architecture, FeaturesKind, Hidden, LatentKind, LikelihoodKind};
use elbow_host::random::{Purpose, stream};
use elbow_trainer::bound::{Batch, Encoded, Latent, Workspace, bound};
use elbow_trainer::columns::{Angles, Columns};
use elbow_trainer::gradient::bound_and_gradient;
use elbow_trainer::layout::Layout;
use elbow_trainer::likelihood::Units;
use elbow_trainer::net::chain::{self, Trace};
use elbow_trainer::objective::Objective;
use rand_core::Rng;

pub(crate) const LIKELIHOODS: [LikelihoodKind; 9] = [
    LikelihoodKind::Bernoulli,
    LikelihoodKind::Gaussian,
    LikelihoodKind::GaussianPerOutput,
    LikelihoodKind::DiscretizedLogistic,
    LikelihoodKind::StudentT,
    LikelihoodKind::BetaBinomial { most: 9 },
    LikelihoodKind::GaussianCategorical { outputs: 5 },
    LikelihoodKind::NegativeBinomial,
    LikelihoodKind::VonMises { angles: 2 },
];
pub(crate) const OBJECTIVES: [Objective; 5] =
    [Objective::ELBO, Objective::Iwae, Objective::Dreg, Objective::Stl, Objective::Rws];
pub(crate) const FEATURES: usize = 3;
pub(crate) const ROWS: usize = 3;
/// Values of each feature, where some are categories.
const LEVELS: [u16; FEATURES] = [0, 3, 0];

/// Largest relative error that is let pass: of the whole gradient in the Euclidean norm, and of each of its
/// numbers, where one smaller than `floor` times the largest is compared on that scale.
#[derive(Clone, Copy)]
pub(crate) struct Limit {
    pub(crate) relative: f64,
    pub(crate) floor: f64,
}

/// What differences in f64 can tell.
pub(crate) const EXACT: Limit = Limit { relative: 1e-6, floor: 1e-3 };

pub(crate) struct Problem {
    pub(crate) name: String,
    pub(crate) layout: Layout,
    pub(crate) objective: Objective,
    pub(crate) samples: usize,
    pub(crate) params: Vec<f64>,
    pub(crate) input: Vec<f64>,
    pub(crate) target: Vec<f64>,
    pub(crate) noise: Vec<f64>,
}

impl Problem {
    pub(crate) fn new(
        hidden: &[Activation],
        latent: LatentKind,
        likelihood: LikelihoodKind,
        objective: Objective,
        samples: usize,
    ) -> Problem {
        let chain =
            || hidden.iter().zip([4, 3]).map(|(activation, width)| Hidden { width, activation: *activation });
        let architecture = Architecture {
            preprocessing: FeaturesKind::plain(likelihood),
            features: FEATURES as u32,
            encoder: chain().collect(),
            latent,
            decoder: chain().collect(),
            likelihood,
            weights: elbow::architecture::WeightKind::F32,
        };
        let mut layout = Layout::new(&architecture);
        // bins narrower than the scales, as wide, and wider
        let columns = match likelihood {
            LikelihoodKind::VonMises { .. } => {
                Columns::Angles(Angles::new(vec![360.0, 0.0, 24.0], vec![0.0; FEATURES]))
            }
            _ => Columns::Categories(LEVELS.to_vec()),
        };
        layout.units = Units { columns, half_bins: vec![0.01, 0.7, 3.0] };
        let mut rng = stream(1, Purpose::Noise, 0, 0);
        // Sums of twelve uniform numbers: near enough to normal for a test.
        let mut normals = |n: usize, scale: f64| -> Vec<f64> {
            let mut uniform = || f64::from(rng.next_u32()) / f64::from(u32::MAX) - 0.5;
            (0..n).map(|_| scale * (0..12).map(|_| uniform()).sum::<f64>()).collect()
        };
        let (params, mut input) = (normals(layout.len, 0.5), normals(ROWS * layout.inputs, 1.0));
        let noise = normals(ROWS * samples * layout.noise_len, 1.0);
        if likelihood == LikelihoodKind::Bernoulli {
            input.iter_mut().for_each(|x| *x = f64::from(*x > 0.0));
        }
        let target = input.iter().map(|x| match likelihood {
            LikelihoodKind::BetaBinomial { most } => (4.0 * x.abs()).round().min(most.into()),
            LikelihoodKind::NegativeBinomial => (30.0 * x).round().max(0.0),
            _ if *x > 0.0 => 1.0,
            _ => 1.2 * x,
        });
        let mut target: Vec<f64> = target.collect();
        target.truncate(ROWS * FEATURES);
        if let LikelihoodKind::GaussianCategorical { .. } = likelihood {
            // each code once
            target.iter_mut().skip(1).step_by(FEATURES).enumerate().for_each(|(row, x)| *x = row as f64);
        }
        let name = format!("{hidden:?} {latent:?} {likelihood:?} {objective:?} K = {samples}");
        Problem { name, layout, objective, samples, params, input, target, noise }
    }

    pub(crate) fn batch(&self) -> Batch<'_, f64> {
        let Problem { input, target, noise, samples, .. } = self;
        Batch { input, target, noise, samples: *samples, rows_of_mean: ROWS }
    }

    pub(crate) fn gradient(&self) -> (f64, Vec<f64>) {
        let mut gradient = vec![0.0; self.layout.len];
        let mut workspace = Workspace::new(&self.layout);
        let Problem { layout, params, objective, .. } = self;
        let bound =
            bound_and_gradient(layout, params, &self.batch(), *objective, &mut gradient, &mut workspace);
        (bound, gradient)
    }

    /// What a gradient is the slope of: `−bound − KL + weight Σ_j max(free, KL_j)`, or what stands in for it.
    fn loss(&self, params: &[f64], workspace: &mut Workspace<f64>) -> f64 {
        let mut bound = || bound(&self.layout, params.into(), &self.batch(), self.objective, workspace);
        match self.objective {
            Objective::Elbo { weight, free } => {
                let [divergence, charge] = self.divergence(params, f64::from(free));
                -bound() - divergence + f64::from(weight) * charge
            }
            Objective::Iwae => -bound(),
            _ => self.surrogate(params),
        }
    }

    /// The mean of `KL(q(z|x) ‖ p(z))` over the rows, and what is charged of it.
    pub(crate) fn divergence(&self, params: &[f64], free: f64) -> [f64; 2] {
        let (mut trace, mut latent) = (Trace::default(), Latent::new(&self.layout));
        let Problem { layout, input, noise, samples, .. } = self;
        chain::forward(&layout.encoder, params.into(), input, &mut trace);
        let hidden = trace.output(input);
        let encoded = Encoded { layout, params: params.into(), hidden, noise, samples: *samples };
        latent.forward(&encoded);
        let total: f64 = (0..ROWS).map(|row| latent.divergence(&encoded, row)).sum();
        [total / ROWS as f64, latent.charge(&encoded, free)]
    }

    /// The derivative of the loss by differences of fourth order.
    fn difference(&self, i: usize, workspace: &mut Workspace<f64>) -> f64 {
        // Small, so that no unit of these problems crosses the kink of a rectifier on the way.
        let h = 1e-5;
        let mut at = |offset: f64| {
            let mut params = self.params.clone();
            params[i] += offset;
            self.loss(&params, workspace)
        };
        (8.0 * (at(h) - at(-h)) - (at(2.0 * h) - at(-2.0 * h))) / (12.0 * h)
    }

    pub(crate) fn check(&self) {
        self.check_range(0..self.layout.len, EXACT);
    }

    /// Compares the gradient of some parameters with differences.
    pub(crate) fn check_range(&self, range: Range<usize>, limit: Limit) {
        let (_, gradient) = self.gradient();
        let gradient = &gradient[range.clone()];
        let mut workspace = Workspace::new(&self.layout);
        let differences: Vec<f64> = range.map(|i| self.difference(i, &mut workspace)).collect();
        let largest = differences.iter().fold(0.0, |l: f64, d| l.max(d.abs()));
        let norm = |x: &mut dyn Iterator<Item = f64>| x.map(|x| x * x).sum::<f64>().sqrt();
        let errors = || gradient.iter().zip(&differences).map(|(g, d)| g - d);
        let relative = norm(&mut errors()) / norm(&mut differences.iter().copied());
        assert!(relative <= limit.relative, "{}: the gradient is off by {relative:e}", self.name);
        for (i, (error, d)) in errors().zip(&differences).enumerate() {
            let relative = error.abs() / d.abs().max(limit.floor * largest);
            assert!(relative <= limit.relative, "{}: parameter {i}, {d}, is off by {relative:e}", self.name);
        }
    }
}
