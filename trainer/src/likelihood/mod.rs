//! The likelihood p(x|z) of a network: log p of every sample, and the way back from it.
//!
//! A family is a [`Likelihood`] in a file of its own, and [`of`] is the list of them. The way forward leaves,
//! where the decoder's outputs stood, the derivative of log p(x|z) with respect to each of them: exponentials
//! are taken once, and the way back only scales rows.

mod bernoulli;
mod beta_binomial;
mod discretized_logistic;
mod gaussian;
mod gaussian_categorical;
mod gaussian_per_output;
mod negative_binomial;
mod student_t;
mod two_outputs;
mod von_mises;

use std::fmt;

use elbow::architecture::LikelihoodKind;
use elbow::likelihood::{LOG_SCALE_MAX, LOG_SCALE_MIN};

use crate::columns::Columns;
use crate::net::buffer::Buffer;
use crate::net::real::Real;
use crate::net::simd::{is_within, wide, zip};
use crate::spelled::Word;
use elbow_host::file::write::Sections;

use bernoulli::Bernoulli;
use beta_binomial::BetaBinomial;
use discretized_logistic::DiscretizedLogistic;
use gaussian::Gaussian;
use gaussian_categorical::GaussianCategorical;
use gaussian_per_output::GaussianPerOutput;
use negative_binomial::NegativeBinomial;
use student_t::StudentT;
use von_mises::VonMises;

/// Of logarithms of scales.
const LOG_SCALES: (f32, f32) = (LOG_SCALE_MIN, LOG_SCALE_MAX);
/// A family of likelihoods, with the memory of one batch.
///
/// Every head is a dense layer as wide as what the network gives for a frame: one number for each feature,
/// and of a category one for each of its values.
pub trait Likelihood<T: Real>: fmt::Debug + Send + Sync {
    /// How many heads read the decoder's last hidden vector.
    fn heads(&self) -> usize {
        1
    }

    /// What the family learns once for each feature begins at this; `None` where it learns nothing so.
    fn learned_start(&self) -> Option<f32> {
        None
    }

    /// What is wrong with a number that it does not take, and what to do; `None` where it takes all. What is
    /// of only some numbers is of whole ones.
    fn refusal(&self) -> Option<&'static str> {
        None
    }

    /// The biases of the first head, or of some more one after another, that make it give the mean of the
    /// rows of `features`: where a fit begins.
    fn output_bias(&self, features: &[f32], dims: usize) -> Vec<f32> {
        means(features, dims)
    }

    /// log p(x|z) of each sample, `[row][sample]`. It finds in `outputs` what the heads gave,
    /// `[row][sample][output]`, and leaves there the derivative of log p(x|z) with respect to it. `learned`
    /// is what it learns once for each feature.
    fn log_prob(
        &mut self,
        learned: &[T],
        frames: Frames<'_, T>,
        outputs: &mut [Buffer<T>],
        log_prob: &mut [f64],
    );

    /// What the sum of [`log_prob`](Self::log_prob) has of a feature whatever its number is, and how that
    /// changes with what is learned of it, in [`learned_slopes`](Self::learned_slopes) likewise. It is taken
    /// off again where the number is missing: NaN, of which there is no term and no slope.
    fn constant(&self, _learned: &[T], _feature: usize) -> (f64, T) {
        (0.0, T::ZERO)
    }

    /// Forgets all samples but these of `samples`, which must rise.
    fn keep(&mut self, _kept: &[usize], _samples: usize) {}

    /// From the loss's derivative with respect to each log p(x|z) to that in what is learned once for each
    /// feature. `slopes` are those that [`log_prob`](Self::log_prob) left.
    fn learned_slopes(&self, _learned: &[T], _slopes: &[Buffer<T>], _d_log_prob: &[T], _out: &mut [T]) {}

    /// Writes its sections of a model file, those of the heads left out.
    fn write(&self, _learned: &[f32], _out: &mut Sections) {}
}

/// What a family takes from the preprocessing: none of it is a parameter.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Units {
    /// what the numbers of a frame are
    pub columns: Columns,
    /// of integers: half of the distance between the features of neighbours, `[feature]`
    pub half_bins: Vec<f32>,
}

