//! The sections of a fitted model, and its network for other programs.

mod network;
#[cfg(feature = "onnx")]
mod onnx;
mod safetensors;

use elbow::architecture::{Architecture, role};
use elbow::format::Metadata;
use elbow_host::file::parts::FileParts;
use elbow_host::file::write::{self, Numbers, Sections, padded, tiled};

use crate::error::Error;
use crate::latent;
use crate::layout::Layout;
use crate::likelihood;
use crate::net::dense::Dense;
use crate::preprocess::Preprocessing;

pub use network::PortableNetwork;

/// Builds the bytes of a model file (`docs/model-format.md`).
///
/// # Errors
/// [`elbow_host::Error::TooLarge`] where the metadata or the parameters exceed what the format can state.
pub fn encode(
    metadata: &Metadata<'_>,
    preprocessing: &Preprocessing,
    layout: &Layout,
    params: &[f32],
) -> Result<Vec<u8>, Error> {
    let sections = parameters(&metadata.architecture, preprocessing, layout, params);
    Ok(FileParts::new(metadata, &sections).encode()?)
}

/// The parameters: each family writes its own sections, the walk puts them in order.
fn parameters(
    shape: &Architecture,
    preprocessing: &Preprocessing,
    layout: &Layout,
    params: &[f32],
) -> Vec<u8> {
    let (posterior, prior) = latent::of::<f32>(layout.latent);
    let likelihood = likelihood::of::<f32>(layout.likelihood, &preprocessing.units());
    let mut of_latent = Sections::default();
    posterior.write(&mut of_latent);
    if let Some(prior) = prior {
        prior.write(&params[layout.prior.clone()], &mut of_latent);
    }
    let mut of_likelihood = Sections::default();
    likelihood.write(&params[layout.learned.clone()], &mut of_likelihood);
    let [of_features, of_encoder] = preprocessing.write();
    let runs = [
        (role::FEATURES, &of_features),
        (role::ENCODER, &of_encoder),
        (role::POSTERIOR, &of_latent),
        (role::LIKELIHOOD, &of_likelihood),
    ];
    let layers: Vec<&Dense> = layout.dense().collect();
    write::parameters(shape, &runs, |place, section| dense(section.name, layers[place.layer], params))
}

/// Weights or biases of a dense layer.
fn dense(name: &str, dense: &Dense, params: &[f32]) -> Numbers {
    Numbers::F32(match name {
        "weights" => tiled(&params[dense.weights()], dense.inputs),
        _ => padded(&params[dense.bias()]),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use elbow::kernel::TILE;

    #[test]
    fn tiles_hold_every_weight_once() {
        let dense = Dense { inputs: 3, outputs: 10, offset: 0 };
        let params: Vec<f32> = (1..=40).map(|i| i as f32).collect();
        let floats = |name| match super::dense(name, &dense, &params) {
            Numbers::F32(values) => values,
            other => panic!("{other:?}"),
        };
        let floats = [floats("weights"), floats("bias")].concat();
        assert_eq!(floats.len(), 2 * 3 * TILE + 2 * TILE);
        // weight of output o, input i: 1 + 3o + i, at tile o/8, row i, column o mod 8
        for (o, i) in (0..10).flat_map(|o| (0..3).map(move |i| (o, i))) {
            assert_eq!(floats[o / 8 * 3 * TILE + i * TILE + o % 8], (1 + 3 * o + i) as f32);
        }
        assert_eq!(&floats[3 * TILE + 2..4 * TILE], [0.0; 6]);
        assert_eq!(&floats[48..58], &params[30..]);
    }
}
