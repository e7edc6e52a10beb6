//! The hash of a shape.

use super::{Architecture, Visit, Word};
use crate::fingerprint::{Part, START, fold};

impl Architecture {
    /// The hash of the shape: equal to that of the type written beside the model file.
    pub fn fingerprint(&self) -> u32 {
        let mut hash = Hash { so_far: START, last: START };
        self.visit(&mut hash);
        hash.last
    }
}

/// Of a part: its number, then its words and the hashes of its parts, as they come.
struct Hash {
    so_far: u32,
    /// that of the part that ended last
    last: u32,
}

impl Visit for Hash {
    fn part(&mut self, _role: &'static str, part: Part, inside: impl FnOnce(&mut Self)) {
        let mut of_part = Hash { so_far: fold(START, part as u32), last: START };
        inside(&mut of_part);
        self.last = of_part.so_far;
        self.so_far = fold(self.so_far, self.last);
    }

    fn word(&mut self, word: Word) {
        let word = match word {
            Word::Size(size) | Word::Fixed(size) => size,
            Word::Activation(activation) => activation as u32,
        };
        self.so_far = fold(self.so_far, word);
    }
}
