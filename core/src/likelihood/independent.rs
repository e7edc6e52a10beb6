//! Independent numbers, each under the same law: the skeleton of every likelihood but that of categories.

use super::{Law, Likelihood, Outputs, ReadLaw, Terms};
use crate::fingerprint::{Fingerprint, of};
use crate::format::{Load, LoadError, Sections};
use crate::kernel::TILE;
use crate::math;
use crate::shape::{Lanes, lanes};
use rand_core::Rng;

/// `p(x|z) = Π_i p(x_i|outputs_i)`: the law `W` of each number, and the layers `O` that give its `N` outputs.
#[derive(Clone, Copy, Debug)]
pub struct Independent<W, O, const N: usize> {
    pub(crate) law: W,
    pub(crate) outputs: O,
}

impl<W: Law<N>, O: Outputs<N>, const N: usize> Independent<W, O, N> {
    /// Joins a law and the layers under it.
    pub fn new(law: W, outputs: O) -> Self {
        Independent { law, outputs }
    }

    /// Takes the law's sections, which stand behind those of the layers.
    ///
    /// # Errors
    /// As [`ReadLaw::read`].
    pub fn read<'a>(outputs: O, sections: &mut Sections<'a>) -> Result<Self, LoadError>
    where
        W: ReadLaw<'a>,
    {
        Ok(Independent { law: W::read(sections, outputs.features())?, outputs })
    }

    /// `log p(features|z)`. Where numbers may be missing NaN stands for one that is.
    #[inline(always)]
    pub(crate) fn log_prob_of<const MAY_BE_MISSING: bool, const L: usize, X: Lanes<L>>(
        &self,
        hidden: &[[O::From; L]],
        features: &[X],
        terms: &mut (impl Terms + ?Sized),
    ) -> [f32; L] {
        let (mut sum, mut of_missing) = ([self.law.start(features.len()); L], [0.0; L]);
        let mut rest = features.iter().zip(self.law.features()).enumerate();
        self.outputs.for_each(
            hidden,
            features.len(),
            #[inline(always)]
            |outputs| {
                // behind the last one there is padding
                let Some((i, (x, feature))) = rest.next() else { return };
                let (x, mut of_lanes) = (x.lanes(), [0.0; L]);
                for l in 0..L {
                    if MAY_BE_MISSING && math::is_nan(x[l]) {
                        of_missing[l] += self.law.constant(feature);
                        continue;
                    }
                    let part = self.law.part(feature, x[l], lanes(|n| outputs[n][l]));
                    sum[l] += part;
                    of_lanes[l] = self.law.term(part);
                }
                terms.set(i, of_lanes);
            },
        );
        let log_prob = lanes(|l| self.law.finish(sum[l]));
        // of a number that is missing there is no term, and so no constant
        if MAY_BE_MISSING { lanes(|l| log_prob[l] - of_missing[l]) } else { log_prob }
    }
}

impl<W: Law<N>, O: Outputs<N>, const N: usize> Likelihood for Independent<W, O, N> {
    type In = O::In;
    type From = O::From;
    type Out = O::Out;

    #[cfg_attr(target_os = "none", inline(never))]
    #[cfg_attr(not(target_os = "none"), inline(always))]
    fn log_prob_terms<const L: usize, X: Lanes<L>>(
        &self,
        hidden: &[[O::From; L]],
        features: &[X],
        terms: &mut (impl Terms + ?Sized),
    ) -> [f32; L] {
        self.log_prob_of::<false, L, X>(hidden, features, terms)
    }

    fn pull_back<const L: usize>(
        &self,
        hidden: &[[O::From; L]],
        features: &[f32],
        to: &mut [[f32; L]],
    ) -> bool {
        let mut rest = features.iter().zip(self.law.features());
        let slope = |outputs: [&[f32; L]; N]| {
            let (x, feature) = rest.next()?;
            let mut slopes = [[0.0; L]; N];
            for l in 0..L {
                let of_lane = self.law.slope(feature, *x, lanes(|n| outputs[n][l]))?;
                slopes.iter_mut().zip(of_lane).for_each(|(slopes, slope)| slopes[l] = slope);
            }
            Some(slopes)
        };
        self.outputs.pull_back(hidden, features.len(), slope, to)
    }

    fn mean(&self, hidden: &[[O::From; 1]], features: &mut [f32]) {
        let mut known = self.law.features();
        for (t, features) in features.chunks_mut(TILE).enumerate() {
            let outputs = self.outputs.tile(t, hidden);
            for ((x, outputs), feature) in features.iter_mut().zip(outputs).zip(&mut known) {
                *x = self.law.mean(feature, outputs);
            }
        }
    }

    fn sample<R: Rng + ?Sized>(&self, hidden: &[[O::From; 1]], rng: &mut R, features: &mut [f32]) {
        let mut known = self.law.features();
        for (t, features) in features.chunks_mut(TILE).enumerate() {
            let outputs = self.outputs.tile(t, hidden);
            for ((x, outputs), feature) in features.iter_mut().zip(outputs).zip(&mut known) {
                *x = self.law.draw(feature, outputs, rng);
            }
        }
    }
}

impl<'a, W: Law<N> + ReadLaw<'a>, O: Outputs<N> + Load<'a>, const N: usize> Load<'a>
    for Independent<W, O, N>
{
    fn load(sections: &mut Sections<'a>) -> Result<Self, LoadError> {
        let outputs = O::load(sections)?;
        Independent::read(outputs, sections)
    }
}

impl<'a, W: ReadLaw<'a>, P: Fingerprint> Fingerprint for Independent<W, (P,), 1> {
    const FINGERPRINT: u32 = of(&[W::PART as u32, P::FINGERPRINT]);
}

impl<'a, W: ReadLaw<'a>, P: Fingerprint, Q: Fingerprint> Fingerprint for Independent<W, (P, Q), 2> {
    const FINGERPRINT: u32 = of(&[W::PART as u32, P::FINGERPRINT, Q::FINGERPRINT]);
}
