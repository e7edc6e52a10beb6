//! Gradients against central differences, in f64.

use elbow::architecture::{Activation, Architecture, Hidden, LatentKind, LikelihoodKind};
use elbow_trainer::net::layout::{Latent, Layout, Likelihood};
use elbow_trainer::net::real::Real;
use elbow_trainer::objective::{Batch, Objective, Workspace, bound, bound_and_gradient};
use elbow_trainer::random::{Purpose, stream};
use rand_core::Rng;

const ACTIVATIONS: [Activation; 8] = [
    Activation::Identity,
    Activation::Relu,
    Activation::LeakyRelu,
    Activation::Tanh,
    Activation::Sigmoid,
    Activation::Silu,
    Activation::Elu,
    Activation::Softplus,
];
const LIKELIHOODS: [LikelihoodKind; 3] =
    [LikelihoodKind::Bernoulli, LikelihoodKind::Gaussian, LikelihoodKind::GaussianPerOutput];
const OBJECTIVES: [Objective; 2] = [Objective::Elbo, Objective::Iwae];
const FEATURES: usize = 3;
const DIM: u32 = 2;
const ROWS: usize = 3;

/// Largest relative error that is let pass: of the whole gradient in the Euclidean norm, and of each of its numbers, where
/// one smaller than a thousandth of the largest is compared on that scale.
const LIMIT: f64 = 1e-6;

struct Problem {
    name: String,
    layout: Layout,
    objective: Objective,
    samples: usize,
    params: Vec<f64>,
    input: Vec<f64>,
    target: Vec<f64>,
    noise: Vec<f64>,
}

impl Problem {
    fn new(
        hidden: &[Activation],
        likelihood: LikelihoodKind,
        objective: Objective,
        samples: usize,
    ) -> Problem {
        let chain =
            || hidden.iter().zip([4, 3]).map(|(activation, width)| Hidden { width, activation: *activation });
        let architecture = Architecture {
            preprocessing: elbow::architecture::FeaturesKind::plain(likelihood),
            features: FEATURES as u32,
            encoder: chain().collect(),
            latent: LatentKind::Gaussian { dim: DIM },
            decoder: chain().collect(),
            likelihood,
        };
        let layout = Layout::new(&architecture);
        let mut rng = stream(1, Purpose::Noise, 0, 0);
        // Sums of twelve uniform numbers: near enough to normal for a test.
        let mut normals = |n: usize, scale: f64| -> Vec<f64> {
            let mut uniform = || f64::from(rng.next_u32()) / f64::from(u32::MAX) - 0.5;
            (0..n).map(|_| scale * (0..12).map(|_| uniform()).sum::<f64>()).collect()
        };
        let (params, mut input) = (normals(layout.len, 0.5), normals(ROWS * FEATURES, 1.0));
        let noise = normals(ROWS * samples * DIM as usize, 1.0);
        if likelihood == LikelihoodKind::Bernoulli {
            input.iter_mut().for_each(|x| *x = f64::from(*x > 0.0));
        }
        let target = input.iter().map(|x| if *x > 0.0 { 1.0 } else { 1.2 * x }).collect();
        let name = format!("{hidden:?} {likelihood:?} {objective:?} K = {samples}");
        Problem { name, layout, objective, samples, params, input, target, noise }
    }

    fn all() -> impl Iterator<Item = Problem> {
        let chains = ACTIVATIONS.map(|a| vec![a, a]).into_iter().chain([vec![], vec![Activation::Tanh]]);
        chains.flat_map(|hidden| {
            LIKELIHOODS.into_iter().flat_map(move |likelihood| {
                let hidden = hidden.clone();
                OBJECTIVES.into_iter().flat_map(move |objective| {
                    let hidden = hidden.clone();
                    [1, 3].map(move |samples| Problem::new(&hidden, likelihood, objective, samples))
                })
            })
        })
    }

