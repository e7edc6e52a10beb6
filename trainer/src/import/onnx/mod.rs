//! Graphs of ONNX: dense layers with what torch.onnx.export makes of the rest of a network.

mod constant;
mod cut;
mod layers;
mod operators;
mod own;
mod rows;
mod same;
mod small;
#[cfg(test)]
mod tests;
mod units;
mod walk;
mod wire;

use std::cell::Cell;
use std::path::Path;

use elbow::architecture::Activation;
use elbow::{likelihood, posterior};
use prost::Message as _;

use super::affine::Norm;
use super::net::{Latent, Layer, Net, Standardize};
use super::roles::{Role, role};
use super::tensors::shown;
use crate::onnx_messages as proto;
use constant::Beside;
use layers::{Layers, way};
use rows::{Of, Row};
use units::{Units, in_features, standard};
use walk::{Walk, Walked};

/// A graph with its weights; those of networks for devices are far smaller.
const LARGEST: usize = 64 << 20;

/// Reads a graph: its first outputs are reconstructions, or parameters of them, the others of the latent.
pub(super) fn read(bytes: &[u8], path: &Path) -> Result<Net, String> {
    if bytes.len() > LARGEST {
        return Err(format!("has {} bytes; graphs of at most {LARGEST} are read", bytes.len()));
    }
    wire::is_small(bytes)?;
    let damaged = |error| format!("is no sound file of ONNX ({error}); write it again");
    let model = proto::Model::decode(bytes).map_err(damaged)?;
    own::comes_back(&model)?;
    let graph = model.graph.ok_or("is no sound file of ONNX: it has no graph; write it again")?;
    let beside = Beside { path, left: Cell::new(LARGEST as u64) };
    let Walked { rows, outputs, scale } = Walk::through(&graph, beside, &operators::OPERATORS)?;
    let ends = Ends::of(&rows, &outputs)?;
    let norms = rows.iter().filter(|row| matches!(row.of, Of::Norm { .. })).count();
    let mut net = Reader { rows: &rows, norms }.net(&ends)?;
    net.scale = scale;
    let unit = net.standardize.as_ref().filter(|_| net.are_raw);
    if let (Some(scale), Some(Standardize { scale: unit, .. })) = (&mut net.scale, unit) {
        scale.iter_mut().zip(unit).for_each(|(scale, unit)| *scale /= unit);
    }
    Ok(net)
}

/// The vectors between which the layers stand.
#[derive(Debug, PartialEq)]
struct Ends {
    /// the latent's mean, and what gives its spread, with the factor to a log scale; nothing of a chain
    latent: Option<(usize, Option<(usize, f64)>)>,
    /// where the decoder begins
    z: usize,
    /// the reconstruction, and what gives its spread
    outputs: Vec<(usize, f64)>,
}

