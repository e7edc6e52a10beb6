//! A network as safetensors, with PyTorch's names: what `load_state_dict` takes.

use std::collections::BTreeMap;

use elbow::architecture::LatentKind;
use serde_json::{Value, json};

use super::network::PortableNetwork;
use crate::stored_network::Dense;

/// An array: its shape and its numbers.
type Array = (Vec<usize>, Vec<f32>);

impl PortableNetwork {
    /// The file's bytes. Layers are called as `nn.Sequential` counts them, activations between:
    /// `encoder.0.weight`, `encoder.2.weight`, …, `fc_mu` and `fc_logvar`, `decoder.0.weight`, …; the last
    /// one of the decoder gives the reconstruction, in the units of `standardize.loc` and `standardize.scale`
    /// where they are there. `__metadata__` has the activations, the
    /// likelihood, the latent, and the limit of what the encoder sees of a feature.
    pub fn safetensors(&self) -> Vec<u8> {
        let mut header = serde_json::Map::new();
        header.insert("__metadata__".into(), self.metadata());
        let mut data = Vec::new();
        for (name, (shape, values)) in self.arrays() {
            let begin = data.len();
            values.iter().for_each(|x| data.extend(x.to_le_bytes()));
            let entry = json!({"dtype": "F32", "shape": shape, "data_offsets": [begin, data.len()]});
            header.insert(name, entry);
        }
        let mut text = Value::Object(header).to_string().into_bytes();
        // numbers begin at a multiple of eight bytes
        text.resize(text.len().next_multiple_of(8), b' ');
        [&(text.len() as u64).to_le_bytes()[..], &text, &data].concat()
    }

    fn metadata(&self) -> Value {
        let activations = |layers: &[Dense]| PortableNetwork::activations(layers);
        json!({
            "format": "pt",
            "name": self.name,
            "clip": self.standardize.as_ref().map_or(String::new(), |of| of.clip.to_string()),
            "encoder_activations": activations(&self.network.encoder.hidden),
            "decoder_activations": activations(&self.network.decoder.hidden),
            "latent": self.shape.latent.to_string(),
            "likelihood": self.shape.likelihood.name(),
        })
    }

    fn arrays(&self) -> BTreeMap<String, Array> {
        let mut arrays = BTreeMap::new();
        let sides = [("encoder", &self.network.encoder), ("decoder", &self.network.decoder)];
        for (side, layers) in sides {
            for (i, layer) in layers.hidden.iter().enumerate() {
                insert(&mut arrays, &format!("{side}.{}", 2 * i), layer, 1.0);
            }
        }
        let end = |side: &str, hidden: &[Dense]| format!("{side}.{}", 2 * hidden.len());
        for (name, layer, factor) in self.heads() {
            let name = match name {
                "mean" => "fc_mu".to_owned(),
                "log_variance" => "fc_logvar".to_owned(),
                _ if matches!(self.shape.latent, LatentKind::Point { .. }) => {
                    end("encoder", &self.network.encoder.hidden)
                }
                other => format!("fc_{other}"),
            };
            insert(&mut arrays, &name, layer, factor);
        }
        let outputs = self.outputs();
        for (name, layer, factor) in &outputs {
            let name = match *name {
                _ if outputs.len() == 1 => end("decoder", &self.network.decoder.hidden),
                "reconstruction" => "decoder_mu".to_owned(),
                "reconstruction_log_variance" => "decoder_logvar".to_owned(),
                other => format!("decoder_{}", other.trim_start_matches("reconstruction_")),
            };
            insert(&mut arrays, &name, layer, *factor);
        }
        let mut plain =
            |name: &str, values: Vec<f32>| arrays.insert(name.into(), (vec![values.len()], values));
        if let Some(of) = &self.standardize {
            plain("standardize.loc", of.loc.clone());
            plain("standardize.scale", of.inverse_scale.iter().map(|inverse| 1.0 / inverse).collect());
        }
        if let Some(scale) = &self.scale {
            plain("likelihood.scale", scale.clone());
        }
        arrays
    }
}

fn insert(arrays: &mut BTreeMap<String, Array>, name: &str, layer: &Dense, factor: f32) {
    let scaled = |values: &[f32]| values.iter().map(|x| factor * x).collect::<Vec<f32>>();
    let shape = vec![layer.outputs, layer.inputs];
    arrays.insert(format!("{name}.weight"), (shape, scaled(&layer.weights)));
    arrays.insert(format!("{name}.bias"), (vec![layer.outputs], scaled(&layer.bias)));
}
