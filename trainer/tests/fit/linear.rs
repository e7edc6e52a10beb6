//! A linear model, whose best likelihood is known.

use elbow::architecture::LikelihoodKind;
use elbow_trainer::fit::{FitConfig, Frames, fit};
use elbow_trainer::layout::Layout;
use elbow_trainer::net::dense::Dense;
use elbow_trainer::objective::Objective;

use crate::{NEVER, layout, normals};

/// Factor analysis with one factor and three features has as many parameters as a covariance has numbers, so
/// its likelihood reaches that of the sample covariance; and the posterior of a linear model is Gaussian with
/// a mean linear in x, so the ELBO reaches the likelihood.
#[test]
fn a_linear_model_reaches_the_likelihood_of_the_sample_covariance() {
    let (rows, loadings, scales) = (400, [1.0, -0.7, 0.5], [0.3, 0.5, 0.4]);
    let (z, noise) = (normals(rows), &normals(rows * 4)[rows..]);
    let data: Vec<f32> =
        (0..rows * 3).map(|i| z[i / 3] * loadings[i % 3] + scales[i % 3] * noise[i]).collect();
    let layout = layout(3, &[], 1, LikelihoodKind::Gaussian);
    let frames = Frames { input: &data, target: &data, features: 3 };
    let optimum = gaussian_nats(&data);
    for (objective, samples) in [(Objective::ELBO, 1), (Objective::Iwae, 4)] {
        let config = FitConfig {
            objective,
            samples,
            epochs: 400,
            batch: 100,
            learning_rate: 1e-2,
            patience: 400,
            ..FitConfig::default()
        };
        let (start, elbo) = (layout.init(3, &[0.0; 3]), |_, params: &[f32]| elbo(&layout, params, &data));
        let fitted = fit(&layout, start, &frames, &config, &NEVER, elbo, |_| ()).unwrap();
        let best = fitted.history[fitted.best_epoch as usize - 1].valid_nats;
        assert!((-0.01..=0.0).contains(&(best - optimum)), "{objective:?}: {best}, not {optimum}");
    }
}

/// Mean log density of the rows under the normal distribution with their own mean and covariance.
fn gaussian_nats(data: &[f32]) -> f64 {
    let rows: Vec<[f64; 3]> =
        data.chunks_exact(3).map(|row| [row[0], row[1], row[2]].map(f64::from)).collect();
    let mean_of = |f: &dyn Fn(&[f64; 3]) -> f64| rows.iter().map(f).sum::<f64>() / rows.len() as f64;
    let mean = [0, 1, 2].map(|i| mean_of(&|row| row[i]));
    let c = |i: usize, j: usize| mean_of(&|row| (row[i] - mean[i]) * (row[j] - mean[j]));
    let minor = |i, j| c(1, i) * c(2, j) - c(1, j) * c(2, i);
    let determinant = c(0, 0) * minor(1, 2) - c(0, 1) * minor(0, 2) + c(0, 2) * minor(0, 1);
    // −½ (d log 2π + log |S| + d)
    -0.5 * (3.0 * std::f64::consts::TAU.ln() + determinant.ln() + 3.0)
}

/// The ELBO of a linear model with one latent coordinate, in closed form.
fn elbo(layout: &Layout, params: &[f32], data: &[f32]) -> f64 {
    let affine = |dense: &Dense, output: usize, x: &[f64]| -> f64 {
        let weights = &params[dense.weights()][output * x.len()..][..x.len()];
        let dot: f64 = weights.iter().zip(x).map(|(w, x)| f64::from(*w) * x).sum();
        dot + f64::from(params[dense.bias()][output])
    };
    let [loc, log_scale] = &layout.posterior_heads[..] else { unreachable!() };
    let (out, noise) = (&layout.likelihood_heads[0], &layout.learned);
    let row_elbo = |row: &[f32]| {
        let x: Vec<f64> = row.iter().map(|x| f64::from(*x)).collect();
        let (m, log_s) = (affine(loc, 0, &x), affine(log_scale, 0, &x));
        let s2 = (2.0 * log_s).exp();
        let log_prob = |i: usize| {
            let (w, log_sigma) = (f64::from(params[out.weights()][i]), f64::from(params[noise.start + i]));
            let r = x[i] - affine(out, i, &[m]);
            // E_q log N(x; w z + b, σ²) = −½ (r² + w² s²) / σ² − log σ − ½ log 2π
            -0.5 * (r * r + w * w * s2) / (2.0 * log_sigma).exp()
                - log_sigma
                - 0.5 * std::f64::consts::TAU.ln()
        };
        (0..3).map(log_prob).sum::<f64>() - (0.5 * (m * m + s2 - 1.0) - log_s)
    };
    data.chunks_exact(3).map(row_elbo).sum::<f64>() / (data.len() / 3) as f64
}
