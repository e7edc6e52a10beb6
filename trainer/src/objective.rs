//! Bounds on log p(x) and their gradients.
//!
//! ```text
//! log w_k = log p(x|z_k) + log p(z_k) − log q(z_k|x),   z_k ~ q(z|x)
//! ELBO    = (1/K) Σ_k log p(x|z_k) − KL(q(z|x) ‖ p(z))
//! IWAE    = log (1/K) Σ_k w_k                            (Burda, Grosse and Salakhutdinov 2016, equation 8)
//! ```

use crate::latent::{Draws, Posterior, Term};
use crate::likelihood::{Observation, Outputs};
use crate::net::chain::{self, Slope, Trace};
use crate::net::layout::Layout;
use crate::net::real::Real;

/// What is raised.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Objective {
    /// The evidence lower bound, its divergence in closed form.
    Elbo {
        /// of the divergence in the gradient, below 1 while a fit warms up; the bound that is told is the ELBO itself
        weight: f32,
    },
    /// The importance-weighted bound.
    Iwae,
}

impl Objective {
    /// The evidence lower bound with its full divergence.
    pub const ELBO: Objective = Objective::Elbo { weight: 1.0 };
}

/// The rows of a step.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a, T> {
    /// what the encoder sees, `[row][feature]`
    pub input: &'a [T],
    /// what the likelihood sees, `[row][feature]`
    pub target: &'a [T],
    /// standard normals, `[row][sample][noise_len]`
    pub noise: &'a [T],
    /// samples per row
    pub samples: usize,
    /// how many rows the mean is over: more than are here where this is one shard of several
    pub rows_of_mean: usize,
}

/// Buffers between the passes. They grow to what the first step needs; later steps allocate nothing.
#[derive(Debug, Default)]
pub struct Workspace<T> {
    encoder: Trace<T>,
    draws: Draws<T>,
    decoder: Trace<T>,
    outputs: Outputs<T>,
    slope: Slope<T>,
    /// log p(x|z) or log w, `[row][sample]`
    log_weight: Vec<f64>,
    /// derivative of the loss with respect to them
    d_log_weight: Vec<T>,
}

/// The mean of the bound over the rows, in nats.
///
/// # Panics
/// If the slices' lengths do not fit the layout.
pub fn bound<T: Real>(
    layout: &Layout,
    params: &[T],
    batch: &Batch<'_, T>,
    objective: Objective,
    workspace: &mut Workspace<T>,
) -> f64 {
    let samples = check(layout, params, batch);
    let Workspace { encoder, draws, decoder, outputs, log_weight, d_log_weight, .. } = workspace;
    log_weight.resize(samples, 0.0);
    d_log_weight.resize(samples, T::ZERO);
    chain::forward(&layout.encoder, params, batch.input, encoder);
    let posterior = posterior(layout, params, batch, encoder);
    posterior.forward(draws);
    chain::forward(&layout.decoder, params, &draws.z, decoder);
    observation(layout, params, batch, decoder, &draws.z).forward(outputs, log_weight);
    match objective {
        Objective::Elbo { .. } => elbo(&posterior, draws, batch.rows_of_mean, log_weight, d_log_weight),
        Objective::Iwae => iwae(&posterior, draws, batch.rows_of_mean, log_weight, d_log_weight),
    }
}

/// The mean of the bound over the rows, in nats; adds the gradient of its negative, the divergence weighted as the objective
/// says, to `gradient`.
///
/// # Panics
/// If the slices' lengths do not fit the layout.
pub fn bound_and_gradient<T: Real>(
    layout: &Layout,
    params: &[T],
    batch: &Batch<'_, T>,
    objective: Objective,
    gradient: &mut [T],
    workspace: &mut Workspace<T>,
) -> f64 {
    assert_eq!(gradient.len(), layout.len, "the gradient's length");
    let bound = bound(layout, params, batch, objective, workspace);
    let Workspace { encoder, draws, decoder, outputs, slope, d_log_weight, .. } = workspace;
    let term = match objective {
        // ∂loss/∂KL = weight / rows
        Objective::Elbo { weight } => {
            Term::Divergence(T::from_f64(f64::from(weight) / batch.rows_of_mean as f64))
        }
        Objective::Iwae => Term::LogRatio(d_log_weight),
    };
    let observation = observation(layout, params, batch, decoder, &draws.z);
    observation.backward(outputs, d_log_weight, slope, gradient);
    chain::backward(&layout.decoder, params, &draws.z, decoder, true, slope, gradient);
    let posterior = posterior(layout, params, batch, encoder);
    posterior.backward(draws, term, !layout.encoder.is_empty(), slope, gradient);
    chain::backward(&layout.encoder, params, batch.input, encoder, false, slope, gradient);
    bound
}

