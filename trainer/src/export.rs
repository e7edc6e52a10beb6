//! The bytes of a model file.

use elbow::architecture::{ConcentrationKind, LatentKind, TABLE_CELLS, WeightKind};
use elbow::distribution::build_vmf_table;
use elbow::ensemble::fingerprint;
use elbow::format::{ALIGNMENT, HEADER_LEN, MAGIC, Metadata, NUMERIC_PROFILE, checksum};
use elbow::kernel::TILE;
use elbow::latent;
use elbow::likelihood::{LOG_SCALE_MAX, LOG_SCALE_MIN};

use crate::error::Error;
use crate::likelihood::{LOG_DOF, log_constant};
use crate::net::layout::{Dense, Latent, Layout, Likelihood, MixturePrior};
use crate::preprocess::Preprocessing;

/// Builds the bytes of a model file (`docs/model-format.md`).
///
/// # Errors
/// [`Error::TooLarge`] where the metadata or the parameters exceed what the format can state.
pub fn encode(
    metadata: &Metadata<'_>,
    preprocessing: &Preprocessing,
    layout: &Layout,
    params: &[f32],
) -> Result<Vec<u8>, Error> {
    let sections = parameters(preprocessing, metadata.architecture.latent, layout, params);
    assemble(metadata, 1, &[], &sections)
}

/// Header, metadata, calibration and plan of packets (if any), parameters of all `members` and checksum.
pub(crate) fn assemble(
    metadata: &Metadata<'_>,
    members: u32,
    extras: &[u8],
    sections: &[u8],
) -> Result<Vec<u8>, Error> {
    let mut described = postcard::to_allocvec(metadata).map_err(|_| Error::TooLarge)?;
    // format 1 knows one model of floats, and what that is written in has not changed
    let (weights, mut version) = (metadata.architecture.weights, 1_u16);
    if weights != WeightKind::F32 || members > 1 {
        version = 2;
        described.extend(postcard::to_allocvec(&weights).map_err(|_| Error::TooLarge)?);
    }
    if members > 1 {
        described.extend(postcard::to_allocvec(&members).map_err(|_| Error::TooLarge)?);
    }
    let described_to = (HEADER_LEN + described.len()).next_multiple_of(ALIGNMENT);
    let offset = described_to + extras.len();
    let total = offset + sections.len() + size_of::<u32>();
    let mut bytes = Vec::with_capacity(total);
    bytes.extend(MAGIC);
    bytes.extend(version.to_le_bytes());
    bytes.extend(NUMERIC_PROFILE.to_le_bytes());
    bytes.extend(fingerprint(members, metadata.architecture.fingerprint()).to_le_bytes());
    for length in [total, described.len(), offset, sections.len()] {
        bytes.extend(u32::try_from(length).map_err(|_| Error::TooLarge)?.to_le_bytes());
    }
    bytes.extend(described);
    bytes.resize(described_to, 0);
    bytes.extend(extras);
    bytes.extend(sections);
    bytes.extend(checksum(&bytes).to_le_bytes());
    Ok(bytes)
}

