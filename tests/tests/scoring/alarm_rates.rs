//! False alarms are as many as promised, over many divisions of real frames
//! into those that calibrate and those that are judged.
//!
//! A random division makes the frames exchangeable, so the number of false alarms among m frames, after a
//! calibration on n with the threshold at rank k, has a law that the scores do not enter: beta-binomial with
//! k, n + 1 − k and m. That is binomial with a rate that itself is a draw of Beta(k, n + 1 − k), since all m
//! frames share a threshold; a binomial interval would be too narrow. The sum over independent divisions of
//! the same frames is the sum of independent such numbers: its interval is computed exactly.

use elbow::Calibration;
use elbow::decision::{margin, statistic};
use elbow::format::Sections;
use elbow_host::model::ModelBytes;
use elbow_host::score::calibrate::{Block, threshold_rank};
use elbow_reader::{Dataset, LoadOptions, load, load_array, shuffle};
use elbow_tests::models::generator;
use elbow_tests::shared;
use elbow_trainer::settings::Settings;
use elbow_trainer::train::train;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

const DIVISIONS: usize = 200;
const RATES: [f64; 2] = [0.01, 0.001];
const SAMPLES: u32 = 8;
/// Both tails of the interval together.
const LEVEL: f64 = 0.01;

/// Statistics of the rows of `data` from `fitted` on, under a small model fitted to the others.
fn statistics(mut data: Dataset, fitted: usize) -> Vec<f32> {
    data.keep_normal();
    let mut rows: Vec<usize> = (0..data.rows).collect();
    shuffle(&mut rows, &mut generator(1));
    let (fit, others) = (data.select(&rows[..fitted]), data.select(&rows[fitted..]));
    let settings = Settings {
        hidden: vec![16],
        latent: "gaussian:2".parse().unwrap(),
        epochs: 20,
        scaling: "log".parse().unwrap(),
        ..Settings::default()
    };
    let trained = train("rates", fit, &settings, None, &AtomicBool::new(false), |_| ()).unwrap();
    let model = trained.bytes.open().unwrap();
    let of = |row| statistic(&&*model.engine, others.row(row), SAMPLES, margin(others.dims)).unwrap();
    (0..others.rows).map(of).collect()
}