/// `(1/K) Σ_k log p(x|z_k) − KL`, averaged over rows; `d` receives the derivative of its negative.
fn elbo<T: Real>(
    posterior: &Posterior<'_, T>,
    draws: &Draws<T>,
    rows: usize,
    log_prob: &[f64],
    d: &mut [T],
) -> f64 {
    let samples = posterior.samples;
    d.fill(T::from_f64(-1.0 / (samples * rows) as f64));
    let row_bound = |(row, log_prob): (usize, &[f64])| {
        log_prob.iter().sum::<f64>() / samples as f64 - posterior.divergence(draws, row)
    };
    log_prob.chunks_exact(samples).enumerate().map(row_bound).sum::<f64>() / rows as f64
}

/// `log (1/K) Σ_k w_k`, averaged over rows; `log_weight` holds log p(x|z_k) before; `d` receives the derivative of
/// the negative with respect to each log w_k: `−w_k / Σ_l w_l / rows`.
fn iwae<T: Real>(
    posterior: &Posterior<'_, T>,
    draws: &Draws<T>,
    rows: usize,
    log_weight: &mut [f64],
    d: &mut [T],
) -> f64 {
    let samples = posterior.samples;
    // A weight far below the rounding of the gradient would only fill it with subnormals, which slow a product fivefold.
    let negligible = (T::EPSILON * T::EPSILON).to_f64();
    posterior.add_log_ratio(draws, log_weight);
    let row_bound = |(log_weight, d): (&[f64], &mut [T])| {
        let largest = log_weight.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let total: f64 = log_weight.iter().map(|l| (l - largest).exp()).sum();
        for (d, l) in d.iter_mut().zip(log_weight) {
            let weight = (l - largest).exp() / total;
            *d = if weight < negligible { T::ZERO } else { T::from_f64(-weight / rows as f64) };
        }
        largest + (total / samples as f64).ln()
    };
    log_weight.chunks_exact(samples).zip(d.chunks_exact_mut(samples)).map(row_bound).sum::<f64>()
        / rows as f64
}

fn posterior<'a, T: Real>(
    layout: &'a Layout,
    params: &'a [T],
    batch: &Batch<'a, T>,
    encoder: &'a Trace<T>,
) -> Posterior<'a, T> {
    let Batch { input, noise, samples, .. } = *batch;
    Posterior { latent: &layout.latent, params, hidden: encoder.output(input), noise, samples }
}

fn observation<'a, T: Real>(
    layout: &'a Layout,
    params: &'a [T],
    batch: &Batch<'a, T>,
    decoder: &'a Trace<T>,
    z: &'a [T],
) -> Observation<'a, T> {
    let Batch { target, samples, .. } = *batch;
    Observation { likelihood: &layout.likelihood, params, hidden: decoder.output(z), target, samples }
}

/// Compares the lengths; the number of samples of all rows.
fn check<T>(layout: &Layout, params: &[T], batch: &Batch<'_, T>) -> usize {
    let rows = batch.input.len() / layout.features;
    assert!(rows > 0 && batch.samples > 0, "{rows} rows of {} samples", batch.samples);
    assert_eq!(params.len(), layout.len, "the parameters' length");
    assert_eq!(batch.input.len(), rows * layout.features, "the input's length");
    assert_eq!(batch.target.len(), batch.input.len(), "the target's length");
    assert_eq!(batch.noise.len(), rows * batch.samples * layout.latent.noise_len(), "the noise's length");
    rows * batch.samples
}
