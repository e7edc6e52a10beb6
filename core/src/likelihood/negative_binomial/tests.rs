use super::*;
use crate::features::MAX_INTEGER;
use libm::{exp, lgamma, log, log1p};

/// `log Γ(a + m) − log Γ(a)`, where the difference of two logarithms of Γ cancels by Stirling's series.
fn rising(a: f64, m: f64) -> f64 {
    if a < 1e3 {
        return lgamma(a + m) - lgamma(a);
    }
    let series = |a: f64| 1.0 / (12.0 * a) - 1.0 / (360.0 * a * a * a);
    (a - 0.5) * log1p(m / a) + m * (log(a + m) - 1.0) + series(a + m) - series(a)
}

/// By the definition.
fn exact(x: f64, mean: f64, r: f64) -> f64 {
    rising(r, x) - lgamma(x + 1.0) - r * log1p(mean / r) - x * log1p(r / mean)
}

fn poisson(x: f64, mean: f64) -> f64 {
    x * log(mean) - mean - lgamma(x + 1.0)
}

/// Counts from 0 to 2²⁴ under means and shapes from far below to far above them.
#[test]
fn masses_are_those_of_the_definition() {
    for log_mean in [-30.0_f32, -9.0, -1.0, 0.0, 0.7, 3.0, 7.5, 12.0, 16.0, 25.0] {
        for log_shape in [-30.0_f32, -9.0, -2.0, 0.0, 1.3, 4.0, 9.0, 14.0] {
            let (mean, shape) = (held_exp(log_mean), held_exp(log_shape));
            for x in [0.0, 1.0, 2.0, 7.0, 100.0, 1809.0, 162_755.0, 8_886_111.0, MAX_INTEGER] {
                let ours = f64::from(log_mass(x, mean, shape));
                let exact = exact(x.into(), mean.into(), shape.into());
                // the definition itself cancels where logarithms of Γ are large
                let cancelled = 1e-15 * lgamma(f64::from(x) + 2.0);
                let limit = 1e-5 + 1e-6 * libm::fabs(exact) + cancelled;
                assert!(libm::fabs(ours - exact) < limit, "{x} {log_mean} {log_shape}: {ours} {exact}");
            }
        }
    }
}

/// Within six standard deviations: the error there is what decides a score.
#[test]
fn masses_near_the_mean_are_right_up_to_the_largest_counts() {
    for log_mean in [2.0_f32, 6.0, 10.0, 14.0, 16.5] {
        for log_shape in [0.0_f32, 5.0, 10.0, 14.0] {
            let (mean, shape) = (held_exp(log_mean), held_exp(log_shape));
            let deviation = math::sqrt(mean + mean * mean / shape);
            for step in -6..=6_i32 {
                let x = clamp((mean + step as f32 * deviation) as i32 as f32, 0.0, MAX_INTEGER);
                let ours = f64::from(log_mass(x, mean, shape));
                let exact = exact(x.into(), mean.into(), shape.into());
                assert!(libm::fabs(ours - exact) < 5e-3, "{x} {log_mean} {log_shape}: {ours} {exact}");
            }
        }
    }
}

#[test]
fn the_limit_is_poissons_distribution() {
    let shape = held_exp(LOG_SHAPE_LIMIT);
    for mean in [1e-3_f32, 0.5, 3.0, 40.0, 1000.0, 2e5] {
        let deviation = math::sqrt(mean);
        for step in -5..=5_i32 {
            let x = clamp((mean + step as f32 * deviation) as i32 as f32, 0.0, MAX_INTEGER);
            let (ours, exact) = (log_mass(x, mean, shape), poisson(x.into(), mean.into()));
            assert!(libm::fabs(f64::from(ours) - exact) < 5e-4, "{x} {mean}: {ours} {exact}");
        }
    }
}

#[test]
fn masses_add_up_to_one() {
    for (mean, shape) in
        [(0.01_f32, 1e13_f32), (0.3, 0.05), (5.0, 2.0), (40.0, 1e13), (90.0, 0.5), (700.0, 60.0)]
    {
        let sum: f64 = (0..20_000_u16).map(|x| exp(log_mass(x.into(), mean, shape).into())).sum();
        assert!(libm::fabs(sum - 1.0) < 1e-5, "{mean} {shape}: {sum}");
    }
}

#[test]
fn it_is_finite_whatever_the_network_gives() {
    let numbers = [f32::NEG_INFINITY, -1e9, -30.0, 0.0, 30.0, f32::MAX];
    for [a, b] in numbers.iter().flat_map(|a| numbers.iter().map(move |b| [*a, *b])) {
        for x in [0.0, 1.0, 77.0, MAX_INTEGER] {
            let part = NegativeBinomialLaw.part((), x, [a, b]);
            assert!(math::is_finite(part) && part < 1e-4, "{x} {a} {b}: {part}");
        }
    }
}

/// Mean and variance of draws, within five standard errors.
#[test]
fn draws_have_the_mean_and_the_variance_of_the_law() {
    const DRAWS: u32 = 20_000;
    let mut rng = rand_pcg::Pcg32::new(1, 2);
    for (mean, shape) in [(0.4_f32, 1e13_f32), (6.0, 0.7), (30.0, 1e13), (300.0, 4.0), (5e4, 50.0)] {
        let outputs = [libm::logf(mean), libm::logf(shape)];
        let (mut sum, mut squares) = (0.0, 0.0);
        for _ in 0..DRAWS {
            let x = f64::from(NegativeBinomialLaw.draw((), outputs, &mut rng));
            assert!(x >= 0.0 && x == libm::floor(x));
            let past = x - f64::from(mean);
            sum += past;
            squares += past * past;
        }
        let n = f64::from(DRAWS);
        let variance = f64::from(mean) + f64::from(mean) * f64::from(mean) / f64::from(shape);
        // the kurtosis is 3 + 6/r + 1/variance
        let kurtosis = 3.0 + 6.0 / f64::from(shape) + 1.0 / variance;
        let (of_mean, of_variance) = (libm::sqrt(variance / n), variance * libm::sqrt((kurtosis - 1.0) / n));
        assert!(libm::fabs(sum / n) < 5.0 * of_mean, "{mean} {shape}: {}", sum / n);
        assert!(libm::fabs(squares / n - variance) < 5.0 * of_variance, "{mean} {shape}: {}", squares / n);
    }
}
