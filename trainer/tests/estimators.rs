//! The gradients of a model whose posterior is known: `x = W z + b + σ n` with orthogonal columns of W, so
//! that p(z|x) is a diagonal normal that a posterior of one linear layer can be exactly.

use elbow::architecture::{Architecture, FeaturesKind, LatentKind, LikelihoodKind};
use elbow::math;
use elbow_host::random::{Purpose, stream};
use elbow_trainer::bound::{Batch, Workspace};
use elbow_trainer::gradient::bound_and_gradient;
use elbow_trainer::layout::Layout;
use elbow_trainer::objective::Objective;
use rand_core::Rng;

const FEATURES: usize = 3;
const DIM: usize = 2;
/// `[feature][latent]`
const LOADING: [[f64; DIM]; FEATURES] = [[1.0, 0.5], [1.0, -0.5], [0.5, 0.0]];
const BIAS: [f64; FEATURES] = [0.3, -0.2, 0.1];
const LOG_SIGMA: f64 = -0.5;
const FRAME: [f64; FEATURES] = [0.8, -0.9, 0.4];

/// The model and its parameters, the posterior exact but for what is added to its means and log scales.
struct Linear {
    layout: Layout,
    params: Vec<f64>,
    off: [f64; 2],
}

impl Linear {
    fn new(off: [f64; 2]) -> Linear {
        let layout = Layout::new(&Architecture {
            preprocessing: FeaturesKind::Standardize,
            features: FEATURES as u32,
            encoder: [].into_iter().collect(),
            latent: LatentKind::Gaussian { dim: DIM as u32 },
            decoder: [].into_iter().collect(),
            likelihood: LikelihoodKind::Gaussian,
            weights: elbow::architecture::WeightKind::F32,
        });
        let mut params = vec![0.0; layout.len];
        let [loc, log_scale] = &layout.posterior_heads[..] else { unreachable!() };
        for j in 0..DIM {
            // p(z|x): precision 1 + |W_j|²/σ², mean W_jᵀ (x − b) / σ² over the precision
            let (square, precision) = (inverse_square(), precision(j));
            for i in 0..FEATURES {
                params[loc.weights()][j * FEATURES + i] = LOADING[i][j] * square / precision;
                params[loc.bias()][j] -= LOADING[i][j] * square / precision * BIAS[i];
            }
            params[loc.bias()][j] += off[0];
            params[log_scale.bias()][j] = -0.5 * libm::log(precision) + off[1];
        }
        let loc = &layout.likelihood_heads[0];
        for i in 0..FEATURES {
            params[loc.weights()][i * DIM..(i + 1) * DIM].copy_from_slice(&LOADING[i]);
        }
        params[loc.bias()].copy_from_slice(&BIAS);
        params[layout.learned.clone()].fill(LOG_SIGMA);
        Linear { layout, params, off }
    }

    /// Bound and gradient of the one frame by `samples` samples, the `n`-th draw.
    fn gradient(&self, objective: Objective, samples: usize, n: u64) -> (f64, Vec<f64>) {
        let mut rng = stream(5, Purpose::Noise, n, samples as u64);
        let noise: Vec<f64> =
            (0..samples * DIM).map(|_| f64::from(math::normal_quantile(rng.next_u32()))).collect();
        let batch = Batch { input: &FRAME, target: &FRAME, noise: &noise, samples, rows_of_mean: 1 };
        let mut gradient = vec![0.0; self.layout.len];
        let workspace = &mut Workspace::new(&self.layout);
        let bound =
            bound_and_gradient(&self.layout, &self.params, &batch, objective, &mut gradient, workspace);
        (bound, gradient)
    }

    /// Mean and standard error of the encoder's gradient over N draws.
    fn moments(&self, objective: Objective, samples: usize, draws: u64) -> Vec<(f64, f64)> {
        let (mut sums, n) = (vec![(0.0, 0.0); self.encoder_len()], draws as f64);
        for draw in 0..draws {
            let (_, gradient) = self.gradient(objective, samples, draw);
            sums.iter_mut().zip(&gradient).for_each(|((sum, square), g)| {
                (*sum, *square) = (*sum + g, *square + g * g);
            });
        }
        let moments = |(sum, square): &(f64, f64)| {
            let mean = sum / n;
            (mean, ((square / n - mean * mean).max(0.0) / n).sqrt())
        };
        sums.iter().map(moments).collect()
    }

    fn encoder_len(&self) -> usize {
        self.layout.posterior_heads[1].bias().end
    }

    /// Where the biases of the means and of the log scales are.
    fn biases(&self) -> [usize; 2] {
        [0, 1].map(|head| self.layout.posterior_heads[head].bias().start)
    }
}

fn inverse_square() -> f64 {
    libm::exp(-2.0 * LOG_SIGMA)
}

fn precision(j: usize) -> f64 {
    1.0 + inverse_square() * LOADING.iter().map(|w| w[j] * w[j]).sum::<f64>()
}

