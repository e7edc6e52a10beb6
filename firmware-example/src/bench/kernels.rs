//! One layer of 128 × 128 for each type of eight-bit weights, alone: what a multiply-add costs.

use super::{lanes, line};
use crate::Failure;
use core::fmt::Write;
use core::marker::PhantomData;
use elbow::fingerprint::{START, fold};
use elbow::kernel::{AsIs, Finish, Kernel, NODES, Requantize, Scale, TILE, Tile, Tiles, Weight};
use elbow::shape::Element;

const INPUTS: usize = 128;
const TILES: usize = 16;

static INTEGERS: [[i8; TILE]; INPUTS * TILES] = integers();
static SUMS: [[i32; TILE]; TILES] = [[12_345; TILE]; TILES];
static BIAS: [[f32; TILE]; TILES] = [[0.25; TILE]; TILES];
static SCALE: [[f32; TILE]; TILES] = [[0.003; TILE]; TILES];
static NODE: [u16; NODES] = nodes();

const fn integers() -> [[i8; TILE]; INPUTS * TILES] {
    let mut weights = [[0; TILE]; INPUTS * TILES];
    let mut i = 0;
    while i < INPUTS * TILES * TILE {
        weights[i / TILE][i % TILE] = integer(i);
        i += 1;
    }
    weights
}

const fn integer(i: usize) -> i8 {
    ((i as u32).wrapping_mul(2_654_435_761) >> 24) as i8
}

/// A straight line from 0 to 255.
const fn nodes() -> [u16; NODES] {
    let mut nodes = [0; NODES];
    let mut j = 0;
    while j < NODES {
        nodes[j] = (j * 255 * 4) as u16;
        j += 1;
    }
    nodes
}

/// Each on one sample and on four: weights of eight bits on floats; integers
/// alone, as bare sums, as a hidden layer, as a last one.
///
/// # Errors
/// `out` fails.
pub(super) fn all(out: &mut impl Write) -> Result<(), Failure> {
    let finish = Requantize { multiplier: &[[1 << 10; TILE]; TILES], shifts: [6, 10], nodes: &NODE };
    let scale = Scale(&SCALE);
    both(out, ["int8-1", "int8-4"], &tiles::<f32, _, _>(&INTEGERS, &BIAS, scale), |x| x, float)?;
    let byte = |x: f32| (128.0 + 127.0 * x) as u8;
    both(out, ["int8x8-sums-1", "int8x8-sums-4"], &tiles::<u8, _, _>(&INTEGERS, &SUMS, AsIs), byte, |s| {
        s as u32
    })?;
    both(
        out,
        ["int8x8-hidden-1", "int8x8-hidden-4"],
        &tiles::<u8, _, _>(&INTEGERS, &SUMS, finish),
        byte,
        u32::from,
    )?;
    both(out, ["int8x8-last-1", "int8x8-last-4"], &tiles::<u8, _, _>(&INTEGERS, &SUMS, scale), byte, float)
}

fn float(x: f32) -> u32 {
    x.to_bits()
}

fn tiles<'a, X, W: Weight<X>, F: Finish<W::Sum>>(
    weights: &'a [[W; TILE]],
    bias: &'a [[W::Sum; TILE]],
    finish: F,
) -> Tiles<'a, X, W, F> {
    Tiles { weights, bias, finish, input: PhantomData }
}

fn both<K: Kernel>(
    out: &mut impl Write,
    names: [&str; 2],
    kernel: &K,
    convert: impl Fn(f32) -> K::From,
    bits: impl Fn(K::To) -> u32,
) -> Result<(), Failure> {
    let x = lanes::<4, INPUTS>();
    one::<K, 1>(out, names[0], kernel, &x.map(|[x, ..]| [convert(x)]), &bits)?;
    one::<K, 4>(out, names[1], kernel, &x.map(|x| x.map(&convert)), &bits)
}

fn one<K: Kernel, const L: usize>(
    out: &mut impl Write,
    name: &str,
    kernel: &K,
    x: &[[K::From; L]; INPUTS],
    bits: impl Fn(K::To) -> u32,
) -> Result<(), Failure> {
    let y = &mut [[[K::To::ZERO; L]; TILE]; TILES];
    let bits_of = |y: &&mut [Tile<L, K::To>; TILES]| {
        let all = y.as_flattened().as_flattened().iter();
        all.fold(START, |hash, y| fold(hash, bits(*y)))
    };
    line(
        out,
        name,
        || {
            kernel.dense(0, x, y);
            y
        },
        bits_of,
    )
}
