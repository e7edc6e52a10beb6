//! Gradients of von Mises–Fisher models against central differences, in f64.
//!
//! A difference holds the noise still, the gradient's z turns with the mean direction μ. In the
//! plane (D = 2) these are one and the same; beyond it they differ in how the direction across μ
//! follows, so there only the parameters that leave μ alone can be compared. The turning itself
//! is tested beside it, in `bound/latent/tests.rs`.

mod problem;

use std::sync::atomic::AtomicBool;

use elbow::architecture::{Activation, Architecture, ConcentrationKind, FeaturesKind, Hidden};
use elbow::architecture::{LatentKind, LikelihoodKind};
use elbow_trainer::fit::{FitConfig, Fitted, Frames, fit};
use elbow_trainer::layout::Layout;
use elbow_trainer::net::dense::Dense;
use elbow_trainer::objective::Objective;
use problem::{EXACT, LIKELIHOODS, Limit, OBJECTIVES, Problem};

const CONCENTRATIONS: [ConcentrationKind; 3] = [
    ConcentrationKind::Learned,
    ConcentrationKind::Fixed { kappa: 3.0 },
    ConcentrationKind::Tabled { kappa: 40.0 },
];

fn spheres(dim: u32) -> impl Iterator<Item = Problem> {
    CONCENTRATIONS.into_iter().flat_map(move |concentration| {
        let latent = LatentKind::VonMisesFisher { dim, concentration };
        LIKELIHOODS.into_iter().flat_map(move |likelihood| {
            OBJECTIVES.into_iter().flat_map(move |objective| {
                [(vec![], 1), (vec![], 3), (vec![Activation::Tanh], 1), (vec![Activation::Tanh; 2], 3)]
                    .map(|(hidden, samples)| Problem::new(&hidden, latent, likelihood, objective, samples))
            })
        })
    })
}

/// The layer of κ, where there is one.
fn learned(problem: &Problem) -> Option<&Dense> {
    problem.layout.posterior_heads.get(1)
}

/// Of what depends on dt/dκ, which is interpolated on a grid of 64 cells, while the difference
/// has t from grids of its own (for D = 3 both are closed forms). Over the samples of a row
/// these errors do not cancel where the derivatives do.
const INTERPOLATED: Limit = Limit { relative: 1e-3, floor: 1.0 };

#[test]
fn on_the_circle_every_gradient_is_the_slope_of_its_bound() {
    for problem in spheres(2) {
        let limit = if learned(&problem).is_some() { INTERPOLATED } else { EXACT };
        problem.check_range(0..problem.layout.len, limit);
    }
}

#[test]
fn what_leaves_the_mean_direction_alone_has_the_slope_of_its_bound() {
    for dim in [2, 3, 4, 8] {
        for problem in spheres(dim) {
            let after_mean = problem.layout.posterior_heads[0].bias().end;
            let after_latent = learned(&problem).map_or(after_mean, |kappa| kappa.bias().end);
            problem.check_range(after_mean..problem.layout.len, if dim == 3 { EXACT } else { INTERPOLATED });
            problem.check_range(after_latent..problem.layout.len, EXACT);
        }
    }
}

#[test]
fn a_light_divergence_on_the_circle() {
    let latent = LatentKind::VonMisesFisher { dim: 2, concentration: ConcentrationKind::Learned };
    let light = Objective::Elbo { weight: 0.25, free: 0.0 };
    let problem = Problem::new(&[Activation::Tanh], latent, LikelihoodKind::Gaussian, light, 3);
    problem.check_range(0..problem.layout.len, INTERPOLATED);
}

/// The sphere is one unit: all of its divergence is free, or none.
#[test]
fn free_bits_of_the_sphere() {
    let latent = LatentKind::VonMisesFisher { dim: 3, concentration: ConcentrationKind::Learned };
    let problem = |free| {
        let objective = Objective::Elbo { weight: 1.0, free };
        Problem::new(&[Activation::Tanh], latent, LikelihoodKind::Gaussian, objective, 1)
    };
    let [divergence, _] = problem(0.0).divergence(&problem(0.0).params, 0.0);
    let (below, above) = (problem(0.5 * divergence as f32), problem(2.0 * divergence as f32));
    assert_eq!(below.gradient(), problem(0.0).gradient());
    let without = Problem { objective: Objective::Elbo { weight: 0.0, free: 0.0 }, ..problem(0.0) };
    assert_eq!(above.gradient(), without.gradient());
}

#[test]
fn a_concentration_at_its_limit_has_no_slope() {
    for objective in OBJECTIVES {
        let latent = LatentKind::VonMisesFisher { dim: 3, concentration: ConcentrationKind::Learned };
        let mut problem = Problem::new(&[], latent, LikelihoodKind::Gaussian, objective, 3);
        let kappa = learned(&problem).unwrap();
        let (parameters, bias) = (kappa.offset..kappa.bias().end, kappa.bias().start);
        problem.params[bias] = 2e4;
        let (bound, gradient) = problem.gradient();
        assert!(bound.is_finite());
        assert!(gradient[parameters].iter().all(|g| *g == 0.0), "{}", problem.name);
    }
}

fn fitted(concentration: ConcentrationKind, threads: usize) -> Fitted {
    const FEATURES: usize = 6;
    let hidden = || [Hidden { width: 16, activation: Activation::Relu }].into_iter().collect();
    let layout = Layout::new(&Architecture {
        preprocessing: FeaturesKind::Standardize,
        features: FEATURES as u32,
        encoder: hidden(),
        latent: LatentKind::VonMisesFisher { dim: 4, concentration },
        decoder: hidden(),
        likelihood: LikelihoodKind::Gaussian,
        weights: elbow::architecture::WeightKind::F32,
    });
    let data: Vec<f32> = (0..200 * FEATURES).map(|i| libm::sin(0.37 * (i * i) as f64) as f32).collect();
    let frames = Frames { input: &data, target: &data, features: FEATURES };
    // 100 rows of 3 samples: several shards in a step
    let config = FitConfig { samples: 3, epochs: 3, warmup: 2, batch: 100, ..FitConfig::default() };
    let start = layout.init(1, &[0.0; FEATURES]);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let never = AtomicBool::new(false);
    pool.install(|| fit(&layout, start, &frames, &config, &never, |epoch, _| f64::from(epoch), |_| ()))
        .unwrap()
}

#[test]
fn threads_change_no_bit() {
    for concentration in CONCENTRATIONS {
        let one = fitted(concentration, 1);
        assert_eq!(one, fitted(concentration, 2), "{concentration:?}");
        assert_eq!(one.best_epoch, 3);
    }
}
