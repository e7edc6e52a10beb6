//! Errors and monotonicity over the floats.

use std::thread;

use elbow::math;
use elbow_tests::tolerance::math as limit;

/// What a walk over the floats of one sign, by rising magnitude, has seen.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    ulp: f64,
    at: f32,
    fall_ulp: f64,
    falls: u64,
}

impl Seen {
    fn and(self, other: Seen) -> Seen {
        let worst = if other.ulp > self.ulp { other } else { self };
        Seen { fall_ulp: self.fall_ulp.max(other.fall_ulp), falls: self.falls + other.falls, ..worst }
    }
}

/// The distance between the two f32 around `y`.
fn ulp(y: f64) -> f64 {
    let power_of_two = f64::from_bits(y.to_bits() & 0x7ff0_0000_0000_0000);
    power_of_two / f64::from(1u32 << 23)
}

/// Every `stride`-th float from `from` to `to` (same sign, magnitudes rising), each with its neighbour.
fn walk(
    (from, to): (f32, f32),
    stride: u32,
    f: impl Fn(f32) -> f32 + Sync,
    reference: impl Fn(f64) -> f64 + Sync,
) -> Seen {
    let (first, last) = (from.to_bits(), to.to_bits());
    assert!(first < last && first >> 31 == last >> 31, "{from} … {to}");
    let parts = thread::available_parallelism().map_or(2, |n| n.get() as u32);
    let share = (last - first) / parts + 1;
    let part = |i: u32| {
        let mut seen = Seen::default();
        let start = first + i * share;
        for bits in (start..=last.min(start + (share - 1))).step_by(stride as usize) {
            let (x, next) = (f32::from_bits(bits), f32::from_bits(bits + 1));
            let (y, y_next) = (f(x), f(next));
            let truth = reference(f64::from(x));
            let error = (f64::from(y) - truth).abs();
            if error > seen.ulp * ulp(truth) || error.is_nan() {
                seen.ulp = if error.is_nan() { f64::INFINITY } else { error / ulp(truth) };
                seen.at = x;
            }
            let rise = (f64::from(y_next) - f64::from(y)) * f64::from(x).signum();
            if rise < 0.0 {
                seen.falls += 1;
                seen.fall_ulp = seen.fall_ulp.max(-rise / ulp(truth));
            }
        }
        seen
    };
    thread::scope(|scope| {
        let part = &part;
        let threads: Vec<_> = (0..parts).map(|i| scope.spawn(move || part(i))).collect();
        threads.into_iter().map(|t| t.join().expect("a walk panicked")).fold(Seen::default(), Seen::and)
    })
}

/// `spans` of one function against its limits, and one line of the table.
fn check(
    name: &str,
    spans: &[(f32, f32)],
    stride: u32,
    f: impl Fn(f32) -> f32 + Sync,
    reference: impl Fn(f64) -> f64 + Sync,
    (max_ulp, max_fall): (f64, f64),
) {
    let seen = spans.iter().map(|&span| walk(span, stride, &f, &reference)).fold(Seen::default(), Seen::and);
    println!(
        "{name:12} {:.4} ulp at {:e}; falls {} times, by {:.2} ulp at most",
        seen.ulp, seen.at, seen.falls, seen.fall_ulp
    );
    assert!(seen.ulp <= max_ulp, "{name}: {seen:?}");
    assert!(seen.fall_ulp <= max_fall, "{name}: {seen:?}");
}

/// Smaller arguments than this give 1, ½, log 2 or the argument itself; checked apart.
const TINY: f32 = 1e-8;
pub(crate) const EXP_MIN: f32 = -87.336_54;
pub(crate) const EXP_MAX: f32 = 88.722_83;

