//! A network as a graph of ONNX, from frames to reconstructions.

use elbow::architecture::{Activation, ConcentrationKind, FeaturesKind, LatentKind, LikelihoodKind};
use elbow::distribution::MAX_CONCENTRATION;
use elbow::likelihood::{LOG_SCALE_MAX, LOG_SCALE_MIN};
use elbow::posterior;
use prost::Message as _;

use super::network::PortableNetwork;
use crate::onnx_messages as proto;
use crate::stored_network::Dense;

/// Of the format, as ONNX Runtime has read it since 1.12.
const IR_VERSION: i64 = 8;
/// Of the operators.
const OPERATORS: i64 = 17;
/// ONNX's numbers of types.
const FLOAT: i32 = 1;
const OF_FLOAT: i32 = 1;
const OF_INT: i32 = 2;
const OF_INTS: i32 = 7;

/// A graph that grows, node by node.
#[derive(Default)]
struct Builder {
    graph: proto::Graph,
}

impl PortableNetwork {
    /// The file's bytes. The graph takes `frames` `[N, features]`, as the model does, and gives the latent
    /// (`mean` and `log_variance`, or `mean_direction` and `kappa`, or `latent`) and, at its mean,
    /// `reconstruction` in the frame's units, with what else the likelihood has: `scale`,
    /// `reconstruction_log_variance`, …; of counts the logarithms that the decoder gives.
    pub fn onnx(&self) -> Vec<u8> {
        let mut builder = Builder::default();
        builder.graph.name = self.name.clone();
        builder.graph.input.push(value("frames", self.shape.features as usize));
        let features = self.features(&mut builder);
        let hidden = builder.hidden("encoder", &self.network.encoder.hidden, features);
        let z = self.latent(&mut builder, &hidden);
        let hidden = builder.hidden("decoder", &self.network.decoder.hidden, z);
        self.frame(&mut builder, &hidden);
        let model = proto::Model {
            ir_version: IR_VERSION,
            producer_name: proto::PRODUCER.into(),
            graph: Some(builder.graph),
            opset_import: vec![proto::OperatorSet { domain: String::new(), version: OPERATORS }],
            metadata_props: self.said(),
        };
        model.encode_to_vec()
    }

    /// What the operators do not say.
    fn said(&self) -> Vec<proto::Entry> {
        let said =
            [("latent", self.shape.latent.to_string()), ("likelihood", self.shape.likelihood.name().into())];
        said.map(|(key, value)| proto::Entry { key: key.into(), value }).to_vec()
    }

    /// What the encoder sees of a frame.
    fn features(&self, builder: &mut Builder) -> String {
        let frames = "frames".to_owned();
        if let Some(of) = &self.standardize {
            let loc = builder.constant("loc", &of.loc);
            let scale = builder.constant("inverse_scale", &of.inverse_scale);
            let moved = builder.node("Sub", &[&frames, &loc], "moved");
            let features = builder.node("Mul", &[&moved, &scale], "features");
            return builder.clip(&features, -of.clip, of.clip, "clipped");
        }
        match self.shape.preprocessing {
            FeaturesKind::Counts { most: 0 } => {
                let one = builder.constant("one", &[1.0]);
                let more = builder.node("Add", &[&frames, &one], "more");
                builder.node("Log", &[&more], "features")
            }
            FeaturesKind::Counts { most } => {
                let most = builder.constant("most", &[f32::from(most)]);
                builder.node("Div", &[&frames, &most], "features")
            }
            _ => frames,
        }
    }

