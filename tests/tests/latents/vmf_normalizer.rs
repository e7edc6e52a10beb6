//! The von Mises–Fisher normaliser against forty-digit values, and against closed forms.

use elbow::distribution::hypersphere::log_area;
use elbow::distribution::{
    Concentration, HypersphericalUniform, ParamError, VonMisesFisher, vmf_divergence, vmf_normalizer,
};
use std::f64::consts::{PI, TAU};

/// One line of `golden/vmf_normalizer.csv`, written by the script beside it.
struct Row {
    d: usize,
    kappa: f64,
    log_normalizer: f64,
    mean_resultant_length: f64,
    kl: f64,
}

fn golden() -> impl Iterator<Item = Row> {
    include_str!("../../golden/vmf_normalizer.csv").lines().skip(1).map(|line| {
        let fields: Vec<f64> = line.split(',').map(|text| text.parse().expect("a number")).collect();
        let [d, kappa, log_normalizer, mean_resultant_length, _, kl] = fields[..] else { panic!("{line}") };
        Row { d: d as usize, kappa, log_normalizer, mean_resultant_length, kl }
    })
}

/// The largest of some errors, with where it occurs.
fn worst(errors: impl Iterator<Item = (f64, usize, f64)>) -> (f64, usize, f64) {
    errors.fold((0.0, 0, 0.0), |worst, error| if error.0 > worst.0 { error } else { worst })
}

fn assert_below(name: &str, bar: f64, errors: impl Iterator<Item = (f64, usize, f64)>) {
    let (error, d, kappa) = worst(errors);
    println!("{name}: {error:.2e} at d = {d}, κ = {kappa}; bar {bar:.0e}");
    assert!(error <= bar, "{name}: {error:e} at d = {d}, κ = {kappa}; bar {bar:e}");
}

#[test]
fn single_precision_keeps_its_bars() {
    let error = |row: &Row| {
        (f64::from(vmf_normalizer(row.d, row.kappa as f32).log_normalizer) - row.log_normalizer).abs()
    };
    let near = golden().filter(|row| row.d <= 32 && row.kappa <= 300.0);
    assert_below("f32 Lc, d ≤ 32, κ ≤ 300", 1e-5, near.map(|row| (error(&row), row.d, row.kappa)));
    assert_below("f32 Lc anywhere", 4e-5, golden().map(|row| (error(&row), row.d, row.kappa)));
    let relative = |got: f32, truth: f64| (f64::from(got) / truth - 1.0).abs();
    let errors = golden().map(|row| {
        let got = vmf_normalizer(row.d, row.kappa as f32);
        let of_a = relative(got.mean_resultant_length, row.mean_resultant_length);
        (of_a, relative(got.kl_to_uniform, row.kl), row.d, row.kappa)
    });
    let errors: Vec<_> = errors.collect();
    assert_below("f32 A, relative", 1e-6, errors.iter().map(|&(a, _, d, kappa)| (a, d, kappa)));
    assert_below("f32 KL, relative", 4e-6, errors.iter().map(|&(_, kl, d, kappa)| (kl, d, kappa)));
}

#[test]
fn double_precision_keeps_its_bars() {
    let errors: Vec<_> = golden().map(|row| (vmf_normalizer(row.d, row.kappa), row)).collect();
    let of = |error: fn(&elbow::distribution::VmfNormalizer<f64>, &Row) -> f64| {
        errors.iter().map(move |(got, row)| (error(got, row), row.d, row.kappa))
    };
    assert_below("f64 Lc", 1e-9, of(|got, row| (got.log_normalizer - row.log_normalizer).abs()));
    assert_below("f64 KL", 1e-9, of(|got, row| (got.kl_to_uniform - row.kl).abs()));
    assert_below("f64 KL, relative", 1e-9, of(|got, row| (got.kl_to_uniform / row.kl - 1.0).abs()));
    assert_below(
        "f64 A, relative",
        1e-14,
        of(|got, row| (got.mean_resultant_length / row.mean_resultant_length - 1.0).abs()),
    );
    // 1 − A, whose digits A does not have at large κ; the table's A has 20
    assert_below("f64 1 − A", 1e-14, of(|got, row| (got.mean_t - (1.0 - row.mean_resultant_length)).abs()));
}

#[test]
fn no_concentration_is_uniform() {
    for d in [2, 3, 8, 128] {
        let got = vmf_normalizer(d, 0.0_f32);
        assert_eq!((got.log_normalizer, got.mean_resultant_length, got.kl_to_uniform), (0.0, 0.0, 0.0));
        assert_eq!(got.mean_t, 1.0);
    }
}

/// d = 3: `L = log(sinh κ / κ)`, `A = coth κ − 1/κ`.
#[test]
fn closed_form_on_the_sphere() {
    for kappa in [0.5, 2.0, 20.0, 300.0, 10_000.0_f64] {
        let got = vmf_normalizer(3, kappa);
        let shifted = (-(-2.0 * kappa).exp()).ln_1p() - (2.0 * kappa).ln();
        assert!((got.log_normalizer - shifted).abs() < 1e-9, "κ = {kappa}");
        assert!(
            (got.mean_resultant_length - (1.0 / kappa.tanh() - 1.0 / kappa)).abs() < 1e-13,
            "κ = {kappa}"
        );
    }
}

