//! Small models of every kind, with parameters from a seed.

use elbow::architecture::{Activation, Architecture, Hidden, LatentKind, LikelihoodKind};
use elbow::format::Metadata;
use elbow_trainer::columns::{Angles, Columns};
use elbow_trainer::export;
use elbow_trainer::layout::Layout;
use elbow_trainer::preprocess::Preprocessing;
use rand_core::Rng;
use rand_pcg::Pcg32;

/// A model in the parts that the exporter takes.
#[derive(Clone, Debug)]
pub struct Model {
    /// its shape
    pub architecture: Architecture,
    /// where its parameters lie
    pub layout: Layout,
    /// the parameters
    pub params: Vec<f32>,
    /// the map from raw frames
    pub preprocessing: Preprocessing,
}

impl Model {
    /// A model with Glorot weights, biases uniform in ±½ and a preprocessing that is not the identity.
    pub fn random(architecture: Architecture, seed: u64) -> Self {
        let layout = Layout::new(&architecture);
        let mut rng = generator(seed);
        let bias: Vec<f32> = (0..layout.outputs).map(|_| uniform(&mut rng)).collect();
        let mut params = layout.init(seed, &bias);
        for dense in layout.dense() {
            params[dense.bias()].fill_with(|| 0.5 * uniform(&mut rng));
        }
        let mut numbers = |scale: f32, shift: f32| -> Vec<f32> {
            (0..layout.features).map(|_| scale * uniform(&mut rng) + shift).collect()
        };
        let preprocessing = match architecture.likelihood {
            LikelihoodKind::Bernoulli => Preprocessing::Binary,
            LikelihoodKind::BetaBinomial { most } => Preprocessing::Counts { most },
            LikelihoodKind::NegativeBinomial => Preprocessing::Counts { most: 0 },
            _ => Preprocessing::Standardize {
                log_rate: None,
                loc: numbers(2.0, 1.0),
                inverse_scale: numbers(0.5, 1.0),
                clip: 3.0,
                integers: architecture.likelihood == LikelihoodKind::DiscretizedLogistic,
            },
        };
        let mut model = Model { architecture, layout, params, preprocessing };
        if let LikelihoodKind::GaussianCategorical { .. } = model.architecture.likelihood {
            model.set_levels(&levels(model.layout.features));
        }
        if let LikelihoodKind::VonMises { angles } = model.architecture.likelihood {
            let features = model.layout.features;
            let periods = (0..features).map(|i| if i < angles as usize { 0.7 + i as f32 } else { 0.0 });
            model.set_columns(Columns::Angles(Angles::new(periods.collect(), vec![-0.3; features])));
        }
        model
    }

    /// Says which numbers of a frame are categories.
    pub fn set_levels(&mut self, levels: &[u16]) {
        self.set_columns(Columns::Categories(levels.to_vec()));
    }

    /// Says what the numbers of a frame are.
    pub fn set_columns(&mut self, columns: Columns) {
        self.layout.units.columns = columns.clone();
        self.preprocessing = self.preprocessing.clone().with_columns(columns);
    }

    /// The bytes of its file.
    ///
    /// # Panics
    /// Where the model cannot be written.
    pub fn encode(&self) -> Vec<u8> {
        let metadata = Metadata {
            name: "small",
            architecture: self.architecture.clone(),
            columns: "x0",
            window: 1,
            hop: 1,
            objective: "elbo",
            rows: 0,
            seed: 0,
            valid_nats: 0.0,
            version: "test",
            reading: "",
            seen: &[],
        };
        export::encode(&metadata, &self.preprocessing, &self.layout, &self.params).expect("a small model")
    }

    /// Frames that the model can take, spread about what it was made for.
    pub fn frames(&self, rows: usize, seed: u64) -> Vec<Vec<f32>> {
        let mut rng = generator(seed);
        let columns = self.preprocessing.columns();
        let levels = if let Columns::Categories(levels) = &columns { &levels[..] } else { &[] };
        let mut number = |i: usize| match self.architecture.likelihood {
            LikelihoodKind::Bernoulli => f32::from(u8::from(uniform(&mut rng) > 0.0)),
            LikelihoodKind::DiscretizedLogistic => (4.0 * uniform(&mut rng)).round(),
            LikelihoodKind::BetaBinomial { most } => (uniform(&mut rng).abs() * f32::from(most)).round(),
            LikelihoodKind::NegativeBinomial => elbow::math::exp(9.0 * uniform(&mut rng)).floor(),
            _ => match levels.get(i) {
                Some(levels @ 1..) => (rng.next_u32() % u32::from(*levels)) as f32,
                _ => 4.0 * uniform(&mut rng),
            },
        };
        (0..rows).map(|_| (0..self.layout.features).map(&mut number).collect()).collect()
    }
}

/// A shape of `features` numbers with tanh layers.
///
/// # Panics
/// With more layers than a file may have.
pub fn architecture(
    features: u32,
    encoder: &[u32],
    latent: u32,
    decoder: &[u32],
    likelihood: LikelihoodKind,
) -> Architecture {
    let hidden =
        |widths: &[u32]| widths.iter().map(|&width| Hidden { width, activation: Activation::Tanh }).collect();
    Architecture {
        preprocessing: elbow::architecture::FeaturesKind::plain(likelihood),
        features,
        encoder: hidden(encoder),
        latent: LatentKind::Gaussian { dim: latent },
        decoder: hidden(decoder),
        likelihood,
        weights: elbow::architecture::WeightKind::F32,
    }
}

/// Of so many features how many values each has: every third is a category of 3, but for the first.
pub fn levels(features: usize) -> Vec<u16> {
    (0..features).map(|i| if i % 3 == 1 { 3 } else { 0 }).collect()
}

/// Their likelihood.
pub fn categories(features: usize) -> LikelihoodKind {
    let outputs = levels(features).iter().map(|levels| u32::from(*levels).max(1)).sum();
    LikelihoodKind::GaussianCategorical { outputs }
}

/// The generator of a seed.
pub fn generator(seed: u64) -> Pcg32 {
    Pcg32::new(seed, 0x0a02_bdbf_7bb3_c0a7)
}

/// Uniform in (−1, 1).
pub fn uniform(rng: &mut impl Rng) -> f32 {
    (rng.next_u32() >> 8) as f32 / 8_388_608.0 - 1.0
}