    /// The latent's outputs; gives what the decoder takes.
    fn latent(&self, builder: &mut Builder, hidden: &str) -> String {
        let dims = self.shape.latent_dims() as usize;
        for (name, layer, factor) in self.heads() {
            let raw = format!("{name}_layer");
            match name {
                "log_variance" => {
                    let raw = builder.dense(&raw, layer, factor, hidden);
                    let [low, high] = [posterior::LOG_SCALE_MIN, posterior::LOG_SCALE_MAX];
                    builder.clip(&raw, factor * low, factor * high, name);
                }
                "mean_direction" => {
                    let raw = builder.dense(&raw, layer, factor, hidden);
                    let length = builder.node("ReduceL2", &[&raw], "length");
                    builder.attribute(ints("axes", &[1]));
                    builder.node("Div", &[&raw, &length], name);
                }
                "kappa" => {
                    let raw = builder.dense(&raw, layer, factor, hidden);
                    let positive = builder.node("Softplus", &[&raw], "kappa_above_one");
                    let one = builder.constant("one", &[1.0]);
                    let kappa = builder.node("Add", &[&positive, &one], "kappa_unbounded");
                    builder.clip(&kappa, 0.0, MAX_CONCENTRATION, name);
                }
                _ => {
                    let end = if layer.activation == Activation::Identity { name } else { &raw };
                    let raw = builder.dense(end, layer, factor, hidden);
                    builder.activation(layer.activation, &raw, name);
                }
            }
            builder.output(name, if name == "kappa" { 1 } else { dims });
        }
        if let LatentKind::VonMisesFisher {
            concentration: ConcentrationKind::Fixed { kappa } | ConcentrationKind::Tabled { kappa },
            ..
        } = self.shape.latent
        {
            builder.constant_output("kappa", &[kappa]);
        }
        self.heads().first().map_or("frames", |(name, ..)| name).to_owned()
    }

    /// The likelihood's outputs, in the units of frames.
    fn frame(&self, builder: &mut Builder, hidden: &str) {
        let is_bits = self.shape.likelihood == LikelihoodKind::Bernoulli;
        for (name, layer, factor) in self.outputs() {
            let raw = builder.dense(&format!("{name}_layer"), layer, factor, hidden);
            let raw = match (name, &self.standardize) {
                ("reconstruction", Some(_)) => {
                    let scaled = builder.node("Div", &[&raw, "inverse_scale"], "scaled");
                    builder.node("Add", &[&scaled, "loc"], name)
                }
                ("reconstruction_log_variance" | "reconstruction_log_scale", Some(of)) => {
                    let (low, high) = (factor * LOG_SCALE_MIN, factor * LOG_SCALE_MAX);
                    let held = builder.clip(&raw, low, high, "held");
                    let unit = of.inverse_scale.iter().map(|inverse| -factor * elbow::math::ln(*inverse));
                    let unit = builder.constant("log_units", &unit.collect::<Vec<f32>>());
                    builder.node("Add", &[&held, &unit], name)
                }
                ("reconstruction", None) if is_bits => builder.node("Sigmoid", &[&raw], name),
                _ => builder.node("Identity", &[&raw], name),
            };
            builder.output(&raw, self.shape.features as usize);
        }
        if let (Some(scale), Some(of)) = (&self.scale, &self.standardize) {
            let units = scale.iter().zip(&of.inverse_scale).map(|(scale, inverse)| scale / inverse);
            builder.constant_output("scale", &units.collect::<Vec<f32>>());
        }
    }
}

impl Builder {
    /// Adds a node with one output, whose name it gives.
    fn node(&mut self, op_type: &str, inputs: &[&str], output: &str) -> String {
        self.graph.node.push(proto::Node {
            input: inputs.iter().map(|&input| input.to_owned()).collect(),
            output: vec![output.to_owned()],
            name: format!("{op_type}_{output}"),
            op_type: op_type.into(),
            ..proto::Node::default()
        });
        output.to_owned()
    }

    /// A setting of the last node.
    fn attribute(&mut self, attribute: proto::Attribute) {
        if let Some(node) = self.graph.node.last_mut() {
            node.attribute.push(attribute);
        }
    }

    /// Numbers by name, once.
    fn constant(&mut self, name: &str, values: &[f32]) -> String {
        self.tensor(name, &[values.len()], values);
        name.to_owned()
    }

    fn tensor(&mut self, name: &str, shape: &[usize], values: &[f32]) {
        if self.graph.initializer.iter().any(|tensor| tensor.name == name) {
            return;
        }
        self.graph.initializer.push(proto::Tensor {
            dims: shape.iter().map(|extent| *extent as i64).collect(),
            data_type: FLOAT,
            name: name.into(),
            raw_data: values.iter().flat_map(|x| x.to_le_bytes()).collect(),
            ..proto::Tensor::default()
        });
    }