impl Ends {
    fn of(rows: &[Row], outputs: &[(&str, usize)]) -> Result<Ends, String> {
        if let Some(z) = rows.iter().position(|row| matches!(row.of, Of::Draw { .. })) {
            let Of::Draw { mean, log_scale } = rows[z].of else { unreachable!() };
            let given: Vec<_> =
                outputs.iter().filter(|(_, row)| *row != z && way(rows, z, *row).is_some()).collect();
            let outputs = of_frames(rows, &given)?;
            return Ok(Ends { latent: Some((mean, Some((log_scale, 1.0)))), z, outputs });
        }
        let is_behind = |z: usize, row: usize| row != z && way(rows, z, row).is_some();
        let z =
            outputs.iter().map(|(_, row)| *row).find(|z| outputs.iter().any(|(_, row)| is_behind(*z, *row)));
        match (z, outputs) {
            (None, [(_, only)]) => Ok(Ends { latent: None, z: 0, outputs: vec![(*only, 1.0)] }),
            (None, _) => Err(format!(
                "none of the outputs {} is made from another; export the network from the frame to its \
                 reconstruction",
                listed(outputs)
            )),
            (Some(z), _) => {
                type Named<'o> = Vec<&'o (&'o str, usize)>;
                let (frames, others): (Named<'_>, Named<'_>) =
                    outputs.iter().filter(|(_, row)| *row != z).partition(|(_, row)| is_behind(z, *row));
                let spread = match others[..] {
                    [] => None,
                    [(name, row)] => Some((*row, factor(rows, name, *row)?)),
                    _ => return Err(format!("what are the outputs {}?", listed(outputs))),
                };
                Ok(Ends { latent: Some((z, spread)), z, outputs: of_frames(rows, &frames)? })
            }
        }
    }
}

fn listed(outputs: &[(&str, usize)]) -> String {
    super::norms::names(outputs.iter().map(|(name, _)| *name))
}

/// The factor from what an output gives to a log scale, by its name or that of its layer; where an exporter
/// made up both it is a log variance, as everybody has it.
fn factor(rows: &[Row], name: &str, row: usize) -> Result<f64, String> {
    let mut at = Some(row);
    while let Some(inner) = at.filter(|at| !rows[*at].of.is_dense()) {
        at = rows[inner].of.from();
    }
    let layer = at.map_or("", |at| &rows[at].name);
    match (role(name), role(layer)) {
        (Role::LogScale, _) => Ok(1.0),
        (Role::LogVariance, _) => Ok(0.5),
        (Role::Plain, Role::LogScale) if is_made_up(name) => Ok(1.0),
        (Role::Plain, Role::LogVariance | Role::Plain) if is_made_up(name) => Ok(0.5),
        _ => Err(format!(
            "the output `{}` may be a variance, a standard deviation, or the logarithm of one; give it a \
             name that says it, such as log_variance or log_scale (output_names)",
            shown(name)
        )),
    }
}

/// Names of exporters count, or are paths: `17`, `linear_3`, `/fc/Gemm_output_0`.
fn is_made_up(name: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    name.contains(['/', ':'])
        || is_number(name)
        || name.rsplit_once('_').is_some_and(|(_, end)| is_number(end))
}

/// A reconstruction alone, or its spread behind it.
fn of_frames(rows: &[Row], outputs: &[&(&str, usize)]) -> Result<Vec<(usize, f64)>, String> {
    match outputs {
        [(_, frame)] => Ok(vec![(*frame, 1.0)]),
        [(_, frame), (name, spread)] => Ok(vec![(*frame, 1.0), (*spread, factor(rows, name, *spread)?)]),
        _ => Err("no output is made from the latent, or more than two are".into()),
    }
}

/// Limits of a log scale.
type Limits = (f32, f32);

struct Reader<'r> {
    rows: &'r [Row],
    /// batch norms
    norms: usize,
}

