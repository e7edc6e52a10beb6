//! What a walk through a shape hands over, and to whom.

use super::Activation;
use crate::fingerprint::Part;

/// One who walks through a shape: a hash, a reader or a writer of sections, the text of a type, a cost, a
/// table of the format.
///
/// [`Architecture::visit`](super::Architecture::visit) is the walk. Everything comes in the order of the
/// model file and of the type's parameters, which are the same.
pub trait Visit: Sized {
    /// A part, which is `role` in the part around it. What it is made of comes while `inside` runs: a visitor
    /// that counts parts together hands itself over, as this does.
    fn part(&mut self, role: &'static str, part: Part, inside: impl FnOnce(&mut Self)) {
        let _ = (role, part);
        inside(self);
    }

    /// A word of the part's shape.
    fn word(&mut self, word: Word) {
        let _ = word;
    }

    /// A section of the file that the part takes.
    fn section(&mut self, section: Section) {
        let _ = section;
    }

    /// What the part costs.
    fn work(&mut self, work: Work) {
        let _ = work;
    }
}

/// The roles of a model's parts, and of a hidden layer in a chain.
#[allow(missing_docs, reason = "named after what they say")]
pub mod role {
    pub const FEATURES: &str = "features";
    pub const ENCODER: &str = "encoder";
    pub const POSTERIOR: &str = "posterior";
    pub const DECODER: &str = "decoder";
    pub const LIKELIHOOD: &str = "likelihood";
    pub const COMPONENTS: &str = "components";
    pub const HIDDEN: &str = "hidden";
}

/// A word of a part's shape: all enter the hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// a size: a constant of the type
    Size(u32),
    /// the activation of a dense layer: a type
    Activation(Activation),
    /// a size that the type does not leave open
    Fixed(u32),
}

/// What the numbers of a section are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "named after the types they stand for")]
pub enum Number {
    F32,
    I8,
    U16,
    I32,
}

impl Number {
    /// Bytes of one.
    pub const fn bytes(self) -> u64 {
        match self {
            Number::I8 => 1,
            Number::U16 => 2,
            Number::F32 | Number::I32 => 4,
        }
    }
}

/// A section of a model file: `len` numbers in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Section {
    /// what its numbers are: no two sections of a part have the same name
    pub name: &'static str,
    /// their array, in the terms of `docs/model-format.md`
    pub shape: &'static str,
    /// their type
    pub number: Number,
    /// how many they are
    pub len: u64,
    /// whether the part borrows them from the file; else it copies them
    pub is_borrowed: bool,
}

impl Section {
    /// Floats that stay where the file is.
    pub const fn floats(name: &'static str, shape: &'static str, len: u64) -> Self {
        Section { name, shape, number: Number::F32, len, is_borrowed: true }
    }

    /// A few floats that a part copies.
    pub const fn scalars(name: &'static str, shape: &'static str, len: u64) -> Self {
        Section { name, shape, number: Number::F32, len, is_borrowed: false }
    }

    /// The same numbers of another type.
    pub const fn of(self, number: Number) -> Self {
        Section { number, ..self }
    }

    /// Bytes of the numbers, without the zeros behind them.
    pub const fn bytes(&self) -> u64 {
        self.len.saturating_mul(self.number.bytes())
    }
}

/// What a part costs, in operations that each core has a price for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Work {
    /// the operation
    pub operation: Operation,
    /// how often
    pub times: u64,
    /// for each sample; else once for each frame
    pub each_sample: bool,
}

/// An operation that each core has a price for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// an exponential or a logarithm
    Exp,
    /// a number subtracted, scaled, squared and added
    Term,
    /// a latent coordinate: its normal number, z, and its terms of posterior and prior
    Coordinate,
    /// a dense layer
    Layer {
        /// numbers that it reads
        inputs: u32,
        /// numbers that it gives
        outputs: u32,
        /// applied to each of them
        activation: Activation,
    },
}

impl Work {
    /// Once for each frame.
    pub const fn once(operation: Operation, times: u64) -> Self {
        Work { operation, times, each_sample: false }
    }

    /// For each of the K samples.
    pub const fn each(operation: Operation, times: u64) -> Self {
        Work { operation, times, each_sample: true }
    }
}
