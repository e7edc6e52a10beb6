//! From raw frames to what the network sees, and back: preprocessing is part of the model.

mod categories;
mod counts;
mod frames;
mod grid;
mod integers;

pub(crate) use categories::read_levels;
pub use categories::{Categories, MAX_LEVELS, block};
pub(crate) use counts::most;
pub use counts::{Counts, MAX_COUNT};
pub(crate) use frames::{extract, extract_all};
pub use grid::WholeNumbers;
pub(crate) use integers::round;
pub use integers::{Integers, MAX_INTEGER};

use crate::fingerprint::{Fingerprint, Part, of};
use crate::format::{Load, LoadError, Sections};
use crate::latent::clamp;
use crate::math;
use crate::shape::{Shape, Width};
use core::fmt;
use core::marker::PhantomData;

/// Features are held within ±this, so that a sum of their squares stays finite.
pub const FEATURE_LIMIT: f32 = 1e12;

/// Why a frame has no score.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FrameError {
    /// The frame has another length than the model's features.
    WrongLength {
        /// the model's features
        expected: usize,
        /// the frame's numbers
        found: usize,
    },
    /// A number of the frame is NaN or infinite.
    NonFinite {
        /// which one, counted from 0
        index: usize,
    },
    /// A number of the frame is impossible under the likelihood.
    OutOfSupport {
        /// which one, counted from 0
        index: usize,
    },
    /// No sample was asked for.
    NoSamples,
    /// The network overflowed: its parameters are finite, but too large for this frame.
    Overflow,
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FrameError::WrongLength { expected, found } => {
                write!(
                    f,
                    "the frame has {found} numbers, the model takes {expected}; pass frames of that length"
                )
            }
            FrameError::NonFinite { index } => {
                write!(
                    f,
                    "number {index} of the frame is NaN or infinite; drop the frame or repair the sensor"
                )
            }
            FrameError::OutOfSupport { index } => {
                write!(
                    f,
                    "number {index} of the frame is none that the model knows: it takes bits, counts, integers or the codes of a category; round or binarise the frame, or look the code up"
                )
            }
            FrameError::NoSamples => f.write_str("a score needs at least one sample; ask for K ≥ 1"),
            FrameError::Overflow => f.write_str(
                "the network overflowed on this frame; fit the model again with standardised data",
            ),
        }
    }
}

impl core::error::Error for FrameError {}

/// The map between raw frames and features. A density of features becomes one of raw frames by its Jacobian.
pub trait Features {
    /// Size of a frame, and of its features.
    type Shape: Shape;

    /// Numbers in a frame.
    fn dims(&self) -> usize;
    /// Raw frame to features; both have [`dims`](Self::dims) elements. Returns `log |∂features/∂frame|`, in nats: added to a
    /// density of features it gives the density of raw frames.
    ///
    /// # Errors
    /// [`FrameError`] for a frame that has no density under the model.
    fn extract(&self, frame: &[f32], features: &mut [f32]) -> Result<f32, FrameError>;
    /// What the encoder sees of the features of `L` frames side by side.
    fn encoder_input<const L: usize>(&self, features: &[[f32; L]], input: &mut [[f32; L]]);
    /// Features to raw frame, in place.
    fn restore(&self, features: &mut [f32]);
}

/// A raw frame, as a caller hands it over: `[f32; X]` where the size is in the type.
pub type Frame<F> = <<F as Features>::Shape as Shape>::Slice;
/// Memory for a frame.
pub type FrameBuffer<F> = <<F as Features>::Shape as Shape>::Buffer<f32>;

/// `feature = (x − loc)/scale`; the encoder sees it clipped to ±clip.
///
/// Only the encoder's input is clipped. The likelihood still sees the whole distance, so the model remains a density
/// and an outlier cannot hide behind the clip.
#[derive(Clone, Copy, Debug)]
pub struct Standardize<'a, S> {
    loc: &'a [f32],
    inverse_scale: &'a [f32],
    clip: f32,
    log_jacobian: f32,
    shape: PhantomData<S>,
}

