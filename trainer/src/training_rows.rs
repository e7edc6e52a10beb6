//! The rows of a fit: features for the likelihood, and what the encoder sees of them.

use elbow::math;

use crate::binarize::Binarize;
use crate::minibatch::TrainingRows;
use elbow_host::model::Preprocessor;
use elbow_host::random::Words;

/// How the encoder's view of a row is spoilt while it is fitted, for a posterior that does not hang on single
/// features: the bound holds for any q, so it stays a bound (Im, Ahn, Memisevic and Bengio 2017, "Denoising
/// criterion for variational auto-encoding framework").
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Corruption {
    /// standard deviation of the noise that is added to each feature
    pub noise: f32,
    /// probability of a feature to be hidden: it is 0, which is the mean of a standardised one
    pub mask: f32,
    /// mean probability of a number to be missing, for encoder and likelihood alike: each row has a
    /// probability of its own, evenly from 0 to twice that, so that whole frames are among them
    pub hide: f32,
}

/// Rows in memory; bits are drawn anew in every epoch where that is asked.
#[derive(Clone, Copy, Debug)]
pub struct Rows<'a> {
    /// `[row][feature]`
    pub features: &'a [f32],
    /// numbers in a row
    pub dims: usize,
    /// what makes the encoder's input of them
    pub engine: &'a Preprocessor<'a>,
    /// how features become bits
    pub binarize: Binarize,
    /// what else is done to what the encoder sees
    pub corruption: Corruption,
    /// the step of each feature where frames are of whole steps: what the likelihood sees is spread evenly
    /// over a step, so that the objective bounds the bits of the steps. Empty where they are not.
    ///
    /// `log P(n) = log ∫ p(n + u) du ≥ E log p(n + u)`, u uniform in ±½ (Theis, van den Oord and Bethge 2016,
    /// "A note on the evaluation of generative models", section 3.1).
    pub steps: &'a [f32],
    /// what makes a mean log density of features one of raw frames
    pub mean_log_jacobian: f64,
}

impl TrainingRows for Rows<'_> {
    fn rows(&self) -> usize {
        self.features.len() / self.dims
    }

    fn mean_log_jacobian(&self) -> f64 {
        self.mean_log_jacobian
    }

    fn read(&self, row: usize, words: &mut Words, input: &mut [f32], target: &mut [f32]) {
        let features = &self.features[row * self.dims..(row + 1) * self.dims];
        match self.binarize {
            Binarize::Dynamic => Binarize::draw(features, target, |block| words.fill(block)),
            _ => target.copy_from_slice(features),
        }
        self.corruption.hide(target, words);
        self.engine.encoder_input(target, input);
        self.corruption.apply(input, words);
        for (x, step) in target.iter_mut().zip(self.steps) {
            *x += step * (words.next_u32() as f32 / u32::MAX as f32 - 0.5);
        }
    }
}

impl Corruption {
    fn hide(self, target: &mut [f32], words: &mut Words) {
        if self.hide > 0.0 {
            // u < 2 p v, u and v uniform
            let rate = 2.0 * f64::from(self.hide) * f64::from(words.next_u32());
            let hidden = rate.min(f64::from(u32::MAX)) as u32;
            target.iter_mut().filter(|_| words.next_u32() < hidden).for_each(|x| *x = f32::NAN);
        }
    }

    fn apply(self, input: &mut [f32], words: &mut Words) {
        if self.noise > 0.0 {
            input.iter_mut().for_each(|x| *x += self.noise * math::normal_quantile(words.next_u32()));
        }
        if self.mask > 0.0 {
            // u < p 2³²
            let hidden = (f64::from(self.mask) * f64::from(u32::MAX)) as u32;
            input.iter_mut().filter(|_| words.next_u32() < hidden).for_each(|x| *x = 0.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preprocess::Preprocessing;
    use elbow_host::random::Purpose;

    /// Numbers as they are.
    fn identity() -> Preprocessing {
        Preprocessing::Standardize {
            log_rate: None,
            loc: vec![0.0; 4000],
            inverse_scale: vec![1.0; 4000],
            clip: 8.0,
            integers: false,
        }
    }

    /// What the encoder sees of many equal rows of one feature; the likelihood sees 1 throughout.
    fn seen(corruption: Corruption) -> Vec<f32> {
        let features = [1.0; 4000];
        let bytes = identity().bytes();
        let rows = Rows {
            features: &features,
            dims: 4000,
            engine: &identity().engine(4000, &bytes),
            binarize: Binarize::None,
            corruption,
            steps: &[],
            mean_log_jacobian: 0.0,
        };
        let (mut input, mut target) = ([0.0; 4000], [0.0; 4000]);
        rows.read(0, &mut Words::of(1, Purpose::Rows, 1, 1), &mut input, &mut target);
        assert_eq!(target, features);
        input.to_vec()
    }

    #[test]
    fn the_likelihood_alone_sees_numbers_spread_over_a_step() {
        let (features, steps) = ([1.0; 4000], [0.5; 4000]);
        let corruption = Corruption::default();
        let (dims, binarize, mean_log_jacobian, bytes) = (4000, Binarize::None, 0.0, identity().bytes());
        let rows = Rows {
            features: &features,
            dims,
            engine: &identity().engine(dims, &bytes),
            binarize,
            corruption,
            steps: &steps,
            mean_log_jacobian,
        };
        let (mut input, mut target) = ([0.0; 4000], [0.0; 4000]);
        rows.read(0, &mut Words::of(1, Purpose::Rows, 1, 1), &mut input, &mut target);
        assert_eq!(input, features);
        assert!(target.iter().all(|x| (0.75..=1.25).contains(x)));
        let mean = target.iter().sum::<f32>() / 4000.0;
        let variance = target.iter().map(|x| (x - mean) * (x - mean)).sum::<f32>() / 4000.0;
        // step²/12 and four standard deviations of a mean and of a variance of 4,000
        assert!((mean - 1.0).abs() < 0.0092 && (variance * 48.0 - 1.0).abs() < 0.06, "{mean} {variance}");
    }

    #[test]
    fn the_encoder_alone_sees_noise_and_gaps() {
        assert_eq!(seen(Corruption::default()), [1.0; 4000]);
        let hidden = seen(Corruption { mask: 0.25, ..Corruption::default() });
        assert!(hidden.iter().all(|x| *x == 0.0 || *x == 1.0));
        let part = hidden.iter().filter(|x| **x == 0.0).count() as f64 / 4000.0;
        // four standard deviations of a binomial fraction
        assert!((part - 0.25).abs() < 0.028, "{part}");
        let noisy = seen(Corruption { noise: 0.5, ..Corruption::default() });
        let variance = noisy.iter().map(|x| f64::from(x - 1.0).powi(2)).sum::<f64>() / 4000.0;
        // four standard deviations of a mean of squares: √(2/4000) of it
        assert!((variance / 0.25 - 1.0).abs() < 0.09, "{variance}");
    }
}
