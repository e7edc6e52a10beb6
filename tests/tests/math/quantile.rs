//! The normal quantile.

use elbow::math;
use elbow_tests::tolerance::math as limit;

use crate::special::same;

/// `Φ⁻¹((u + ½)/2³²)` in f64 by Newton's method on `log Φ`, from `erfc`, started where the last call ended.
fn quantile(u: u32, start: f64) -> f64 {
    if u >= 1 << 31 {
        return -quantile(!u, -start.abs());
    }
    let p = (f64::from(u) + 0.5) / 2f64.powi(32);
    let mut x = -start.abs();
    for _ in 0..100 {
        let cdf = 0.5 * libm::erfc(-x * core::f64::consts::FRAC_1_SQRT_2);
        let density = (-0.5 * x * x).exp() / (2.0 * core::f64::consts::PI).sqrt();
        let step = (cdf / p).ln() * cdf / density;
        x -= step;
        if step.abs() < 1e-13 {
            return x;
        }
    }
    panic!("no quantile for {u}");
}

/// Words on both sides of every border between two polynomials: `p` is `2^−k` or `3·2^−k` there.
fn borders() -> impl Iterator<Item = u32> {
    (0..31).flat_map(|k| [1u32 << k, 3u32 << k >> 1]).chain([0])
}

#[test]
fn normal_quantile_is_right_in_body_and_tail() {
    let mut worst = [(0.0, 0u32); 2];
    let mut look = |u: u32, start: f64| {
        let truth = quantile(u, start);
        let error = (f64::from(math::normal_quantile(u)) - truth).abs();
        let slot = &mut worst[usize::from(truth.abs() >= 2.0)];
        if error > slot.0 {
            *slot = (error, u);
        }
        truth
    };
    let mut x = 0.0;
    for u in (0..1u32 << 31).rev().step_by(1499) {
        x = look(u, x);
    }
    for border in borders() {
        for u in border.saturating_sub(500)..border.saturating_add(500) {
            x = look(u, x);
        }
    }
    println!(
        "normal_quantile: |x| < 2 {:.2e} at {:#x}, |x| ≥ 2 {:.2e} at {:#x}",
        worst[0].0, worst[0].1, worst[1].0, worst[1].1
    );
    assert!(worst[0].0 <= limit::NORMAL_QUANTILE_BODY && worst[1].0 <= limit::NORMAL_QUANTILE, "{worst:?}");
}

fn quantile_never_falls(words: impl Iterator<Item = u32>) {
    for u in words {
        let (y, next) = (math::normal_quantile(u), math::normal_quantile(u + 1));
        assert!(y <= next, "{u:#x}: {y} then {next}");
        same(math::normal_quantile(!u), -y);
    }
}

#[test]
fn normal_quantile_never_falls_and_is_odd() {
    quantile_never_falls((0..u32::MAX).step_by(61));
    for border in borders() {
        quantile_never_falls(border.saturating_sub(5000)..border.saturating_add(5000));
    }
    let middle = 1u32 << 31;
    assert!(math::normal_quantile(middle - 1) < 0.0 && math::normal_quantile(middle) > 0.0);
    same(math::normal_quantile(0), -6.337_958);
    same(math::normal_quantile(u32::MAX), 6.337_958);
}

#[test]
#[ignore = "every word: ten seconds"]
fn normal_quantile_never_falls_for_every_word() {
    quantile_never_falls(0..u32::MAX);
}

#[test]
fn normal_quantile_has_the_moments_of_a_normal() {
    let (mut square, mut fourth) = (0.0, 0.0);
    for i in 0..1u32 << 23 {
        // the other half of the grid is its mirror image
        let x = f64::from(math::normal_quantile((i << 8) + 128));
        square += x * x;
        fourth += x * x * x * x;
    }
    let mean = |sum: f64| sum / f64::from(1u32 << 23);
    let found = [mean(square) - 1.0, mean(fourth) - 3.0];
    println!("moments: {found:?}");
    assert!(
        found[0].abs() <= limit::NORMAL_MOMENTS[0] && found[1].abs() <= limit::NORMAL_MOMENTS[1],
        "{found:?}"
    );
}