/// `log p(x)` in the directions of the columns of W, where its variance is
/// `σ² + |W_j|²`, and across them, where it is σ².
fn log_density() -> f64 {
    let deviation: Vec<f64> = FRAME.iter().zip(BIAS).map(|(x, b)| x - b).collect();
    let mut log_p =
        -0.5 * FEATURES as f64 * libm::log(2.0 * std::f64::consts::PI) - FEATURES as f64 * LOG_SIGMA;
    log_p -= 0.5 * inverse_square() * deviation.iter().map(|d| d * d).sum::<f64>();
    for j in 0..DIM {
        // |W_jᵀ d|² / (σ⁴ precision): what the direction gives back of the square above
        let along: f64 = LOADING.iter().zip(&deviation).map(|(w, d)| w[j] * d).sum();
        log_p += 0.5 * (along * inverse_square()).powi(2) / precision(j) - 0.5 * libm::log(precision(j));
    }
    log_p
}

/// Where q is the posterior every weight is p(x): the bound has no
/// variance, and the encoder nothing to learn from a path.
#[test]
fn at_the_true_posterior_the_path_has_no_slope() {
    let exact = Linear::new([0.0, 0.0]);
    for objective in [Objective::Dreg, Objective::Stl, Objective::Iwae, Objective::Rws] {
        for samples in [1, 7] {
            let (bound, gradient) = exact.gradient(objective, samples, 0);
            assert!((bound - log_density()).abs() < 1e-12, "{objective:?}: {bound} {}", log_density());
            let largest = gradient[..exact.encoder_len()].iter().fold(0.0, |l: f64, g| l.max(g.abs()));
            match objective {
                Objective::Dreg | Objective::Stl => assert!(largest < 1e-12, "{objective:?}: {largest:e}"),
                _ => assert!(largest > 1e-2, "{objective:?}: only noise, but there is none: {largest:e}"),
            }
        }
    }
}

/// A normal mean is beyond 5 standard errors once in 1.7·10⁶ times; there
/// are 16 parameters, hence one false alarm in 10⁵.
const ERRORS: f64 = 5.0;
const DRAWS: u64 = 20_000;

#[test]
fn at_the_true_posterior_the_score_has_no_mean() {
    let exact = Linear::new([0.0, 0.0]);
    for objective in [Objective::Iwae, Objective::Rws] {
        for (mean, error) in exact.moments(objective, 7, DRAWS) {
            assert!(mean.abs() <= ERRORS * error, "{objective:?}: {mean} ± {error}");
        }
    }
}

/// The identity of Tucker and others (2019, equation 8), away from the posterior. Each K has noise of its
/// own, so the difference of two means has the sum of their variances.
#[test]
fn dreg_has_the_mean_of_iwae() {
    let off = Linear::new([0.2, 0.3]);
    let (dreg, iwae) = (off.moments(Objective::Dreg, 4, DRAWS), off.moments(Objective::Iwae, 4, DRAWS));
    for ((d, d_error), (i, i_error)) in dreg.iter().zip(&iwae) {
        let error = d_error + i_error;
        assert!((d - i).abs() <= ERRORS * error, "{d} {i} ± {error}");
        assert!(d_error < i_error, "{d_error} {i_error}");
    }
    let bias = off.biases()[0];
    assert!(dreg[bias].0.abs() > 20.0 * dreg[bias].1, "there is something to compare: {:?}", dreg[bias]);
}

/// With one sample, sticking the landing has the mean of the ELBO's
/// gradient, which is that of `KL(q ‖ p(z|x))`.
#[test]
fn stl_has_the_mean_of_the_elbo() {
    let off = Linear::new([0.2, 0.3]);
    let ([loc, log_scale], moments) = (off.biases(), off.moments(Objective::Stl, 1, DRAWS));
    for j in 0..DIM {
        // ∂KL/∂loc = (loc − mean) precision, ∂KL/∂log_scale = scale² precision − 1
        let expected = [off.off[0] * precision(j), libm::exp(2.0 * off.off[1]) - 1.0];
        for ((mean, error), expected) in [moments[loc + j], moments[log_scale + j]].into_iter().zip(expected)
        {
            assert!((mean - expected).abs() <= ERRORS * error, "{mean} ± {error}, {expected}");
        }
    }
}

/// With many samples, `Rws` follows `KL(p(z|x) ‖ q)`. Self-normalised weights are biased by O(1/K): at K =
/// 4,000 by less than 2 in a thousand of slopes of this size.
#[test]
fn rws_follows_the_inclusive_divergence() {
    const K: usize = 4_000;
    let off = Linear::new([0.2, 0.3]);
    let ([loc, log_scale], moments) = (off.biases(), off.moments(Objective::Rws, K, 200));
    for j in 0..DIM {
        // ∂KL/∂loc = (loc − mean) / scale², ∂KL/∂log_scale = 1 − (1/precision + (loc − mean)²) / scale²
        let inverse = precision(j) * libm::exp(-2.0 * off.off[1]);
        let expected = [off.off[0] * inverse, 1.0 - (1.0 / precision(j) + off.off[0] * off.off[0]) * inverse];
        for ((mean, error), expected) in [moments[loc + j], moments[log_scale + j]].into_iter().zip(expected)
        {
            assert!((mean - expected).abs() <= ERRORS * error + 2e-3, "{mean} ± {error}, {expected}");
        }
    }
}
