//! Graphs that are nearly what exporters write.

use std::path::Path;

use prost::Message as _;

use super::super::net::Net;
use super::*;

const WEIGHTS: [f32; 8] = [0.5, -0.3, 0.2, 0.9, -0.7, 0.4, 0.1, -0.2];

/// A graph of four numbers, `z → y` its last layers, as text: `Mul x c -> y axis=1`.
struct Graph {
    graph: proto::Graph,
}

impl Graph {
    fn new(width: i64) -> Graph {
        let extents = [None, Some(width)].map(|value| proto::Extent { value, name: None });
        let shape = Some(proto::Shape { dim: extents.to_vec() });
        let tensor = Some(proto::TensorType { elem_type: 1, shape });
        let input = proto::Value { name: "x".into(), of: Some(proto::Type { tensor }) };
        let graph = proto::Graph { input: vec![input], ..proto::Graph::default() };
        let graph = Graph { graph }.floats("e.weight", &[2, 4], &WEIGHTS);
        graph.floats("d.weight", &[4, 2], &WEIGHTS)
    }

    fn floats(self, name: &str, dims: &[i64], float_data: &[f32]) -> Graph {
        self.tensor(proto::Tensor { data_type: 1, float_data: float_data.to_vec(), ..named(name, dims) })
    }

    fn whole(self, name: &str, dims: &[i64], int64_data: &[i64]) -> Graph {
        self.tensor(proto::Tensor { data_type: 7, int64_data: int64_data.to_vec(), ..named(name, dims) })
    }

    fn tensor(mut self, tensor: proto::Tensor) -> Graph {
        self.graph.initializer.push(tensor);
        self
    }

    /// Nodes, each on a line.
    fn nodes(mut self, lines: &str) -> Graph {
        for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (to, mut from): (Vec<_>, Vec<_>) = match line.split_once(" -> ") {
                Some((from, to)) => (to.split(' ').collect(), from.split(' ').collect()),
                None => panic!("{line}"),
            };
            let (settings, output): (Vec<&str>, Vec<&str>) = to.iter().partition(|word| word.contains('='));
            let op_type = from.remove(0).to_owned();
            self.graph.node.push(proto::Node {
                op_type,
                input: from.iter().map(|&name| name.into()).collect(),
                output: output.iter().map(|&name| name.into()).collect(),
                attribute: settings.iter().map(|setting| attribute(setting)).collect(),
                ..proto::Node::default()
            });
        }
        self
    }

    /// Reads it, its outputs being these.
    fn read(mut self, outputs: &str) -> Result<Net, String> {
        self.graph.output =
            outputs.split(' ').map(|name| proto::Value { name: name.into(), of: None }).collect();
        read(&model(self.graph).encode_to_vec(), Path::new("m.onnx"))
    }

    /// An autoencoder of nodes between the frame `x` and what its first layer takes.
    fn autoencoder(self, before: &str, first: &str) -> Result<Net, String> {
        let last = format!("Gemm {first} e.weight -> z transB=1\nGemm z d.weight -> y transB=1");
        self.nodes(before).nodes(&last).read("y")
    }
}

fn named(name: &str, dims: &[i64]) -> proto::Tensor {
    proto::Tensor { name: name.into(), dims: dims.to_vec(), ..proto::Tensor::default() }
}

fn attribute(setting: &str) -> proto::Attribute {
    let (name, value) = setting.split_once('=').expect("name=value");
    let named = proto::Attribute { name: name.into(), ..proto::Attribute::default() };
    let ints = value.split(',').map(|int| int.parse().expect("a whole number"));
    match value.contains(',') {
        true => proto::Attribute { ints: ints.collect(), ..named },
        false => proto::Attribute { i: value.parse().ok(), ..named },
    }
}

fn model(graph: proto::Graph) -> proto::Model {
    proto::Model { graph: Some(graph), ..proto::Model::default() }
}

/// It is told, and what.
#[track_caller]
fn refused(net: Result<Net, String>, said: &str) {
    let problem = net.expect_err(said);
    assert!(problem.contains(said), "{problem}");
}

fn first_bias(net: &Net) -> &[f64] {
    let Latent::Point(layer) = &net.latent else { panic!("{net:?}") };
    &layer.affine.bias
}

fn is_near(a: &[f64], b: &[f64]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-5)
}

#[test]
fn a_frame_wider_than_any_is_refused() {
    for width in [1_i64 << 61, 1 << 33] {
        let graph = Graph::new(width).floats("c", &[], &[2.0]);
        refused(graph.autoencoder("Mul x c -> x2", "x2"), "at most");
    }
    // noise says its own width
    let graph = Graph::new(4).floats("c", &[], &[2.0]);
    refused(graph.nodes("RandomNormal -> n shape=1,2305843009213693952\nMul n c -> y").read("y"), "at most");
}

