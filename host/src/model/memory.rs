//! Memory of run-time size, used again: a score of many samples asks for the same few vectors over and over.

use alloc::vec::Vec;
use core::marker::PhantomData;

use elbow::shape::{Element, Shape};

/// Bytes of a cache line.
const LINE: usize = 64;

/// A size known at run time.
#[derive(Clone, Copy, Debug)]
pub struct Dynamic;

impl Shape for Dynamic {
    type Buffer<T: Element> = Buffer<T>;
    type Rows<N: Shape> = Vec<N::Buffer<f32>>;
    type Slice = [f32];

    #[inline(always)]
    fn resolve(stored: usize) -> usize {
        stored
    }

    fn buffer<T: Element>(len: usize) -> Buffer<T> {
        let mut buffer = Self::scratch(len);
        buffer.as_mut().fill(T::ZERO);
        buffer
    }

    #[inline(never)]
    fn scratch<T: Element>(len: usize) -> Buffer<T> {
        let mut numbers = idle::take();
        let bytes = len * size_of::<T>();
        // what was there stays: it will be written before it is read
        let longest = bytes.div_ceil(size_of::<f32>()) + LINE / size_of::<f32>();
        if numbers.len() < longest {
            numbers.resize(longest, f32::NAN);
        }
        let start = bytemuck::cast_slice::<f32, u8>(&numbers).as_ptr().align_offset(LINE);
        Buffer { numbers, start, bytes, elements: PhantomData }
    }

    fn rows<N: Shape>(count: usize, len: usize) -> Vec<N::Buffer<f32>> {
        (0..count).map(|_| N::buffer(len)).collect()
    }
}

/// A vector that gives its memory back.
#[derive(Debug)]
pub struct Buffer<T> {
    numbers: Vec<f32>,
    /// bytes before the first in use, which begins a cache line: a register that
    /// is loaded from two of them takes twice as long
    start: usize,
    /// bytes in use: integers may take a part of a number
    bytes: usize,
    elements: PhantomData<T>,
}

impl<T> Drop for Buffer<T> {
    fn drop(&mut self) {
        idle::give(core::mem::take(&mut self.numbers));
    }
}

impl<T: Element> Clone for Buffer<T> {
    fn clone(&self) -> Self {
        Self::of(self.as_ref())
    }
}

impl<T: Element> Buffer<T> {
    /// A copy of these elements.
    pub fn of(elements: &[T]) -> Self {
        let mut copy = Dynamic::scratch(elements.len());
        copy.as_mut().copy_from_slice(elements);
        copy
    }
}

impl<T: Element> AsRef<[T]> for Buffer<T> {
    #[inline(always)]
    fn as_ref(&self) -> &[T] {
        bytemuck::cast_slice(&bytemuck::cast_slice::<f32, u8>(&self.numbers)[self.start..][..self.bytes])
    }
}

impl<T: Element> AsMut<[T]> for Buffer<T> {
    #[inline(always)]
    fn as_mut(&mut self) -> &mut [T] {
        bytemuck::cast_slice_mut(
            &mut bytemuck::cast_slice_mut::<f32, u8>(&mut self.numbers)[self.start..][..self.bytes],
        )
    }
}

/// Vectors that are not in use, each thread's own.
#[cfg(feature = "std")]
mod idle {
    use std::cell::RefCell;

    std::thread_local! {
        static IDLE: RefCell<Vec<Vec<f32>>> = const { RefCell::new(Vec::new()) };
    }

    pub(super) fn take() -> Vec<f32> {
        IDLE.with_borrow_mut(Vec::pop).unwrap_or_default()
    }

    pub(super) fn give(numbers: Vec<f32>) {
        // at the end of a thread there is nothing left to give it to
        let _ = IDLE.try_with(|idle| idle.borrow_mut().push(numbers));
    }
}

/// Without threads nothing is kept.
#[cfg(not(feature = "std"))]
mod idle {
    use alloc::vec::Vec;

    pub(super) fn take() -> Vec<f32> {
        Vec::new()
    }

    pub(super) fn give(_: Vec<f32>) {}
}
