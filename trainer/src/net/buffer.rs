//! Memory that steps of changing size share.

use std::ops::{Deref, DerefMut};

use super::real::Real;

/// A slice whose length changes without a number being written: what it is lengthened by is left over from
/// before, for the next pass to overwrite.
#[derive(Debug, Default)]
pub struct Buffer<T> {
    numbers: Vec<T>,
    len: usize,
}

impl<T: Real> Buffer<T> {
    /// Sets the length; allocates only beyond the largest so far.
    pub fn resize(&mut self, len: usize) {
        if len > self.numbers.len() {
            self.numbers.resize(len, T::ZERO);
        }
        self.len = len;
    }

    /// Becomes a copy.
    pub fn copy(&mut self, from: &[T]) {
        self.resize(from.len());
        self.copy_from_slice(from);
    }

    /// Moves the rows `kept`, which must rise, of a matrix of `rows` rows to
    /// its front, and forgets the others.
    pub fn keep_rows(&mut self, kept: &[usize], rows: usize) {
        let width = self.len / rows;
        for (to, &from) in kept.iter().enumerate().filter(|(to, from)| to != *from) {
            self.copy_within(from * width..(from + 1) * width, to * width);
        }
        self.len = kept.len() * width;
    }
}

impl<T> Deref for Buffer<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.numbers[..self.len]
    }
}

impl<T> DerefMut for Buffer<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.numbers[..self.len]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_rows_and_grows_again() {
        let mut buffer = Buffer::default();
        buffer.copy(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]);
        buffer.keep_rows(&[0, 2, 3], 4);
        assert_eq!(*buffer, [1.0, 2.0, 5.0, 6.0, 7.0, 8.0]);
        buffer.keep_rows(&[1], 3);
        assert_eq!(*buffer, [5.0, 6.0]);
        buffer.resize(9);
        assert_eq!((buffer.len(), &buffer[..2], buffer[8]), (9, &[5.0, 6.0][..], 0.0));
    }
}