#[test]
fn frames_of_several_axes_are_flattened_first() {
    let graph = |nodes: &str| {
        let mut graph = Graph::new(2);
        let of = graph.graph.input[0].of.as_mut().unwrap();
        of.tensor
            .as_mut()
            .unwrap()
            .shape
            .as_mut()
            .unwrap()
            .dim
            .push(proto::Extent { value: Some(2), name: None });
        graph.nodes(nodes).read("y")
    };
    let layers = "Gemm f e.weight -> z transB=1\nGemm z d.weight -> y transB=1";
    assert!(graph(&format!("Flatten x -> f axis=1\n{layers}")).is_ok());
    refused(graph(&format!("Slice x a -> f\n{layers}")), "nn.Flatten()");
    refused(graph(&format!("Flatten x -> f axis=2\n{layers}")), "axis is 2");
}

#[test]
fn limits_that_the_engine_has_not_are_refused() {
    let limits = |graph: Graph| graph.floats("lo", &[], &[-3.0]).floats("hi", &[], &[3.0]);
    let graph = || limits(Graph::new(4)).floats("m", &[4], &[100.0; 4]).floats("s", &[4], &[0.1; 4]);
    let scaled = "Sub x m -> x1\nMul x1 s -> x2\nClip x2 lo hi -> x3";
    let net = graph().autoencoder(scaled, "x3").unwrap();
    assert_eq!(net.standardize.unwrap().clip, Some(3.0));
    refused(graph().autoencoder("Clip x lo hi -> x1\nSub x1 m -> x2\nMul x2 s -> x3", "x3"), "last of all");
    refused(graph().autoencoder(&format!("{scaled}\nClip x3 lo hi -> x4"), "x4"), "last of all");
    refused(graph().autoencoder("Clip x lo hi -> x1", "x1"), "not standardised");
    // features that fall as frames rise have no standardisation
    refused(graph().autoencoder("Neg x -> x1\nClip x1 lo hi -> x2", "x2"), "not standardised");
    let decoder = "Gemm x e.weight -> z transB=1\nClip z lo hi -> zc\nGemm zc d.weight -> y transB=1";
    refused(graph().nodes(decoder).read("z y"), "holds the latent within ±3");
}

#[test]
fn numbers_have_types() {
    let graph = || Graph::new(4).floats("three", &[], &[3.0]).floats("two", &[], &[2.0]);
    let net = graph().autoencoder("Div three two -> h\nMul x h -> x2", "x2").unwrap();
    assert!(is_near(&net.standardize.unwrap().scale, &[1.0 / 1.5; 4]));
    let graph = Graph::new(4).whole("three", &[], &[3]).whole("two", &[], &[2]);
    let net = graph.autoencoder("Div three two -> h\nMul x h -> x2", "x2").unwrap();
    assert!(is_near(&net.standardize.unwrap().scale, &[1.0; 4]));
}

#[test]
fn arrays_are_filled_with_what_they_say() {
    let mut graph = Graph::new(4).whole("s", &[1], &[4]).nodes("ConstantOfShape s -> ones\nAdd x ones -> x2");
    let value = proto::Tensor { data_type: 1, float_data: vec![1.5], ..named("", &[1]) };
    graph.graph.node[0].attribute =
        vec![proto::Attribute { name: "value".into(), t: Some(value), ..proto::Attribute::default() }];
    let net = graph.autoencoder("", "x2").unwrap();
    assert!(is_near(&net.standardize.unwrap().loc, &[-1.5; 4]));
    let size = Graph::new(4).floats("c", &[3], &[7.0; 3]).nodes("Size c -> n\nAdd x n -> x2");
    assert!(is_near(&size.autoencoder("", "x2").unwrap().standardize.unwrap().loc, &[-3.0; 4]));
    let width = Graph::new(4).nodes("Shape x -> n start=1\nAdd x n -> x2").autoencoder("", "x2").unwrap();
    assert!(is_near(&width.standardize.unwrap().loc, &[-4.0; 4]));
    // a column is no row of numbers
    let column = Graph::new(4).floats("c", &[4, 1], &[7.0; 4]).autoencoder("Add x c -> x2", "x2");
    refused(column, "does not belong to 4 numbers");
}

#[test]
fn what_rounds_or_turns_numbers_is_refused() {
    let graph = || Graph::new(4);
    refused(graph().autoencoder("Cast x -> i to=7\nCast i -> x2 to=1", "x2"), "type 7");
    assert!(graph().autoencoder("Cast x -> x2 to=11", "x2").is_ok());
    let turned = |perm: &str| {
        let weights: Vec<f32> = (0..16).map(|i| i as f32).collect();
        let graph = Graph::new(4).floats("W", &[4, 4], &weights);
        let net = graph.autoencoder(&format!("Transpose W -> t {perm}\nMatMul x t -> x2"), "x2").unwrap();
        net.encoder[0].affine.weights[1]
    };
    // the weight from the second number to the first
    assert_eq!([turned("perm=0,1"), turned("perm=1,0"), turned("")], [4.0, 1.0, 1.0]);
    let training = graph().floats("r", &[], &[0.5]).tensor(proto::Tensor {
        data_type: 9,
        int32_data: vec![1],
        ..named("t", &[])
    });
    refused(training.autoencoder("Dropout x r t -> x2", "x2"), "training mode");
    refused(graph().autoencoder("Reshape x s -> x2", "x2"), "nowhere before it");
}