/// What a file's calibration on these statistics does.
fn with_calibration<T>(on: &[f32], rate: f64, work: impl Fn(&Calibration<'_>) -> T) -> T {
    let block = ModelBytes::new(&Block::new(on.to_vec(), rate, SAMPLES, 16.0).unwrap().encode());
    work(&Calibration::read(&mut Sections::new(block.as_bytes()), SAMPLES).unwrap())
}

fn check(name: &str, mut statistics: Vec<f32>, n: usize) {
    let m = statistics.len() - n;
    let mut rng = generator(6);
    let (mut alarms, mut rejected) = ([0_usize; 2], 0);
    for _ in 0..DIVISIONS {
        shuffle(&mut statistics, &mut rng);
        let (calibration, judged) = statistics.split_at(n);
        for (rate, alarms) in RATES.iter().zip(&mut alarms) {
            *alarms += with_calibration(calibration, *rate, |c| {
                let count = judged.iter().filter(|s| **s < c.threshold).count();
                let by_p = judged.iter().filter(|s| c.p_value(**s) <= *rate as f32).count();
                assert_eq!(count, by_p, "an alarm is a p-value of at most the rate");
                count
            });
        }
        let p_values = with_calibration(calibration, RATES[0], |c| {
            judged.iter().map(|s| c.p_value(*s)).collect::<Vec<_>>()
        });
        // Kolmogorov and Smirnov's two-sample test at 1 %: ranks of m frames
        // among n; p-values are rounded up by at most 1/64.
        let critical = 1.63 * (1.0 / n as f64 + 1.0 / m as f64).sqrt() + 1.0 / 64.0;
        rejected += usize::from(distance(p_values) > critical);
    }
    for (rate, alarms) in RATES.iter().zip(alarms) {
        let k = threshold_rank(*rate, n).unwrap() as usize;
        let [low, high] = interval(&sums(&beta_binomial(k, n, m)));
        let frames = DIVISIONS * m;
        println!(
            "{name}: n = {n}, m = {m}, rate {rate}: {alarms} alarms in {frames} frames, {:.6}; \
             99 % of {low} to {high}; expected {:.6}",
            alarms as f64 / frames as f64,
            k as f64 / (n + 1) as f64
        );
        assert!((low..=high).contains(&alarms), "{name}, rate {rate}: {alarms} not in {low}..={high}");
    }
    println!("{name}: {rejected} of {DIVISIONS} divisions have p-values that are not uniform, at 1 %");
    // 2 expected; 9 or more in one of a thousand tests
    assert!(rejected <= 8, "{name}: {rejected}");
}

/// The largest distance of the p-values' distribution from the uniform one.
fn distance(mut p_values: Vec<f32>) -> f64 {
    p_values.sort_by(f32::total_cmp);
    let part = |count: usize| count as f64 / p_values.len() as f64;
    let at = |p: &f32| {
        // the step of the distribution at p, from below and from above
        let (below, with) = (p_values.partition_point(|q| q < p), p_values.partition_point(|q| q <= p));
        (f64::from(*p) - part(below)).max(part(with) - f64::from(*p))
    };
    p_values.iter().map(at).fold(0.0, f64::max)
}

/// P(j alarms) for `P(j) = C(m, j) B(j + k, m − j + n + 1 − k) / B(k, n +
/// 1 − k)`, by the ratio of neighbours.
fn beta_binomial(k: usize, n: usize, m: usize) -> Vec<f64> {
    let (a, b, m) = (k as f64, (n + 1 - k) as f64, m as f64);
    // P(0) = Π_{i<m} (b + i)/(a + b + i)
    let mut p = (0..m as usize).map(|i| ((b + i as f64) / (a + b + i as f64)).ln()).sum::<f64>().exp();
    let mut law = Vec::new();
    for j in 0..=m as usize {
        law.push(p);
        let j = j as f64;
        if j == m || (j > a * m / (a + b) && p < 1e-18) {
            break;
        }
        p *= (m - j) / (j + 1.0) * (a + j) / (b + m - j - 1.0);
    }
    assert!((law.iter().sum::<f64>() - 1.0).abs() < 1e-9);
    law
}

/// The law of the sum over all divisions.
fn sums(law: &[f64]) -> Vec<f64> {
    let convolve = |a: &[f64], b: &[f64]| {
        let mut c = vec![0.0; a.len() + b.len() - 1];
        for (i, a) in a.iter().enumerate() {
            c[i..i + b.len()].iter_mut().zip(b).for_each(|(c, b)| *c += a * b);
        }
        let end = c.iter().rposition(|p| *p > 1e-18).unwrap_or(0);
        c.truncate(end + 1);
        c
    };
    let (mut power, mut sum, mut left) = (law.to_vec(), vec![1.0], DIVISIONS);
    while left > 0 {
        if left % 2 == 1 {
            sum = convolve(&sum, &power);
        }
        power = convolve(&power, &power);
        left /= 2;
    }
    sum
}

fn interval(law: &[f64]) -> [usize; 2] {
    [tail(law.iter().enumerate()), tail(law.iter().enumerate().rev())]
}

/// Where the mass from one end first exceeds half of [`LEVEL`].
fn tail<'a>(mut law: impl Iterator<Item = (usize, &'a f64)>) -> usize {
    let mut mass = 0.0;
    let found = law.find(|(_, p)| {
        mass += **p;
        mass > LEVEL / 2.0
    });
    found.map_or(0, |(count, _)| count)
}

#[test]
fn the_law_of_false_alarms() {
    // k = 1, n = 1, m = 2: ranks of one threshold among three, uniform
    let law = beta_binomial(1, 1, 2);
    assert!(law.iter().all(|p| (p - 1.0 / 3.0).abs() < 1e-12) && law.len() == 3, "{law:?}");
    let mean: f64 = beta_binomial(10, 999, 500).iter().enumerate().map(|(j, p)| j as f64 * p).sum();
    assert!((mean - 5.0).abs() < 1e-6);
}

#[test]
fn telemetry() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/telemetry/telemetry.csv.gz");
    let options = LoadOptions { drop: vec!["time_s".into()], ..LoadOptions::default() };
    let statistics = statistics(load(&path, &options).unwrap(), 600);
    check("telemetry", statistics[..4500].to_vec(), 3999);
}

#[test]
fn heartbeats() {
    let Some(path) = shared::data("ecg5000/ecg5000_normal_vs_anomaly.npz") else { return };
    let statistics = statistics(normal_beats(path), 420);
    check("ECG5000", statistics, 1999);
}

/// All normal beats, 2335 of the set's training part and 584 of its test.
fn normal_beats(path: PathBuf) -> Dataset {
    let mut values = load_array(&path, "x_train_normal").unwrap().values;
    let (test, labels) = (load_array(&path, "x_test").unwrap(), load_array(&path, "y_test").unwrap());
    let dims = test.shape[1];
    for (beat, label) in test.values.chunks_exact(dims).zip(&labels.values) {
        if *label == 0.0 {
            values.extend(beat);
        }
    }
    Dataset::of(path, values, dims)
}
