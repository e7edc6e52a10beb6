//! Independent normals: one learned scale per feature, or a scale from the decoder.

use super::two_outputs::{fill, sum_terms};
use super::{LOG_SCALE_MAX, LOG_SCALE_MIN, Likelihood, bounded_scale, mean};
use crate::distribution::HALF_LOG_TAU;
use crate::fingerprint::{Fingerprint, Part, of};
use crate::format::{Load, LoadError, Sections};
use crate::latent::clamp;
use crate::layer::Projection;
use crate::math;
use crate::shape::{Lanes, lanes};
use rand_core::Rng;

/// `p(x|z) = Π_i N(x_i; loc_i, scale_i²)`, the means from one dense layer, one scale per feature.
///
/// The scales do not depend on z, so their logarithms are one constant of the file and a score takes no `exp` of them.
/// Base measure: Lebesgue.
#[derive(Clone, Copy, Debug)]
pub struct Gaussian<'a, P> {
    loc: P,
    inverse_scale: &'a [f32],
    log_constant: f32,
}

impl<'a, P: Projection> Gaussian<'a, P> {
    /// Takes the layer that gives the means, then the sections `1/scale` and `[Σ_i −log scale_i − ½ log 2π]`.
    ///
    /// # Errors
    /// [`LoadError`] as [`Sections::floats`].
    pub fn read(loc: P, sections: &mut Sections<'a>) -> Result<Self, LoadError> {
        let inverse_scale = sections.floats(loc.outputs())?;
        match *sections.floats(1)? {
            [log_constant] => Ok(Gaussian { loc, inverse_scale, log_constant }),
            _ => Err(LoadError::Malformed),
        }
    }
}

impl<P: Projection> Likelihood for Gaussian<'_, P> {
    type In = P::In;
    type From = P::From;
    type Out = P::Out;

    #[cfg_attr(target_os = "none", inline(never))]
    #[cfg_attr(not(target_os = "none"), inline(always))]
    fn log_prob_terms<const L: usize, X: Lanes<L>>(
        &self,
        hidden: &[[P::From; L]],
        features: &[X],
        mut see: impl FnMut(f32),
    ) -> [f32; L] {
        let mut square = [0.0; L];
        let mut rest = features.iter().zip(self.inverse_scale);
        self.loc.for_each_row(
            hidden,
            #[inline(always)]
            |locs| {
                let Some((x, &inverse)) = rest.next() else { return };
                let x = x.lanes();
                for l in 0..L {
                    // r = (x − loc)/scale
                    let r = (x[l] - locs[l]) * inverse;
                    square[l] += r * r;
                    see(-0.5 * (r * r));
                }
            },
        );
        // log p = Σ_i −½ r_i² − log scale_i − ½ log 2π
        lanes(|l| self.log_constant - 0.5 * square[l])
    }

    fn mean(&self, hidden: &[[P::From; 1]], features: &mut [f32]) {
        mean(&self.loc, hidden, features);
    }

    fn sample<R: Rng + ?Sized>(&self, hidden: &[[P::From; 1]], rng: &mut R, features: &mut [f32]) {
        self.mean(hidden, features);
        for (feature, inverse) in features.iter_mut().zip(self.inverse_scale) {
            *feature += math::normal_quantile(rng.next_u32()) / inverse;
        }
    }
}

/// `p(x|z) = Π_i N(x_i; loc_i, exp(log_scale_i)²)`, means and log scales from a dense layer each.
///
/// The log scale is held between [`LOG_SCALE_MIN`] and [`LOG_SCALE_MAX`]. It costs an `exp` an output and sample, and a
/// second wide layer. Base measure: Lebesgue.
#[derive(Clone, Copy, Debug)]
pub struct GaussianPerOutput<P, Q> {
    loc: P,
    log_scale: Q,
}

impl<P: Projection, Q: Projection<In = P::In, Out = P::Out, From = P::From>> GaussianPerOutput<P, Q> {
    /// Joins the two layers.
    pub fn new(loc: P, log_scale: Q) -> Self {
        GaussianPerOutput { loc, log_scale }
    }
}

impl<P: Projection, Q: Projection<In = P::In, Out = P::Out, From = P::From>> Likelihood
    for GaussianPerOutput<P, Q>
{
    type In = P::In;
    type From = P::From;
    type Out = P::Out;

    #[cfg_attr(target_os = "none", inline(never))]
    #[cfg_attr(not(target_os = "none"), inline(always))]
    fn log_prob_terms<const L: usize, X: Lanes<L>>(
        &self,
        hidden: &[[P::From; L]],
        features: &[X],
        see: impl FnMut(f32),
    ) -> [f32; L] {
        let start = -HALF_LOG_TAU * features.len() as f32;
        let term = |_: usize, x: f32, loc: f32, log_scale: f32| {
            let log_scale = clamp(log_scale, LOG_SCALE_MIN, LOG_SCALE_MAX);
            // log N = −½ ((x − loc)/scale)² − log scale − ½ log 2π
            let r = (x - loc) * math::exp(-log_scale);
            -(0.5 * (r * r) + log_scale)
        };
        sum_terms((&self.loc, &self.log_scale), hidden, features, start, term, see)
    }

    fn mean(&self, hidden: &[[P::From; 1]], features: &mut [f32]) {
        mean(&self.loc, hidden, features);
    }

    fn sample<R: Rng + ?Sized>(&self, hidden: &[[P::From; 1]], rng: &mut R, features: &mut [f32]) {
        fill((&self.loc, &self.log_scale), hidden, features, |loc, log_scale| {
            loc + bounded_scale(log_scale) * math::normal_quantile(rng.next_u32())
        });
    }
}

impl<'a, P: Projection + Load<'a>> Load<'a> for Gaussian<'a, P> {
    fn load(sections: &mut Sections<'a>) -> Result<Self, LoadError> {
        let loc = P::load(sections)?;
        Gaussian::read(loc, sections)
    }
}

impl<P: Fingerprint> Fingerprint for Gaussian<'_, P> {
    const FINGERPRINT: u32 = of(&[Part::Gaussian as u32, P::FINGERPRINT]);
}

impl<'a, P: Load<'a>, Q: Load<'a>> Load<'a> for GaussianPerOutput<P, Q> {
    fn load(sections: &mut Sections<'a>) -> Result<Self, LoadError> {
        Ok(GaussianPerOutput { loc: P::load(sections)?, log_scale: Q::load(sections)? })
    }
}

impl<P: Fingerprint, Q: Fingerprint> Fingerprint for GaussianPerOutput<P, Q> {
    const FINGERPRINT: u32 = of(&[Part::GaussianPerOutput as u32, P::FINGERPRINT, Q::FINGERPRINT]);
}
