//! From raw frames to what the network sees, and back: preprocessing is part of the model.

mod angles;
mod binary;
mod categories;
mod counts;
mod error;
mod frames;
mod gaps;
mod given;
mod grid;
mod integers;
mod log_standardize;
mod standardize;

pub use angles::{Angles, MAX_TURNS, is_period};
pub use binary::Binary;
pub(crate) use categories::read_levels;
pub use categories::{Categories, MAX_LEVELS, block};
pub(crate) use counts::most;
pub use counts::{Counts, MAX_COUNT};
pub use error::FrameError;
pub(crate) use frames::{extract, extract_all, extract_into};
pub use gaps::{Gaps, Missing, hide};
pub(crate) use gaps::{extract_present, hide_missing, missing};
pub use given::GivenLast;
pub use grid::WholeNumbers;
pub(crate) use integers::round;
pub use integers::{Integers, MAX_INTEGER};
pub use log_standardize::LogStandardize;
pub use standardize::{FEATURE_LIMIT, Standardize};

use crate::shape::Shape;

/// The map between raw frames and features. A density of features becomes one of raw frames by its Jacobian.
pub trait Features {
    /// Size of a frame, and of its features.
    type Shape: Shape;

    /// Numbers in a frame.
    fn dims(&self) -> usize;
    /// Which numbers of a frame are missing: none, unless there are [`Gaps`].
    #[inline(always)]
    fn missing(&self, _frame: &[f32]) -> Missing {
        Missing::NOTHING
    }
    /// Raw frame to features; both have [`dims`](Self::dims) elements. Returns `log |∂features/∂frame|`, in
    /// nats: added to a density of features it gives the density of raw frames.
    ///
    /// # Errors
    /// [`FrameError`] for a frame that has no density under the model.
    fn extract(&self, frame: &[f32], features: &mut [f32]) -> Result<f32, FrameError>;
    /// `log |∂feature/∂x|` of the number `index` at x, in nats: its part of the log Jacobian.
    fn log_slope(&self, index: usize, x: f32) -> f32;
    /// What the encoder sees of the features of `L` frames side by side.
    fn encoder_input<const L: usize>(&self, features: &[[f32; L]], input: &mut [[f32; L]]);
    /// Whether a number of a frame is one that can be averaged, and no code or angle.
    #[inline(always)]
    fn is_number(&self, _index: usize) -> bool {
        true
    }
    /// Features to raw frame, in place.
    fn restore(&self, features: &mut [f32]);
}

/// A raw frame, as a caller hands it over: `[f32; X]` where the size is in the type.
pub type Frame<F> = <<F as Features>::Shape as Shape>::Slice;
/// Memory for a frame.
pub type FrameBuffer<F> = <<F as Features>::Shape as Shape>::Buffer<f32>;
