//! Weight types of a dense layer: what each reads from a file. What each
//! computes stands in [`crate::kernel`].

use crate::fingerprint::Part;
use crate::format::{LoadError, Sections};
use crate::kernel::{AsIs, Kernel, NODES, Requantize, Scale, Tiles, Weight, tiles};
use crate::shape::Element;
use core::marker::PhantomData;

/// `s = b + Σ w·x`, all `f32`.
pub type F32<'a> = Tiles<'a, f32, f32, AsIs>;

/// `y = scale[o]·(b/scale[o] + Σ q·x)`: weights `scale[o]·q` of eight bits, all else `f32`.
pub type Int8<'a> = Tiles<'a, f32, i8, Scale<'a>>;

/// `y = scale[o]·(b + Σ q·c)`: weights of eight bits on integers `c`, the
/// sum exact in 32 bits. The last layer of a chain.
pub type Int8x8<'a> = Tiles<'a, u8, i8, Scale<'a>>;

/// As [`Int8x8`], but the activation function is a table, and its output is the next layer's `c`.
pub type Int8x8Hidden<'a, X = u8> = Tiles<'a, X, i8, Requantize<'a>>;

/// Weights that a file may hold.
pub trait ReadWeights<'a>: Kernel {
    /// How the layer is told from others in a fingerprint.
    const PART: Part;

    /// Takes the layer's sections, in the order that `docs/model-format.md` gives.
    ///
    /// # Errors
    /// As [`Sections::floats`].
    fn read(sections: &mut Sections<'a>, inputs: usize, outputs: usize) -> Result<Self, LoadError>;
}

impl<'a> ReadWeights<'a> for F32<'a> {
    const PART: Part = Part::Dense;

    #[cfg_attr(target_os = "none", inline(never))]
    fn read(sections: &mut Sections<'a>, inputs: usize, outputs: usize) -> Result<Self, LoadError> {
        let weights = sections.tiles(rows(inputs, outputs)?)?;
        Ok(Tiles { weights, bias: sections.tiles(tiles(outputs))?, finish: AsIs, input: PhantomData })
    }
}

impl<'a> ReadWeights<'a> for Int8<'a> {
    const PART: Part = Part::DenseInt8;

    #[cfg_attr(target_os = "none", inline(never))]
    fn read(sections: &mut Sections<'a>, inputs: usize, outputs: usize) -> Result<Self, LoadError> {
        let weights = sections.integer_tiles(rows(inputs, outputs)?)?;
        let (bias, scale) = (sections.tiles(tiles(outputs))?, sections.tiles(tiles(outputs))?);
        Ok(Tiles { weights, bias, finish: Scale(scale), input: PhantomData })
    }
}

impl<'a> ReadWeights<'a> for Int8x8<'a> {
    const PART: Part = Part::LinearInt8x8;

    #[cfg_attr(target_os = "none", inline(never))]
    fn read(sections: &mut Sections<'a>, inputs: usize, outputs: usize) -> Result<Self, LoadError> {
        let weights = sections.integer_tiles(rows(inputs, outputs)?)?;
        let bias = sections.integer_tiles(tiles(outputs))?;
        Ok(Tiles { weights, bias, finish: Scale(sections.tiles(tiles(outputs))?), input: PhantomData })
    }
}

/// Integers that a hidden layer may read.
pub trait Code: Element {
    /// The part that a hidden layer which reads them is.
    const PART: Part;
}

impl Code for u8 {
    const PART: Part = Part::DenseInt8x8;
}

impl Code for u16 {
    const PART: Part = Part::DenseInt8x16;
}

impl<'a, X: Code> ReadWeights<'a> for Int8x8Hidden<'a, X>
where
    i8: Weight<X, Sum = i32>,
{
    const PART: Part = X::PART;

    #[cfg_attr(target_os = "none", inline(never))]
    fn read(sections: &mut Sections<'a>, inputs: usize, outputs: usize) -> Result<Self, LoadError> {
        let weights = sections.integer_tiles(rows(inputs, outputs)?)?;
        let bias = sections.integer_tiles(tiles(outputs))?;
        let multiplier = sections.integer_tiles(tiles(outputs))?;
        match sections.integers(NODES + 2)?.split_first_chunk() {
            Some((nodes, [first @ 0..32, second @ 0..32])) => {
                let shifts = [u32::from(*first), u32::from(*second)];
                let finish = Requantize { multiplier, shifts, nodes };
                Ok(Tiles { weights, bias, finish, input: PhantomData })
            }
            _ => Err(LoadError::Malformed),
        }
    }
}

/// Tile rows of the weights.
fn rows(inputs: usize, outputs: usize) -> Result<usize, LoadError> {
    tiles(outputs).checked_mul(inputs).ok_or(LoadError::Malformed)
}
