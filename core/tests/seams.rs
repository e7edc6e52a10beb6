//! Parts that a later model may need, made of doubles: whoever scores does not know them.

use elbow::features::{Features, Gaps};
use elbow::format::{ALIGNMENT, Sections};
use elbow::kernel::{TILE, Tile};
use elbow::latent::{Chain, Flow, Head, InvertibleMap, Latent, Posterior};
use elbow::layer::{Layer, Projection};
use elbow::likelihood::Incomplete;
use elbow::math::ln;
use elbow::posterior::ToGaussian;
use elbow::prior::StandardNormal;
use elbow::shape::Width;
use elbow::{FrameError, Gaussian, GaussianHead, LogStandardize, PassThrough, Standardize, Vae};

/// `w·x + b` of one number.
#[derive(Clone, Copy, Debug)]
struct Line {
    w: f32,
    b: f32,
}

impl Layer for Line {
    type In = Width<1>;
    type Out = Width<1>;
    type From = f32;
    type To = f32;

    fn outputs(&self) -> usize {
        1
    }

    fn forward<const L: usize>(&self, x: &[[f32; L]]) -> [[f32; L]; 1] {
        [x[0].map(|x| self.w * x + self.b)]
    }
}

impl Projection for Line {
    fn tile<const L: usize>(&self, _: usize, x: &[[f32; L]]) -> Tile<L> {
        let mut tile = [[0.0; L]; TILE];
        [tile[0]] = self.forward(x);
        tile
    }

    fn for_each_row<const L: usize>(&self, x: &[[f32; L]], mut visit: impl FnMut([f32; L])) {
        self.forward(x).into_iter().for_each(&mut visit);
    }
}

/// `N(w·x + b, scale²)`
fn normal(w: f32, b: f32, variance: f64) -> ToGaussian<Line, Line> {
    ToGaussian::new(Line { w, b }, Line { w: 0.0, b: (0.5 * variance.ln()) as f32 })
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

    fn log_slope(&self, _: usize) -> f32 {
        0.0
    }

    fn encoder_input<const L: usize>(&self, features: &[[f32; L]], input: &mut [[f32; L]]) {
        input.copy_from_slice(features);
    }

    fn restore(&self, _: &mut [f32]) {}
}

/// Sections of numbers, aligned.
fn words(sections: &[&[f32]]) -> Vec<u128> {
    let mut words = Vec::new();
    for numbers in sections.iter().flat_map(|section| section.chunks(ALIGNMENT / 4)) {
        let mut word = [0.0_f32; ALIGNMENT / 4];
        word[..numbers.len()].copy_from_slice(numbers);
        words.push(bytemuck::cast(word));
    }
    words
}

fn sections(words: &[u128]) -> Sections<'_> {
    Sections::new(bytemuck::cast_slice(words))
}

