//! Hidden layers as integers: where the numbers of `elbow::kernel::Requantize` come from.
//!
//! A number x is carried as an integer c with `x ≈ step·(c − zero)`, so that `W·x + b` is `step·scale[o]·(B +
//! Σ q·c)` with
//! `B = b/(step·scale[o]) − zero·Σ q`: zero costs the device nothing.

use elbow::architecture::{Activation, WeightKind};
use elbow::fingerprint::Part;
use elbow::kernel::NODES;
use elbow::layer::activation::Activation as _;

use super::calibrate::{Calibration, Watched};
use super::weights::{Rounded, round};
use crate::preprocess::Preprocessing;
use crate::stored_network::{Dense, Half, Network, Side};
use elbow_host::file::write::{Numbers, padded, tiled};

/// Levels of a hidden vector's numbers.
const LEVELS: f64 = 255.0;
/// Half the range of the activation table, in its units.
const HALF_TABLE: f64 = 2048.0;
/// The encoder's inputs are clipped to this many times the largest seen, if not to less.
const INPUT_MARGIN: f32 = 4.0;
/// Latents are taken up to this many times the largest seen: those of an anomaly lie further out.
const LATENT_MARGIN: f64 = 2.0;
/// Sums are taken up to this many times the largest seen.
const SUM_MARGIN: f64 = 1.25;

/// How a vector's numbers are carried: `x ≈ step·(c − zero)`, c from 0 to `top`.
#[derive(Clone, Copy, Debug)]
struct Codes {
    step: f64,
    zero: f64,
    top: f64,
}

impl Codes {
    fn between(low: f64, high: f64, top: f64) -> Codes {
        let step = ((high - low) / top).max(1e-12);
        Codes { step, zero: -low / step, top }
    }
}

