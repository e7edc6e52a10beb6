//! Numbers beside categories: a normal distribution or a softmax for each number of a frame.

use elbow::features::block;

use super::gaussian::{normal_constant, scales, write_scales};
use super::{Frames, LOG_SCALES, Likelihood, sum_slopes};
use crate::columns::Columns;
use crate::net::buffer::Buffer;
use crate::net::real::Real;
use crate::net::simd::{clamp, sum, wide};
use elbow_host::file::write::Sections;
use elbow_host::numbers::HALF_LOG_TAU;

/// The head gives means and logits, in the order of the frame; log scales are
/// learned, and those of categories have no meaning.
#[derive(Debug)]
pub(super) struct GaussianCategorical<T> {
    /// how many values each feature has, 0 where it is no category
    levels: Vec<u16>,
    scale: Buffer<T>,
    /// the derivative of log p(x|z) with respect to the log scales, `[row][sample][feature]`
    slopes: Buffer<T>,
    terms: Buffer<T>,
}

impl<T: Real> GaussianCategorical<T> {
    pub(super) fn new(columns: &Columns) -> Self {
        let [scale, slopes, terms] = std::array::from_fn(|_| Buffer::default());
        let levels = if let Columns::Categories(levels) = columns { levels.clone() } else { Vec::new() };
        GaussianCategorical { levels, scale, slopes, terms }
    }
}

impl<T: Real> Likelihood<T> for GaussianCategorical<T> {
    fn learned_start(&self) -> Option<f32> {
        Some(0.0)
    }

    /// Means of the numbers, and logarithms of the frequencies of the values:
    /// each is counted once more than it occurs.
    fn output_bias(&self, features: &[f32], dims: usize) -> Vec<f32> {
        let column = |i| features.iter().skip(i).step_by(dims).filter(|x| !x.is_nan());
        let bias = |(i, levels): (usize, &u16)| {
            let rows = column(i).count() as f64;
            if *levels == 0 {
                return vec![(column(i).map(|x| f64::from(*x)).sum::<f64>() / rows) as f32];
            }
            let mut counts = vec![1.0_f64; (*levels).into()];
            column(i).for_each(|code| counts[*code as usize] += 1.0);
            counts.iter().map(|count| (count / (rows + f64::from(*levels))).ln() as f32).collect()
        };
        self.levels.iter().enumerate().flat_map(bias).collect()
    }

    fn log_prob(
        &mut self,
        log_scale: &[T],
        frames: Frames<'_, T>,
        outputs: &mut [Buffer<T>],
        log_prob: &mut [f64],
    ) {
        let GaussianCategorical { levels, scale, slopes, terms } = self;
        let (width, features) = (outputs[0].len() / log_prob.len(), frames.features);
        slopes.resize(log_prob.len() * features);
        terms.resize(features);
        let scale = scales(log_scale, scale);
        let numbers = log_scale.iter().zip(&*levels).filter(|(_, levels)| **levels == 0);
        // Σ_i log_scale + ½ log 2π
        let constant: f64 = numbers.map(|(s, _)| clamp(*s, LOG_SCALES).to_f64() + HALF_LOG_TAU).sum();
        let rows = outputs[0].chunks_exact_mut(width).zip(slopes.chunks_exact_mut(features));
        wide(
            #[inline(always)]
            || {
                for (k, ((mut outputs, slopes), log_prob)) in rows.zip(log_prob).enumerate() {
                    let frame = frames.of_sample(k).iter().zip(levels.iter()).zip(scale);
                    for (((x, levels), s), (slope, term)) in
                        frame.zip(slopes.iter_mut().zip(terms.iter_mut()))
                    {
                        let (here, behind) = outputs.split_at_mut(block(*levels));
                        (*term, *slope) = if x.is_nan() {
                            here.fill(T::ZERO);
                            (T::ZERO, T::ZERO)
                        } else if *levels == 0 {
                            normal(*x, &mut here[0], *s)
                        } else {
                            (softmax(*x, here), T::ZERO)
                        };
                        outputs = behind;
                    }
                    *log_prob = sum(terms) - constant;
                }
            },
        );
    }

    /// Its slope is in those of the numbers.
    fn constant(&self, log_scale: &[T], feature: usize) -> (f64, T) {
        let is_number = self.levels[feature] == 0;
        (if is_number { normal_constant(log_scale[feature]).0 } else { 0.0 }, T::ZERO)
    }

    fn keep(&mut self, kept: &[usize], samples: usize) {
        self.slopes.keep_rows(kept, samples);
    }

    fn learned_slopes(&self, log_scale: &[T], _: &[Buffer<T>], d_log_prob: &[T], out: &mut [T]) {
        sum_slopes(log_scale, LOG_SCALES, &self.slopes, d_log_prob, out);
    }

    fn write(&self, log_scale: &[f32], out: &mut Sections) {
        write_scales(log_scale, |i| self.levels[i] == 0, out);
        out.integers(&self.levels);
    }
}

/// log N without its constant, and its derivatives: with respect to the
/// mean in its place, with respect to the log scale.
#[inline(always)]
fn normal<T: Real>(x: T, loc: &mut T, scale: T) -> (T, T) {
    // u = (x − loc) / scale, log p = −½ u² − log_scale − ½ log 2π
    let u = (x - *loc) / scale;
    // ∂log p/∂loc = u / scale, ∂log p/∂log_scale = u² − 1
    *loc = u / scale;
    (T::from_f64(-0.5) * (u * u), u * u - T::ONE)
}

/// log p of a code, and in the place of each logit the derivative with respect to it.
#[inline(always)]
fn softmax<T: Real>(code: T, logits: &mut [T]) -> T {
    let largest = logits.iter().copied().fold(logits[0], T::max);
    let mut log_prob = T::ZERO;
    let mut rest = T::ZERO - T::ONE;
    for (c, logit) in logits.iter_mut().enumerate() {
        let difference = *logit - largest;
        if code == T::from_f64(c as f64) {
            log_prob = difference;
        }
        *logit = difference.exp();
        rest += *logit;
    }
    // log p_c = l_c − log Σ exp l, ∂log p_c/∂l_b = [b = c] − p_b
    let inverse = T::ONE / (T::ONE + rest);
    for (c, logit) in logits.iter_mut().enumerate() {
        let one = if code == T::from_f64(c as f64) { T::ONE } else { T::ZERO };
        *logit = one - *logit * inverse;
    }
    log_prob - rest.max(T::ZERO).ln_1p()
}