    /// Between two limits.
    fn clip(&mut self, input: &str, low: f32, high: f32, output: &str) -> String {
        let [least, most] = [format!("{output}_least"), format!("{output}_most")];
        self.tensor(&least, &[], &[low]);
        self.tensor(&most, &[], &[high]);
        self.node("Clip", &[input, &least, &most], output)
    }

    fn dense(&mut self, name: &str, layer: &Dense, factor: f32, input: &str) -> String {
        let [weight, bias] = ["weight", "bias"].map(|part| format!("{name}.{part}"));
        let scaled = |values: &[f32]| values.iter().map(|x| factor * x).collect::<Vec<f32>>();
        self.tensor(&weight, &[layer.outputs, layer.inputs], &scaled(&layer.weights));
        self.tensor(&bias, &[layer.outputs], &scaled(&layer.bias));
        let output = self.node("Gemm", &[input, &weight, &bias], name);
        self.attribute(proto::Attribute {
            name: "transB".into(),
            i: Some(1),
            kind: OF_INT,
            ..proto::Attribute::default()
        });
        output
    }

    fn hidden(&mut self, side: &str, layers: &[Dense], input: String) -> String {
        let mut hidden = input;
        for (i, layer) in layers.iter().enumerate() {
            let name = format!("{side}.{}", 2 * i);
            let sum = self.dense(&name, layer, 1.0, &hidden);
            hidden = self.activation(layer.activation, &sum, &format!("{name}.out"));
        }
        hidden
    }

    /// Gives the input where there is no activation.
    fn activation(&mut self, activation: Activation, input: &str, output: &str) -> String {
        let alpha = |alpha| proto::Attribute {
            name: "alpha".into(),
            f: Some(alpha),
            kind: OF_FLOAT,
            ..proto::Attribute::default()
        };
        match activation {
            Activation::Identity => input.to_owned(),
            Activation::Relu => self.node("Relu", &[input], output),
            Activation::Tanh => self.node("Tanh", &[input], output),
            Activation::Sigmoid => self.node("Sigmoid", &[input], output),
            Activation::Softplus => self.node("Softplus", &[input], output),
            Activation::Silu => {
                let sigmoid = self.node("Sigmoid", &[input], &format!("{output}.sigmoid"));
                self.node("Mul", &[input, &sigmoid], output)
            }
            Activation::LeakyRelu => {
                let output = self.node("LeakyRelu", &[input], output);
                self.attribute(alpha(0.01));
                output
            }
            Activation::Elu => {
                let output = self.node("Elu", &[input], output);
                self.attribute(alpha(1.0));
                output
            }
        }
    }

    fn output(&mut self, name: &str, width: usize) {
        self.graph.output.push(value(name, width));
    }

    /// Numbers that are the same for every frame.
    fn constant_output(&mut self, name: &str, values: &[f32]) {
        let stored = self.constant(&format!("{name}_stored"), values);
        self.node("Identity", &[&stored], name);
        let mut output = value(name, values.len());
        if let Some(shape) = output.of.as_mut().and_then(|of| of.tensor.as_mut()?.shape.as_mut()) {
            shape.dim.remove(0);
        }
        self.graph.output.push(output);
    }
}

fn ints(name: &str, ints: &[i64]) -> proto::Attribute {
    let (name, ints) = (name.into(), ints.to_vec());
    proto::Attribute { name, ints, kind: OF_INTS, ..proto::Attribute::default() }
}

/// Of so many frames a vector each.
fn value(name: &str, width: usize) -> proto::Value {
    let frames = proto::Extent { value: None, name: Some("frames".into()) };
    let width = proto::Extent { value: Some(width as i64), name: None };
    let shape = Some(proto::Shape { dim: vec![frames, width] });
    let tensor = Some(proto::TensorType { elem_type: FLOAT, shape });
    proto::Value { name: name.into(), of: Some(proto::Type { tensor }) }
}
