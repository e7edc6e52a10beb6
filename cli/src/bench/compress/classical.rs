//! What small devices run today, written for comparison: only the number of bits
//! is computed. None of them is charged for a header.

use elbow::codec::{Quantizer, Rice};

use super::sets::Set;

/// Codecs of this module, and the bits that they take for a set.
pub(super) fn all(set: &Set, bound: u16) -> [(&'static str, u64); 3] {
    let (mut rice, mut lzss) = (0, [0, 0]);
    // Sprintz goes on from packet to packet, as in its paper: in its favour
    let mut sprintz = [Forecast::Delta, Forecast::Fire].map(|forecast| Sprintz::new(forecast, set));
    for samples in set.packets() {
        let numbers: Vec<i32> = quantized(samples, bound);
        rice += delta_rice(&numbers, set.rows, set.channels);
        sprintz.iter_mut().for_each(|sprintz| sprintz.take(&numbers));
        for (bits, bytes) in lzss.iter_mut().zip(as_bytes(&numbers, set)) {
            *bits += heatshrink(&bytes);
        }
    }
    let [delta, fire] = sprintz.map(|sprintz| sprintz.bits);
    [
        ("delta + Rice", rice),
        ("Sprintz, delta or FIRE, bit-packed", delta.min(fire)),
        ("LZSS as heatshrink -w 11 -l 4", lzss[0].min(lzss[1])),
    ]
}

/// What all codecs get: the samples in steps of 2e + 1.
pub(super) fn quantized(samples: &[i32], bound: u16) -> Vec<i32> {
    let quantizer = Quantizer::new(bound);
    samples.iter().map(|sample| quantizer.quantize(*sample, 0)).collect()
}

/// For codecs of bytes: the numbers, and their differences from row to
/// row; the better on the whole set is what counts.
pub(super) fn as_bytes(numbers: &[i32], set: &Set) -> [Vec<u8>; 2] {
    let bytes = |number: i32| number.to_le_bytes().into_iter().take(set.sample_bytes());
    let before = std::iter::repeat_n(0, set.channels).chain(numbers.iter().copied());
    let differences = numbers.iter().zip(before).map(|(number, before)| number.wrapping_sub(before));
    [numbers.iter().flat_map(|number| bytes(*number)).collect(), differences.flat_map(bytes).collect()]
}

/// For each window and channel an order of difference from 0 to 2 (2 bits)
/// and a Rice parameter (5 bits), both the best.
fn delta_rice(numbers: &[i32], rows: usize, channels: usize) -> u64 {
    let value = |row: usize, back: usize, channel: usize| {
        row.checked_sub(back).map_or(0, |row| numbers[row * channels + channel])
    };
    let mut bits = 0;
    for start in (0..numbers.len() / channels).step_by(rows) {
        for channel in 0..channels {
            let cost = |order: usize| {
                let residual = move |row: usize| {
                    let [y, last, second] = [0, 1, 2].map(|back| value(row, back, channel));
                    match order {
                        0 => y,
                        1 => y.wrapping_sub(last),
                        _ => y.wrapping_sub(last).wrapping_sub(last).wrapping_add(second),
                    }
                };
                Rice::best((start..start + rows).map(residual)).1
            };
            bits += 7 + (0..3).map(cost).min().unwrap_or(0);
        }
    }
    bits
}

/// What Sprintz expects of the next number.
#[derive(Clone, Copy, PartialEq)]
enum Forecast {
    /// the last one
    Delta,
    /// the last one and a learnt part of the last difference
    Fire,
}

/// Blocks of eight rows; in each the numbers of a channel have as many bits as the largest needs, and four
/// bits (five for samples of 32) say how many. Blocks of zeros are counted in one byte.
///
/// Source: Blalock, Madden and Guttag (2018), "Sprintz: time series compression
/// for the Internet of Things", sections 4.2 to 4.5.
struct Sprintz {
    forecast: Forecast,
    sample_bits: u32,
    channels: Vec<Channel>,
    /// the widest code of each channel in this block
    widths: Vec<u32>,
    rows: usize,
    zero_blocks: u32,
    bits: u64,
}

#[derive(Clone, Copy, Default)]
struct Channel {
    last: i64,
    difference: i64,
    accumulator: i64,
    gradient: i64,
}

const BLOCK: usize = 8;
const LEARN_SHIFT: u32 = 1;

impl Sprintz {
    fn new(forecast: Forecast, set: &Set) -> Self {
        Sprintz {
            forecast,
            sample_bits: 8 * set.sample_bytes() as u32,
            channels: vec![Channel::default(); set.channels],
            widths: vec![0; set.channels],
            rows: 0,
            zero_blocks: 0,
            bits: 0,
        }
    }

    fn take(&mut self, numbers: &[i32]) {
        for row in numbers.chunks_exact(self.channels.len()) {
            for ((number, channel), width) in row.iter().zip(&mut self.channels).zip(&mut self.widths) {
                let error = channel.take(i64::from(*number), self.forecast, self.sample_bits, self.rows);
                let zigzag = (error << 1 ^ error >> 63) as u64;
                *width = (*width).max(u64::BITS - zigzag.leading_zeros()).min(self.sample_bits);
            }
            self.rows += 1;
            if self.rows == BLOCK {
                self.end_block();
            }
        }
    }

    fn end_block(&mut self) {
        let head = self.sample_bits.ilog2() * self.widths.len() as u32;
        let body: u32 = self.widths.iter().map(|width| BLOCK as u32 * width).sum();
        if body == 0 {
            // the head of the first says so, and a byte how many follow
            self.bits += if self.zero_blocks.is_multiple_of(256) { u64::from(head) + 8 } else { 0 };
            self.zero_blocks += 1;
        } else {
            self.bits += u64::from(head + body).next_multiple_of(8);
            self.zero_blocks = 0;
        }
        self.widths.fill(0);
        self.rows = 0;
    }
}

impl Channel {
    /// The error of the forecast; then it learns, from the mean gradient of each block.
    fn take(&mut self, number: i64, forecast: Forecast, sample_bits: u32, row: usize) -> i64 {
        let rate = self.accumulator >> LEARN_SHIFT;
        let expected = match forecast {
            Forecast::Delta => 0,
            Forecast::Fire => (rate * self.difference) >> sample_bits,
        };
        let difference = number - self.last;
        let error = difference - expected;
        self.gradient += error.signum() * self.difference;
        if row + 1 == BLOCK {
            self.accumulator += self.gradient >> BLOCK.ilog2();
            self.gradient = 0;
        }
        (self.last, self.difference) = (number, difference);
        error
    }
}

/// Bits of LZSS in heatshrink's format: a literal takes 9, a match of 2 to
/// 16 bytes at most 2,048 back takes 16.
fn heatshrink(bytes: &[u8]) -> u64 {
    const WINDOW: usize = 1 << 11;
    const LONGEST: usize = 1 << 4;
    let (mut at, mut bits) = (0, 0);
    while at < bytes.len() {
        let most = LONGEST.min(bytes.len() - at);
        let length = |from: usize| (0..most).take_while(|i| bytes[from + i] == bytes[at + i]).count();
        let longest = (at.saturating_sub(WINDOW)..at).map(length).max().unwrap_or(0);
        (at, bits) = if longest >= 2 { (at + longest, bits + 16) } else { (at + 1, bits + 9) };
    }
    bits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lzss_finds_repetitions() {
        assert_eq!(heatshrink(b"abcdefgh"), 8 * 9);
        // eight literals, then one match
        assert_eq!(heatshrink(b"abcdefghabcdefgh"), 8 * 9 + 16);
        assert_eq!(heatshrink(&[7; 34]), 9 + 2 * 16 + 9);
    }

    #[test]
    fn rice_takes_the_best_order() {
        let line: Vec<i32> = (0..64).map(|row| 5 * row).collect();
        // the second differences are 0 but for the first two: parameter and order, a bit a row, and the start
        assert!(delta_rice(&line, 64, 1) < 7 + 64 + 12);
    }
}
