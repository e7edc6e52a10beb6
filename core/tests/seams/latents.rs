//! Latents of several layers, and bent ones.

use crate::{Linear, log_normal, sections, words};
use elbow::features::Features;
use elbow::latent::{Chain, Flow, Head, InvertibleMap, Latent, Posterior};
use elbow::math::ln;
use elbow::posterior::ToGaussian;
use elbow::prior::StandardNormal;
use elbow::shape::Width;
use elbow::{FrameError, Gaussian, GaussianHead, PassThrough, Vae};

/// `w·x + b` of one number.
type Line = Linear<1, 1>;

fn line(w: f32, b: f32) -> Line {
    Linear { w: [[w]], b: [b] }
}

/// `N(w·x + b, scale²)`
fn normal(w: f32, b: f32, variance: f64) -> ToGaussian<Line, Line> {
    ToGaussian::new(line(w, b), line(0.0, (0.5 * variance.ln()) as f32))
}

/// A frame of one number as it is.
#[derive(Clone, Copy, Debug)]
struct Raw;

impl Features for Raw {
    type Shape = Width<1>;

    fn dims(&self) -> usize {
        1
    }

    fn extract(&self, frame: &[f32], features: &mut [f32]) -> Result<f32, FrameError> {
        features.copy_from_slice(frame);
        Ok(0.0)
    }

    fn log_slope(&self, _: usize, _: f32) -> f32 {
        0.0
    }

    fn encoder_input<const L: usize>(&self, features: &[[f32; L]], input: &mut [[f32; L]]) {
        input.copy_from_slice(features);
    }

    fn restore(&self, _: &mut [f32]) {}
}

/// z₂ ~ N(0, 1), z₁ ~ N(a z₂, s²), x ~ N(z₁, t²): every law of one number given the others is known, so both
/// posteriors can be exact, and every log weight is then log p(x).
#[test]
fn a_chain_of_exact_posteriors_scores_the_marginal() {
    let (a, s2, t2) = (0.8_f64, 0.3_f64, 0.5_f64);
    let v1 = a * a + s2;
    let v = v1 + t2;
    let chain = Chain::new(
        normal((v1 / v) as f32, 0.0, v1 * t2 / v),
        PassThrough::<1>::new(1),
        normal(a as f32, 0.0, s2),
        Latent::of(normal((a / v1) as f32, 0.0, s2 / v1), StandardNormal),
    );
    let inverse = (1.0 / t2.sqrt()) as f32;
    let constant = log_normal(0.0, t2) as f32;
    let words = words(&[&[inverse], &[constant]]);
    let likelihood = Gaussian::read((line(1.0, 0.0),), &mut sections(&words)).unwrap();
    let one = || PassThrough::<1>::new(1);
    let model = Vae::new(Raw, one(), chain, one(), likelihood);
    for x in [-2.5_f32, 0.0, 0.4, 3.0] {
        let expected = log_normal(x.into(), v);
        for samples in [1, 4, 7] {
            let found = model.log_density(&[x], samples).unwrap().log_density.0;
            assert!((f64::from(found) - expected).abs() < 2e-5, "{x}, {samples}: {found} {expected}");
        }
        let [side, same] = model.log_densities([&[x], &[x]], 5).map(|score| score.unwrap());
        assert!((f64::from(side.log_density.0) - expected).abs() < 2e-5);
        assert_eq!(side, same);
        // of exact posteriors it is the evidence, up to the error of its samples
        let elbo = model.elbo(&[x], 2000).unwrap();
        assert!((f64::from(elbo.elbo.0) - expected).abs() < 0.05, "{x}: {elbo:?} {expected}");
    }
}

/// `z ← a z + b`
#[derive(Clone, Copy, Debug)]
struct Affine {
    a: f32,
    b: f32,
}

impl InvertibleMap for Affine {
    fn forward(&self, z: &mut [f32]) -> f32 {
        z.iter_mut().for_each(|z| *z = self.a * *z + self.b);
        z.len() as f32 * ln(self.a)
    }

    fn inverse(&self, z: &mut [f32]) -> f32 {
        z.iter_mut().for_each(|z| *z = (*z - self.b) / self.a);
        z.len() as f32 * ln(self.a)
    }
}

/// Behind such a map a normal distribution is another one.
#[test]
fn a_flow_is_the_posterior_that_its_map_makes() {
    let map = Affine { a: 2.0, b: -0.5 };
    let of_hidden = line(0.6, 0.1);
    let flow = Flow::new(ToGaussian::new(of_hidden, line(0.0, -1.0)), map, StandardNormal);
    let behind = line(map.a * of_hidden.w[0][0], map.a * of_hidden.b[0] + map.b);
    let plain = GaussianHead::new(behind, line(0.0, -1.0 + ln(map.a)));
    for h in [-1.0, 0.3, 2.0] {
        let (bent, straight) = (flow.posterior(&[[h]]), plain.posterior(&[[h]]));
        let (mut noise, mut same) = (flow.noise(), plain.noise());
        for _ in 0..20 {
            let (mut z, mut w) = ([0.0], [0.0]);
            let found = bent.sample_log_ratio(&mut noise, &mut z);
            let expected = straight.sample_log_ratio(&mut same, &mut w);
            assert!((z[0] - w[0]).abs() < 1e-5 && (found - expected).abs() < 1e-5, "{z:?} {w:?}");
            assert!(
                (bent.log_ratio(&z) - found).abs() < 1e-4 && (straight.log_ratio(&z) - found).abs() < 1e-4
            );
        }
        assert!((bent.mode()[0] - straight.mode()[0]).abs() < 1e-6);
        assert!((bent.kl() - straight.kl()).abs() < 0.05, "{} {}", bent.kl(), straight.kl());
    }
}
