//! Numbers beside categories: independent normals with one learned scale each, and a softmax for each
//! category.

use super::{Likelihood, Terms};
use crate::distribution::HALF_LOG_TAU;
use crate::features::read_levels;
use crate::fingerprint::{Fingerprint, Part, of};
use crate::format::{Load, LoadError, Sections};
use crate::layer::Rows;
use crate::log_mean_exp::LogMeanExp;
use crate::math;
use crate::shape::{Lanes, Shape, Width, lanes};
use core::marker::PhantomData;
use rand_core::Rng;

/// `p(x|z) = Π_i N(x_i; loc_i, scale_i²) · Π_j softmax(logits_j)[x_j]`, i over the numbers of a frame and j
/// over its categories.
///
/// A code of `levels`, one past the last, is a value that was never seen: its logit is −64 beside those of
/// the others, so that it is an anomaly and takes no mass from them that would count.
///
/// One dense layer gives, in the order of the frame, the mean of a number and a logit for each value of a
/// category, whose feature is its code. Base measure: Lebesgue for numbers, counting for categories.
///
/// **Cost.** For each value of a category that is not lost beside the others one `exp` a sample, for each
/// category one logarithm.
#[derive(Clone, Copy, Debug)]
pub struct GaussianCategorical<'a, S, P> {
    pub(crate) outputs: P,
    inverse_scale: &'a [f32],
    log_constant: f32,
    pub(crate) levels: &'a [u16],
    shape: PhantomData<S>,
}

impl<'a, S: Shape, P: Rows> GaussianCategorical<'a, S, P> {
    /// Takes the layer, then, for `dims` numbers, the sections `1/scale` (of a category it has no meaning),
    /// `[Σ_i −log scale_i − ½ log 2π]` and the levels, as [`Categories`](crate::features::Categories) does.
    ///
    /// # Errors
    /// [`LoadError::Malformed`] for a scale that is not positive, and where the levels need another number of
    /// outputs; as [`Sections::floats`].
    pub fn read(outputs: P, sections: &mut Sections<'a>, dims: usize) -> Result<Self, LoadError> {
        let inverse_scale = sections.scales(dims)?;
        let [log_constant] = *sections.floats(1)? else { return Err(LoadError::Malformed) };
        let levels = read_levels(sections, dims, outputs.outputs())?;
        Ok(GaussianCategorical { outputs, inverse_scale, log_constant, levels, shape: PhantomData })
    }

    /// Hands over the outputs one by one: which feature each belongs to, its `1/scale`, and for a category
    /// the code, the levels.
    #[inline(always)]
    fn for_each_output<const L: usize>(
        &self,
        hidden: &[[P::From; L]],
        mut visit: impl FnMut(usize, Output, [f32; L]),
    ) {
        let (mut feature, mut code) = (0, 0);
        self.outputs.for_each_row(
            hidden,
            #[inline(always)]
            |row| {
                // behind the last one there is padding
                let Some((levels, inverse)) = self.levels.get(feature).zip(self.inverse_scale.get(feature))
                else {
                    return;
                };
                if *levels == 0 {
                    visit(feature, Output::Mean { inverse_scale: *inverse }, row);
                    feature += 1;
                    return;
                }
                let is_last = code + 1 == *levels;
                visit(feature, Output::Logit { code, is_last }, row);
                (feature, code) = if is_last { (feature + 1, 0) } else { (feature, code + 1) };
            },
        );
    }

