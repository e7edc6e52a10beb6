//! What a file of safetensors that Elbow has written says of its network: its `__metadata__`.

use std::collections::BTreeMap;

use elbow::architecture::{Activation, LikelihoodKind};
use serde_json::Value;

use super::map::Map;
use super::tensors::{Tensors, shown};
use crate::spelled::Spelled;

/// Likelihoods that an import gives.
const LIKELIHOODS: [LikelihoodKind; 3] =
    [LikelihoodKind::Gaussian, LikelihoodKind::GaussianPerOutput, LikelihoodKind::Bernoulli];

/// What names and shapes of arrays do not say.
#[derive(Clone, Debug)]
pub(super) struct Said {
    /// what follows a layer, by the layer's name
    activations: BTreeMap<String, Spelled<Activation>>,
    /// the encoder sees features within ±clip
    pub(super) clip: Option<f64>,
    pub(super) likelihood: LikelihoodKind,
}

impl Said {
    /// Of the metadata of a file; nothing of those that others wrote.
    ///
    /// # Errors
    /// Where the model has what an import does not give, or the metadata are damaged.
    pub(super) fn read(metadata: &Value) -> Result<Option<Said>, String> {
        let text = |key: &str| metadata.get(key).and_then(Value::as_str);
        let sides = [("encoder", text("encoder_activations")), ("decoder", text("decoder_activations"))];
        let [(_, Some(encoder)), (_, Some(_))] = sides else { return Ok(None) };
        let (Some(latent), Some(likelihood)) = (text("latent"), text("likelihood")) else { return Ok(None) };
        let back = |what: &str| {
            format!("was an Elbow model with {what}, which has no way back; keep its .elbow file")
        };
        let kind = LIKELIHOODS.into_iter().find(|kind| kind.name() == likelihood);
        let kind = kind.ok_or_else(|| back(&format!("the likelihood {}", shown(likelihood))))?;
        let mut activations = BTreeMap::new();
        for (side, names) in sides {
            let names = names.unwrap_or_default().split(',').filter(|name| !name.is_empty());
            for (i, name) in names.enumerate() {
                activations.insert(format!("{side}.{}", 2 * i), spelled(name)?);
            }
        }
        match latent.split([':', ',']).collect::<Vec<_>>()[..] {
            ["gaussian", dim] if is_number(dim) => {}
            ["point", dim, ref follows @ ..] if is_number(dim) && follows.len() < 2 => {
                let layers = encoder.split(',').filter(|name| !name.is_empty()).count();
                let follows = follows.first().copied().unwrap_or(Activation::Identity.name());
                activations.insert(format!("encoder.{}", 2 * layers), spelled(follows)?);
            }
            _ => return Err(back(&format!("the latent {}", shown(latent)))),
        }
        let clip = text("clip").filter(|clip| !clip.is_empty()).map(limit).transpose()?;
        Ok(Some(Said { activations, clip, likelihood: kind }))
    }

    /// Puts into the map what it does not say itself.
    ///
    /// # Errors
    /// Where `asked`, or the arrays, are others.
    pub(super) fn tell(
        &self,
        map: &mut Map,
        asked: Option<Activation>,
        tensors: &Tensors<'_>,
    ) -> Result<(), String> {
        for (layer, activation) in &self.activations {
            if !tensors.iter().any(|(name, _)| name.strip_suffix(".weight") == Some(layer)) {
                return Err(format!("has no `{layer}`, of which its metadata tell; write it again"));
            }
            let is_latent = **activation == Activation::Identity;
            if asked.is_some_and(|asked| asked != **activation && !is_latent) {
                return Err(format!(
                    "says itself what follows its layers, {activation} behind `{layer}`; leave --activation \
                     out, or say others in activations of --map"
                ));
            }
            map.activations.entry(layer.clone()).or_insert_with(|| activation.clone());
        }
        Ok(())
    }
}

fn is_number(text: &str) -> bool {
    text.parse::<u32>().is_ok()
}

fn spelled(name: &str) -> Result<Spelled<Activation>, String> {
    name.parse().map_err(|_| format!("names the activation {} in its metadata; write it again", shown(name)))
}

fn limit(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|clip: &f64| *clip > 0.0 && clip.is_finite());
    number.ok_or_else(|| format!("has the limit {} in its metadata; write it again", shown(text)))
}
