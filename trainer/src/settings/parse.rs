//! Names in settings, and what they stand for.

use elbow::architecture::{
    Activation, ConcentrationKind, Hidden, LatentKind, MAX_LAYERS, MAX_WIDTH, WeightKind,
};
use elbow::distribution::MAX_CONCENTRATION;

use crate::error::Error;
use crate::mixture::Recipe;
use crate::objective::Objective;

/// What kind of model is fitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Model {
    Vae,
    Autoencoder,
    Mixture(Recipe),
}

/// `vae`, `ae`, `gaussian`, `gmm:M`, `pca:R` or `auto`.
pub(super) fn model(text: &str) -> Result<Model, Error> {
    const MOST: usize = 65_536;
    let wrong = || {
        let forms = format!("choose vae, ae, gaussian, gmm:M, pca:R (M, R from 1 to {MOST}) or auto");
        Error::argument("model", text, forms)
    };
    let (name, count) = text.split_once(':').map_or((text, None), |(name, count)| (name, Some(count)));
    let count = count.map(|count| count.parse().ok().filter(|m| (1..=MOST).contains(m)).ok_or_else(wrong));
    Ok(match (name, count.transpose()?) {
        ("vae", None) => Model::Vae,
        ("ae", None) => Model::Autoencoder,
        ("gaussian", None) => Model::Mixture(Recipe::Gaussians(1)),
        ("pca", Some(rank)) => Model::Mixture(Recipe::Principal(rank)),
        ("gmm", Some(count)) => Model::Mixture(Recipe::Gaussians(count)),
        ("auto", None) => Model::Mixture(Recipe::Auto),
        _ => return Err(wrong()),
    })
}

/// `gaussian:D`, `vmf:D`, `vmf:D,kappa=K`, `vmf:D,kappa=K,table` or `point:D`.
pub(super) fn latent(text: &str) -> Result<LatentKind, Error> {
    const FORMS: &str = "give gaussian:D, vmf:D, vmf:D,kappa=K, vmf:D,kappa=K,table or point:D (D at least 2 for vmf, K from 0 to 10000)";
    let wrong = || Error::argument("latent", text, FORMS);
    let (family, rest) = text.split_once(':').ok_or_else(wrong)?;
    let mut parts = rest.split(',');
    let dim = parts.next().and_then(|dim| dim.parse().ok()).filter(|dim| (1..=MAX_WIDTH).contains(dim));
    let dim = dim.ok_or_else(wrong)?;
    let kappa = parts.next().map(|kappa| {
        let kappa = kappa.strip_prefix("kappa=").and_then(|kappa| kappa.parse::<f32>().ok());
        kappa.filter(|kappa| (0.0..=MAX_CONCENTRATION).contains(kappa)).ok_or_else(wrong)
    });
    let concentration = match (kappa.transpose()?, parts.next(), parts.next()) {
        (None, ..) => ConcentrationKind::Learned,
        (Some(kappa), None, None) => ConcentrationKind::Fixed { kappa },
        (Some(kappa), Some("table"), None) => ConcentrationKind::Tabled { kappa },
        _ => return Err(wrong()),
    };
    match (family, concentration) {
        ("gaussian", ConcentrationKind::Learned) => Ok(LatentKind::Gaussian { dim }),
        ("point", ConcentrationKind::Learned) => {
            Ok(LatentKind::Point { dim, activation: Activation::Identity })
        }
        ("vmf", _) if dim >= 2 => Ok(LatentKind::VonMisesFisher { dim, concentration }),
        _ => Err(wrong()),
    }
}

/// `normal`, or of `gmm:M` the M.
pub(super) fn prior(text: &str) -> Result<Option<u32>, Error> {
    const MOST: u32 = 4096;
    let components = text.strip_prefix("gmm:").map(|count| count.parse().ok());
    match components {
        None if text == "normal" => Ok(None),
        Some(Some(count)) if (1..=MOST).contains(&count) => Ok(Some(count)),
        _ => Err(Error::argument("prior", text, format!("choose normal or gmm:M (M from 1 to {MOST})"))),
    }
}

/// `elbo`, with `:K`, `beta=B` and `free=L` behind it as in `elbo:K,beta=B,free=L`, or `iwae:K`, `dreg:K`, `stl:K`, `rws:K`: what is raised, and K.
pub(super) fn objective(text: &str) -> Result<(Objective, usize), Error> {
    const FORMS: &str = "choose elbo, elbo:K, elbo:beta=B, elbo:free=L or several as in elbo:K,beta=B,free=L, or iwae:K, dreg:K, stl:K \
                         or rws:K, K at least 1 and at most 100000, B and L at least 0";
    let wrong = || Error::argument("objective", text, FORMS);
    let samples = |k: &str| k.parse().ok().filter(|k| (1..=100_000).contains(k));
    let (name, rest) = text.split_once(':').unwrap_or((text, "1"));
    if name == "elbo" {
        return elbo(rest, samples).ok_or_else(wrong);
    }
    // Without a K, iwae would quietly be the plain bound.
    let samples = text.contains(':').then(|| samples(rest)).flatten().ok_or_else(wrong)?;
    let objective = match name {
        "iwae" => Objective::Iwae,
        "dreg" => Objective::Dreg,
        "stl" => Objective::Stl,
        "rws" => Objective::Rws,
        _ => return Err(wrong()),
    };
    if (objective, samples) == (Objective::Rws, 1) {
        let problem = "with one sample the encoder would learn nothing; give K at least 2, such as rws:10";
        return Err(Error::argument("objective", text, problem));
    }
    Ok((objective, samples))
}

/// `K`, `beta=B` and `free=L`, each at most once and in this order.
fn elbo(text: &str, samples: impl Fn(&str) -> Option<usize>) -> Option<(Objective, usize)> {
    let mut parts = text.split(',').peekable();
    let number = |text: &str| text.parse().ok().filter(|n: &f32| *n >= 0.0 && n.is_finite());
    let k = parts.next_if(|part| !part.contains('=')).map_or(Some(1), samples)?;
    let mut named = |name: &str, default| match parts.next_if(|part| part.starts_with(name)) {
        Some(part) => number(&part[name.len()..]),
        None => Some(default),
    };
    let (weight, free) = (named("beta=", 1.0)?, named("free=", 0.0)?);
    parts.next().is_none().then_some((Objective::Elbo { weight, free }, k))
}

/// The weight type of a name.
///
/// # Errors
/// [`elbow_host::Error::Argument`] for a name that is none.
pub fn weights(name: &str) -> Result<WeightKind, Error> {
    match name {
        "f32" => Ok(WeightKind::F32),
        "int8" => Ok(WeightKind::Int8),
        "int8x8" => Ok(WeightKind::Int8x8),
        other => Err(Error::argument("weights", other, "choose f32, int8 or int8x8")),
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

/// An activation by its name.
///
/// # Errors
/// [`Error::Argument`] for a name that is none.
pub fn activation(name: &str) -> Result<Activation, Error> {
    Ok(match name {
        "identity" => Activation::Identity,
        "relu" => Activation::Relu,
        "leaky-relu" => Activation::LeakyRelu,
        "tanh" => Activation::Tanh,
        "sigmoid" => Activation::Sigmoid,
        "silu" => Activation::Silu,
        "elu" => Activation::Elu,
        "softplus" => Activation::Softplus,
        other => {
            let choices = "choose tanh, relu, leaky-relu, elu, silu, sigmoid, softplus or identity";
            return Err(Error::argument("activation", other, choices));
        }
    })
}
