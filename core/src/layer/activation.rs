//! Activation functions: zero-sized types for firmware, [`Kind`] where the choice is data.

use crate::kind::Activation as Kind;
use crate::math;

/// A function applied to each output of a dense layer.
pub trait Activation<T: Copy = f32>: Copy {
    /// `y = f(s)`
    fn apply(self, s: T) -> T;

    /// `f'(s)`; none of integers, whose function is a table.
    fn slope(self, _s: T) -> Option<f32> {
        None
    }

    /// Applies the function to each of several numbers.
    #[cfg_attr(target_os = "none", inline(never))]
    #[cfg_attr(not(target_os = "none"), inline(always))]
    fn apply_all(self, values: &mut [T]) {
        for s in values {
            *s = self.apply(*s);
        }
    }
}

/// An activation that is a type: its code enters the shape's fingerprint.
pub trait StaticActivation: Activation + Default {
    /// Which function it is.
    const KIND: Kind;
}

/// Integers are the output of an activation function already.
impl Activation<u8> for Identity {
    #[inline(always)]
    fn apply(self, s: u8) -> u8 {
        s
    }

    #[inline(always)]
    fn apply_all(self, _: &mut [u8]) {}
}

/// Defines the zero-sized types, and the run-time choice among them.
macro_rules! activations {
    ($($(#[doc = $doc:literal])* $name:ident($s:ident) => $value:expr, $slope:expr;)*) => {
        $(
            $(#[doc = $doc])*
            #[derive(Clone, Copy, Debug, Default)]
            pub struct $name;

            impl Activation for $name {
                #[inline(always)]
                fn apply(self, $s: f32) -> f32 {
                    $value
                }

                #[inline(always)]
                fn slope(self, $s: f32) -> Option<f32> {
                    Some($slope)
                }
            }

            impl StaticActivation for $name {
                const KIND: Kind = Kind::$name;
            }
        )*

        #[cfg(test)]
        const KINDS: &[Kind] = &[$(Kind::$name,)*];

        impl Activation for Kind {
            fn apply(self, s: f32) -> f32 {
                match self { $(Kind::$name => $name.apply(s),)* }
            }

            fn slope(self, s: f32) -> Option<f32> {
                match self { $(Kind::$name => $name.slope(s),)* }
            }

            #[inline(always)]
            fn apply_all(self, values: &mut [f32]) {
                match self { $(Kind::$name => $name.apply_all(values),)* }
            }
        }
    };
}

activations! {
    /// `y = s`
    Identity(_s) => _s, 1.0;
    /// `y = max(s, 0)`
    // By bits, which needs no FPU: the numbers above 0 are one range of them, without NaN.
    Relu(s) => {
        let bits = s.to_bits();
        f32::from_bits(if bits.wrapping_sub(1) < f32::INFINITY.to_bits() { bits } else { 0 })
    }, if s > 0.0 { 1.0 } else { 0.0 };
    /// `y = s` where `s > 0`, else `s / 100`
    LeakyRelu(s) => if s > 0.0 { s } else { 0.01 * s }, if s > 0.0 { 1.0 } else { 0.01 };
    /// `y = tanh s`
    Tanh(s) => math::tanh(s), {
        let y = math::tanh(s);
        1.0 - y * y
    };
    /// `y = 1 / (1 + exp(−s))`
    Sigmoid(s) => math::sigmoid(s), {
        let y = math::sigmoid(s);
        y * (1.0 - y)
    };
    /// `y = s / (1 + exp(−s))` (Elfwing, Uchibe and Doya 2018)
    Silu(s) => s * math::sigmoid(s), {
        let y = math::sigmoid(s);
        y + s * (y * (1.0 - y))
    };
    /// `y = s` where `s > 0`, else `exp(s) − 1` (Clevert, Unterthiner and Hochreiter 2016)
    Elu(s) => if s > 0.0 { s } else { math::exp(s) - 1.0 }, if s > 0.0 { 1.0 } else { math::exp(s) };
    /// `y = log(1 + exp s)`
    Softplus(s) => math::softplus(s), math::sigmoid(s);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every slope is the difference of the function at two inputs beside it by theirs.
    #[test]
    fn slopes_are_those_of_the_functions() {
        const STEP: f32 = 1.0 / 128.0;
        for activation in KINDS {
            // between the inputs, and so on one side of 0 each
            for n in -640..640 {
                let s = (n as f32 + 0.5) * STEP;
                let [below, above] = [s - 0.5 * STEP, s + 0.5 * STEP].map(|s| activation.apply(s));
                let (slope, expected) = (activation.slope(s).unwrap(), (above - below) / STEP);
                assert!((slope - expected).abs() < 2e-4, "{activation:?} at {s}: {slope} {expected}");
            }
        }
    }
}
