//! Heavy-tailed numbers in logarithms, then moved and scaled.

use super::{FEATURE_LIMIT, Features, FrameError, Standardize};
use crate::fingerprint::{Fingerprint, Part, of};
use crate::format::{Load, LoadError, Sections};
use crate::math::{self, clamp};
use crate::shape::{Shape, Width};

/// As [`Standardize`], heavy-tailed features in logarithms first: `y = sign(x) log(1 + rate·|x|)` where
/// rate > 0, else `y = x`; `feature = (y − loc)/scale`.
///
/// Counters and rates that span decades become features that a normal distribution can describe. The map is
/// smooth and has an inverse, so the model stays a density of raw frames: `∂y/∂x = rate / (1 + rate·|x|)`,
/// whose logarithm is `log rate − |y|`.
#[derive(Clone, Copy, Debug)]
pub struct LogStandardize<'a, S> {
    linear: Standardize<'a, S>,
    rate: &'a [f32],
}

impl<'a, S: Shape> LogStandardize<'a, S> {
    /// Takes the sections: `rate`, then those of [`Standardize`].
    ///
    /// # Errors
    /// [`LoadError`] as [`Sections::floats`].
    pub fn read(sections: &mut Sections<'a>, dims: usize) -> Result<Self, LoadError> {
        let rate = sections.floats(dims)?;
        if rate.iter().any(|rate| *rate < 0.0) {
            return Err(LoadError::Malformed);
        }
        Ok(LogStandardize { rate, linear: Standardize::read(sections, dims)? })
    }
}

impl<S: Shape> Features for LogStandardize<'_, S> {
    type Shape = S;

    fn dims(&self) -> usize {
        self.linear.dims()
    }

    fn extract(&self, frame: &[f32], features: &mut [f32]) -> Result<f32, FrameError> {
        let mut logs = 0.0;
        for (index, ((x, rate), y)) in frame.iter().zip(self.rate).zip(&mut *features).enumerate() {
            if !math::is_finite(*x) {
                return Err(FrameError::NonFinite { index });
            }
            *y = *x;
            if *rate > 0.0 {
                let size = if *x < 0.0 { -*x } else { *x };
                // the largest numbers times a rate would leave f32: there the 1 is long lost
                let log = math::ln(1.0 + clamp(rate * size, 0.0, f32::MAX));
                *y = if *x < 0.0 { -log } else { log };
                logs += log;
            }
        }
        let constants = self.linear.loc.iter().zip(self.linear.inverse_scale);
        for (feature, (loc, inverse)) in features.iter_mut().zip(constants) {
            *feature = clamp((*feature - loc) * inverse, -FEATURE_LIMIT, FEATURE_LIMIT);
        }
        Ok(self.linear.log_jacobian - logs)
    }

    fn log_slope(&self, index: usize, x: f32) -> f32 {
        let size = if x < 0.0 { -x } else { x };
        let of_logarithm = match self.rate.get(index) {
            Some(rate) if *rate > 0.0 => math::ln(*rate) - math::ln(1.0 + clamp(rate * size, 0.0, f32::MAX)),
            _ => 0.0,
        };
        of_logarithm + self.linear.log_slope(index, x)
    }

    #[inline(always)]
    fn encoder_input<const L: usize>(&self, features: &[[f32; L]], input: &mut [[f32; L]]) {
        self.linear.encoder_input(features, input);
    }

    fn restore(&self, features: &mut [f32]) {
        self.linear.restore(features);
        for (y, rate) in features.iter_mut().zip(self.rate) {
            if *rate > 0.0 {
                let size = (math::exp(if *y < 0.0 { -*y } else { *y }) - 1.0) / rate;
                *y = if *y < 0.0 { -size } else { size };
            }
        }
    }
}

impl<'a, const X: usize> Load<'a> for LogStandardize<'a, Width<X>> {
    fn load(sections: &mut Sections<'a>) -> Result<Self, LoadError> {
        LogStandardize::read(sections, X)
    }
}

impl<const X: usize> Fingerprint for LogStandardize<'_, Width<X>> {
    const FINGERPRINT: u32 = of(&[Part::LogStandardize as u32, X as u32]);
}
