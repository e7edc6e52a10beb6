//! A graph gone through once, node by node: each value is a constant or a function of the frame.

use std::collections::HashMap;

use elbow::architecture::MAX_WIDTH;

use super::super::tensors::{nearest, shown};
use super::constant::{Beside, Constant};
use super::rows::{Of, Row};
use crate::onnx_messages as proto;

/// More nodes than the networks have that the engine takes.
const MOST_NODES: usize = 2_000;
/// Wider vectors the engine has not.
const MOST_WIDE: usize = MAX_WIDTH as usize;

/// What an operator makes of a node's inputs.
pub(super) type Operator = fn(&mut Walk<'_>) -> Result<(), String>;

/// What a name of the graph stands for.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Constant(Constant),
    Row(usize),
}

/// What a graph makes of a frame.
#[derive(Debug)]
pub(super) struct Walked<'g> {
    pub(super) rows: Vec<Row>,
    /// the vectors that are its outputs, with their names
    pub(super) outputs: Vec<(&'g str, usize)>,
    /// the likelihood's, which no frame changes
    pub(super) scale: Option<Vec<f64>>,
}

/// The graph, as far as it is gone through.
#[derive(Debug)]
pub(super) struct Walk<'g> {
    pub(super) rows: Vec<Row>,
    values: HashMap<&'g str, Value>,
    initializers: HashMap<&'g str, &'g proto::Tensor>,
    operators: &'g [(&'g str, Operator)],
    beside: Beside<'g>,
    /// of the node that is read
    node: &'g proto::Node,
}

