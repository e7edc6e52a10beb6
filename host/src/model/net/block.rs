//! The sums of a dense layer and the way back from them, whatever its weights.

use core::fmt::Debug;

use elbow::kernel::{Kernel, TILE, Tile};
use elbow::shape::{Element, Shape};

use crate::model::Dynamic;
use crate::model::lanes::SAMPLES;
use crate::simd::{wide, wide_by_registers};

/// Samples of integers that go together, at most: the sums of twice as many are spilled, and their
/// kernels take LLVM half of the time that the crate does.
const CODES: usize = 16;

/// Runs a function for as many lanes as the engine uses side by side.
macro_rules! with_lanes {
    ($lanes:expr, $run:ident($($arg:expr),*)) => {
        match $lanes {
            1 => $run::<1, _>($($arg),*),
            4 => $run::<4, _>($($arg),*),
            16 => $run::<16, _>($($arg),*),
            32 => $run::<32, _>($($arg),*),
            lanes => unreachable!("the engine has no {lanes} lanes"),
        }
    };
}

/// Sums of a dense layer for `lanes` samples side by side: `x[input][lane]`, `y[tile][output][lane]`.
pub(super) trait Block: Debug + Send + Sync {
    /// The tiles from `first` on, as many as `y` has.
    fn tiles(&self, lanes: usize, first: usize, x: &[f32], y: &mut [f32]);

    /// The way back from tile `t`: `to[input][lane]` of `slope[output][lane]`. Integers have none.
    fn add_transposed(&self, _lanes: usize, _t: usize, _slope: &[f32], _to: &mut [f32]) -> bool {
        false
    }
}

/// Weights on floats.
#[derive(Debug)]
pub(super) struct Floats<K>(pub(super) K);

impl<K: Kernel<From = f32, To = f32> + Debug + Send + Sync> Block for Floats<K> {
    fn tiles(&self, lanes: usize, first: usize, x: &[f32], y: &mut [f32]) {
        with_lanes!(lanes, float_tiles(&self.0, first, x, y));
    }

    fn add_transposed(&self, lanes: usize, t: usize, slope: &[f32], to: &mut [f32]) -> bool {
        // those that a posterior is refined with
        lanes == SAMPLES && {
            let (slope, to) = (slope.as_chunks().0.as_chunks().0, to.as_chunks_mut().0);
            let slope: &Tile<SAMPLES> = &slope[0];
            wide(
                #[inline(always)]
                || self.0.add_transposed(t, *slope, to),
            )
        }
    }
}

fn float_tiles<const L: usize, K: Kernel<From = f32, To = f32>>(
    weights: &K,
    first: usize,
    x: &[f32],
    y: &mut [f32],
) {
    let (x, y) = (x.as_chunks::<L>().0, y.as_chunks_mut::<L>().0.as_chunks_mut().0);
    wide_by_registers(
        #[inline(always)]
        |few| {
            if few { weights.dense_in_few_registers(first, x, y) } else { weights.dense(first, x, y) }
        },
    );
}

/// Weights on integers, which are floats without loss between layers.
#[derive(Debug)]
pub(super) struct Codes<K>(pub(super) K);

impl<K> Block for Codes<K>
where
    K: Kernel<From: Code, To: Into<f32>> + Debug + Send + Sync,
{
    fn tiles(&self, lanes: usize, first: usize, x: &[f32], y: &mut [f32]) {
        match lanes {
            1 => code_tiles::<1, _>(&self.0, lanes, first, x, y),
            4 => code_tiles::<4, _>(&self.0, lanes, first, x, y),
            _ => code_tiles::<CODES, _>(&self.0, lanes, first, x, y),
        }
    }
}

/// `L` lanes of them at a time.
fn code_tiles<const L: usize, K: Kernel<From: Code, To: Into<f32>>>(
    weights: &K,
    lanes: usize,
    first: usize,
    x: &[f32],
    y: &mut [f32],
) {
    let mut codes = Dynamic::scratch::<[K::From; L]>(x.len() / lanes);
    let mut out = Dynamic::scratch::<Tile<L, K::To>>(y.len() / (TILE * lanes));
    for start in (0..lanes).step_by(L) {
        for (codes, x) in codes.as_mut().iter_mut().zip(x.chunks_exact(lanes)) {
            codes.iter_mut().zip(&x[start..]).for_each(|(code, x)| *code = Code::of(*x));
        }
        wide(
            #[inline(always)]
            || weights.dense(first, codes.as_ref(), out.as_mut()),
        );
        for (y, out) in y.chunks_exact_mut(lanes).zip(out.as_ref().as_flattened()) {
            y[start..].iter_mut().zip(out).for_each(|(y, out)| *y = (*out).into());
        }
    }
}

/// An integer that layers hand on as a float.
pub(super) trait Code: Element {
    fn of(x: f32) -> Self;
}

impl Code for u8 {
    fn of(x: f32) -> u8 {
        x as u8
    }
}

impl Code for u16 {
    fn of(x: f32) -> u16 {
        x as u16
    }
}