impl<'a, S: Shape> Standardize<'a, S> {
    /// Takes the sections: `loc`, `1/scale`, then `[clip, log Jacobian]`.
    ///
    /// # Errors
    /// [`LoadError`] as [`Sections::floats`].
    pub fn read(sections: &mut Sections<'a>, dims: usize) -> Result<Self, LoadError> {
        let (loc, inverse_scale) = (sections.floats(dims)?, sections.floats(dims)?);
        match *sections.floats(2)? {
            [clip, log_jacobian] if clip > 0.0 => {
                Ok(Standardize { loc, inverse_scale, clip, log_jacobian, shape: PhantomData })
            }
            _ => Err(LoadError::Malformed),
        }
    }

    /// `(loc, 1/scale)` of a feature.
    fn constants(&self, index: usize) -> (f32, f32) {
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

/// Names the first number that is not finite. A loop that is not left early can be vectorised, so this is a second one.
#[cold]
fn non_finite(frame: &[f32]) -> FrameError {
    FrameError::NonFinite { index: frame.iter().take_while(|x| math::is_finite(**x)).count() }
}

/// As [`Standardize`], heavy-tailed features in logarithms first: `y = sign(x) log(1 + rate·|x|)` where rate > 0, else `y = x`;
/// `feature = (y − loc)/scale`.
///
/// Counters and rates that span decades become features that a normal distribution can describe. The map is smooth and
/// has an inverse, so the model stays a density of raw frames: `∂y/∂x = rate / (1 + rate·|x|)`, whose logarithm is
/// `log rate − |y|`.
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

/// Frames of bits: every number is 0 or 1, and is its own feature. The density is a probability, in nats.
#[derive(Clone, Copy, Debug)]
pub struct Binary<S> {
    dims: usize,
    shape: PhantomData<S>,
}

impl<S: Shape> Binary<S> {
    /// Frames of `dims` bits.
    pub fn new(dims: usize) -> Self {
        Binary { dims, shape: PhantomData }
    }
}

impl<S: Shape> Features for Binary<S> {
    type Shape = S;

    fn dims(&self) -> usize {
        S::resolve(self.dims)
    }

    fn extract(&self, frame: &[f32], features: &mut [f32]) -> Result<f32, FrameError> {
        for (index, (x, feature)) in frame.iter().zip(features).enumerate() {
            if !math::is_finite(*x) {
                return Err(FrameError::NonFinite { index });
            }
            let bit = if *x > 0.5 { 1.0 } else { 0.0 };
            if *x - bit != 0.0 {
                return Err(FrameError::OutOfSupport { index });
            }
            *feature = bit;
        }
        Ok(0.0)
    }

    #[inline(always)]
    fn encoder_input<const L: usize>(&self, features: &[[f32; L]], input: &mut [[f32; L]]) {
        input.iter_mut().zip(features).for_each(|(input, feature)| *input = *feature);
    }

    fn restore(&self, _features: &mut [f32]) {}
}

impl<'a, const X: usize> Load<'a> for Standardize<'a, Width<X>> {
    fn load(sections: &mut Sections<'a>) -> Result<Self, LoadError> {
        Standardize::read(sections, X)
    }
}

impl<const X: usize> Fingerprint for Standardize<'_, Width<X>> {
    const FINGERPRINT: u32 = of(&[Part::Standardize as u32, X as u32]);
}

impl<'a, const X: usize> Load<'a> for LogStandardize<'a, Width<X>> {
    fn load(sections: &mut Sections<'a>) -> Result<Self, LoadError> {
        LogStandardize::read(sections, X)
    }
}

impl<const X: usize> Fingerprint for LogStandardize<'_, Width<X>> {
    const FINGERPRINT: u32 = of(&[Part::LogStandardize as u32, X as u32]);
}

impl<const X: usize> Load<'_> for Binary<Width<X>> {
    fn load(_sections: &mut Sections<'_>) -> Result<Self, LoadError> {
        Ok(Binary::new(X))
    }
}

impl<const X: usize> Fingerprint for Binary<Width<X>> {
    const FINGERPRINT: u32 = of(&[Part::Binary as u32, X as u32]);
}