/// Sections of one part, by their names.
type Named = Vec<(&'static str, Numbers)>;

/// The sections of a half: what makes its inputs integers, then those of each layer.
struct Written {
    inputs: Named,
    layers: Vec<Named>,
}

/// The sections of the model, or `None` where a sum could leave 32 bits.
pub(super) fn sections(network: &Network, calibration: &Calibration) -> Option<Vec<u8>> {
    let clip = f64::from(calibration.clip.min(INPUT_MARGIN * calibration.encoder.largest_input));
    let (low, high) =
        if network.preprocessing() == Preprocessing::Binary { (0.0, 1.0) } else { (-clip, clip) };
    let encoder = half(network, calibration, Half::Encoder, low, high)?;
    let reach = LATENT_MARGIN * f64::from(calibration.decoder.largest_input);
    let decoder = half(network, calibration, Half::Decoder, -reach, reach)?;
    Some(network.write(WeightKind::Int8x8, |place, section| {
        let named = match (place.part, place.layer) {
            (Part::Quantize, 0) => &encoder.inputs,
            (Part::Quantize, _) => &decoder.inputs,
            (_, layer) => {
                encoder.layers.iter().chain(&decoder.layers).nth(layer).expect("a layer of the network")
            }
        };
        let numbers = named.iter().find(|(name, _)| *name == section.name);
        numbers.expect("a section of an integer layer").1.clone()
    }))
}

/// Quantisation of the inputs, hidden layers, linear layers.
fn half(network: &Network, calibration: &Calibration, which: Half, low: f64, high: f64) -> Option<Written> {
    let (side, watched): (&Side, &Watched) = (network.side(which), calibration.half(which));
    let mut rounded =
        side.hidden.iter().zip(&watched.moments).map(|(layer, moments)| round(layer, Some(moments)));
    let first = rounded.next()?;
    let mut codes = Codes::between(low, high, top(&first, side.inputs));
    let inputs = vec![
        // c = ⌊x/step + zero + ½⌋
        ("scale and zero", Numbers::F32(vec![(1.0 / codes.step) as f32, (codes.zero + 0.5) as f32])),
        ("largest integer", Numbers::U16(vec![codes.top as u16])),
    ];
    let mut layers = Vec::new();
    for ((layer, sums), rounded) in
        side.hidden.iter().zip(&watched.sums).zip(std::iter::once(first).chain(rounded))
    {
        let integer = Integer::new(layer, &rounded, codes)?;
        let mut named = integer.sections();
        codes = requantize(&mut named, layer.activation, sums, &integer)?;
        layers.push(named);
    }
    for layer in &side.linear {
        let integer = Integer::new(layer, &round(layer, watched.moments.last()), codes)?;
        let scale: Vec<f32> = integer.scale.iter().map(|scale| *scale as f32).collect();
        let mut named = integer.sections();
        named.push(("scale", Numbers::F32(padded(&scale))));
        layers.push(named);
    }
    Some(Written { inputs, layers })
}

/// The most levels of an input that leave a third of 32 bits for the bias.
fn top(rounded: &Rounded, inputs: usize) -> f64 {
    let largest = rounded.weights.chunks_exact(inputs).map(magnitude).max().unwrap_or(1).max(1);
    (f64::from(i32::MAX) / 2.0 / largest as f64).floor().min(f64::from(u16::MAX))
}

/// `Σ |q|`
fn magnitude(row: &[i8]) -> i64 {
    row.iter().map(|q| i64::from(q.unsigned_abs())).sum()
}

/// A layer's weights and bias in integers; a sum stands for `scale[o]` times itself.
struct Integer {
    inputs: usize,
    weights: Vec<i8>,
    bias: Vec<i32>,
    scale: Vec<f64>,
    /// largest magnitude of a sum, whatever the inputs
    bound: Vec<i64>,
}

impl Integer {
    fn new(layer: &Dense, rounded: &Rounded, codes: Codes) -> Option<Integer> {
        let rows = rounded.weights.chunks_exact(layer.inputs);
        let scale: Vec<f64> = rounded.scale.iter().map(|scale| scale * codes.step).collect();
        let (mut bias, mut bound) = (Vec::new(), Vec::new());
        for ((row, b), scale) in rows.zip(&rounded.bias).zip(&scale) {
            let total: i64 = row.iter().map(|q| i64::from(*q)).sum();
            // B = b/(step·scale[o]) − zero·Σ q
            let b = (b / scale - codes.zero * total as f64).round_ties_even();
            let most = b.abs() + codes.top * magnitude(row) as f64;
            if most >= f64::from(i32::MAX) {
                return None;
            }
            bias.push(b as i32);
            bound.push(most as i64);
        }
        Some(Integer { inputs: layer.inputs, weights: rounded.weights.clone(), bias, scale, bound })
    }

    fn sections(&self) -> Named {
        vec![
            ("weights", Numbers::I8(tiled(&self.weights, self.inputs))),
            ("bias", Numbers::I32(padded(&self.bias))),
        ]
    }
}

/// Adds multipliers and activation table; returns how the layer's outputs are carried.
fn requantize(named: &mut Named, activation: Activation, sums: &[f32], layer: &Integer) -> Option<Codes> {
    let reach = SUM_MARGIN * reach(activation, sums);
    // t = s·factor[o] is the sum in units of the table
    let factor: Vec<f64> = layer.scale.iter().map(|scale| scale * HALF_TABLE / reach).collect();
    let largest = factor.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
    // what the first shift loses is at most an eighth of a unit
    let first = (-3.0 - largest.log2()).floor().clamp(0.0, 31.0);
    // and the product still fits
    let fits = |second: f64| {
        let products = factor.iter().zip(&layer.bound).map(|(factor, bound)| {
            (multiplier(*factor, first, second) + 1.0) * ((*bound as f64) / first.exp2() + 1.0)
        });
        products.fold(0.0, f64::max) < f64::from(i32::MAX)
    };
    let second = (0..32).rev().map(f64::from).find(|second| fits(*second))?;
    let multipliers: Vec<i32> =
        factor.iter().map(|factor| multiplier(*factor, first, second) as i32).collect();
    named.push(("multiplier", Numbers::I32(padded(&multipliers))));

    let outputs = sums.iter().map(|s| f64::from(activation.apply(*s)));
    let (low, high) = outputs.fold((0.0_f64, 0.0_f64), |(low, high), y| (low.min(y), high.max(y)));
    let codes = Codes::between(low, high, LEVELS);
    let node = |j: usize| {
        // t is rounded down, so a node stands half a unit further
        let s = (64.0 * j as f64 + 0.5 - HALF_TABLE) * reach / HALF_TABLE;
        let c = f64::from(activation.apply(s as f32)) / codes.step + codes.zero;
        // in 1/256, and rounded to nearest by the half
        (256.0 * c.clamp(0.0, LEVELS) + 128.0).round_ties_even() as u16
    };
    let shifts = [first as u16, second as u16];
    let table = (0..NODES).map(node).chain(shifts).collect();
    named.push(("65 nodes, two shifts", Numbers::U16(table)));
    Some(codes)
}

fn multiplier(factor: f64, first: f64, second: f64) -> f64 {
    (factor * (first + second).exp2()).round_ties_even()
}

/// Largest magnitude of a sum that still tells.
fn reach(activation: Activation, sums: &[f32]) -> f64 {
    let largest = |f: fn(f32) -> f32| sums.iter().fold(1e-6_f32, |largest, s| largest.max(f(*s)));
    f64::from(match activation {
        // nothing below 0 gets through
        Activation::Relu => largest(|s| s),
        // flat beyond: within half a level of the limit
        Activation::Tanh => largest(f32::abs).min(3.5),
        Activation::Sigmoid => largest(f32::abs).min(6.5),
        _ => largest(f32::abs),
    })
}
