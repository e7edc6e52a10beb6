//! Numbers moved and scaled.

use super::{Features, FrameError};
use crate::fingerprint::{Fingerprint, Part, of};
use crate::format::{Load, LoadError, Sections};
use crate::math::{self, clamp};
use crate::shape::{Shape, Width};
use core::marker::PhantomData;

/// Features are held within ±this, so that a sum of their squares stays finite.
pub const FEATURE_LIMIT: f32 = 1e12;

/// `feature = (x − loc)/scale`; the encoder sees it clipped to ±clip.
///
/// Only the encoder's input is clipped. The likelihood still sees the whole distance, so the model remains a
/// density and an outlier cannot hide behind the clip.
#[derive(Clone, Copy, Debug)]
pub struct Standardize<'a, S> {
    pub(super) loc: &'a [f32],
    pub(super) inverse_scale: &'a [f32],
    clip: f32,
    pub(super) log_jacobian: f32,
    shape: PhantomData<S>,
}

impl<'a, S: Shape> Standardize<'a, S> {
    /// Takes the sections: `loc`, `1/scale`, then `[clip, log Jacobian]`.
    ///
    /// # Errors
    /// [`LoadError::Malformed`] for a scale or a clip that is not positive; as [`Sections::floats`].
    pub fn read(sections: &mut Sections<'a>, dims: usize) -> Result<Self, LoadError> {
        let (loc, inverse_scale) = (sections.floats(dims)?, sections.scales(dims)?);
        match *sections.floats(2)? {
            [clip, log_jacobian] if clip > 0.0 => {
                Ok(Standardize { loc, inverse_scale, clip, log_jacobian, shape: PhantomData })
            }
            _ => Err(LoadError::Malformed),
        }
    }

    /// `(loc, 1/scale)` of a feature.
    pub(super) fn constants(&self, index: usize) -> (f32, f32) {
        let (loc, inverse) = (self.loc.get(index), self.inverse_scale.get(index));
        (loc.copied().unwrap_or(0.0), inverse.copied().unwrap_or(1.0))
    }
}

impl<S: Shape> Features for Standardize<'_, S> {
    type Shape = S;

    fn dims(&self) -> usize {
        S::resolve(self.loc.len())
    }

    #[cfg_attr(not(target_os = "none"), inline(always))]
    fn extract(&self, frame: &[f32], features: &mut [f32]) -> Result<f32, FrameError> {
        let mut is_finite = true;
        let constants = self.loc.iter().zip(self.inverse_scale);
        for ((x, (loc, inverse)), feature) in frame.iter().zip(constants).zip(features) {
            is_finite &= math::is_finite(*x);
            *feature = clamp((x - loc) * inverse, -FEATURE_LIMIT, FEATURE_LIMIT);
        }
        if is_finite { Ok(self.log_jacobian) } else { Err(non_finite(frame)) }
    }

    fn log_slope(&self, index: usize, _: f32) -> f32 {
        let (_, inverse_scale) = self.constants(index);
        math::ln(inverse_scale)
    }

    #[inline(always)]
    fn encoder_input<const L: usize>(&self, features: &[[f32; L]], input: &mut [[f32; L]]) {
        for (input, feature) in input.as_flattened_mut().iter_mut().zip(features.as_flattened()) {
            *input = clamp(*feature, -self.clip, self.clip);
        }
    }

    fn restore(&self, features: &mut [f32]) {
        for ((feature, loc), inverse) in features.iter_mut().zip(self.loc).zip(self.inverse_scale) {
            *feature = loc + *feature / inverse;
        }
    }
}

/// Names the first number that is not finite. A loop that is not left early can be vectorised, so this is a
/// second one.
#[cold]
fn non_finite(frame: &[f32]) -> FrameError {
    FrameError::NonFinite { index: frame.iter().take_while(|x| math::is_finite(**x)).count() }
}

impl<'a, const X: usize> Load<'a> for Standardize<'a, Width<X>> {
    fn load(sections: &mut Sections<'a>) -> Result<Self, LoadError> {
        Standardize::read(sections, X)
    }
}

impl<const X: usize> Fingerprint for Standardize<'_, Width<X>> {
    const FINGERPRINT: u32 = of(&[Part::Standardize as u32, X as u32]);
}
