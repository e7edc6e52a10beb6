//! Activations, applied to whole layers in place.

use elbow::architecture::Activation;

use super::real::Real;
use super::simd::{map, zip};

/// `y = f(s)`, where `y` holds `s` before.
pub fn forward<T: Real>(activation: Activation, y: &mut [T]) {
    let leak = T::from_f64(0.01);
    match activation {
        Activation::Identity => {}
        Activation::Relu => map(y, |s| s.max(T::ZERO)),
        Activation::LeakyRelu => map(y, |s| s.max(leak * s)),
        Activation::Tanh => map(y, T::tanh),
        Activation::Sigmoid => map(y, T::sigmoid),
        Activation::Silu => map(y, |s| s * s.sigmoid()),
        Activation::Elu => map(y, |s| if s > T::ZERO { s } else { s.exp() - T::ONE }),
        Activation::Softplus => map(y, T::softplus),
    }
}

/// `∂s = f′(s) ∂y`, where `d` holds `∂y` before; `s` is read only where [`keeps_sum`] asks for it.
pub fn backward<T: Real>(activation: Activation, y: &[T], s: &[T], d: &mut [T]) {
    let (zero, one, leak) = (T::ZERO, T::ONE, T::from_f64(0.01));
    match activation {
        Activation::Identity => {}
        Activation::Relu => zip(d, y, |d, y| if y > zero { d } else { zero }),
        Activation::LeakyRelu => zip(d, y, |d, y| if y > zero { d } else { leak * d }),
        // tanh′ = 1 − tanh²
        Activation::Tanh => zip(d, y, |d, y| d * (one - y * y)),
        // σ′ = σ (1 − σ)
        Activation::Sigmoid => zip(d, y, |d, y| d * (y * (one - y))),
        // (s σ(s))′ = σ (1 + s (1 − σ))
        Activation::Silu => zip(d, s, |d, s| {
            let sigmoid = s.sigmoid();
            d * (sigmoid * (one + s * (one - sigmoid)))
        }),
        // exp(s) = y + 1
        Activation::Elu => zip(d, y, |d, y| if y > zero { d } else { d * (y + one) }),
        // softplus′ = σ
        Activation::Softplus => zip(d, s, |d, s| d * s.sigmoid()),
    }
}

/// Whether the slope is a function of the sum and not (accurately) of the output.
pub fn keeps_sum(activation: Activation) -> bool {
    matches!(activation, Activation::Silu | Activation::Softplus)
}
