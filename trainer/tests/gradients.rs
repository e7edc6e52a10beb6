//! Gradients of Gaussian models against central differences, in f64.

mod problem;

use std::ops::Range;

use elbow::architecture::{Activation, LatentKind, LikelihoodKind};
use elbow_trainer::bound::{Batch, Workspace, bound_and_slopes};
use elbow_trainer::gradient::{self, bound_and_gradient};
use elbow_trainer::net::real::Real;
use elbow_trainer::objective::Objective;
use problem::{FEATURES, LIKELIHOODS, OBJECTIVES, Problem, ROWS};

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
const DIM: u32 = 2;

fn gaussian(
    hidden: &[Activation],
    likelihood: LikelihoodKind,
    objective: Objective,
    samples: usize,
) -> Problem {
    Problem::new(hidden, LatentKind::Gaussian { dim: DIM }, likelihood, objective, samples)
}

fn mixture(likelihood: LikelihoodKind, objective: Objective, samples: usize) -> Problem {
    let latent = LatentKind::GaussianMixture { dim: DIM, components: 3 };
    Problem::new(&[Activation::Tanh], latent, likelihood, objective, samples)
}

fn all() -> impl Iterator<Item = Problem> {
    let mixtures = OBJECTIVES.into_iter().flat_map(|objective| {
        [1, 3].map(|samples| mixture(LikelihoodKind::GaussianPerOutput, objective, samples))
    });
    let chains = ACTIVATIONS.map(|a| vec![a, a]).into_iter().chain([vec![], vec![Activation::Tanh]]);
    let alone = chains.flat_map(|hidden| {
        LIKELIHOODS.into_iter().flat_map(move |likelihood| {
            let hidden = hidden.clone();
            OBJECTIVES.into_iter().flat_map(move |objective| {
                let hidden = hidden.clone();
                [1, 3].map(move |samples| gaussian(&hidden, likelihood, objective, samples))
            })
        })
    });
    alone.chain(mixtures)
}

#[test]
fn every_gradient_is_the_slope_of_its_loss() {
    all().for_each(|problem| problem.check());
}

/// The latent of an autoencoder follows its activation, and no prior pulls at it.
#[test]
fn a_point() {
    for activation in [Activation::Identity, Activation::Relu, Activation::Silu] {
        for likelihood in LIKELIHOODS {
            for (objective, samples) in [(Objective::ELBO, 1), (Objective::ELBO, 3), (Objective::Iwae, 3)] {
                let latent = LatentKind::Point { dim: DIM, activation };
                Problem::new(&[Activation::Tanh], latent, likelihood, objective, samples).check();
            }
        }
    }
}

/// While a fit warms up, the divergence counts less, with a β above 1
/// more, but the bound that is told is still the bound.
#[test]
fn a_weighted_divergence() {
    for (weight, samples) in [(0.0, 1), (0.25, 3), (4.0, 1)] {
        for likelihood in LIKELIHOODS {
            let weighted =
                gaussian(&[Activation::Tanh], likelihood, Objective::Elbo { weight, free: 0.0 }, samples);
            weighted.check();
            let full = gaussian(&[Activation::Tanh], likelihood, Objective::ELBO, samples);
            assert_eq!(weighted.gradient().0, full.gradient().0);
            assert_ne!(weighted.gradient().1, full.gradient().1);
        }
    }
}

/// A unit whose divergence is below what is free is not charged, the others are:
/// the gradient is the slope of `Σ_j max(free, KL_j)`.
#[test]
fn free_bits() {
    let problem = |free| {
        gaussian(&[Activation::Tanh], LikelihoodKind::Gaussian, Objective::Elbo { weight: 1.0, free }, 2)
    };
    let full = problem(0.0);
    let [divergence, charged] = full.divergence(&full.params, 0.0);
    assert!((divergence - charged).abs() < 1e-12, "{divergence} {charged}");
    // between the units' divergences: one is free and another is not
    let free = 0.5 * divergence;
    let some = problem(free as f32);
    let [_, charged] = some.divergence(&some.params, free);
    assert!(charged > divergence && charged < 2.0 * free + divergence, "{charged} {divergence}");
    some.check();
    assert_eq!(some.gradient().0, full.gradient().0);
    assert_ne!(some.gradient().1, full.gradient().1);
    // all of it
    let all = problem(1e3).gradient();
    let none = Problem { objective: Objective::Elbo { weight: 0.0, free: 0.0 }, ..problem(0.0) };
    assert_eq!(all, none.gradient());
}

/// The divergence from a learned prior is that of the samples, and so are its slopes,
/// whatever it counts for. As a whole it may be free.
#[test]
fn a_learned_prior() {
    let problem =
        |weight, free, samples| mixture(LikelihoodKind::Gaussian, Objective::Elbo { weight, free }, samples);
    let full = problem(1.0, 0.0, 3);
    let [divergence, charged] = full.divergence(&full.params, 0.0);
    assert!((divergence - charged).abs() < 1e-12, "{divergence} {charged}");
    let free = divergence as f32;
    for (weight, free) in [(0.25, 0.0), (4.0, 0.0), (1.0, 0.5 * free), (1.0, 1.5 * free)] {
        let other = problem(weight, free, 3);
        other.check();
        assert_eq!(other.gradient().0, full.gradient().0);
    }
    let none = problem(0.0, 0.0, 3);
    none.check();
    assert_eq!(problem(1.0, 1.5 * free, 3).gradient(), none.gradient());
    let prior = full.layout.prior.clone();
    assert!(full.gradient().1[prior.clone()].iter().all(|slope| *slope != 0.0));
    assert!(none.gradient().1[prior.clone()].iter().all(|slope| *slope == 0.0));
    // outside its range a scale has no slope
    let mut clamped = problem(1.0, 0.0, 3);
    // log scales are its last parameters
    let place = prior.end - 2;
    clamped.params[place] = -30.0;
    clamped.check();
    assert_eq!(clamped.gradient().1[place], 0.0);
}