fn errors_over(stride: u32) {
    let sigmoid = |x: f64| if x < 0.0 { x.exp() / (1.0 + x.exp()) } else { 1.0 / (1.0 + (-x).exp()) };
    let softplus = |x: f64| x.max(0.0) + (-x.abs()).exp().ln_1p();
    let left = (-TINY, EXP_MIN);

    check("exp", &[(TINY, EXP_MAX), left], stride, math::exp, f64::exp, (limit::EXP_ULP, 0.0));
    // the neighbour of the largest number is ∞ and of 1 is outside the domain: both spans end one earlier
    let ln_span = (f32::MIN_POSITIVE, f32::MAX.next_down());
    check("ln", &[ln_span], stride, math::ln, f64::ln, (limit::LN_ULP, 0.0));
    let fall = limit::FALL_ULP;
    let unit = (f32::MIN_POSITIVE, 1.0f32.next_down());
    check("ln_1p_unit", &[unit], stride, math::ln_1p_unit, f64::ln_1p, (limit::LN_1P_UNIT_ULP, fall));
    let positive = (f32::MIN_POSITIVE, 1e30);
    check("ln_1p", &[positive], stride, math::ln_1p, f64::ln_1p, (limit::LN_1P_ULP, fall));
    check("tanh", &[(1e-6, 12.0)], stride, math::tanh, f64::tanh, (limit::TANH_ULP, fall));
    check("sigmoid", &[(TINY, 30.0), left], stride, math::sigmoid, sigmoid, (limit::SIGMOID_ULP, fall));
    check("softplus", &[(TINY, 30.0), left], stride, math::softplus, softplus, (limit::SOFTPLUS_ULP, fall));
    // with a minus, so that it rises
    let (found, truth) = (|x| -math::inverse_sqrt(x), |x: f64| -1.0 / x.sqrt());
    check("inverse_sqrt", &[ln_span], stride, found, truth, (limit::INVERSE_SQRT_ULP, fall));
}

/// What is near 0 is wrong by the rounding of a number near 1: not to be measured in its own ulp.
#[test]
fn logarithms_of_what_is_left_of_one() {
    let truth = |t: f32| (-(-f64::from(t)).exp_m1()).ln();
    for bits in (f32::MIN_POSITIVE.to_bits()..100.0f32.to_bits()).step_by(37) {
        let t = f32::from_bits(bits);
        let error = (f64::from(math::ln_1m_exp(t)) - truth(t)).abs();
        assert!(error <= limit::LN_1M_EXP * truth(t).abs().max(1.0), "{t:e}: {error:e}");
    }
    let edges = [0.0, 100.0, f32::MAX, f32::INFINITY].map(math::ln_1m_exp);
    assert_eq!(edges, [f32::NEG_INFINITY, 0.0, 0.0, 0.0]);
    assert!(math::ln_1m_exp(f32::NAN).is_nan());
}

#[test]
fn errors_stay_within_their_limits() {
    errors_over(11);
}

#[test]
#[ignore = "every float: two minutes"]
fn errors_stay_within_their_limits_for_every_float() {
    errors_over(1);
}

#[test]
fn tiny_arguments() {
    for bits in (f32::MIN_POSITIVE.to_bits()..=1e-6f32.to_bits()).step_by(101) {
        let x = f32::from_bits(bits);
        let within = |y: f32, truth: f64, ulps: f64| (f64::from(y) - truth).abs() <= ulps * ulp(truth);
        assert!(within(math::tanh(x), f64::from(x), limit::TANH_ULP), "{x:e}");
        assert_eq!(math::tanh(-x).to_bits(), (-math::tanh(x)).to_bits(), "{x:e}");
        if x <= TINY {
            assert_eq!((math::exp(x), math::exp(-x)), (1.0, 1.0), "{x:e}");
            assert_eq!((math::sigmoid(x), math::sigmoid(-x)), (0.5, 0.5), "{x:e}");
            assert!(
                within(math::softplus(x), 2f64.ln(), 1.0) && within(math::softplus(-x), 2f64.ln(), 1.0),
                "{x:e}"
            );
        }
    }
}
