//! What a model costs on a device, before it is flashed: an additive model of the counts that `device-bench`
//! takes in QEMU. Its terms and how well it predicts: `docs/benchmarks.md`.

use elbow::architecture::{Activation, Architecture, Columns, Hidden, LatentKind, Operation, Visit, Work};
use elbow::kernel::TILE;
use serde::Serialize;

/// Samples that go through the decoder side by side on a device.
const LANES: u32 = 4;

/// Stack that other parts than the typical model's may take on top, in bytes: 112 have been seen.
const STACK_ROOM: u64 = 128;

/// What the parts of a score take on one core, in instructions, and bytes of what does not depend on the
/// model.
#[derive(Clone, Copy, Debug)]
pub struct Core {
    /// its name
    pub name: &'static str,
    /// a multiply-add, of one sample alone and of one of four side by side
    mac: [f64; 2],
    /// an output of a dense layer beside its multiply-adds, likewise
    output: [f64; 2],
    /// an activation by comparison, and one with an exponential
    activation: [f64; 2],
    /// an exponential, a logarithm
    exp: f64,
    /// a latent coordinate of a sample: its normal number, z, and its terms of prior and posterior
    latent: f64,
    /// a feature of a sample under the Gaussian likelihood
    feature: f64,
    /// code and tables: load and score
    code: u64,
    /// stack beyond the activations
    stack: u64,
}

/// Measured in QEMU, `opt-level = 3`, fat LTO. mac, output and activation follow exactly from six counts of
/// the device benchmark, see
/// `docs/benchmarks.md`; what a score takes beyond its network is shared out among its features. Floats in
/// software (M0, M3, RV32) take their time by the numbers: there the benchmark's are typical. The code of M55
/// is taken to be that of M33.
pub const CORES: [Core; 5] = [
    Core {
        name: "Cortex-M0, M3",
        mac: [178.8, 179.4],
        output: [1183.0, 1181.0],
        activation: [8.0, 2691.0],
        exp: 2038.0,
        latent: 1681.0,
        feature: 556.0,
        code: 16_312,
        stack: 692,
    },
    Core {
        name: "Cortex-M4F",
        mac: [2.246, 1.621],
        output: [11.3, 7.1],
        activation: [3.0, 32.9],
        exp: 21.3,
        latent: 47.6,
        feature: 4.85,
        code: 11_616,
        stack: 576,
    },
    Core {
        name: "Cortex-M33",
        mac: [2.246, 1.621],
        output: [11.3, 7.1],
        activation: [3.0, 32.9],
        exp: 21.3,
        latent: 47.6,
        feature: 4.58,
        code: 11_568,
        stack: 576,
    },
    Core {
        name: "Cortex-M55",
        mac: [0.910, 2.580],
        output: [11.0, 7.4],
        activation: [1.0, 13.7],
        exp: 12.1,
        latent: 50.2,
        feature: 5.03,
        code: 11_568,
        stack: 536,
    },
    Core {
        name: "RV32IMAC",
        mac: [98.5, 97.7],
        output: [582.0, 580.0],
        activation: [6.0, 1471.0],
        exp: 1104.0,
        latent: 944.0,
        feature: 309.0,
        code: 20_496,
        stack: 536,
    },
];

/// What a model costs on one core.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Cost {
    /// the core
    pub core: &'static str,
    /// instructions of a score
    pub instructions: u64,
    /// those of a verdict that four samples settle, as most do: at best a verdict takes so many, and at
    /// worst as many as a score
    pub settled_instructions: u64,
    /// flash for code and tables, in bytes; the model file comes on top
    pub code_bytes: u64,
    /// the stack's peak in a score, in bytes
    pub stack_bytes: u64,
}

