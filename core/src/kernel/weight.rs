//! Weight types: how a product enters a sum.

use crate::shape::Element;

/// A weight that multiplies numbers of type `X`.
pub trait Weight<X>: Element {
    /// What products are added up in.
    type Sum: Sum;

    /// `s + w·x`
    fn add_product(self, x: X, s: Self::Sum) -> Self::Sum;

    /// The weight as a float, where it multiplies floats: the way back has no other numbers.
    fn as_float(self) -> Option<f32> {
        None
    }

    /// Whether several samples go through a pass together, which reads each weight once for all of them.
    const SIDE_BY_SIDE: bool;
}

/// A sum of products.
pub trait Sum: Element {
    /// The nearest `f32`, ties to even.
    fn to_f32(self) -> f32;
}

impl Sum for f32 {
    #[inline(always)]
    fn to_f32(self) -> f32 {
        self
    }
}

impl Sum for i32 {
    #[inline(always)]
    fn to_f32(self) -> f32 {
        self as f32
    }
}

/// Two operations, each rounded.
impl Weight<f32> for f32 {
    type Sum = f32;
    const SIDE_BY_SIDE: bool = true;

    #[inline(always)]
    fn add_product(self, x: f32, s: f32) -> f32 {
        s + self * x
    }

    #[inline(always)]
    fn as_float(self) -> Option<f32> {
        Some(self)
    }
}

/// As `f32`: the weight becomes one exactly.
impl Weight<f32> for i8 {
    type Sum = f32;
    const SIDE_BY_SIDE: bool = true;

    #[inline(always)]
    fn add_product(self, x: f32, s: f32) -> f32 {
        s + f32::from(self) * x
    }

    #[inline(always)]
    fn as_float(self) -> Option<f32> {
        Some(f32::from(self))
    }
}

/// Integer sums are exact, so their order does not matter. The exporter sees to it that none leaves 32 bits;
/// a file made otherwise wraps.
macro_rules! integer {
    ($x:ty) => {
        impl Weight<$x> for i8 {
            type Sum = i32;
            // Eight sums of one sample are what the registers of a small core hold. A host has vectors for
            // the samples.
            const SIDE_BY_SIDE: bool = !cfg!(target_os = "none");

            #[inline(always)]
            fn add_product(self, x: $x, s: i32) -> i32 {
                s.wrapping_add(i32::from(self) * i32::from(x))
            }
        }
    };
}

integer!(u8);
integer!(u16);