/// d = 2: `L = log I₀(κ)`, the mean of `e^(κ cos θ)` over the circle, for
/// which the trapezoid rule is exact to rounding.
#[test]
fn bessel_integral_on_the_circle() {
    let n = 2000;
    for kappa in [0.01, 1.0, 30.0, 1000.0_f64] {
        let [sum, cosines] = (0..n).fold([0.0, 0.0], |[sum, cosines], i| {
            let cosine = (TAU * f64::from(i) / f64::from(n)).cos();
            let density = (kappa * (cosine - 1.0)).exp();
            [sum + density, cosines + density * cosine]
        });
        let got = vmf_normalizer(2, kappa);
        assert!((got.log_normalizer - (sum / f64::from(n)).ln()).abs() < 1e-9, "κ = {kappa}");
        assert!((got.mean_resultant_length - cosines / sum).abs() < 1e-12, "κ = {kappa}");
    }
}

#[test]
fn areas_and_entropies() {
    for (d, area) in [(1, 2.0), (2, TAU), (3, 4.0 * PI), (4, 2.0 * PI * PI), (8, PI.powi(4) / 3.0)] {
        assert!((log_area::<f64>(d) - area.ln()).abs() < 1e-13, "d = {d}");
        assert!((f64::from(log_area::<f32>(d)) - area.ln()).abs() < 1e-6, "d = {d}");
    }
    // 2 π⁶⁴ / 63!, a number below the smallest f32
    let area_128 = 2.0_f64.ln() + 64.0 * PI.ln() - (1..64).map(|j| f64::from(j).ln()).sum::<f64>();
    assert!((f64::from(log_area::<f32>(128)) - area_128).abs() < 2e-5);

    let uniform = HypersphericalUniform::new(3).unwrap();
    let mean = [0.0, 0.6, 0.8];
    let flat = VonMisesFisher::new(mean, 0.0).unwrap();
    assert_eq!(flat.entropy(), uniform.entropy());
    assert_eq!((flat.log_prob(&[1.0, 0.0, 0.0]), uniform.log_prob(&mean)), (0.0, 0.0));
    // H = −E[log q] with respect to area
    let peaked = VonMisesFisher::new(mean, 7.0).unwrap();
    let a = peaked.concentration().mean_resultant_length();
    let expected = uniform.entropy() - peaked.concentration().log_prob_at(1.0 - a);
    assert!((peaked.entropy() - expected).abs() < 1e-5);
    let mut average = [0.0; 3];
    peaked.mean(&mut average);
    assert_eq!((peaked.mode(), average), (&mean[..], [0.0, 0.6 * a, 0.8 * a]));
}

/// Entropy and log density at the mode, both with respect to area, as SciPy's
/// `vonmises_fisher` gives them (it refuses κ = 0).
#[test]
fn agrees_with_scipy() {
    let mut compared = 0;
    for line in include_str!("../../golden/vmf_scipy.csv").lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let [d, kappa, entropy, log_mode, ..] = fields[..] else { panic!("{line}") };
        let (Ok(entropy), Ok(log_mode)) = (entropy.parse::<f64>(), log_mode.parse::<f64>()) else { continue };
        let ours = Concentration::new(d.parse().unwrap(), kappa.parse().unwrap()).unwrap();
        let at_mode = ours.log_prob_at(0.0) - log_area::<f32>(ours.dims());
        for (ours, theirs) in [(ours.entropy(), entropy), (at_mode, log_mode)] {
            assert!((f64::from(ours) - theirs).abs() < 1e-5 + 5e-7 * theirs.abs(), "{line}: {ours}");
        }
        compared += 1;
    }
    assert_eq!(compared, 36);
}

/// `golden/vmf_kl.csv`, written by the script beside it: d, κ of both, `1 − μ₁·μ₂`, KL.
fn divergences() -> impl Iterator<Item = [f64; 5]> {
    include_str!("../../golden/vmf_kl.csv").lines().skip(1).map(|line| {
        let mut fields = line.split(',').map(|text| text.parse().expect("a number"));
        std::array::from_fn(|_| fields.next().expect("five fields"))
    })
}

#[test]
fn divergences_keep_their_bars() {
    let wide = |[d, p, q, t, kl]: [f64; 5]| (vmf_divergence(d as usize, [p, q], t) - kl).abs() / (1.0 + kl);
    let narrow = |[d, p, q, t, kl]: [f64; 5]| {
        let found = vmf_divergence(d as usize, [p as f32, q as f32], t as f32);
        (f64::from(found) - kl).abs() / (1.0 + kl)
    };
    let place = |error: f64, row: [f64; 5]| (error, row[0] as usize, row[1]);
    assert_below("f64 KL of two", 1e-9, divergences().map(|row| place(wide(row), row)));
    let near = |[d, p, q, ..]: &[f64; 5]| *d <= 32.0 && p.max(*q) <= 300.0;
    let errors = divergences().filter(near).map(|row| place(narrow(row), row));
    assert_below("f32 KL of two, d ≤ 32, κ ≤ 300", 1e-5, errors);
    assert_below("f32 KL of two, anywhere", 4e-5, divergences().map(|row| place(narrow(row), row)));
}

#[test]
fn a_divergence_is_that_of_the_distributions() {
    let one = VonMisesFisher::new([0.6, 0.0, 0.8], 20.0).unwrap();
    let other = VonMisesFisher::new([0.0, 1.0, 0.0], 5.0).unwrap();
    let exact = vmf_divergence(3, [20.0_f64, 5.0], 1.0);
    assert!((f64::from(one.kl_to(&other).unwrap()) - exact).abs() < 1e-5 * (1.0 + exact));
    assert_eq!(one.kl_to(&one).unwrap(), 0.0);
    // against the uniform distribution it is the old one
    let uniform = VonMisesFisher::new([0.0, 1.0, 0.0], 0.0).unwrap();
    assert!((one.kl_to(&uniform).unwrap() - one.kl_to_uniform()).abs() < 1e-5);
    let plane = VonMisesFisher::new([0.0, 1.0], 1.0).unwrap();
    assert_eq!(one.kl_to(&plane), Err(ParamError::WrongLength));
}