impl Reader<'_> {
    fn layers(&self, from: usize, to: usize) -> Result<(Vec<usize>, Layers), String> {
        let way = way(self.rows, from, to)
            .ok_or_else(|| format!("`{}` is not made from the frame alone", shown(&self.rows[to].name)))?;
        let layers = Layers::of(self.rows, &way)?;
        Ok((way, layers))
    }

    fn net(&self, ends: &Ends) -> Result<Net, String> {
        let Some((mean, spread)) = ends.latent else { return self.chain(ends.outputs[0].0) };
        let heads: Vec<_> = [(mean, 1.0)].into_iter().chain(spread).collect();
        let encoder = self.side(0, &heads, (posterior::LOG_SCALE_MIN, posterior::LOG_SCALE_MAX))?;
        let of_frames = (likelihood::LOG_SCALE_MIN, likelihood::LOG_SCALE_MAX);
        let mut decoder = self.side(ends.z, &ends.outputs, of_frames)?;
        let mut heads = encoder.ends.into_iter();
        let latent = match (heads.next(), heads.next()) {
            (Some(mean), Some(log_scale)) => Latent::Gaussian([linear(mean)?, linear(log_scale)?]),
            (Some(point), None) => Latent::Point(point),
            _ => return Err("the latent has no layer".into()),
        };
        if let Some(limit) = decoder.clip {
            return Err(format!(
                "the decoder holds the latent within ±{limit}, which no layer of the engine does"
            ));
        }
        if let Some(norm) = decoder.before.take() {
            let firsts =
                if decoder.hidden.is_empty() { &mut decoder.ends[..] } else { &mut decoder.hidden[..1] };
            firsts.iter_mut().try_for_each(|layer| layer.affine.after(&norm))?;
        }
        let net = Net {
            standardize: None,
            encoder: encoder.hidden,
            latent,
            decoder: decoder.hidden,
            outputs: decoder.ends,
            is_probability: false,
            are_raw: false,
            scale: None,
            folded: self.norms,
        };
        finish(net, encoder.before, encoder.clip, &decoder.units)
    }

    /// A chain of layers, the narrowest of which gives the latent.
    fn chain(&self, to: usize) -> Result<Net, String> {
        let (_, Layers { before, clip, layers, units, .. }) = self.layers(0, to)?;
        finish(Net::of_chain(layers, self.norms)?, before, clip, &units)
    }

    fn side(&self, from: usize, to: &[(usize, f64)], engine: Limits) -> Result<Side, String> {
        let (mut side, mut common) = (Side::default(), None);
        for (to, factor) in to {
            let (way, mut layers) = self.layers(from, *to)?;
            let mut end = layers.layers.pop().ok_or("there is no dense layer before an output")?;
            let last = way.iter().rposition(|at| self.rows[*at].of.is_dense()).unwrap_or(0);
            let trunk = way[..last].to_vec();
            if common.get_or_insert_with(|| trunk.clone()) != &trunk {
                return Err(format!(
                    "`{}` has hidden layers of its own; the engine's heads read one hidden vector",
                    end.name
                ));
            }
            held(&end, layers.limits, *factor, Some(engine).filter(|_| side.ends.len() == 1))?;
            end.affine = end.affine.times(*factor);
            if side.ends.is_empty() {
                (side.hidden, side.before) = (layers.layers, layers.before);
                (side.clip, side.units) = (layers.clip, layers.units);
            }
            side.ends.push(end);
        }
        Ok(side)
    }
}

/// Encoder or decoder.
#[derive(Default)]
struct Side {
    /// what is done to the numbers first
    before: Option<Norm>,
    /// limits of them
    clip: Option<f64>,
    hidden: Vec<Layer>,
    /// the last layers, which read one hidden vector
    ends: Vec<Layer>,
    /// how the first of them is brought to other units
    units: Units,
}

/// What is done to frames first, and to the outputs last.
fn finish(mut net: Net, before: Option<Norm>, clip: Option<f64>, units: &Units) -> Result<Net, String> {
    if let [mean, ..] = &mut net.outputs[..] {
        net.is_probability = mean.activation == Activation::Sigmoid;
        if net.is_probability {
            mean.activation = Activation::Identity;
        }
    }
    let outputs = std::mem::take(&mut net.outputs);
    net.outputs = outputs.into_iter().map(linear).collect::<Result<_, _>>()?;
    let by = before.as_ref().and_then(standard);
    let Some((loc, scale)) = by else {
        if let Some(clip) = clip {
            return Err(format!("frames are held within ±{clip}, and are not standardised"));
        }
        if let Some(norm) = before {
            net.first().iter_mut().try_for_each(|layer| layer.affine.after(&norm))?;
        }
        return Ok(net);
    };
    net.are_raw = units.are_raw(&loc, &scale)?;
    if net.are_raw {
        in_features(&mut net.outputs, &loc, &scale)?;
    }
    net.standardize = Some(Standardize { loc, scale, clip });
    Ok(net)
}

/// Limits may be those of a log scale, which the engine holds within limits of its own.
fn held(end: &Layer, limits: Option<[f64; 2]>, factor: f64, engine: Option<Limits>) -> Result<(), String> {
    let Some([low, high]) = limits else { return Ok(()) };
    match engine {
        Some((least, most)) if low * factor <= least.into() && high * factor >= most.into() => Ok(()),
        _ => Err(format!(
            "`{}` is held within {low} and {high}; the engine holds log scales of the latent within ±10, of \
             a frame within ±7, and nothing else",
            end.name
        )),
    }
}

fn linear(end: Layer) -> Result<Layer, String> {
    match end.activation {
        Activation::Identity => Ok(end),
        other => Err(format!(
            "`{}` ends with {}; means and log variances of the engine are linear, and a frame's may end with \
             a sigmoid",
            end.name,
            other.name()
        )),
    }
}