/// The cost of a score of `samples` samples on every core; nothing of mixtures, which were not counted.
pub fn costs(shape: &Architecture, samples: u32) -> Vec<Cost> {
    let cost = |core: &Core| Cost {
        core: core.name,
        instructions: core.score(shape, samples).round() as u64,
        settled_instructions: core.score(shape, samples.min(LANES)).round() as u64,
        code_bytes: core.code,
        stack_bytes: core.stack + STACK_ROOM + activation_bytes(shape),
    };
    let is_mixture = matches!(shape.latent, LatentKind::Component { .. });
    CORES.iter().filter(|_| !is_mixture).map(cost).collect()
}

impl Core {
    /// Instructions of a score.
    pub fn score(&self, shape: &Architecture, samples: u32) -> f64 {
        let mut priced = Priced { core: self, samples, instructions: f64::from(samples) * self.exp };
        shape.visit(&mut priced);
        priced.instructions
    }

    fn price(&self, operation: Operation, side_by_side: bool) -> f64 {
        match operation {
            Operation::Exp => self.exp,
            Operation::Term => self.feature,
            Operation::Coordinate => self.latent,
            Operation::Layer { inputs, outputs, activation } => {
                let padded = f64::from(outputs.next_multiple_of(TILE as u32));
                let side = usize::from(side_by_side);
                padded * (f64::from(inputs) * self.mac[side] + self.output[side])
                    + f64::from(outputs) * self.activation(activation)
            }
        }
    }

    fn activation(&self, kind: Activation) -> f64 {
        match kind {
            Activation::Identity => 0.0,
            Activation::Relu | Activation::LeakyRelu => self.activation[0],
            Activation::Tanh
            | Activation::Sigmoid
            | Activation::Silu
            | Activation::Elu
            | Activation::Softplus => self.activation[1],
        }
    }
}

/// Adds up what the parts of a shape say of their work.
struct Priced<'a> {
    core: &'a Core,
    samples: u32,
    instructions: f64,
}

impl Visit for Priced<'_> {
    fn work(&mut self, Work { operation, times, each_sample }: Work) {
        let alone = if each_sample { self.samples % LANES } else { 1 };
        let side_by_side = if each_sample { self.samples - alone } else { 0 };
        let [alone, side_by_side] = [(alone, false), (side_by_side, true)]
            .map(|(samples, side)| f64::from(samples) * self.core.price(operation, side));
        self.instructions += times as f64 * (alone + side_by_side);
    }
}

/// Multiply-adds of the dense layers in a score of `samples` samples: of the encoder's once, of the decoder's
/// for each, outputs padded to whole tiles.
pub fn multiply_adds(shape: &Architecture, samples: u32) -> u64 {
    struct Counted(u64, u64);
    impl Visit for Counted {
        fn work(&mut self, work: Work) {
            if let Operation::Layer { inputs, outputs, .. } = work.operation {
                let outputs = u64::from(outputs).next_multiple_of(TILE as u64);
                self.0 += u64::from(inputs) * outputs * if work.each_sample { self.1 } else { 1 };
            }
        }
    }
    let mut counted = Counted(0, samples.into());
    shape.visit(&mut counted);
    counted.0
}

/// Memory of the vectors that live at once: features, posterior, latent and the decoder's hidden layers of
/// four samples (or the encoder's of one, where those are larger).
pub fn activation_bytes(shape: &Architecture) -> u64 {
    if let LatentKind::Component { .. } = shape.latent {
        // features, and their distance from a component's mean
        return 4 * 2 * u64::from(shape.features);
    }
    let hidden = |layers: &[Hidden]| layers.iter().map(|layer| u64::from(layer.width)).sum::<u64>();
    let (latent, features) = (u64::from(shape.latent_dims()), u64::from(shape.features));
    // numbers are handed on as they are; of other columns the encoder reads more inputs
    let inputs = match shape.likelihood.columns() {
        Columns::Numbers => features,
        _ => features + u64::from(shape.input_width()),
    };
    let encoding = inputs + hidden(&shape.encoder) + 5 * latent;
    let decoding = latent + 4 * latent + 4 * hidden(&shape.decoder);
    4 * (features + 3 * latent + encoding.max(decoding))
}
