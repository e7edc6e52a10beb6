//! Numbers beside categories: a normal distribution or a softmax for each number of a frame.

use elbow::features::block;

use super::{HALF_LOG_TAU, Observation, Outputs, RANGE};
use crate::net::real::Real;
use crate::net::simd::{clamp, sum, wide, zip};

impl<T: Real> Observation<'_, T> {
    /// Leaves the derivatives with respect to means and logits, and in a third place those with respect to the log scales.
    pub(super) fn gaussian_categorical(
        &self,
        levels: &[u16],
        log_scale: &[T],
        outputs: &mut Outputs<T>,
        log_prob: &mut [f64],
    ) {
        let Outputs { first, third, scale, terms, .. } = outputs;
        let (width, features) = (first.len() / log_prob.len(), levels.len());
        third.resize(log_prob.len() * features);
        scale.resize(features);
        zip(scale, log_scale, |_, s| clamp(s, RANGE).exp());
        let numbers = log_scale.iter().zip(levels).filter(|(_, levels)| **levels == 0);
        // Σ_i log_scale + ½ log 2π
        let constant: f64 = numbers.map(|(s, _)| clamp(*s, RANGE).to_f64() + HALF_LOG_TAU).sum();
        let rows = first.chunks_exact_mut(width).zip(third.chunks_exact_mut(features));
        wide(
            #[inline(always)]
            || {
                for (k, ((mut outputs, slopes), log_prob)) in rows.zip(log_prob).enumerate() {
                    let frame = self.target(k).iter().zip(levels).zip(scale.iter());
                    for (((x, levels), s), (slope, term)) in
                        frame.zip(slopes.iter_mut().zip(terms.iter_mut()))
                    {
                        let (here, behind) = outputs.split_at_mut(block(*levels));
                        (*term, *slope) = if *levels == 0 {
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
}

/// log N without its constant, and its derivatives: with respect to the mean in its place, with respect to the log scale.
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

/// Means of the numbers, and logarithms of the frequencies of the values: each is counted once more than it occurs.
pub fn output_bias(levels: &[u16], features: &[f32]) -> Vec<f32> {
    let dims = levels.len();
    let rows = (features.len() / dims) as f64;
    let column = |i| features.iter().skip(i).step_by(dims);
    let bias = |(i, levels): (usize, &u16)| {
        if *levels == 0 {
            return vec![(column(i).map(|x| f64::from(*x)).sum::<f64>() / rows) as f32];
        }
        let mut counts = vec![1.0_f64; (*levels).into()];
        column(i).for_each(|code| counts[*code as usize] += 1.0);
        counts.iter().map(|count| (count / (rows + f64::from(*levels))).ln() as f32).collect()
    };
    levels.iter().enumerate().flat_map(bias).collect()
}