#[test]
fn all_frames_are_a_slice() {
    let graph = Graph::new(4).whole("st", &[1], &[0]).whole("en", &[1], &[i64::MAX]).whole("ax", &[1], &[0]);
    assert!(graph.autoencoder("Slice x st en ax -> x2", "x2").is_ok());
}

#[test]
fn outputs_are_in_the_units_that_the_graph_brings_them_to() {
    let centred = |behind: &str, output: &str| {
        let graph = Graph::new(4).floats("m", &[4], &[100.0, 50.0, 20.0, 10.0]).floats("two", &[], &[2.0]);
        let layers = "Sub x m -> x1\nGemm x1 e.weight -> z transB=1\nGemm z d.weight -> y transB=1";
        graph.nodes(layers).nodes(behind).read(output)
    };
    assert!(centred("Add y m -> back", "back").unwrap().are_raw);
    assert!(!centred("Add y two -> biased", "biased").unwrap().are_raw);
    assert!(!centred("", "y").unwrap().are_raw);
    refused(centred("Mul y two -> scaled", "scaled"), "neither theirs nor the features'");
}

/// As a batch norm in front of a state_dict's layers is.
#[test]
fn a_batch_norm_in_front_is_folded() {
    let norm = ["g", "b", "m", "v"].into_iter().zip([1.0_f32, 0.0, 3.0, 4.0]);
    let graph = norm.fold(Graph::new(4), |graph, (name, value)| graph.floats(name, &[4], &[value; 4]));
    let net = graph.autoencoder("BatchNormalization x g b m v -> x1", "x1").unwrap();
    assert!(net.standardize.is_none() && net.folded == 1);
    let sums = [WEIGHTS[..4].iter().sum::<f32>(), WEIGHTS[4..].iter().sum::<f32>()];
    let expected = sums.map(|sum| f64::from(sum) * -3.0 / (4.0_f64 + 1e-5).sqrt());
    assert!(is_near(first_bias(&net), &expected), "{net:?}");
}

#[test]
fn spreads_have_names_that_say_what_they_are() {
    let read = |name: &str| {
        let heads = format!("Gemm x e.weight -> mu transB=1\nGemm x e.weight -> {name} transB=1");
        Graph::new(4).nodes(&heads).nodes("Gemm mu d.weight -> y transB=1").read(&format!("y mu {name}"))
    };
    for (name, factor) in
        [("log_variance", 0.5), ("log_scale", 1.0), ("log_sd", 1.0), ("linear_3", 0.5), ("17", 0.5)]
    {
        let Latent::Gaussian([_, log_scale]) = read(name).unwrap().latent else { panic!("{name}") };
        assert!(is_near(&log_scale.affine.weights, &WEIGHTS.map(|w| factor * f64::from(w))), "{name}");
    }
    for name in ["stddev", "log_precision", "variance", "mean"] {
        refused(read(name), "give it a name that says it");
    }
}

#[test]
fn many_small_things_are_refused_before_they_are_decoded() {
    let empty = |tag: u8, within: &[u8], times: usize| {
        let mut bytes = within.to_vec();
        bytes.extend([tag << 3 | 2, 0].repeat(times));
        bytes
    };
    let lies_in = |tag: u8, bytes: &[u8]| {
        let mut field = vec![tag << 3 | 2];
        prost::encoding::encode_varint(bytes.len() as u64, &mut field);
        [&field, bytes].concat()
    };
    let nodes = lies_in(7, &empty(1, &[], 200_000));
    let inputs = lies_in(7, &lies_in(1, &empty(1, &[], 200_000)));
    let extents = lies_in(7, &lies_in(11, &lies_in(2, &lies_in(1, &lies_in(2, &empty(1, &[], 200_000))))));
    for bytes in [nodes, inputs, extents] {
        refused(read(&bytes, Path::new("m.onnx")), "far fewer");
    }
    let whole = lies_in(7, &lies_in(5, &lies_in(7, &vec![1; 2 << 20])));
    refused(read(&whole, Path::new("m.onnx")), "whole numbers");
}

#[test]
fn networks_of_elbow_s_own_say_their_model() {
    let own = |latent: &str, likelihood: &str| {
        let said = [("latent", latent), ("likelihood", likelihood)];
        let said = said.map(|(key, value)| proto::Entry { key: key.into(), value: value.into() });
        let model = proto::Model {
            producer_name: proto::PRODUCER.into(),
            metadata_props: said.to_vec(),
            ..proto::Model::default()
        };
        own::comes_back(&model)
    };
    assert_eq!(own("gaussian:3", "gaussian"), Ok(()));
    assert_eq!(own("point:3,tanh", "bernoulli"), Ok(()));
    for (latent, likelihood, said) in [
        ("gaussian:3", "student-t", "the likelihood student-t"),
        ("gaussian:3 under a mixture of 3", "gaussian", "under a mixture"),
        ("vmf:3", "gaussian", "the latent vmf:3"),
    ] {
        assert!(own(latent, likelihood).unwrap_err().contains(said));
    }
}
