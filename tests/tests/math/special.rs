//! Special values and the ends of the domains.

use elbow::math;

use crate::error::{EXP_MAX, EXP_MIN};

/// Equal bits; so that 0 is not −0 and NaN is the one NaN.
#[track_caller]
pub(crate) fn same(found: f32, expected: f32) {
    assert_eq!(found.to_bits(), expected.to_bits(), "found {found:e}, expected {expected:e}");
}

/// NaNs of both signs and of another payload; to a function of ours all the same.
const NANS: [u32; 4] = [0x7fc0_0000, 0xffc0_0000, 0x7fc0_0001, 0xffff_ffff];

#[test]
fn exp_at_its_ends() {
    same(math::exp(0.0), 1.0);
    same(math::exp(-0.0), 1.0);
    same(math::exp(f32::INFINITY), f32::INFINITY);
    same(math::exp(f32::NEG_INFINITY), 0.0);
    same(math::exp(f32::MAX), f32::INFINITY);
    same(math::exp(f32::MIN), 0.0);
    assert!(math::exp(EXP_MAX).is_finite() && math::exp(EXP_MIN) >= f32::MIN_POSITIVE);
    same(math::exp(EXP_MAX.next_up()), f32::INFINITY);
    same(math::exp(EXP_MIN.next_down()), 0.0);
    for bits in (EXP_MAX.to_bits() + 1..=f32::INFINITY.to_bits()).step_by(1009) {
        same(math::exp(f32::from_bits(bits)), f32::INFINITY);
    }
    for bits in (EXP_MIN.to_bits() + 1..=f32::NEG_INFINITY.to_bits()).step_by(1009) {
        same(math::exp(f32::from_bits(bits)), 0.0);
    }
    for nan in NANS {
        same(math::exp(f32::from_bits(nan)), f32::NAN);
    }
}

#[test]
fn ln_outside_its_domain() {
    same(math::ln(1.0), 0.0);
    same(math::ln(f32::INFINITY), f32::INFINITY);
    for zero in [0.0, -0.0, f32::from_bits(1), -f32::from_bits(1), f32::MIN_POSITIVE.next_down()] {
        same(math::ln(zero), f32::NEG_INFINITY);
    }
    for negative in [-f32::MIN_POSITIVE, -1.0, f32::MIN, f32::NEG_INFINITY] {
        same(math::ln(negative), f32::NAN);
    }
    for nan in NANS {
        same(math::ln(f32::from_bits(nan)), f32::NAN);
    }
}

#[test]
fn ln_1p_unit_at_its_ends() {
    same(math::ln_1p_unit(0.0), 0.0);
    same(math::ln_1p_unit(1.0), core::f32::consts::LN_2);
    same(math::ln_1p_unit(f32::MIN_POSITIVE), f32::MIN_POSITIVE);
}

/// From here on tanh is 1.
const TANH_ONE: f32 = 9.010_914;

#[test]
fn tanh_is_odd_and_saturates_at_one() {
    same(math::tanh(0.0), 0.0);
    same(math::tanh(-0.0), -0.0);
    for bits in (1e-6f32.to_bits()..=f32::INFINITY.to_bits()).step_by(499) {
        let x = f32::from_bits(bits);
        let y = math::tanh(x);
        assert!((0.0..=1.0).contains(&y), "{x:e} {y:e}");
        same(math::tanh(-x), -y);
        if x >= TANH_ONE {
            same(y, 1.0);
        }
    }
    same(math::tanh(f32::INFINITY), 1.0);
    same(math::tanh(f32::NEG_INFINITY), -1.0);
    for nan in NANS {
        same(math::tanh(f32::from_bits(nan)), f32::NAN);
    }
}

#[test]
fn sigmoid_and_softplus_in_the_tails() {
    for x in [-100.0, -1e30, f32::NEG_INFINITY, EXP_MIN.next_down()] {
        same(math::sigmoid(x), 0.0);
        same(math::softplus(x), 0.0);
        same(math::sigmoid(-x), 1.0);
        same(math::softplus(-x), -x);
    }
    for x in [EXP_MIN, -80.0, -40.0] {
        same(math::sigmoid(x), math::exp(x));
        same(math::softplus(x), math::exp(x));
    }
    same(math::sigmoid(0.0), 0.5);
    same(math::softplus(0.0), core::f32::consts::LN_2);
    same(math::softplus(-0.0), core::f32::consts::LN_2);
    for nan in NANS.map(f32::from_bits) {
        assert!(math::sigmoid(nan).is_nan() && math::softplus(nan).is_nan());
    }
}

#[test]
fn sqrt_is_correctly_rounded() {
    for bits in (f32::MIN_POSITIVE.to_bits()..=f32::MAX.to_bits()).step_by(997) {
        let x = f32::from_bits(bits);
        same(math::sqrt(x), f64::from(x).sqrt() as f32);
    }
    same(math::sqrt(0.0), 0.0);
    same(math::sqrt(f32::INFINITY), f32::INFINITY);
    assert!(math::sqrt(-1.0).is_nan());
}

#[test]
fn inverse_sqrt_outside_its_domain() {
    for x in [0.0, f32::from_bits(1), f32::MIN_POSITIVE.next_down()] {
        assert!(math::inverse_sqrt(x) > 1e18 && math::inverse_sqrt(x).is_finite(), "{x:e}");
    }
    for nan in NANS {
        assert!(math::inverse_sqrt(f32::from_bits(nan)).is_nan());
    }
}
