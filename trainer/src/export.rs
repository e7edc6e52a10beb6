//! The sections of a fitted model.

use elbow::architecture::{ConcentrationKind, LatentKind, TABLE_CELLS};
use elbow::distribution::build_vmf_table;
use elbow::format::Metadata;
use elbow::latent;
use elbow::likelihood::{LOG_SCALE_MAX, LOG_SCALE_MIN};
use elbow_host::file::write::{Sections, assemble, padded, tiled};

use crate::error::Error;
use crate::likelihood::{LOG_DOF, log_constant};
use crate::net::layout::{Dense, Latent, Layout, Likelihood, MixturePrior};
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
    let sections = parameters(preprocessing, metadata.architecture.latent, layout, params);
    Ok(assemble(metadata, 1, &[], &sections)?)
}

/// The parameter sections in the order of the model's parts.
fn parameters(preprocessing: &Preprocessing, latent: LatentKind, layout: &Layout, params: &[f32]) -> Vec<u8> {
    let mut out = Sections(Vec::new());
    write_preprocessing(&mut out, preprocessing);
    let hidden = |out: &mut Sections, layers: &[crate::net::layout::Layer]| {
        layers.iter().for_each(|layer| write_dense(out, &layer.dense, params));
    };
    hidden(&mut out, &layout.encoder);
    layout.latent.dense().into_iter().for_each(|dense| write_dense(&mut out, dense, params));
    concentration(&mut out, latent);
    if let Latent::GaussianMixture { prior, .. } = &layout.latent {
        mixture_prior(&mut out, prior, params);
    }
    hidden(&mut out, &layout.decoder);
    write_dense(&mut out, layout.likelihood.first(), params);
    match &layout.likelihood {
        Likelihood::Bernoulli { .. } => {}
        Likelihood::Gaussian { log_scale, .. } => {
            scales(&mut out, &params[log_scale.clone()], |_| true);
        }
        Likelihood::GaussianCategorical { log_scale, levels, .. } => {
            scales(&mut out, &params[log_scale.clone()], |i| levels[i] == 0);
            out.integers(levels);
        }
        Likelihood::GaussianPerOutput { log_scale, .. } => write_dense(&mut out, log_scale, params),
        Likelihood::DiscretizedLogistic { log_scale, .. } => {
            write_dense(&mut out, log_scale, params);
            out.floats(&preprocessing.half_bins());
        }
        Likelihood::StudentT { log_scale, log_dof, .. } => {
            write_dense(&mut out, log_scale, params);
            let inverse = |s: &f32| f64::from(-s.clamp(LOG_DOF.0, LOG_DOF.1)).exp() as f32;
            let inverse: Vec<f32> = params[log_dof.clone()].iter().map(inverse).collect();
            // of the degrees of freedom as they are stored
            let dof = || inverse.iter().map(|inverse| 1.0 / f64::from(*inverse));
            out.floats(&inverse);
            out.floats(&dof().map(|dof| (0.5 * (dof + 1.0)) as f32).collect::<Vec<_>>());
            out.floats(&[dof().map(log_constant).sum::<f64>() as f32]);
        }
        Likelihood::BetaBinomial { log_beta, most, .. } => {
            write_dense(&mut out, log_beta, params);
            out.floats(&[f32::from(*most)]);
        }
    }
    out.0
}

/// A fixed concentration, and the table that samples from it.
fn concentration(out: &mut Sections, latent: LatentKind) {
    let LatentKind::VonMisesFisher { dim, concentration } = latent else { return };
    match concentration {
        ConcentrationKind::Learned => {}
        ConcentrationKind::Fixed { kappa } => out.floats(&[kappa]),
        ConcentrationKind::Tabled { kappa } => {
            let mut nodes = [[0.0; 2]; TABLE_CELLS + 1];
            build_vmf_table(dim as usize, f64::from(kappa), &mut nodes);
            out.floats(&[kappa]);
            out.floats(nodes.as_flattened());
        }
    }
}

/// Means, inverse scales, and `log w_c − Σ_j log σ_cj` with the scales as they are stored.
fn mixture_prior(out: &mut Sections, prior: &MixturePrior, params: &[f32]) {
    let logits = || params[prior.logits()].iter().map(|logit| f64::from(*logit));
    let largest = logits().fold(f64::NEG_INFINITY, f64::max);
    let log_total = largest + logits().map(|logit| (logit - largest).exp()).sum::<f64>().ln();
    let clamp = |s: &f32| f64::from(s.clamp(latent::LOG_SCALE_MIN, latent::LOG_SCALE_MAX));
    let inverse: Vec<f32> = params[prior.log_scales()].iter().map(|s| (-clamp(s)).exp() as f32).collect();
    let constant = |(logit, inverse): (f64, &[f32])| {
        let log_scales: f64 = inverse.iter().map(|inverse| -f64::from(*inverse).ln()).sum();
        (logit - log_total - log_scales) as f32
    };
    let constants: Vec<f32> = logits().zip(inverse.chunks_exact(prior.dim)).map(constant).collect();
    out.floats(&params[prior.means()]);
    out.floats(&inverse);
    out.floats(&constants);
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

/// One over the scales, and the constant of those that count.
fn scales(out: &mut Sections, log_scale: &[f32], counts: impl Fn(usize) -> bool) {
    let clamped = log_scale.iter().map(|s| f64::from(s.clamp(LOG_SCALE_MIN, LOG_SCALE_MAX)));
    let inverse: Vec<f32> = clamped.map(|s| (-s).exp() as f32).collect();
    // Σ −log scale − ½ log 2π, of the scales as they are stored
    let half_log_tau = 0.5 * std::f64::consts::TAU.ln();
    let counted = inverse.iter().enumerate().filter(|(i, _)| counts(*i));
    let constant: f64 = counted.map(|(_, inverse)| f64::from(*inverse).ln() - half_log_tau).sum();
    out.floats(&inverse);
    out.floats(&[constant as f32]);
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