impl<'g> Walk<'g> {
    /// Goes through all nodes.
    pub(super) fn through(
        graph: &'g proto::Graph,
        beside: Beside<'g>,
        operators: &'g [(&'g str, Operator)],
    ) -> Result<Walked<'g>, String> {
        if graph.node.len() > MOST_NODES {
            return Err(format!("has {} operators; at most {MOST_NODES} are read", graph.node.len()));
        }
        let initializers: HashMap<_, _> =
            graph.initializer.iter().map(|tensor| (tensor.name.as_str(), tensor)).collect();
        let inputs: Vec<&proto::Value> =
            graph.input.iter().filter(|input| !initializers.contains_key(input.name.as_str())).collect();
        let [input] = inputs[..] else {
            return Err(format!("takes {} inputs, and a frame is one", inputs.len()));
        };
        let Some(first) = graph.node.first() else { return Err("has no operators".into()) };
        let frame = Row { name: input.name.clone(), width: 0, of: Of::Frame };
        let values = [(input.name.as_str(), Value::Row(0))].into_iter().collect();
        let mut walk = Walk { rows: vec![frame], values, initializers, operators, beside, node: first };
        // what there is no layer for is told before how it is called
        let operators: Vec<Operator> =
            graph.node.iter().map(|node| walk.operator(node)).collect::<Result<_, _>>()?;
        walk.frame(graph, input)?;
        for (node, operator) in graph.node.iter().zip(operators) {
            walk.node = node;
            operator(&mut walk).map_err(|problem| format!("{}: {problem}", called(node)))?;
        }
        let (mut outputs, mut scale) = (Vec::new(), None);
        for value in &graph.output {
            let name = value.name.as_str();
            match walk.values.get(name) {
                Some(Value::Row(row)) => outputs.push((name, *row)),
                Some(Value::Constant(constant)) if name == "scale" => scale = Some(constant.values.to_vec()),
                _ => return Err(format!("the output `{}` is no function of the frame", shown(name))),
            }
        }
        Ok(Walked { rows: walk.rows, outputs, scale })
    }

    /// How wide a frame is: as the input says it, or else the first weights.
    fn frame(&mut self, graph: &proto::Graph, input: &proto::Value) -> Result<(), String> {
        let shape = input.of.as_ref().and_then(|of| of.tensor.as_ref()?.shape.as_ref());
        let extents = shape.map(|shape| shape.dim.iter().skip(1).map(|dim| dim.value).collect::<Vec<_>>());
        if extents.as_ref().is_some_and(|extents| extents.len() > 1) {
            self.is_flattened(graph, input)?;
        }
        let product = extents.and_then(|extents| {
            extents.iter().try_fold(1_usize, |all, extent| all.checked_mul(usize::try_from((*extent)?).ok()?))
        });
        let first = || {
            let dense = graph.node.iter().find(|node| ["Gemm", "MatMul"].contains(&node.op_type.as_str()))?;
            let weights = self.initializers.get(dense.input.get(1)?.as_str())?;
            let is_transposed = dense.attribute.iter().any(|of| of.name == "transB" && of.i == Some(1));
            usize::try_from(*weights.dims.get(usize::from(is_transposed))?).ok()
        };
        let width = product.filter(|width| *width > 0).or_else(first);
        let width = width
            .ok_or_else(|| format!("the input `{}` does not say how wide a frame is", shown(&input.name)))?;
        self.rows[0].width = fits(width)?;
        Ok(())
    }

    /// A frame of more axes than one is made one vector before all else.
    fn is_flattened(&self, graph: &proto::Graph, input: &proto::Value) -> Result<(), String> {
        let takes = |node: &&proto::Node| node.input.contains(&input.name);
        match graph.node.iter().filter(takes).find(|node| !["Flatten", "Reshape"].contains(&&*node.op_type)) {
            Some(node) => Err(format!(
                "{} takes frames of several axes; begin the network with nn.Flatten()",
                called(node)
            )),
            None => Ok(()),
        }
    }

    /// What is done to the node, by the name of its operator.
    fn operator(&self, node: &proto::Node) -> Result<Operator, String> {
        let known = self.operators.iter().find(|(name, _)| *name == node.op_type);
        let is_standard = ["", "ai.onnx"].contains(&&*node.domain);
        known.filter(|_| is_standard).map(|(_, operator)| *operator).ok_or_else(|| {
            let names = self.operators.iter().map(|(name, _)| *name);
            format!(
                "{}: the engine has no such operator; the nearest that is read is {}, and activations are \
                 Relu, LeakyRelu, Tanh, Sigmoid, Elu, Softplus and x · Sigmoid(x)",
                called(node),
                nearest(&node.op_type, names).unwrap_or_default()
            )
        })
    }

    /// An input by its place; nothing where it is left out.
    pub(super) fn maybe(&mut self, at: usize) -> Result<Option<Value>, String> {
        let Some(name) = self.node.input.get(at).filter(|name| !name.is_empty()) else { return Ok(None) };
        if let Some(value) = self.values.get(name.as_str()) {
            return Ok(Some(value.clone()));
        }
        let Some(tensor) = self.initializers.get(name.as_str()) else {
            return Err(format!("its input `{}` is nowhere before it", shown(name)));
        };
        let value = Value::Constant(Constant::read(tensor, &self.beside)?);
        self.values.insert(name, value.clone());
        Ok(Some(value))
    }

    pub(super) fn input(&mut self, at: usize) -> Result<Value, String> {
        self.maybe(at)?.ok_or_else(|| format!("input {at} is missing"))
    }

    /// An input that must be a function of the frame.
    pub(super) fn row(&mut self, at: usize) -> Result<usize, String> {
        match self.input(at)? {
            Value::Row(row) => Ok(row),
            Value::Constant(_) => Err("it is of weights alone".into()),
        }
    }

    /// An input that must be a constant.
    pub(super) fn constant(&mut self, at: usize) -> Result<Constant, String> {
        match self.input(at)? {
            Value::Constant(constant) => Ok(constant),
            Value::Row(_) => Err(format!("its input {at} depends on the frame, and must not")),
        }
    }

    pub(super) fn attribute(&self, name: &str) -> Option<&'g proto::Attribute> {
        self.node.attribute.iter().find(|attribute| attribute.name == name)
    }

    pub(super) fn integer(&self, name: &str, default: i64) -> i64 {
        self.attribute(name).and_then(|attribute| attribute.i).unwrap_or(default)
    }

    pub(super) fn float(&self, name: &str, default: f32) -> f32 {
        self.attribute(name).and_then(|attribute| attribute.f).unwrap_or(default)
    }

    /// A tensor among the attributes.
    pub(super) fn tensor(&self, tensor: &proto::Tensor) -> Result<Constant, String> {
        Constant::read(tensor, &self.beside)
    }

    pub(super) fn inputs(&self) -> usize {
        self.node.input.len()
    }

    pub(super) fn outputs(&self) -> usize {
        self.node.output.len()
    }

    /// Gives the node's outputs, one after the other.
    pub(super) fn give(&mut self, at: usize, value: Value) -> Result<(), String> {
        if let Some(name) = self.node.output.get(at).filter(|name| !name.is_empty()) {
            self.values.insert(name, value);
        }
        Ok(())
    }

    /// Gives a new function of the frame.
    pub(super) fn give_row(&mut self, at: usize, width: usize, of: Of) -> Result<(), String> {
        let name = self.node.output.get(at).cloned().unwrap_or_default();
        // weights have the names of their layers, values those of the exporter
        let weights = self.node.input.get(1).and_then(|name| name.strip_suffix(".weight"));
        let name = weights.filter(|_| of.is_dense()).map_or(name, str::to_owned);
        self.rows.push(Row { name, width: fits(width)?, of });
        self.give(at, Value::Row(self.rows.len() - 1))
    }
}

fn fits(width: usize) -> Result<usize, String> {
    if width <= MOST_WIDE {
        Ok(width)
    } else {
        Err(format!("{width} numbers; at most {MOST_WIDE} are taken"))
    }
}

/// A node for people: what it is, and which.
fn called(node: &proto::Node) -> String {
    let name = if node.name.is_empty() { node.output.first() } else { Some(&node.name) };
    let domain = if node.domain.is_empty() { String::new() } else { format!("{}::", shown(&node.domain)) };
    format!("{domain}{} `{}`", shown(&node.op_type), shown(name.map_or("", String::as_str)))
}