/// `log N(x; 0, variance)`
fn log_normal(x: f64, variance: f64) -> f64 {
    -0.5 * (x * x / variance + (std::f64::consts::TAU * variance).ln())
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
    let likelihood = Gaussian::read((Line { w: 1.0, b: 0.0 },), &mut sections(&words)).unwrap();
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
    let of_hidden = Line { w: 0.6, b: 0.1 };
    let flow = Flow::new(ToGaussian::new(of_hidden, Line { w: 0.0, b: -1.0 }), map, StandardNormal);
    let behind = Line { w: map.a * of_hidden.w, b: map.a * of_hidden.b + map.b };
    let plain = GaussianHead::new(behind, Line { w: 0.0, b: -1.0 + ln(map.a) });
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

/// `w·Σx + b_o`: where an input is NaN every output is, even for w = 0.
#[derive(Clone, Copy, Debug)]
struct Spread<const I: usize, const O: usize> {
    w: f32,
    b: [f32; O],
}

impl<const I: usize, const O: usize> Layer for Spread<I, O> {
    type In = Width<I>;
    type Out = Width<O>;
    type From = f32;
    type To = f32;

    fn outputs(&self) -> usize {
        O
    }

    fn forward<const L: usize>(&self, x: &[[f32; L]]) -> [[f32; L]; O] {
        self.b.map(|b| std::array::from_fn(|l| b + self.w * x.iter().map(|x| x[l]).sum::<f32>()))
    }
}

impl<const I: usize, const O: usize> Projection for Spread<I, O> {
    fn tile<const L: usize>(&self, t: usize, x: &[[f32; L]]) -> Tile<L> {
        let mut tile = [[0.0; L]; TILE];
        let outputs = self.forward(x);
        tile.iter_mut().zip(outputs.iter().skip(t * TILE)).for_each(|(tile, output)| *tile = *output);
        tile
    }

    fn for_each_row<const L: usize>(&self, x: &[[f32; L]], mut visit: impl FnMut([f32; L])) {
        self.forward(x).into_iter().for_each(&mut visit);
    }
}

/// `[1/scale]` and `[Σ −log scale − ½ log 2π]` of a likelihood.
fn scales(inverse: &[f32]) -> Vec<u128> {
    let constant: f64 = inverse.iter().map(|s| f64::from(*s).ln() + log_normal(0.0, 1.0)).sum();
    words(&[inverse, &[constant as f32]])
}

/// Sums of logarithms, and `[clip, log Jacobian]` of features.
fn features(rate: Option<&[f32]>, loc: &[f32], inverse: &[f32]) -> Vec<u128> {
    let log = |numbers: &[f32]| numbers.iter().map(|s| f64::from(*s).ln()).sum::<f64>();
    let last = [5.0, (log(inverse) + rate.map_or(0.0, log)) as f32];
    match rate {
        Some(rate) => words(&[rate, loc, inverse, &last]),
        None => words(&[loc, inverse, &last]),
    }
}

/// A model of `N` numbers, whose latent weighs in all of them; the encoder leaves the prior as it is.
macro_rules! model {
    ($features:expr, $n:literal, $loc:expr, $likelihood:expr) => {{
        let prior = || Spread::<$n, 1> { w: 0.0, b: [0.0] };
        let layer = Spread::<1, $n> { w: 0.7, b: $loc };
        let likelihood = Incomplete(Gaussian::read((layer,), &mut sections($likelihood)).unwrap());
        let head = GaussianHead::new(prior(), prior());
        Vae::new(Gaps($features), PassThrough::<$n>::new($n), head, PassThrough::<1>::new(1), likelihood)
    }};
}

/// Two numbers of three: the score is that of a model which has no third.
#[test]
fn a_frame_with_a_gap_has_the_score_of_the_numbers_that_are_there() {
    let (loc, inverse, rate) = ([2.0, -1.0, 0.5], [0.5, 3.0, 1.5], [0.3_f32, 2.0, 1.1]);
    let (of_three, of_two) = (scales(&[1.2, 0.8, 2.0]), scales(&[1.2, 2.0]));
    let (few_loc, few_inverse, few_rate) = ([2.0, 0.5], [0.5, 1.5], [0.3_f32, 1.1]);
    let frame = [1.4, f32::NAN, -0.2];

    /// Scores under a model of all three numbers, and under one of the first and the last.
    macro_rules! scores {
        ($features:ident, $rates:expr) => {{
            let [rate, few_rate]: [Option<&[f32]>; 2] = $rates;
            let all = features(rate, &loc, &inverse);
            let few = features(few_rate, &few_loc, &few_inverse);
            let all = $features::<3>::read(&mut sections(&all), 3).unwrap();
            let few = $features::<2>::read(&mut sections(&few), 2).unwrap();
            let whole = model!(all, 3, [0.1, 0.2, 0.3], &of_three);
            let part = model!(few, 2, [0.1, 0.3], &of_two);
            // infinity is no gap, and is refused as ever
            let refused = whole.log_density(&[1.0, f32::INFINITY, 0.0], 4);
            assert_eq!(refused, Err(FrameError::NonFinite { index: 1 }));
            let scores = [whole.log_density(&frame, 16), part.log_density(&[frame[0], frame[2]], 16)];
            let [side] = whole.log_densities([&frame], 16);
            assert_eq!(side, scores[0]);
            scores.map(|score| score.unwrap().log_density.0)
        }};
    }
    let [found, expected] = scores!(Standardize, [None, None]);
    assert!((found - expected).abs() < 1e-5, "{found} {expected}");
    let [found, expected] = scores!(LogStandardize, [Some(&rate), Some(&few_rate)]);
    assert!((found - expected).abs() < 1e-5, "{found} {expected}");
}