    /// `log p(features|z)`. Where numbers may be missing NaN stands for one that is.
    #[inline(always)]
    pub(crate) fn log_prob_of<const MAY_BE_MISSING: bool, const L: usize, X: Lanes<L>>(
        &self,
        hidden: &[[P::From; L]],
        features: &[X],
        terms: &mut (impl Terms + ?Sized),
    ) -> [f32; L] {
        let mut log_prob = [self.log_constant; L];
        let mut sums = LogMeanExp::<L>::new();
        let mut logit_of_code = [NEVER_SEEN; L];
        self.for_each_output(
            hidden,
            #[inline(always)]
            |feature, output, row| {
                let Some(x) = features.get(feature).map(|x| x.lanes()) else { return };
                match output {
                    Output::Mean { inverse_scale } => {
                        // r = (x − loc)/scale, log N = −½ r² − log scale − ½ log 2π
                        let of_lanes: [f32; L] = lanes(|l| {
                            if MAY_BE_MISSING && math::is_nan(x[l]) {
                                return 0.0;
                            }
                            let r = (x[l] - row[l]) * inverse_scale;
                            -0.5 * (r * r)
                        });
                        for (log_prob, x) in log_prob.iter_mut().zip(x) {
                            // of a number that is missing there is no constant either
                            if MAY_BE_MISSING && math::is_nan(x) {
                                *log_prob -= math::ln(inverse_scale) - HALF_LOG_TAU;
                            }
                        }
                        log_prob.iter_mut().zip(of_lanes).for_each(|(log_prob, term)| *log_prob += term);
                        terms.set(feature, of_lanes);
                    }
                    Output::Logit { code, is_last } => {
                        if code == 0 {
                            sums = LogMeanExp::new();
                            logit_of_code = [NEVER_SEEN; L];
                        }
                        sums.push_to_sum(row);
                        for ((chosen, x), logit) in logit_of_code.iter_mut().zip(x).zip(row) {
                            *chosen = if x == f32::from(code) { logit } else { *chosen };
                        }
                        if !is_last {
                            return;
                        }
                        // log softmax(logits)[x] = logits[x] − log Σ_c exp logits[c]
                        let log_sums = sums.log_sum();
                        let of_lanes: [f32; L] = lanes(|l| {
                            let is_missing = MAY_BE_MISSING && math::is_nan(x[l]);
                            if is_missing { 0.0 } else { logit_of_code[l] - log_sums[l] }
                        });
                        log_prob.iter_mut().zip(of_lanes).for_each(|(log_prob, term)| *log_prob += term);
                        terms.set(feature, of_lanes);
                    }
                }
            },
        );
        log_prob
    }
}

/// The logit of a value that was never seen: less than one in 10²⁷ of a value whose logit is 0.
const NEVER_SEEN: f32 = -64.0;

/// What an output is.
enum Output {
    /// of a normal distribution
    Mean { inverse_scale: f32 },
    /// of a value of a category
    Logit { code: u16, is_last: bool },
}

impl<S: Shape, P: Rows> Likelihood for GaussianCategorical<'_, S, P> {
    type In = P::In;
    type From = P::From;
    type Out = S;

    #[cfg_attr(target_os = "none", inline(never))]
    #[cfg_attr(not(target_os = "none"), inline(always))]
    fn log_prob_terms<const L: usize, X: Lanes<L>>(
        &self,
        hidden: &[[P::From; L]],
        features: &[X],
        terms: &mut (impl Terms + ?Sized),
    ) -> [f32; L] {
        self.log_prob_of::<false, L, X>(hidden, features, terms)
    }

    /// Of a category the most likely code.
    fn mean(&self, hidden: &[[P::From; 1]], features: &mut [f32]) {
        let mut largest = 0.0;
        self.for_each_output(hidden, |feature, output, [value]| {
            let Some(feature) = features.get_mut(feature) else { return };
            match output {
                Output::Mean { .. } => *feature = value,
                Output::Logit { code, .. } if code == 0 || value > largest => {
                    (*feature, largest) = (f32::from(code), value);
                }
                Output::Logit { .. } => {}
            }
        });
    }

    /// One word for a number, and one for each value of a category: the c-th value takes the place of those
    /// before it with the probability `exp(logit_c)/Σ_{b ≤ c} exp(logit_b)`.
    fn sample<R: Rng + ?Sized>(&self, hidden: &[[P::From; 1]], rng: &mut R, features: &mut [f32]) {
        let mut sum = LogMeanExp::<1>::new();
        self.for_each_output(hidden, |feature, output, [value]| {
            let Some(feature) = features.get_mut(feature) else { return };
            let word = rng.next_u32();
            match output {
                Output::Mean { inverse_scale } => {
                    *feature = value + math::normal_quantile(word) / inverse_scale;
                }
                Output::Logit { code, .. } => {
                    if code == 0 {
                        sum = LogMeanExp::new();
                    }
                    sum.push_to_sum([value]);
                    let [log_sum] = sum.log_sum();
                    // 24 bits of a word are exact in f32
                    let uniform = (word >> 8) as f32 / 16_777_216.0;
                    if code == 0 || uniform < math::exp(value - log_sum) {
                        *feature = f32::from(code);
                    }
                }
            }
        });
    }
}

impl<'a, const X: usize, P: Rows + Load<'a>> Load<'a> for GaussianCategorical<'a, Width<X>, P> {
    fn load(sections: &mut Sections<'a>) -> Result<Self, LoadError> {
        let outputs = P::load(sections)?;
        GaussianCategorical::read(outputs, sections, X)
    }
}

impl<const X: usize, P: Fingerprint> Fingerprint for GaussianCategorical<'_, Width<X>, P> {
    const FINGERPRINT: u32 = of(&[Part::GaussianCategorical as u32, X as u32, P::FINGERPRINT]);
}