    fn batch(&self) -> Batch<'_, f64> {
        let Problem { input, target, noise, samples, .. } = self;
        Batch { input, target, noise, samples: *samples, rows_of_mean: ROWS }
    }

    fn gradient(&self) -> (f64, Vec<f64>) {
        let mut gradient = vec![0.0; self.layout.len];
        let mut workspace = Workspace::default();
        let Problem { layout, params, objective, .. } = self;
        let bound =
            bound_and_gradient(layout, params, &self.batch(), *objective, &mut gradient, &mut workspace);
        (bound, gradient)
    }

    /// The derivative of the negative bound by differences of fourth order.
    fn difference(&self, i: usize, workspace: &mut Workspace<f64>) -> f64 {
        // Small, so that no unit of these problems crosses the kink of a rectifier on the way.
        let h = 1e-5;
        let mut at = |offset: f64| {
            let mut params = self.params.clone();
            params[i] += offset;
            -bound(&self.layout, &params, &self.batch(), self.objective, workspace)
        };
        (8.0 * (at(h) - at(-h)) - (at(2.0 * h) - at(-2.0 * h))) / (12.0 * h)
    }

    fn check(&self) {
        let (_, gradient) = self.gradient();
        let mut workspace = Workspace::default();
        let differences: Vec<f64> = (0..gradient.len()).map(|i| self.difference(i, &mut workspace)).collect();
        let largest = differences.iter().fold(0.0, |l: f64, d| l.max(d.abs()));
        let norm = |x: &mut dyn Iterator<Item = f64>| x.map(|x| x * x).sum::<f64>().sqrt();
        let errors = || gradient.iter().zip(&differences).map(|(g, d)| g - d);
        let relative = norm(&mut errors()) / norm(&mut differences.iter().copied());
        assert!(relative <= LIMIT, "{}: the gradient is off by {relative:e}", self.name);
        for (i, (error, d)) in errors().zip(&differences).enumerate() {
            let relative = error.abs() / d.abs().max(1e-3 * largest);
            assert!(relative <= LIMIT, "{}: parameter {i}, {d}, is off by {relative:e}", self.name);
        }
    }
}

#[test]
fn every_gradient_is_the_slope_of_its_bound() {
    Problem::all().for_each(|problem| problem.check());
}

#[test]
fn a_clamped_log_scale_has_no_slope() {
    for likelihood in LIKELIHOODS {
        for objective in OBJECTIVES {
            let mut problem = Problem::new(&[Activation::Tanh], likelihood, objective, 3);
            let Latent::Gaussian { log_scale, .. } = &problem.layout.latent else { unreachable!() };
            let mut clamped = vec![log_scale.bias().start];
            match &problem.layout.likelihood {
                Likelihood::Bernoulli { .. } => {}
                Likelihood::Gaussian { log_scale, .. } => clamped.push(log_scale.start + 1),
                Likelihood::GaussianPerOutput { log_scale, .. } => clamped.push(log_scale.bias().start + 1),
            }
            // Below the latent's range, above the likelihood's.
            clamped.iter().zip([-30.0, 30.0]).for_each(|(i, value)| problem.params[*i] = value);
            problem.check();
            let (_, gradient) = problem.gradient();
            clamped.iter().for_each(|i| assert_eq!(gradient[*i], 0.0, "{}", problem.name));
        }
    }
}

#[test]
fn shards_add_up_to_the_batch() {
    for problem in Problem::all() {
        let (whole, gradient) = problem.gradient();
        let (mut total, mut sum) = (0.0, vec![0.0; gradient.len()]);
        let mut workspace = Workspace::default();
        for rows in [0..1, 1..ROWS] {
            let cut = |width: usize| rows.start * width..rows.end * width;
            let batch = Batch {
                input: &problem.input[cut(FEATURES)],
                target: &problem.target[cut(FEATURES)],
                noise: &problem.noise[cut(problem.samples * DIM as usize)],
                ..problem.batch()
            };
            let Problem { layout, params, objective, .. } = &problem;
            total += bound_and_gradient(layout, params, &batch, *objective, &mut sum, &mut workspace);
        }
        assert!((total - whole).abs() < 1e-12 * whole.abs(), "{}: {total}, {whole}", problem.name);
        let worst = gradient.iter().zip(&sum).fold(0.0, |worst: f64, (a, b)| worst.max((a - b).abs()));
        assert!(worst < 1e-12 * whole.abs(), "{}: {worst:e}", problem.name);
    }
}

#[test]
fn single_precision_agrees_with_double() {
    let narrow = |x: &[f64]| -> Vec<f32> { x.iter().map(|x| *x as f32).collect() };
    for problem in Problem::all() {
        let (expected, gradient) = problem.gradient();
        let Problem { layout, samples, objective, .. } = &problem;
        let [params, input, target, noise] =
            [&problem.params, &problem.input, &problem.target, &problem.noise].map(|x| narrow(x));
        let batch =
            Batch { input: &input, target: &target, noise: &noise, samples: *samples, rows_of_mean: ROWS };
        let mut single = vec![0.0f32; gradient.len()];
        let bound =
            bound_and_gradient(layout, &params, &batch, *objective, &mut single, &mut Workspace::default());
        assert!((bound - expected).abs() < 1e-5 * expected.abs(), "{}: {bound}, {expected}", problem.name);
        let largest = gradient.iter().fold(0.0, |l: f64, g| l.max(g.abs()));
        for (g, d) in single.iter().zip(&gradient) {
            assert!((g.to_f64() - d).abs() < 1e-5 * largest, "{}: {g}, {d}", problem.name);
        }
    }
}
