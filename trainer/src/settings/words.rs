//! Words of settings, and what they stand for. Those of likelihoods,
//! posteriors and priors are where these are listed.

use serde::{Deserialize, Deserializer};

use elbow::architecture::{Activation, Hidden, MAX_LAYERS, MAX_WIDTH, WeightKind};

use crate::error::Error;
use crate::mixture::Recipe;
use crate::objective::Objective;
use crate::spelled::Word;

/// Most samples that an objective or a validation takes.
pub(super) const MOST_SAMPLES: usize = 100_000;

/// What kind of model is fitted: `vae`, `ae`, `gaussian`, `gmm:M`, `gmm:auto`, `pca:R` or `auto`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Model {
    /// a variational autoencoder
    Vae,
    /// an autoencoder: its latent is a point
    Autoencoder,
    /// a mixture without a network
    Mixture(Recipe),
}

impl Word for Model {
    const NAME: &'static str = "model";

    fn read(text: &str) -> Result<Self, String> {
        const MOST: usize = 65_536;
        if text == "gmm:auto" {
            return Ok(Model::Mixture(Recipe::Stacked));
        }
        let wrong =
            || format!("choose vae, ae, gaussian, gmm:auto, gmm:M, pca:R (M, R from 1 to {MOST}) or auto");
        let (name, count) = text.split_once(':').map_or((text, None), |(name, count)| (name, Some(count)));
        let read = |count: &str| count.parse().ok().filter(|m| (1..=MOST).contains(m)).ok_or_else(wrong);
        match (name, count.map(read).transpose()?) {
            ("vae", None) => Ok(Model::Vae),
            ("ae", None) => Ok(Model::Autoencoder),
            ("gaussian", None) => Ok(Model::Mixture(Recipe::Gaussians(1))),
            ("pca", Some(rank)) => Ok(Model::Mixture(Recipe::Principal(rank))),
            ("gmm", Some(count)) => Ok(Model::Mixture(Recipe::Gaussians(count))),
            ("auto", None) => Ok(Model::Mixture(Recipe::Auto)),
            _ => Err(wrong()),
        }
    }
}

/// What is raised, and by how many samples a row: `elbo`, with `:K`, `beta=B` and `free=L` behind it as in
/// `elbo:K,beta=B,free=L`, or `iwae:K`, `dreg:K`, `stl:K`, `rws:K`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Raised {
    /// what is raised
    pub objective: Objective,
    /// K
    pub samples: usize,
}

impl Word for Raised {
    const NAME: &'static str = "objective";

    fn read(text: &str) -> Result<Self, String> {
        const FORMS: &str = "choose elbo, elbo:K, elbo:beta=B, elbo:free=L or several as in \
                             elbo:K,beta=B,free=L, or iwae:K, dreg:K, stl:K or rws:K, K at least 1 and at \
                             most 100000, B and L at least 0";
        let samples = |k: &str| k.parse().ok().filter(|k| (1..=MOST_SAMPLES).contains(k));
        let (name, rest) = text.split_once(':').unwrap_or((text, "1"));
        if name == "elbo" {
            return elbo(rest, samples).ok_or_else(|| FORMS.into());
        }
        // Without a K, iwae would quietly be the plain bound.
        let samples = text.contains(':').then(|| samples(rest)).flatten().ok_or(FORMS)?;
        let objective = match name {
            "iwae" => Objective::Iwae,
            "dreg" => Objective::Dreg,
            "stl" => Objective::Stl,
            "rws" => Objective::Rws,
            _ => return Err(FORMS.into()),
        };
        if (objective, samples) == (Objective::Rws, 1) {
            let least = "with one sample the encoder would learn nothing; give K at least 2, such as rws:10";
            return Err(least.into());
        }
        Ok(Raised { objective, samples })
    }
}

/// `K`, `beta=B` and `free=L`, each at most once and in this order.
fn elbo(text: &str, samples: impl Fn(&str) -> Option<usize>) -> Option<Raised> {
    let mut parts = text.split(',').peekable();
    let number = |text: &str| text.parse().ok().filter(|n: &f32| *n >= 0.0 && n.is_finite());
    let samples = parts.next_if(|part| !part.contains('=')).map_or(Some(1), samples)?;
    let mut named = |name: &str, default| match parts.next_if(|part| part.starts_with(name)) {
        Some(part) => number(&part[name.len()..]),
        None => Some(default),
    };
    let objective = Objective::Elbo { weight: named("beta=", 1.0)?, free: named("free=", 0.0)? };
    parts.next().is_none().then_some(Raised { objective, samples })
}

impl Word for WeightKind {
    const NAME: &'static str = "weights";

    fn read(text: &str) -> Result<Self, String> {
        match text {
            "f32" => Ok(WeightKind::F32),
            "int8" => Ok(WeightKind::Int8),
            "int8x8" => Ok(WeightKind::Int8x8),
            _ => Err("choose f32, int8 or int8x8".into()),
        }
    }
}

/// How features are scaled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scaling {
    /// `standard`: each by its own spread
    Standard,
    /// `common`: all by one
    Common,
    /// `log`: heavy-tailed ones in logarithms first
    Log,
}

impl Word for Scaling {
    const NAME: &'static str = "scaling";

    fn read(text: &str) -> Result<Self, String> {
        match text {
            "standard" => Ok(Scaling::Standard),
            "common" => Ok(Scaling::Common),
            "log" => Ok(Scaling::Log),
            _ => Err("choose standard, common or log".into()),
        }
    }
}

impl Word for Activation {
    const NAME: &'static str = "activation";

    fn read(text: &str) -> Result<Self, String> {
        match text {
            "identity" => Ok(Activation::Identity),
            "relu" => Ok(Activation::Relu),
            "leaky-relu" => Ok(Activation::LeakyRelu),
            "tanh" => Ok(Activation::Tanh),
            "sigmoid" => Ok(Activation::Sigmoid),
            "silu" => Ok(Activation::Silu),
            "elu" => Ok(Activation::Elu),
            "softplus" => Ok(Activation::Softplus),
            _ => Err("choose tanh, relu, leaky-relu, elu, silu, sigmoid, softplus or identity".into()),
        }
    }
}

pub(super) fn hidden(
    name: &'static str,
    widths: &[u32],
    activation: Activation,
) -> Result<heapless::Vec<Hidden, MAX_LAYERS>, Error> {
    let shown = || widths.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
    if widths.iter().any(|width| !(1..=MAX_WIDTH).contains(width)) {
        return Err(Error::argument(name, shown(), format!("each width is from 1 to {MAX_WIDTH}")));
    }
    if widths.len() > MAX_LAYERS {
        return Err(Error::argument(name, shown(), format!("at most {MAX_LAYERS} hidden layers")));
    }
    Ok(widths.iter().map(|&width| Hidden { width, activation }).collect())
}

/// A word, as in files of earlier versions, or a list of them.
pub(super) fn one_or_many<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Words {
        One(String),
        Many(Vec<String>),
    }
    Words::deserialize(from).map(|words| match words {
        Words::One(word) => vec![word],
        Words::Many(words) => words,
    })
}
