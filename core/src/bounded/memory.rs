//! Memory of the caller's, cut to size.

use crate::format::LoadError;
use crate::shape::{Element, Shape};
use core::cell::Cell;

/// What a model computes in: the caller's, lent to one question at a time.
pub(super) struct Scratch<'a>(Cell<&'a mut [f32]>);

impl<'a> Scratch<'a> {
    /// Takes it, if it is long enough.
    #[inline(always)]
    pub(super) fn new(scratch: &'a mut [f32], needed: usize) -> Result<Self, LoadError> {
        if scratch.len() < needed {
            return Err(LoadError::ScratchTooShort { needed, found: scratch.len() });
        }
        Ok(Scratch(Cell::new(scratch)))
    }

    /// Hands it over; while it is away there is none.
    #[inline(always)]
    pub(super) fn lend<T>(&self, work: impl FnOnce(&mut [f32]) -> T) -> T {
        let scratch = self.0.take();
        let done = work(scratch);
        self.0.set(scratch);
        done
    }
}

/// A size known at run time, of vectors that lie in memory of the caller's: it has none itself, and is for
/// parts that are handed slices.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lent;

impl Shape for Lent {
    type Buffer<T: Element> = [T; 0];
    type Rows<N: Shape> = [N::Buffer<f32>; 0];
    type Slice = [f32];

    #[inline(always)]
    fn resolve(stored: usize) -> usize {
        stored
    }

    #[inline(always)]
    fn buffer<T: Element>(_len: usize) -> [T; 0] {
        []
    }

    #[inline(always)]
    fn rows<N: Shape>(_count: usize, _len: usize) -> [N::Buffer<f32>; 0] {
        []
    }
}

/// Takes so many numbers off the front of what is left.
#[inline(always)]
pub(super) fn take<'m>(rest: &mut &'m mut [f32], len: usize) -> Option<&'m mut [f32]> {
    let (front, behind) = core::mem::take(rest).split_at_mut_checked(len)?;
    *rest = behind;
    Some(front)
}

/// The first `len` elements of `L` lanes.
#[inline(always)]
pub(super) fn lanes<const L: usize>(memory: &[f32], len: usize) -> &[[f32; L]] {
    memory.as_chunks().0.get(..len).unwrap_or(&[])
}

/// As [`lanes`], to be written.
#[inline(always)]
pub(super) fn lanes_mut<const L: usize>(memory: &mut [f32], len: usize) -> &mut [[f32; L]] {
    memory.as_chunks_mut().0.get_mut(..len).unwrap_or(&mut [])
}

/// As [`lanes`], of integers that lie in the memory of floats.
#[inline(always)]
pub(super) fn codes<T: Element, const L: usize>(memory: &[f32], len: usize) -> &[[T; L]] {
    bytemuck::try_cast_slice(memory).map_or(&[][..], |codes| codes.as_chunks().0.get(..len).unwrap_or(&[]))
}

/// As [`codes`], to be written.
#[inline(always)]
pub(super) fn codes_mut<T: Element, const L: usize>(memory: &mut [f32], len: usize) -> &mut [[T; L]] {
    match bytemuck::try_cast_slice_mut::<f32, T>(memory) {
        Ok(codes) => codes.as_chunks_mut().0.get_mut(..len).unwrap_or(&mut []),
        Err(_) => &mut [],
    }
}
