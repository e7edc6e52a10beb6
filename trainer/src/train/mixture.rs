//! From frames to the file of a mixture.

use elbow::architecture::{Architecture, FeaturesKind, LikelihoodKind, WeightKind};
use rand_pcg::Pcg32;

use super::trained::{NEVER, Told, Trained, metadata, validation};
use crate::error::Error;
use elbow::architecture::role;
use elbow_host::file::parts::FileParts;
use elbow_host::file::write::{self, Sections};

use crate::mixture::{self, Recipe, Rows};
use crate::preprocess::Preprocessing;
use crate::repeated_columns::Repeats;
use crate::settings::{Scaling, Settings};
use elbow_host::model::ModelBytes;
use elbow_reader::{Dataset, shuffle};

/// The generator's stream, so that other uses of the same seed draw other numbers.
const STREAM: u64 = u64::from_be_bytes(*b"mixture ");

/// Fits a mixture to normal frames: first to a part of them, to see what it makes of the others, then to all.
///
/// # Errors
/// [`TooLarge`](elbow_host::Error::TooLarge); [`Frame`](elbow_host::Error::Frame) for a frame that has no
/// density.
pub(super) fn fit(name: &str, data: &Dataset, settings: &Settings, recipe: Recipe) -> Result<Trained, Error> {
    if *settings.likelihood != LikelihoodKind::Gaussian {
        let problem = format!("--model {} is of normal distributions; leave it out", settings.model);
        return Err(Error::argument("likelihood", &settings.likelihood, problem));
    }
    check_size(settings, recipe, data)?;
    let split = data.hold_out(settings.valid, settings.seed);
    let valid = data.select(&split.valid);
    let part = model(name, &data.select(&split.train), settings, recipe, f64::NAN)?;
    let valid_nats = validation(&part, &valid, 1, false, &NEVER)?.nats;
    let bytes = model(name, data, settings, recipe, valid_nats)?;
    let train_nats = validation(&bytes, data, 1, false, &NEVER)?.nats;
    Ok(Trained::new(bytes, data.rows, valid, [train_nats, valid_nats]))
}

/// Refuses more parts than the rows can tell of.
fn check_size(settings: &Settings, recipe: Recipe, data: &Dataset) -> Result<(), Error> {
    let wrong = |problem: String| Err(Error::argument("model", &settings.model, problem));
    match recipe {
        Recipe::Principal(rank) if rank > data.dims => {
            wrong(format!("a frame has {} numbers, and no more directions; give R at most that", data.dims))
        }
        Recipe::Gaussians(count) if count > data.rows => {
            wrong(format!("there are {} normal rows for as many components; give M at most that", data.rows))
        }
        _ => Ok(()),
    }
}

fn model(
    name: &str,
    data: &Dataset,
    settings: &Settings,
    recipe: Recipe,
    valid_nats: f64,
) -> Result<ModelBytes, Error> {
    let told = Told::of(settings, data)?;
    let mut rng = Pcg32::new(settings.seed, STREAM);
    let mut order: Vec<usize> = (0..data.rows).collect();
    shuffle(&mut order, &mut rng);
    let mut data = data.select(&order);
    if data.has_gaps() && !matches!(recipe, Recipe::Gaussians(_)) {
        complete(&mut data, settings, &mut rng)?;
    }
    let repeats = Repeats::of(&data.values, data.dims);
    let preprocessing = settings.fit_preprocessing(&data.values, data.dims)?;
    let preprocessing = match recipe {
        _ if *settings.scaling == Scaling::Common => preprocessing,
        // what is alike in all directions needs units in which they are
        Recipe::Auto => {
            // rows that are no windows of several channels may be windows of one
            let channels = if settings.window > 1 { data.dims / settings.window } else { 1 };
            let close = preprocessing.clone().with_entropy_scale(&data.values);
            let [wide, close] =
                [preprocessing, close].map(|scaled| scaled.with_waveform_scale(&data.values, channels));
            likelier([wide, close], &data.values, &repeats)
        }
        // the floor of the variances shall be low beside that of a regime
        Recipe::Stacked => preprocessing.with_entropy_scale(&data.values),
        Recipe::Gaussians(_) | Recipe::Principal(_) => preprocessing,
    };
    let preprocessing = preprocessing.with_repeats(&repeats);
    let features = preprocessing.features(&data.values);
    let rows = Rows { features: &features, dims: data.dims, spanned: repeats.dims() };
    let fitted = mixture::fit(rows, recipe, &mut rng);
    let architecture = architecture(&fitted, settings.preprocessing()?, data.dims);
    let [of_features, _] = preprocessing.write();
    let mut components = Sections::default();
    fitted.write(&mut components);
    let runs = [(role::FEATURES, &of_features), (role::COMPONENTS, &components)];
    let sections = write::parameters(&architecture, &runs, |_, _| unreachable!("a mixture has no layers"));
    let metadata = metadata(name, &architecture, settings, &told, data.rows, valid_nats as f32);
    Ok(ModelBytes::new(&FileParts::new(&metadata, &sections).encode()?))
}

/// Puts draws in place of what is missing, given what is there.
fn complete(data: &mut Dataset, settings: &Settings, rng: &mut Pcg32) -> Result<(), Error> {
    let preprocessing = settings.fit_preprocessing(&data.values, data.dims)?;
    let features = preprocessing.features(&data.values);
    let spanned = Repeats::of(&data.values, data.dims).dims();
    let mut drawn = mixture::complete(Rows { features: &features, dims: data.dims, spanned }, rng);
    let bytes = preprocessing.bytes();
    let engine = preprocessing.engine(data.dims, &bytes);
    drawn.chunks_exact_mut(data.dims).for_each(|row| engine.restore(row));
    let places = data.values.iter_mut().zip(drawn).filter(|(x, _)| x.is_nan());
    places.for_each(|(x, drawn)| *x = drawn);
    Ok(())
}

/// Rows that two scales are compared by, at most.
const COMPARED: usize = 1_024;

/// The scales in which kernels of the other rows give the rows the larger density: those of a regime serve
/// where there are regimes, and cost where a tail is all that there is.
fn likelier(scaled: [Preprocessing; 2], values: &[f32], repeats: &Repeats) -> Preprocessing {
    let copies = repeats.copies();
    let dims = copies.len();
    let some = &values[..values.len().min(COMPARED * dims)];
    let log_density = |scaled: &Preprocessing| {
        // of columns that repeat one another the density has one
        let scales = scaled.inverse_scale().into_iter().flatten().zip(&copies);
        let of_scales: f64 = scales.map(|(scale, copies)| f64::from(*scale).ln() / *copies as f64).sum();
        let features = scaled.clone().with_repeats(repeats).features(some);
        of_scales + mixture::log_density(Rows { features: &features, dims, spanned: repeats.dims() })
    };
    let [first, second] = scaled.each_ref().map(log_density);
    let [one, other] = scaled;
    if second > first { other } else { one }
}

fn architecture(fitted: &mixture::Fitted, preprocessing: FeaturesKind, dims: usize) -> Architecture {
    Architecture {
        features: dims as u32,
        preprocessing,
        encoder: heapless::Vec::new(),
        latent: fitted.latent(),
        decoder: heapless::Vec::new(),
        likelihood: LikelihoodKind::Gaussian,
        weights: WeightKind::F32,
    }
}
