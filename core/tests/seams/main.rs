//! Parts that a later model may need, made of doubles: whoever scores does not know them.

mod frames;
mod latents;

use elbow::format::{ALIGNMENT, Sections};
use elbow::kernel::{TILE, Tile};
use elbow::layer::{Layer, Projection};
use elbow::shape::Width;

/// `W·x + b`: where an input is NaN every output is, even for weights of 0.
#[derive(Clone, Copy, Debug)]
struct Linear<const I: usize, const O: usize> {
    w: [[f32; I]; O],
    b: [f32; O],
}

impl<const I: usize, const O: usize> Layer for Linear<I, O> {
    type In = Width<I>;
    type Out = Width<O>;
    type From = f32;
    type To = f32;

    fn outputs(&self) -> usize {
        O
    }

    fn forward<const L: usize>(&self, x: &[[f32; L]]) -> [[f32; L]; O] {
        let sum = |o: usize, l: usize| self.w[o].iter().zip(x).map(|(w, x)| w * x[l]).sum::<f32>();
        std::array::from_fn(|o| std::array::from_fn(|l| self.b[o] + sum(o, l)))
    }
}

impl<const I: usize, const O: usize> Projection for Linear<I, O> {
    fn tile<const L: usize>(&self, t: usize, x: &[[f32; L]]) -> Tile<L> {
        let mut tile = [[0.0; L]; TILE];
        let outputs = self.forward(x);
        tile.iter_mut().zip(outputs.iter().skip(t * TILE)).for_each(|(tile, output)| *tile = *output);
        tile
    }

    fn for_each_row<const L: usize>(&self, x: &[[f32; L]], mut visit: impl FnMut([f32; L])) {
        self.forward(x).into_iter().for_each(&mut visit);
    }
}

/// Sections of numbers, aligned.
fn words(sections: &[&[f32]]) -> Vec<u128> {
    let mut words = Vec::new();
    for numbers in sections.iter().flat_map(|section| section.chunks(ALIGNMENT / 4)) {
        let mut word = [0.0_f32; ALIGNMENT / 4];
        word[..numbers.len()].copy_from_slice(numbers);
        words.push(bytemuck::cast(word));
    }
    words
}

fn sections(words: &[u128]) -> Sections<'_> {
    Sections::new(bytemuck::cast_slice(words))
}

/// `log N(x; 0, variance)`
fn log_normal(x: f64, variance: f64) -> f64 {
    -0.5 * (x * x / variance + (std::f64::consts::TAU * variance).ln())
}
