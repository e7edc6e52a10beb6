//! What a model costs on a device, before it is flashed: bounds that were fitted to counts in QEMU.
//!
//! How they were fitted and how near they are: `docs/benchmarks.md`.

mod cores;
mod stack;
mod terms;

use elbow::architecture::{
    Activation, Architecture, Columns, ConcentrationKind, Hidden, LatentKind, LikelihoodKind, WeightKind,
};
use serde::Serialize;

pub use cores::CORES;
pub use stack::Stack;
pub use terms::{NAMES, TERMS, multiply_adds, terms};

/// Samples that go through the decoder side by side on a device.
const LANES: u32 = 4;

/// A core, and the level at which the firmware's compiler optimises.
#[derive(Clone, Copy, Debug)]
pub struct Core {
    /// its name
    pub name: &'static str,
    /// `opt-level`
    pub level: &'static str,
    /// code and tables of loading and scoring a Gaussian model with tanh, in bytes
    pub code: u64,
    /// instructions of each of the [`terms`](terms()), of models of floats, `int8`, `int8x8` and of mixtures
    pub prices: [[f64; TERMS]; 4],
    /// the stack of the same
    pub stack: [Stack; 4],
}

/// What a model costs on one core at one level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Cost {
    /// the core
    pub core: &'static str,
    /// `opt-level` of the firmware
    pub opt_level: &'static str,
    /// whether models of these parts and sizes were counted: else what follows is an estimate and no bound
    pub is_bound: bool,
    /// instructions of a verdict by all samples, at most
    pub instructions: u64,
    /// those of a verdict that four samples settle, as most do
    pub settled_instructions: u64,
    /// flash for code and tables, in bytes; the model file comes on top
    pub code_bytes: u64,
    /// the stack's peak in a verdict, in bytes, at most
    pub stack_bytes: u64,
    /// the stack's peak in a verdict that says which numbers surprise, without the caller's array of them
    pub explained_stack_bytes: u64,
}

/// The cost of a verdict by `samples` samples on every core, whatever the weights.
pub fn costs(shape: &Architecture, samples: u32) -> Vec<Cost> {
    let kind = kind(shape);
    let cost = |core: &Core| Cost {
        core: core.name,
        opt_level: core.level,
        is_bound: is_counted(shape),
        instructions: core.verdict(shape, samples),
        settled_instructions: core.verdict(shape, samples.min(LANES)),
        code_bytes: core.code,
        stack_bytes: core.stack[kind].verdict(shape),
        explained_stack_bytes: core.stack[kind].explained(shape),
    };
    CORES.iter().map(cost).collect()
}

impl Core {
    /// Instructions of a verdict.
    pub fn verdict(&self, shape: &Architecture, samples: u32) -> u64 {
        let prices = self.prices[kind(shape)];
        // Σ times · price
        terms(shape, samples).iter().zip(prices).map(|(times, price)| times * price).sum::<f64>().ceil()
            as u64
    }
}

/// Whether models like it are among those that the prices were fitted to: its parts, and its sizes between
/// the smallest and the largest of them. Of others the same sums are estimates.
fn is_counted(shape: &Architecture) -> bool {
    let kind = kind(shape);
    let is_tanh = |layer: &Hidden| layer.activation == Activation::Tanh;
    let parts = matches!(
        shape.likelihood,
        LikelihoodKind::Gaussian | LikelihoodKind::StudentT | LikelihoodKind::DiscretizedLogistic
    ) && matches!(
        shape.latent,
        LatentKind::Gaussian { .. }
            | LatentKind::GaussianMixture { .. }
            | LatentKind::VonMisesFisher { concentration: ConcentrationKind::Learned, .. }
            | LatentKind::Component { .. }
    ) && shape.encoder.iter().chain(&shape.decoder).all(is_tanh);
    // widest frame, hidden numbers, latent coordinates of floats, int8, int8x8, mixtures
    let [widest, hidden, latent] = [[1024, 512, 64], [1024, 96, 8], [1024, 96, 8], [192, 0, u32::MAX]][kind];
    let layers = widths(&shape.encoder).max(widths(&shape.decoder));
    parts
        && (32..=widest).contains(&shape.features)
        && layers <= hidden.into()
        && shape.latent_dims() <= latent
}

/// Which row of a core's table is the model's.
fn kind(shape: &Architecture) -> usize {
    match (shape.latent, shape.weights) {
        (LatentKind::Component { .. }, _) => 3,
        (_, WeightKind::F32) => 0,
        (_, WeightKind::Int8) => 1,
        (_, WeightKind::Int8x8) => 2,
    }
}

/// Memory of the vectors that live at once: features, posterior, latent and the decoder's hidden layers of
/// four samples (or the encoder's of one, where those are larger).
pub fn activation_bytes(shape: &Architecture) -> u64 {
    if let LatentKind::Component { .. } = shape.latent {
        // features, and their distance from a component's mean
        return 4 * 2 * u64::from(shape.features);
    }
    let (latent, features) = (u64::from(shape.latent_dims()), u64::from(shape.features));
    // numbers are handed on as they are; of other columns the encoder reads more inputs
    let inputs = match shape.likelihood.columns() {
        Columns::Numbers => features,
        _ => features + u64::from(shape.input_width()),
    };
    let encoding = inputs + widths(&shape.encoder) + 5 * latent;
    let decoding = latent + 4 * latent + 4 * widths(&shape.decoder);
    4 * (features + 3 * latent + encoding.max(decoding))
}

/// Numbers in all hidden layers.
fn widths(layers: &[Hidden]) -> u64 {
    layers.iter().map(|layer| u64::from(layer.width)).sum()
}