/// The parameter sections in the order of the model's parts.
fn parameters(preprocessing: &Preprocessing, latent: LatentKind, layout: &Layout, params: &[f32]) -> Vec<u8> {
    let mut out = Sections(Vec::new());
    out.preprocessing(preprocessing);
    let hidden = |out: &mut Sections, layers: &[crate::net::layout::Layer]| {
        layers.iter().for_each(|layer| out.dense(&layer.dense, params));
    };
    hidden(&mut out, &layout.encoder);
    layout.latent.dense().into_iter().for_each(|dense| out.dense(dense, params));
    concentration(&mut out, latent);
    if let Latent::GaussianMixture { prior, .. } = &layout.latent {
        mixture_prior(&mut out, prior, params);
    }
    hidden(&mut out, &layout.decoder);
    out.dense(layout.likelihood.first(), params);
    match &layout.likelihood {
        Likelihood::Bernoulli { .. } => {}
        Likelihood::Gaussian { log_scale, .. } => {
            out.scales(&params[log_scale.clone()], |_| true);
        }
        Likelihood::GaussianCategorical { log_scale, levels, .. } => {
            out.scales(&params[log_scale.clone()], |i| levels[i] == 0);
            out.integers(levels);
        }
        Likelihood::GaussianPerOutput { log_scale, .. } => out.dense(log_scale, params),
        Likelihood::DiscretizedLogistic { log_scale, .. } => {
            out.dense(log_scale, params);
            out.floats(&preprocessing.half_bins());
        }
        Likelihood::StudentT { log_scale, log_dof, .. } => {
            out.dense(log_scale, params);
            let inverse = |s: &f32| f64::from(-s.clamp(LOG_DOF.0, LOG_DOF.1)).exp() as f32;
            let inverse: Vec<f32> = params[log_dof.clone()].iter().map(inverse).collect();
            // of the degrees of freedom as they are stored
            let dof = || inverse.iter().map(|inverse| 1.0 / f64::from(*inverse));
            out.floats(&inverse);
            out.floats(&dof().map(|dof| (0.5 * (dof + 1.0)) as f32).collect::<Vec<_>>());
            out.floats(&[dof().map(log_constant).sum::<f64>() as f32]);
        }
        Likelihood::BetaBinomial { log_beta, most, .. } => {
            out.dense(log_beta, params);
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

/// Sections of little-endian numbers, each padded with zeros to [`ALIGNMENT`].
pub(crate) struct Sections(pub(crate) Vec<u8>);

impl Sections {
    pub(crate) fn numbers<const N: usize>(&mut self, numbers: impl IntoIterator<Item = [u8; N]>) {
        self.0.extend(numbers.into_iter().flatten());
        self.0.resize(self.0.len().next_multiple_of(ALIGNMENT), 0);
    }

    pub(crate) fn floats(&mut self, values: &[f32]) {
        self.numbers(values.iter().map(|value| value.to_le_bytes()));
    }

    pub(crate) fn integers(&mut self, values: &[u16]) {
        self.numbers(values.iter().map(|value| value.to_le_bytes()));
    }

    pub(crate) fn preprocessing(&mut self, preprocessing: &Preprocessing) {
        match preprocessing {
            Preprocessing::Binary => {}
            Preprocessing::Counts { most } => self.floats(&[f32::from(*most)]),
            Preprocessing::Categories { numbers, levels } => {
                self.preprocessing(numbers);
                // what frames may hold, and how the encoder sees it
                self.integers(levels);
                self.integers(levels);
            }
            Preprocessing::Standardize { log_rate, loc, inverse_scale, clip, .. } => {
                log_rate.iter().for_each(|rate| self.floats(rate));
                self.floats(loc);
                self.floats(inverse_scale);
                self.floats(&[*clip, preprocessing.log_jacobian() as f32]);
            }
        }
    }

    /// One over the scales, and the constant of those that count.
    fn scales(&mut self, log_scale: &[f32], counts: impl Fn(usize) -> bool) {
        let clamped = log_scale.iter().map(|s| f64::from(s.clamp(LOG_SCALE_MIN, LOG_SCALE_MAX)));
        let inverse: Vec<f32> = clamped.map(|s| (-s).exp() as f32).collect();
        // Σ −log scale − ½ log 2π, of the scales as they are stored
        let half_log_tau = 0.5 * std::f64::consts::TAU.ln();
        let counted = inverse.iter().enumerate().filter(|(i, _)| counts(*i));
        let constant: f64 = counted.map(|(_, inverse)| f64::from(*inverse).ln() - half_log_tau).sum();
        self.floats(&inverse);
        self.floats(&[constant as f32]);
    }

    fn dense(&mut self, dense: &Dense, params: &[f32]) {
        self.floats(&tiled(&params[dense.weights()], dense.inputs));
        self.floats(&padded(&params[dense.bias()]));
    }
}

/// Row-major `[output][input]` to tiles `[output / 8][input][8]`, the last one padded with zeros.
pub(crate) fn tiled<T: Copy + Default>(weights: &[T], inputs: usize) -> Vec<T> {
    let mut tiled = Vec::with_capacity(weights.len() + TILE * inputs);
    for rows in weights.chunks(TILE * inputs) {
        for input in 0..inputs {
            let column = rows.iter().skip(input).step_by(inputs);
            tiled.extend(column.copied().chain(std::iter::repeat(T::default())).take(TILE));
        }
    }
    tiled
}

/// One number for each output, then zeros to the end of the last tile.
pub(crate) fn padded<T: Copy + Default>(values: &[T]) -> Vec<T> {
    let mut padded = values.to_vec();
    padded.resize(values.len().next_multiple_of(TILE), T::default());
    padded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_hold_every_weight_once() {
        let dense = Dense { inputs: 3, outputs: 10, offset: 0 };
        let params: Vec<f32> = (1..=40).map(|i| i as f32).collect();
        let mut out = Sections(Vec::new());
        out.dense(&dense, &params);
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