#[test]
fn a_clamped_log_scale_has_no_slope() {
    for likelihood in LIKELIHOODS {
        for objective in OBJECTIVES {
            let mut problem = gaussian(&[Activation::Tanh], likelihood, objective, 3);
            let layout = &problem.layout;
            let mut clamped = vec![layout.posterior_heads[1].bias().start];
            clamped.extend(layout.likelihood_heads.get(1).map(|log_scale| log_scale.bias().start + 1));
            clamped.extend(layout.learned.clone().nth(1));
            // Below the latent's range, above and below the likelihood's.
            clamped.iter().zip([-30.0, 60.0, -30.0]).for_each(|(i, value)| problem.params[*i] = value);
            problem.check();
            let (_, gradient) = problem.gradient();
            clamped.iter().for_each(|i| assert_eq!(gradient[*i], 0.0, "{}", problem.name));
        }
    }
}

#[test]
fn shards_and_slabs_add_up_to_the_batch() {
    for problem in all() {
        let (whole, expected) = problem.gradient();
        let Problem { layout, params, objective, .. } = &problem;
        let run = |rows: Range<usize>| {
            let cut = |width: usize| rows.start * width..rows.end * width;
            let batch = Batch {
                input: &problem.input[cut(layout.inputs)],
                target: &problem.target[cut(FEATURES)],
                noise: &problem.noise[cut(problem.samples * DIM as usize)],
                ..problem.batch()
            };
            let mut workspace = Workspace::new(layout);
            let bound = bound_and_slopes(layout, params[..].into(), &batch, *objective, &mut workspace);
            (batch.input, workspace, bound)
        };
        let shards = [run(0..1), run(1..ROWS)];
        let total = shards[0].2 + shards[1].2;
        assert!((total - whole).abs() < 1e-12 * whole.abs(), "{}: {total}, {whole}", problem.name);
        let slabs = gradient::slabs(layout);
        let mut written = [vec![f64::NAN; layout.len], vec![f64::NAN; layout.len]];
        gradient::write(&slabs, &shards, |shard| (shard.0, &shard.1), &mut written[0]);
        gradient::write_parallel(&slabs, &shards, |shard| (shard.0, &shard.1), &mut written[1]);
        assert_eq!(written[0], written[1], "{}", problem.name);
        let errors = expected.iter().zip(&written[0]).map(|(a, b)| (a - b).abs());
        let worst = errors.fold(0.0, f64::max);
        assert!(worst < 1e-12 * whole.abs(), "{}: {worst:e}", problem.name);
    }
}

/// Of samples whose weights are below the rounding of f32 nothing remains, and nobody misses them.
#[test]
fn negligible_samples_are_left_out() {
    let narrow = |x: &[f64]| -> Vec<f32> { x.iter().map(|x| *x as f32).collect() };
    for objective in [Objective::Iwae, Objective::Dreg, Objective::Stl, Objective::Rws] {
        let mut problem = gaussian(&[Activation::Tanh], LikelihoodKind::Gaussian, objective, 50);
        // a narrow likelihood: log weights far apart
        problem.params[problem.layout.learned.clone()].fill(-2.0);
        let (_, expected) = problem.gradient();
        let Problem { layout, samples, .. } = &problem;
        let [params, input, target, noise] =
            [&problem.params, &problem.input, &problem.target, &problem.noise].map(|x| narrow(x));
        let batch =
            Batch { input: &input, target: &target, noise: &noise, samples: *samples, rows_of_mean: ROWS };
        let (mut gradient, mut workspace) = (vec![0.0f32; layout.len], Workspace::new(layout));
        bound_and_gradient(layout, &params, &batch, objective, &mut gradient, &mut workspace);
        assert!((ROWS..ROWS * samples / 2).contains(&workspace.kept()), "{}", workspace.kept());
        let largest = expected.iter().fold(0.0, |l: f64, g| l.max(g.abs()));
        for (g, d) in gradient.iter().zip(&expected) {
            assert!((g.to_f64() - d).abs() < 2e-5 * largest, "{}: {g}, {d}", problem.name);
        }
    }
}

#[test]
fn single_precision_agrees_with_double() {
    let narrow = |x: &[f64]| -> Vec<f32> { x.iter().map(|x| *x as f32).collect() };
    for problem in all() {
        let (expected, gradient) = problem.gradient();
        let Problem { layout, samples, objective, .. } = &problem;
        let [params, input, target, noise] =
            [&problem.params, &problem.input, &problem.target, &problem.noise].map(|x| narrow(x));
        let batch =
            Batch { input: &input, target: &target, noise: &noise, samples: *samples, rows_of_mean: ROWS };
        let mut single = vec![0.0f32; gradient.len()];
        let bound =
            bound_and_gradient(layout, &params, &batch, *objective, &mut single, &mut Workspace::new(layout));
        assert!((bound - expected).abs() < 1e-5 * expected.abs(), "{}: {bound}, {expected}", problem.name);
        let largest = gradient.iter().fold(0.0, |l: f64, g| l.max(g.abs()));
        for (g, d) in single.iter().zip(&gradient) {
            assert!((g.to_f64() - d).abs() < 1e-5 * largest, "{}: {g}, {d}", problem.name);
        }
    }
}