/// The family of a kind. A new one is a line here and a file beside this.
pub fn of<T: Real>(kind: LikelihoodKind, units: &Units) -> Box<dyn Likelihood<T>> {
    match kind {
        LikelihoodKind::Bernoulli => Box::new(Bernoulli),
        LikelihoodKind::Gaussian => Box::new(Gaussian::default()),
        LikelihoodKind::GaussianPerOutput => Box::new(GaussianPerOutput::default()),
        LikelihoodKind::DiscretizedLogistic => Box::new(DiscretizedLogistic::new(&units.half_bins)),
        LikelihoodKind::StudentT => Box::new(StudentT::default()),
        LikelihoodKind::BetaBinomial { most } => Box::new(BetaBinomial::new(most)),
        LikelihoodKind::GaussianCategorical { .. } => Box::new(GaussianCategorical::new(&units.columns)),
        LikelihoodKind::NegativeBinomial => Box::new(NegativeBinomial::default()),
        LikelihoodKind::VonMises { .. } => Box::new(VonMises::new(&units.columns)),
    }
}

/// What `--likelihood` takes.
pub const WORDS: &str = "gaussian (one scale per feature), gaussian-per-output, student-t (heavy tails), \
                         bernoulli (bits), \
                         discretized-logistic (integers), beta-binomial:N (counts up to N, at most 255), \
                         negative-binomial (counts without an upper end) or von-mises (angles, with \
                         --period)";

impl Word for LikelihoodKind {
    const NAME: &'static str = "likelihood";

    fn read(text: &str) -> Result<Self, String> {
        Ok(match text {
            "gaussian" => LikelihoodKind::Gaussian,
            "gaussian-per-output" => LikelihoodKind::GaussianPerOutput,
            "bernoulli" => LikelihoodKind::Bernoulli,
            "student-t" => LikelihoodKind::StudentT,
            "discretized-logistic" => LikelihoodKind::DiscretizedLogistic,
            "negative-binomial" => LikelihoodKind::NegativeBinomial,
            // the data say how many
            "von-mises" => LikelihoodKind::VonMises { angles: 0 },
            other => match other.strip_prefix("beta-binomial:").map(str::parse) {
                Some(Ok(most @ 1..)) => LikelihoodKind::BetaBinomial { most },
                Some(_) => return Err("give a largest count N from 1 to 255".into()),
                None => {
                    let words = "choose gaussian, gaussian-per-output, student-t, bernoulli, \
                                 discretized-logistic, \
                                 negative-binomial, von-mises or beta-binomial:N";
                    return Err(words.into());
                }
            },
        })
    }
}

/// The frames of the samples of a batch.
#[derive(Clone, Copy, Debug)]
pub struct Frames<'a, T> {
    /// `[row][feature]`
    pub values: &'a [T],
    /// numbers in a frame
    pub features: usize,
    /// samples per row
    pub samples: usize,
}

impl<'a, T> Frames<'a, T> {
    /// The frame of the `k`-th sample.
    #[inline(always)]
    pub(crate) fn of_sample(&self, k: usize) -> &'a [T] {
        &self.values[k / self.samples * self.features..][..self.features]
    }
}

/// `∂learned = Σ_k ∂log p_k slope_k` for slopes `[sample][feature]`, where the clamp to a range has a slope.
fn sum_slopes<T: Real>(learned: &[T], range: (f32, f32), slopes: &[T], d_log_prob: &[T], out: &mut [T]) {
    out.fill(T::ZERO);
    wide(
        #[inline(always)]
        || {
            for (slopes, d) in slopes.chunks_exact(learned.len()).zip(d_log_prob) {
                out.iter_mut().zip(slopes).for_each(|(total, slope)| *total += *d * *slope);
            }
        },
    );
    zip(out, learned, |d, raw| if is_within(raw, range) { d } else { T::ZERO });
}

/// `log(1 + exp x)` and `σ(x)`, of one exponential.
#[inline(always)]
fn softplus_and_slope<T: Real>(x: T) -> (T, T) {
    let e = (-x.abs()).exp();
    let slope = (if x > T::ZERO { T::ONE } else { e }) / (T::ONE + e);
    (x.max(T::ZERO) + e.ln_1p_unit(), slope)
}

/// The mean of each column, of the numbers that are there.
fn means(rows: &[f32], dims: usize) -> Vec<f32> {
    let mut sums = vec![(0.0_f64, 0.0_f64); dims];
    for row in rows.chunks_exact(dims) {
        for ((sum, count), x) in sums.iter_mut().zip(row).filter(|(_, x)| !x.is_nan()) {
            (*sum, *count) = (*sum + f64::from(*x), *count + 1.0);
        }
    }
    sums.into_iter().map(|(sum, count)| (sum / count) as f32).collect()
}

/// Log odds of a probability. A bit that never changes in the data still may: its logit stays finite.
fn logit(p: f32) -> f32 {
    let p = f64::from(p).clamp(1e-3, 1.0 - 1e-3);
    (p / (1.0 - p)).ln() as f32
}
