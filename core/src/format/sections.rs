//! Sections: arrays of numbers in a row, borrowed where the file lies.

use super::{ALIGNMENT, LoadError};
use crate::kernel::TILE;
use crate::math;

/// A part of a model file, of which sections are taken in order: the parameters, or the extras.
#[derive(Clone, Debug)]
pub struct Sections<'a> {
    rest: &'a [u8],
}

impl<'a> Sections<'a> {
    /// Of bytes that begin at a multiple of [`ALIGNMENT`] in memory.
    pub fn new(bytes: &'a [u8]) -> Self {
        Sections { rest: bytes }
    }

    /// The next section, of `n` numbers that must be finite, borrowed in place.
    ///
    /// # Errors
    /// [`LoadError::Malformed`] past the end, [`LoadError::Misaligned`], [`LoadError::NonFinite`].
    #[cfg_attr(target_os = "none", inline(never))]
    pub fn floats(&mut self, n: usize) -> Result<&'a [f32], LoadError> {
        let floats: &[f32] = self.numbers(n)?;
        // the largest magnitude by its bits: a loop that nothing leaves early is the shortest
        let largest = floats.iter().fold(0, |largest, value| (value.to_bits() << 1).max(largest));
        if math::is_finite(f32::from_bits(largest >> 1)) { Ok(floats) } else { Err(LoadError::NonFinite) }
    }

    /// As [`floats`](Self::floats), of numbers that must be positive, and normal: a subnormal one is zero to
    /// some machines.
    ///
    /// # Errors
    /// As there; [`LoadError::Malformed`] for a number that is not.
    #[cfg_attr(target_os = "none", inline(never))]
    pub fn scales(&mut self, n: usize) -> Result<&'a [f32], LoadError> {
        let scales = self.floats(n)?;
        if scales.iter().all(|scale| is_scale(*scale)) { Ok(scales) } else { Err(LoadError::Malformed) }
    }

    /// The next section, of `n` integers, borrowed in place.
    ///
    /// # Errors
    /// [`LoadError::Malformed`] past the end, [`LoadError::Misaligned`].
    pub fn integers<T: Integer>(&mut self, n: usize) -> Result<&'a [T], LoadError> {
        self.numbers(n)
    }

    fn numbers<T: bytemuck::AnyBitPattern>(&mut self, n: usize) -> Result<&'a [T], LoadError> {
        let bytes = n.checked_mul(size_of::<T>()).ok_or(LoadError::Malformed)?;
        let section = self.rest.get(..bytes).ok_or(LoadError::Malformed)?;
        self.rest = self.rest.get(bytes.next_multiple_of(ALIGNMENT)..).ok_or(LoadError::Malformed)?;
        #[cfg(test)]
        taken::note::<T>(n);
        bytemuck::try_cast_slice(section).map_err(|_| LoadError::Misaligned)
    }

    /// The next section, of `n` tile rows of eight numbers.
    ///
    /// # Errors
    /// As [`Sections::floats`].
    pub fn tiles(&mut self, n: usize) -> Result<&'a [[f32; TILE]], LoadError> {
        Ok(self.floats(n.checked_mul(TILE).ok_or(LoadError::Malformed)?)?.as_chunks().0)
    }

    /// The next section, of `n` tile rows of eight integers.
    ///
    /// # Errors
    /// As [`Sections::integers`].
    pub fn integer_tiles<T: Integer>(&mut self, n: usize) -> Result<&'a [[T; TILE]], LoadError> {
        Ok(self.integers(n.checked_mul(TILE).ok_or(LoadError::Malformed)?)?.as_chunks().0)
    }

    /// The next section's first word; nothing is taken.
    pub fn first_word(&self) -> Option<u32> {
        self.rest.first_chunk().map(|word| u32::from_le_bytes(*word))
    }

    /// The bytes that are left.
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// [`LoadError::Malformed`] where sections are left over.
    pub fn finish(self) -> Result<(), LoadError> {
        if self.rest.is_empty() { Ok(()) } else { Err(LoadError::Malformed) }
    }
}

/// Whether x is positive and normal, by its bits.
pub(crate) fn is_scale(x: f32) -> bool {
    (f32::MIN_POSITIVE.to_bits()..f32::INFINITY.to_bits()).contains(&x.to_bits())
}

/// An integer that a section may hold: every pattern of bits is one.
pub trait Integer: bytemuck::AnyBitPattern {}

impl Integer for i8 {}
impl Integer for u8 {}
impl Integer for u16 {}
impl Integer for u32 {}
impl Integer for i32 {}

/// A part of a model that takes its parameters from a file.
pub trait Load<'a>: Sized {
    /// Takes the part's sections, in the order that `docs/model-format.md` gives.
    ///
    /// # Errors
    /// As [`Sections::floats`].
    fn load(sections: &mut Sections<'a>) -> Result<Self, LoadError>;
}

/// What was taken, for tests that compare a reader with the walk through its shape.
#[cfg(test)]
pub(crate) mod taken {
    extern crate std;
    use core::any::type_name;
    use std::{cell::RefCell, vec::Vec};

    std::thread_local!(static TAKEN: RefCell<Vec<(&'static str, u64)>> = const { RefCell::new(Vec::new()) });

    pub(super) fn note<T>(n: usize) {
        TAKEN.with_borrow_mut(|taken| taken.push((type_name::<T>(), n as u64)));
    }

    /// Type and length of each section that this thread took since it was last asked.
    pub(crate) fn since() -> Vec<(&'static str, u64)> {
        TAKEN.take()
    }
}
