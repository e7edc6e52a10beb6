//! The sections of a fitted model.

use elbow::format::Metadata;
use elbow_host::file::write::{Sections, assemble, padded, tiled};

use crate::error::Error;
use crate::latent;
use crate::layout::Layout;
use crate::likelihood;
use crate::net::dense::Dense;
use crate::preprocess::Preprocessing;

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
    let sections = parameters(preprocessing, layout, params);
    Ok(assemble(metadata, 1, &[], &sections)?)
}

/// The parameter sections in the order of the model's parts.
fn parameters(preprocessing: &Preprocessing, layout: &Layout, params: &[f32]) -> Vec<u8> {
    let (posterior, prior) = latent::of::<f32>(layout.latent);
    let likelihood = likelihood::of::<f32>(layout.likelihood, &preprocessing.units());
    let mut out = Sections::default();
    write_preprocessing(&mut out, preprocessing);
    layout.encoder.iter().for_each(|layer| write_dense(&mut out, &layer.dense, params));
    layout.posterior_heads.iter().for_each(|head| write_dense(&mut out, head, params));
    posterior.write(&mut out);
    if let Some(prior) = prior {
        prior.write(&params[layout.prior.clone()], &mut out);
    }
    layout.decoder.iter().for_each(|layer| write_dense(&mut out, &layer.dense, params));
    layout.likelihood_heads.iter().for_each(|head| write_dense(&mut out, head, params));
    likelihood.write(&params[layout.learned.clone()], &mut out);
    out.0
}

pub(crate) fn write_preprocessing(out: &mut Sections, preprocessing: &Preprocessing) {
    match preprocessing {
        Preprocessing::Binary => {}
        Preprocessing::Counts { most } => out.floats(&[f32::from(*most)]),
        Preprocessing::Categories { numbers, levels } => {
            write_preprocessing(out, numbers);
            // what frames may hold, and how the encoder sees it
            out.integers(levels);
            out.integers(levels);
        }
        Preprocessing::Standardize { log_rate, loc, inverse_scale, clip, .. } => {
            log_rate.iter().for_each(|rate| out.floats(rate));
            out.floats(loc);
            out.floats(inverse_scale);
            out.floats(&[*clip, preprocessing.log_jacobian() as f32]);
        }
    }
}

fn write_dense(out: &mut Sections, dense: &Dense, params: &[f32]) {
    out.floats(&tiled(&params[dense.weights()], dense.inputs));
    out.floats(&padded(&params[dense.bias()]));
}

#[cfg(test)]
mod tests {
    use super::*;
    use elbow::kernel::TILE;

    #[test]
    fn tiles_hold_every_weight_once() {
        let dense = Dense { inputs: 3, outputs: 10, offset: 0 };
        let params: Vec<f32> = (1..=40).map(|i| i as f32).collect();
        let mut out = Sections(Vec::new());
        write_dense(&mut out, &dense, &params);
        let floats: Vec<f32> =
            out.0.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
        assert_eq!(floats.len(), 2 * 3 * TILE + 2 * TILE);
        // weight of output o, input i: 1 + 3o + i, at tile o/8, row i, column o mod 8
        for (o, i) in (0..10).flat_map(|o| (0..3).map(move |i| (o, i))) {
            assert_eq!(floats[o / 8 * 3 * TILE + i * TILE + o % 8], (1 + 3 * o + i) as f32);
        }
        assert_eq!(&floats[3 * TILE + 2..4 * TILE], [0.0; 6]);
        assert_eq!(&floats[48..58], &params[30..]);
    }
}
