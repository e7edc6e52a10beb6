//! Greyscale to bits, for models of bits.

use rand_core::Rng;

use crate::error::Error;
use crate::net::simd::wide;
use elbow_host::random::{Purpose, stream};
use elbow_reader::Dataset;

/// Bits that are drawn in one go.
const BLOCK: usize = 256;

/// How numbers become bits. Values above 1 are taken as bytes: 255 is one.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Binarize {
    /// They are bits already
    #[default]
    None,
    /// 1 where the value is above one half
    Threshold,
    /// 1 with the value's probability, drawn anew in every epoch of a fit
    Dynamic,
}

impl Binarize {
    /// Replaces a file's grey values by probabilities of a one, or by bits where nothing is left to chance.
    ///
    /// # Errors
    /// [`Problem::OutOfSupport`](elbow_reader::Problem::OutOfSupport) naming the first value that is
    /// no grey value.
    pub fn prepare(self, data: &mut Dataset) -> Result<(), Error> {
        if self == Binarize::None {
            return Ok(());
        }
        let largest = data.values.iter().fold(0.0_f32, |max, x| if *x > max { *x } else { max });
        let unit = if largest > 1.0 { 255.0 } else { 1.0 };
        for index in 0..data.values.len() {
            let value = data.values[index] / unit;
            if !(0.0..=1.0).contains(&value) {
                let problem = "is no grey value from 0 to 1 or from 0 to 255; rescale it";
                return Err(data.out_of_support(index, problem).into());
            }
            data.values[index] =
                if self == Binarize::Threshold { f32::from(u8::from(value > 0.5)) } else { value };
        }
        Ok(())
    }

    /// Draws bits with the given probabilities, from words that `fill` writes; bits stay what they are.
    pub fn draw(probabilities: &[f32], bits: &mut [f32], mut fill: impl FnMut(&mut [u32])) {
        let mut words = [0; BLOCK];
        for (probabilities, bits) in probabilities.chunks(BLOCK).zip(bits.chunks_mut(BLOCK)) {
            let words = &mut words[..bits.len()];
            fill(words);
            wide(
                #[inline(always)]
                || {
                    for ((bit, probability), word) in bits.iter_mut().zip(probabilities).zip(&*words) {
                        // 24 bits of a word are exact in f32
                        let uniform = (word >> 8) as f32 / 16_777_216.0;
                        *bit = f32::from(u8::from(uniform < *probability));
                    }
                },
            );
        }
    }

    /// Draws bits for every row of a file once.
    pub fn draw_all(data: &mut Dataset, seed: u64) {
        for row in 0..data.rows {
            let range = row * data.dims..(row + 1) * data.dims;
            let probabilities = data.values[range.clone()].to_vec();
            let mut rng = stream(seed, Purpose::Rows, 0, row as u64);
            Binarize::draw(&probabilities, &mut data.values[range], |words| {
                words.fill_with(|| rng.next_u32());
            });
        }
    }
}
