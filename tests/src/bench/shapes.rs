//! Verdicts of models of many widths and kinds, counted on cores with and without floats of their own, built
//! for speed and for size.

use super::cores::{CORES, Core};
use crate::models::{Model, architecture, generator, uniform};
use elbow::Architecture;
use elbow::architecture::{ConcentrationKind, LatentKind, LikelihoodKind, WeightKind};
use elbow_host::model::ModelBytes;
use elbow_host::score::calibrate::calibrate;
use elbow_reader::Dataset;
use elbow_trainer::quantize::quantize;
use elbow_trainer::settings::SettingsArgs;
use elbow_trainer::train::train;
use std::sync::atomic::AtomicBool;

/// Samples of a score.
pub const SAMPLES: u32 = 16;

/// What a model took on a core.
#[derive(Clone, Debug)]
pub struct Counted {
    /// the core and how the image was built
    pub core: &'static str,
    /// the model's shape
    pub shape: Architecture,
    /// instructions of a verdict by all samples, and of one that the first four settle
    pub instructions: [u64; 2],
    /// bytes of stack of those, and of a verdict that says which numbers surprise
    pub stack: [usize; 3],
}

/// Networks `X`-`H`-`G` → `D` → `G`-`H`-`X`.
const FLOATS: [[u32; 4]; 8] = [
    [32, 32, 16, 4],
    [32, 128, 64, 8],
    [96, 32, 16, 8],
    [192, 64, 32, 8],
    [192, 32, 16, 4],
    [640, 64, 32, 8],
    [1024, 32, 16, 8],
    [32, 32, 16, 64],
];
const OF_EIGHT_BITS: [[u32; 4]; 4] = [[32, 32, 16, 4], [192, 64, 32, 8], [640, 64, 32, 8], [1024, 32, 16, 8]];
/// Mixtures: numbers of a frame, rows of the fit, how it is called.
const MIXTURES: [(usize, usize, &str); 5] =
    [(32, 150, "gmm:2"), (96, 70, "gmm:2"), (192, 60, "gmm:2"), (32, 150, "auto"), (96, 70, "auto")];

/// The files of all models, calibrated.
///
/// # Panics
/// One cannot be made.
pub fn files() -> Vec<ModelBytes> {
    let weights = [WeightKind::F32, WeightKind::Int8, WeightKind::Int8x8];
    let shapes = weights.into_iter().flat_map(|weights| {
        let shapes: &[[u32; 4]] = if weights == WeightKind::F32 { &FLOATS } else { &OF_EIGHT_BITS };
        shapes.iter().map(move |shape| (*shape, weights))
    });
    let networks = shapes.map(|([x, h, g, d], weights)| {
        network(architecture(x, &[h, g], d, &[g, h], LikelihoodKind::Gaussian), weights)
    });
    networks
        .chain(others().map(|shape| network(shape, WeightKind::F32)))
        .chain(MIXTURES.map(mixture))
        .collect()
}

/// One of each other part, and a deep network.
fn others() -> impl Iterator<Item = Architecture> {
    let of = |likelihood| architecture(96, &[32, 16], 8, &[16, 32], likelihood);
    let plain = of(LikelihoodKind::Gaussian);
    let latents = [
        LatentKind::VonMisesFisher { dim: 8, concentration: ConcentrationKind::Learned },
        LatentKind::GaussianMixture { dim: 8, components: 8 },
    ];
    let latents = latents.map(|latent| Architecture { latent, ..plain.clone() });
    let deep = architecture(640, &[128; 4], 8, &[128; 4], LikelihoodKind::Gaussian);
    [of(LikelihoodKind::StudentT), of(LikelihoodKind::DiscretizedLogistic), deep].into_iter().chain(latents)
}

fn network(shape: Architecture, weights: WeightKind) -> ModelBytes {
    let x = shape.features as usize;
    let model = Model::random(shape, 1);
    let data = Dataset::of("X", model.frames(40, 9).concat(), x);
    let floats = ModelBytes::new(&model.encode());
    let bytes = if weights == WeightKind::F32 {
        floats
    } else {
        quantize(&floats.open().unwrap(), &floats, "small", weights, Some(&data)).unwrap()
    };
    calibrate(&bytes.open().unwrap(), "small", &data, 0.1, SAMPLES, || ()).unwrap()
}

fn mixture((dims, rows, model): (usize, usize, &str)) -> ModelBytes {
    let mut rng = generator(7);
    let mut data = |rows| Dataset::of("X", (0..rows * dims).map(|_| uniform(&mut rng)).collect(), dims);
    let settings = SettingsArgs::of([("model", model), ("seed", "1")]).unwrap().resolve(None).unwrap();
    let stop = AtomicBool::new(false);
    let trained = train("small", data(rows), &settings, None, &stop, |_| ()).unwrap();
    calibrate(&trained.bytes.open().unwrap(), "small", &data(40), 0.1, SAMPLES, || ()).unwrap()
}

/// Counts everything.
///
/// # Panics
/// An image does not build or run.
pub fn measure() -> Vec<Counted> {
    let files = files();
    let places: Vec<_> = files
        .iter()
        .enumerate()
        .map(|(i, file)| super::write(&format!("shape-{i}"), file.as_bytes()))
        .collect();
    // where the flags of a compiler are those of a chip, the others are enough
    let is_counted = |core: &&Core| core.flags.is_none() || core.name.contains("M55");
    let mut counted = Vec::new();
    for core in CORES.iter().filter(is_counted) {
        let image = core.build("shapes");
        for (file, place) in files.iter().zip(&places) {
            let lines = core.run(&image, std::slice::from_ref(place));
            let [(_, nothing), (_, whole), (_, judge), (_, explained)] = &lines[..] else {
                panic!("{lines:?}")
            };
            let instructions = |ticks: u32| core.instructions(ticks - nothing.ticks);
            counted.push(Counted {
                core: core.name,
                shape: file.open().unwrap().metadata.architecture,
                instructions: [instructions(whole.ticks), instructions(judge.ticks)],
                stack: [whole.stack, judge.stack, explained.stack],
            });
        }
    }
    counted
}
