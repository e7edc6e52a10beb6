//! The walk through a shape: the order of parts and sections is written here and in the families' files, and
//! nowhere else.

use super::{
    Activation, Architecture, Hidden, LatentKind, Number, Operation, Section, Visit, WeightKind, Word, Work,
    role,
};
use crate::fingerprint::Part;
use crate::kernel::{NODES, TILE, triangle};

const PER_OUTPUT: &str = "[ceil(outputs/8)][8]";
const KERNELS: &str = "[ceil(N/8)][8]";

impl Architecture {
    /// Walks through the model: its parts, their words and sections, in the order of the file.
    pub fn visit(&self, v: &mut impl Visit) {
        if let LatentKind::Component { gaussians, kernels } = self.latent {
            return v.part("model", Part::Mixture, |v| {
                self.preprocessing.visit(self, v);
                self.visit_components(gaussians, kernels, v);
            });
        }
        v.part("model", Part::Vae, |v| {
            self.preprocessing.visit(self, v);
            let columns = self.likelihood.columns();
            columns.visit_encoder(self, v, |role, v| self.chain(role, self.input_width(), &self.encoder, v));
            self.latent.visit(self, v);
            self.chain(role::DECODER, self.latent_dims(), &self.decoder, v);
            self.likelihood.visit(self, v);
        });
    }

    /// Hidden layers, one after another.
    fn chain(&self, role: &'static str, mut inputs: u32, layers: &[Hidden], v: &mut impl Visit) {
        let each_sample = role == role::DECODER;
        let quantized = self.weights == WeightKind::Int8x8;
        if layers.is_empty() && !quantized {
            return v.part(role, Part::PassThrough, |v| v.word(Word::Size(inputs)));
        }
        v.part(role, Part::Chain, |v| {
            if quantized {
                v.part("quantization", Part::Quantize, |v| {
                    v.word(Word::Size(inputs));
                    v.section(Section::scalars("scale and zero", "[2]", 2));
                    v.section(Section::scalars("largest integer", "[1]", 1).of(Number::U16));
                });
            }
            for (i, layer) in layers.iter().enumerate() {
                let part = match self.weights {
                    WeightKind::F32 => Part::Dense,
                    WeightKind::Int8 => Part::DenseInt8,
                    WeightKind::Int8x8 if i == 0 => Part::DenseInt8x16,
                    WeightKind::Int8x8 => Part::DenseInt8x8,
                };
                let Hidden { width: outputs, activation } = *layer;
                Dense { part, inputs, outputs, activation, each_sample }.visit(role::HIDDEN, v);
                inputs = outputs;
            }
        });
    }

    /// A layer of the posterior, which reads the last of the encoder's hidden layers.
    pub(super) fn head(&self, role: &'static str, outputs: u32, activation: Activation, v: &mut impl Visit) {
        let (part, inputs) = (self.last(), self.encoder_width());
        Dense { part, inputs, outputs, activation, each_sample: false }.visit(role, v);
    }

    /// A layer of the likelihood, which reads the last of the decoder's.
    pub(super) fn output(&self, role: &'static str, v: &mut impl Visit) {
        let (part, inputs, outputs) = (self.last(), self.decoder_width(), self.output_width());
        Dense { part, inputs, outputs, activation: Activation::Identity, each_sample: true }.visit(role, v);
    }

    /// A layer that ends a chain of hidden layers.
    fn last(&self) -> Part {
        match self.weights {
            WeightKind::F32 => Part::Dense,
            WeightKind::Int8 => Part::DenseInt8,
            WeightKind::Int8x8 => Part::LinearInt8x8,
        }
    }

    /// The components of a mixture; kinds of which it has none are not there.
    fn visit_components(&self, gaussians: u32, kernels: u32, v: &mut impl Visit) {
        match (gaussians, kernels) {
            (_, 0) => self.gaussians(role::COMPONENTS, gaussians, v),
            (0, _) => self.kernels(role::COMPONENTS, kernels, v),
            _ => v.part(role::COMPONENTS, Part::Chain, |v| {
                self.gaussians("gaussians", gaussians, v);
                self.kernels("kernels", kernels, v);
            }),
        }
    }

    fn gaussians(&self, role: &'static str, count: u32, v: &mut impl Visit) {
        let times = |size: u64| u64::from(count).saturating_mul(size);
        let rows = triangle(self.features as usize) as u64;
        v.part(role, Part::Gaussians, |v| {
            v.word(Word::Size(self.features));
            v.word(Word::Size(count));
            v.section(Section::floats("means", "[M][features]", times(self.features.into())));
            v.section(Section::floats("triangles W", "[M][rows][8]", times(TILE as u64 * rows)));
            v.section(Section::floats("constants", "[M]", count.into()));
        });
    }

    fn kernels(&self, role: &'static str, count: u32, v: &mut impl Visit) {
        let padded = whole_tiles(count);
        v.part(role, Part::Kernels, |v| {
            v.word(Word::Size(self.features));
            v.word(Word::Size(count));
            let centres = padded.saturating_mul(self.features.into());
            v.section(Section::floats("centres", "[ceil(N/8)][features][8]", centres));
            v.section(Section::floats("1/σ²", KERNELS, padded));
            v.section(Section::floats("constants", KERNELS, padded));
        });
    }
}

/// A dense layer, whose part says what its weights are.
struct Dense {
    part: Part,
    inputs: u32,
    outputs: u32,
    activation: Activation,
    each_sample: bool,
}

impl Dense {
    fn visit(self, role: &'static str, v: &mut impl Visit) {
        let Dense { part, inputs, outputs, activation, each_sample } = self;
        let padded = whole_tiles(outputs);
        let of_outputs = |name| Section::floats(name, PER_OUTPUT, padded);
        let weights = padded.saturating_mul(inputs.into());
        let weights = Section::floats("weights", "[ceil(outputs/8)][inputs][8]", weights);
        // the activation function of integers is a table in the file
        let is_tabled = matches!(part, Part::DenseInt8x16 | Part::DenseInt8x8);
        v.part(role, part, |v| {
            v.word(Word::Size(inputs));
            v.word(Word::Size(outputs));
            v.word(Word::Activation(if is_tabled { Activation::Identity } else { activation }));
            match part {
                Part::Dense => {
                    v.section(weights);
                    v.section(of_outputs("bias"));
                }
                Part::DenseInt8 => {
                    v.section(weights.of(Number::I8));
                    v.section(of_outputs("bias/scale"));
                    v.section(of_outputs("scale"));
                }
                _ => {
                    v.section(weights.of(Number::I8));
                    v.section(of_outputs("bias").of(Number::I32));
                    if is_tabled {
                        v.section(of_outputs("multiplier").of(Number::I32));
                        let table = Section::floats("65 nodes, two shifts", "[67]", NODES as u64 + 2);
                        v.section(table.of(Number::U16));
                    } else {
                        v.section(of_outputs("scale"));
                    }
                }
            }
            v.work(Work {
                operation: Operation::Layer { inputs, outputs, activation },
                times: 1,
                each_sample,
            });
        });
    }
}

/// Outputs with those that fill their last tile up.
fn whole_tiles(outputs: u32) -> u64 {
    u64::from(outputs).next_multiple_of(TILE as u64)
}
