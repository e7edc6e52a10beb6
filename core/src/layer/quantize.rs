//! From numbers to the integers that layers of eight bits read.

use super::Layer;
use crate::fingerprint::{Fingerprint, Part, of};
use crate::format::{Load, LoadError, Sections, is_scale};
use crate::shape::{Shape, Width, lanes};
use core::marker::PhantomData;

/// `c = min(⌊x·scale + zero⌋, top)`, 0 where that is negative: one scale for all elements.
///
/// Sixteen bits, since these integers are few beside the multiply-adds that follow,
/// and an error of an input is an error of everything.
#[derive(Clone, Copy, Debug)]
pub struct Quantize<S> {
    len: usize,
    scale: f32,
    zero: f32,
    top: u16,
    shape: PhantomData<S>,
}

impl<S: Shape> Quantize<S> {
    /// Takes the sections `[scale, zero]` and `[top]`, for vectors of `len` elements.
    ///
    /// # Errors
    /// [`LoadError`] as [`Sections::floats`].
    pub fn read(sections: &mut Sections<'_>, len: usize) -> Result<Self, LoadError> {
        match (sections.floats(2)?, sections.integers(1)?) {
            (&[scale, zero], &[top]) if is_scale(scale) => {
                Ok(Quantize { len, scale, zero, top, shape: PhantomData })
            }
            _ => Err(LoadError::Malformed),
        }
    }

    /// Into memory of the caller's.
    #[inline(always)]
    pub(crate) fn quantize<const L: usize>(&self, x: &[[f32; L]], y: &mut [[u16; L]]) {
        for (y, x) in y.iter_mut().zip(x) {
            // the conversion rounds towards zero, and takes what lies beyond its range for the end of it
            *y = lanes(|l| ((x[l] * self.scale + self.zero) as u16).min(self.top));
        }
    }
}

impl<S: Shape> Layer for Quantize<S> {
    type In = S;
    type Out = S;
    type From = f32;
    type To = u16;

    #[inline(always)]
    fn outputs(&self) -> usize {
        S::resolve(self.len)
    }

    #[inline]
    fn forward<const L: usize>(&self, x: &[[f32; L]]) -> S::Buffer<[u16; L]> {
        let mut y = S::buffer(self.outputs());
        self.quantize(x, y.as_mut());
        y
    }
}

impl<const N: usize> Load<'_> for Quantize<Width<N>> {
    fn load(sections: &mut Sections<'_>) -> Result<Self, LoadError> {
        Quantize::read(sections, N)
    }
}

impl<const N: usize> Fingerprint for Quantize<Width<N>> {
    const FINGERPRINT: u32 = of(&[Part::Quantize as u32, N as u32]);
}
