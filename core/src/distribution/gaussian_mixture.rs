//! A mixture of diagonal Gaussians, its parameters in a model file.

use super::HALF_LOG_TAU;
use crate::format::{LoadError, Sections};
use crate::log_mean_exp::LogMeanExp;
use crate::math;
use crate::shape::{Shape, lanes};
use core::marker::PhantomData;
use rand_core::Rng;

/// How far from 1 the weights of a file may add up to: each is known by a sum of logarithms in `f32`.
const TOTAL_WEIGHT: f32 = 0.01;

/// `p(z) = Σ_c w_c N(z; μ_c, diag(σ_c²))`. Base measure: Lebesgue.
#[derive(Clone, Copy, Debug)]
pub struct GaussianMixture<'a, S> {
    /// `[components][dims]`
    means: &'a [f32],
    /// 1/σ, likewise
    inverse_scales: &'a [f32],
    /// `log w_c − Σ_j log σ_cj`, `[components]`
    constants: &'a [f32],
    dims: usize,
    shape: PhantomData<S>,
}

impl<'a, S: Shape> GaussianMixture<'a, S> {
    /// Takes the sections: means, inverse scales, constants.
    ///
    /// # Errors
    /// [`LoadError::Malformed`] without a dimension or a component, for a scale that is not positive, or for
    /// weights that do not add up to 1; else as [`Sections::floats`].
    pub fn read(sections: &mut Sections<'a>, dims: usize, count: usize) -> Result<Self, LoadError> {
        let size = dims.checked_mul(count).filter(|size| *size > 0).ok_or(LoadError::Malformed)?;
        let (means, inverse_scales) = (sections.floats(size)?, sections.scales(size)?);
        let constants = sections.floats(count)?;
        let mixture = GaussianMixture { means, inverse_scales, constants, dims, shape: PhantomData };
        let mut total = 0.0;
        mixture.components().for_each(|component| total += component.weight());
        if (total - 1.0).abs() < TOTAL_WEIGHT { Ok(mixture) } else { Err(LoadError::Malformed) }
    }

    fn components(&self) -> impl Iterator<Item = Component<'a>> {
        let dims = S::resolve(self.dims).max(1);
        let rows = self.means.chunks_exact(dims).zip(self.inverse_scales.chunks_exact(dims));
        rows.zip(self.constants).map(|((mean, inverse_scale), constant)| Component {
            mean,
            inverse_scale,
            constant: *constant,
        })
    }

    /// `log p(z)`, in nats.
    ///
    /// # Cost
    /// Three operations a component and dimension; one `exp` for each
    /// component that is not lost beside the largest.
    pub fn log_prob(&self, z: &[f32]) -> f32 {
        let (z, _) = z.as_chunks::<1>();
        let [log_prob] = self.log_prob_up_to_constant(z);
        log_prob - HALF_LOG_TAU * S::resolve(self.dims) as f32
    }

    /// `log p(z) + dims·½ log 2π = log Σ_c exp(constant_c − ½ |(z − μ_c)/σ_c|²)` of `L` vectors side by side.
    #[cfg_attr(target_os = "none", inline(never))]
    #[cfg_attr(not(target_os = "none"), inline(always))]
    pub(crate) fn log_prob_up_to_constant<const L: usize>(&self, z: &[[f32; L]]) -> [f32; L] {
        let mut sum = LogMeanExp::new();
        for Component { mean, inverse_scale, constant } in self.components() {
            let mut square = [0.0; L];
            for ((z, mean), inverse) in z.iter().zip(mean).zip(inverse_scale) {
                for (square, z) in square.iter_mut().zip(z) {
                    let u = (z - mean) * inverse;
                    *square += u * u;
                }
            }
            sum.push_to_sum(lanes(|l| constant - 0.5 * square[l]));
        }
        sum.log_sum()
    }

    /// Draws z: one word of the generator for the component, one for each coordinate.
    pub fn sample<R: Rng + ?Sized>(&self, rng: &mut R, z: &mut [f32]) {
        let uniform = (rng.next_u32() >> 8) as f32 / 16_777_216.0;
        let mut below = 0.0;
        // the first whose weight with those before it exceeds u; by rounding there may be none
        let chosen = self.components().find(|component| {
            below += component.weight();
            uniform < below
        });
        let Some(Component { mean, inverse_scale, .. }) = chosen.or_else(|| self.components().next()) else {
            return;
        };
        for ((z, mean), inverse) in z.iter_mut().zip(mean).zip(inverse_scale) {
            *z = mean + math::normal_quantile(rng.next_u32()) / inverse;
        }
    }
}

struct Component<'a> {
    mean: &'a [f32],
    inverse_scale: &'a [f32],
    constant: f32,
}

impl Component<'_> {
    /// `w = exp(constant + Σ_j log σ_j)`
    fn weight(&self) -> f32 {
        let mut log_weight = self.constant;
        for inverse in self.inverse_scale {
            log_weight -= math::ln(*inverse);
        }
        math::exp_call(log_weight)
    }
}
