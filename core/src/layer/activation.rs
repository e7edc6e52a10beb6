//! Activation functions: zero-sized types for firmware, [`crate::architecture::Activation`] where the choice is data.

use crate::architecture::Activation as Kind;
use crate::math;

/// A function applied to each output of a dense layer.
pub trait Activation: Copy {
    /// `y = f(s)`
    fn apply(self, s: f32) -> f32;

    /// Applies the function to the samples of one output.
    #[inline(always)]
    fn apply_all<const L: usize>(self, row: &mut [f32; L]) {
        for s in row {
            *s = self.apply(*s);
        }
    }
}

/// An activation that is a type: its code enters the shape's fingerprint.
pub trait StaticActivation: Activation + Default {
    /// Which function it is.
    const KIND: Kind;
}

/// Defines the zero-sized types, and the run-time choice among them.
macro_rules! activations {
    ($($(#[doc = $doc:literal])* $name:ident($s:ident) => $value:expr;)*) => {
        $(
            $(#[doc = $doc])*
            #[derive(Clone, Copy, Debug, Default)]
            pub struct $name;

            impl Activation for $name {
                #[inline(always)]
                fn apply(self, $s: f32) -> f32 {
                    $value
                }
            }

            impl StaticActivation for $name {
                const KIND: Kind = Kind::$name;
            }
        )*

        impl Activation for Kind {
            fn apply(self, s: f32) -> f32 {
                match self { $(Kind::$name => $name.apply(s),)* }
            }

            #[inline(always)]
            fn apply_all<const L: usize>(self, row: &mut [f32; L]) {
                match self { $(Kind::$name => $name.apply_all(row),)* }
            }
        }
    };
}

activations! {
    /// `y = s`
    Identity(s) => s;
    /// `y = max(s, 0)`
    Relu(s) => if s > 0.0 { s } else { 0.0 };
    /// `y = s` where `s > 0`, else `s / 100`
    LeakyRelu(s) => if s > 0.0 { s } else { 0.01 * s };
    /// `y = tanh s`
    Tanh(s) => math::tanh(s);
    /// `y = 1 / (1 + exp(−s))`
    Sigmoid(s) => math::sigmoid(s);
    /// `y = s / (1 + exp(−s))` (Elfwing, Uchibe and Doya 2018)
    Silu(s) => s * math::sigmoid(s);
    /// `y = s` where `s > 0`, else `exp(s) − 1` (Clevert, Unterthiner and Hochreiter 2016)
    Elu(s) => if s > 0.0 { s } else { math::exp(s) - 1.0 };
    /// `y = log(1 + exp s)`
    Softplus(s) => math::softplus(s);
}
