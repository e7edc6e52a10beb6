//! Several fits from different seeds as one model.

use std::sync::atomic::AtomicBool;

use elbow::ensemble::MAX_MEMBERS;

use super::network;
use super::trained::{NEVER, Trained, validation};
use crate::binarize::Binarize;
use crate::error::Error;
use crate::fit::Progress;
use crate::settings::Settings;
use elbow_host::file::parts::FileParts;
use elbow_host::model::ModelBytes;
use elbow_reader::Dataset;

/// Fits `settings.ensemble` models with the seeds `seed`, `seed + 1`, …,
/// and joins them: `p(x) = (1/N) Σ_m p_m(x)`.
///
/// The rows held out are none that any member sees; of the others each holds out a part of its own to choose
/// its best epoch by, so members differ in their rows as in their random numbers.
///
/// # Errors
/// As [`train`](fn@super::train).
///
/// # Source
/// Lakshminarayanan, Pritzel and Blundell (2017), "Simple and scalable predictive
/// uncertainty estimation using deep ensembles", section 2.4.
pub(super) fn fit(
    name: &str,
    data: &Dataset,
    settings: &Settings,
    stop: &AtomicBool,
    progress: &mut dyn FnMut(&Progress),
) -> Result<Trained, Error> {
    let wrong = |name, value: String, problem: &str| Err(Error::argument(name, value, problem));
    if !(2..=MAX_MEMBERS).contains(&settings.ensemble) {
        return wrong("ensemble", settings.ensemble.to_string(), "give 1 to 64 members");
    }
    if settings.binarize != Binarize::None {
        let value = format!("{:?}", settings.binarize).to_lowercase();
        return wrong("binarize", value, "members would see other bits; make bits of the file first");
    }
    let split = data.hold_out(settings.valid, settings.seed);
    let (rows, valid) = (data.select(&split.train), data.select(&split.valid));
    let mut member = |m: u32| {
        // what is told of a file is its first seed
        let settings =
            Settings { ensemble: 1, seed: settings.seed.wrapping_add(m.into()), ..settings.clone() };
        network::fit(name, rows.clone(), &settings, None, stop, &mut *progress)
    };
    let fits = (0..settings.ensemble).map(&mut member).collect::<Result<Vec<_>, _>>()?;
    let members = fits.iter().map(|fit| fit.bytes.open().map_err(Error::model(&data.path)));
    let members = members.collect::<Result<Vec<_>, _>>()?;
    let parameters: Vec<u8> = members.iter().flat_map(|member| member.parameters).copied().collect();
    let join = |valid_nats: f64| -> Result<ModelBytes, Error> {
        let mut metadata = members[0].metadata.clone();
        metadata.valid_nats = -valid_nats as f32;
        let parts = FileParts { members: settings.ensemble, ..FileParts::new(&metadata, &parameters) };
        Ok(ModelBytes::new(&parts.encode()?))
    };
    let valid_nats = validation(&join(f64::NAN)?, &valid, settings.valid_samples, false, &NEVER)?.nats;
    let train_nats = fits.iter().map(|fit| fit.train_nats).sum::<f64>() / fits.len() as f64;
    let bytes = join(valid_nats)?;
    Ok(Trained::new(bytes, rows.rows, valid, [train_nats, valid_nats]))
}
