//! Integers under a logistic distribution, on the stack.

use super::cumulative::{Cumulative, STEPS, argument, scaled};
use super::discrete::DiscreteLaw;
use crate::codec::entropy_model::EntropyModel;
use crate::codec::integer_law::{half, pop_any, pop_bits, push_any, push_bits};
use crate::codec::law_tables::exp;
use crate::codec::rans::{Rans, StreamError};
use crate::features::{MAX_INTEGER, round};
use crate::likelihood::{DiscretizedLogisticLaw, inverse_scale};
use crate::math::clamp;

/// Cells of a law: the middle one holds the integer next to the mean.
const CELLS: u16 = 128;
/// A number in none of them, or in one without mass, follows the first or the last symbol.
const LAST: u16 = CELLS - 1;
/// A cell is so narrow that it takes from an eighth to a quarter of the scale; where that is less than an
/// integer, it has one.
const WIDEST: f32 = 0.25;
/// Low bits at most: a cell of more integers than a frame may hold.
const MOST_BITS: u32 = 24;

/// The law of an integer: a logistic distribution in cells of 2^shift integers each, in which all are as
/// likely.
///
/// Low bits that are sent as they are cost at most 0.0013 bit more than the distribution says. The cells
/// reach to 8 scales on either side or further; a number beyond is sent as its length and its bits, which far
/// out takes less than the distribution says.
struct LogisticLaw {
    /// the integer next to the mean
    middle: i32,
    /// the mean less that
    past: f32,
    /// of an integer, in units of a table's argument
    steps: f32,
    shift: u32,
}

const ENTRIES: usize = 192;
/// Of the logistic distribution, to twelve scales.
static TAILS: [u32; ENTRIES + 1] = {
    let mut tails = [0; ENTRIES + 1];
    let mut cell = 0;
    while cell <= ENTRIES {
        // 1 − σ(x) = 1/(1 + e^x)
        tails[cell] = scaled(1.0 / (1.0 + exp(argument(cell))));
        cell += 1;
    }
    tails
};

impl LogisticLaw {
    /// The law of the integers n whose features are `(n − grid_loc)·to_feature`, of which `loc` and
    /// `log_scale` say the law.
    fn new(loc: f32, log_scale: f32, (grid_loc, to_feature): (f32, f32)) -> Self {
        let mean = clamp(grid_loc + loc / to_feature, -MAX_INTEGER, MAX_INTEGER);
        let middle = round(mean);
        // scales to an integer, then to a cell
        let rate = clamp(to_feature * inverse_scale(log_scale), 0.0, f32::MAX);
        let (mut cell, mut shift) = (rate, 0);
        while cell + cell <= WIDEST && shift < MOST_BITS {
            (cell, shift) = (cell + cell, shift + 1);
        }
        LogisticLaw { middle, past: mean - middle as f32, steps: STEPS * rate, shift }
    }

    /// The cell of a number that is so far from the middle, where it has mass, and its place above the cell's
    /// first.
    fn cell(&self, distance: i32) -> Option<(u16, u32)> {
        let from_first = distance.wrapping_add(half(self.shift));
        let cell = u16::try_from((from_first >> self.shift) + i32::from(CELLS / 2)).ok()?;
        let is_one = (1..LAST).contains(&cell) && self.interval(cell).is_some();
        is_one.then_some((cell, from_first as u32))
    }

    /// The distance of a cell's first number from the middle.
    fn first(&self, cell: u16) -> i32 {
        ((i32::from(cell) - i32::from(CELLS / 2)) << self.shift) - half(self.shift)
    }

    fn push<B: AsRef<[u8]> + AsMut<[u8]>>(&self, number: i32, rans: &mut Rans<B>) -> Result<(), StreamError> {
        let distance = number.wrapping_sub(self.middle);
        match self.cell(distance) {
            Some((cell, place)) => {
                push_bits(place, self.shift, rans)?;
                rans.push(cell, self)
            }
            None => {
                push_any(distance, rans)?;
                rans.push(if distance < 0 { 0 } else { LAST }, self)
            }
        }
    }

    fn pop<B: AsRef<[u8]>>(&self, rans: &mut Rans<B>) -> Result<i32, StreamError> {
        let distance = match rans.pop(self)? {
            0 | LAST => pop_any(rans)?,
            cell => self.first(cell) + pop_bits(self.shift, rans)? as i32,
        };
        Ok(self.middle.wrapping_add(distance))
    }
}

impl Cumulative for LogisticLaw {
    const SYMBOLS: u16 = CELLS;
    const TAILS: &'static [u32] = &TAILS;

    fn begin(&self, cell: u16) -> i32 {
        // half an integer below the cell's first
        ((self.first(cell) as f32 - 0.5 - self.past) * self.steps) as i32
    }
}

impl DiscreteLaw<2> for DiscretizedLogisticLaw<'_> {
    const SYMBOLS: usize = 4;

    fn push<B: AsRef<[u8]> + AsMut<[u8]>>(
        &self,
        [loc, log_scale]: [f32; 2],
        grid: (f32, f32),
        number: f32,
        rans: &mut Rans<B>,
    ) -> Result<(), StreamError> {
        LogisticLaw::new(loc, log_scale, grid).push(number as i32, rans)
    }

    fn pop<B: AsRef<[u8]>>(
        &self,
        [loc, log_scale]: [f32; 2],
        grid: (f32, f32),
        rans: &mut Rans<B>,
    ) -> Result<f32, StreamError> {
        Ok(LogisticLaw::new(loc, log_scale, grid).pop(rans)? as f32)
    }
}

#[cfg(test)]
mod tests {
    use super::super::cumulative::assert_partition;
    use super::*;
    use crate::codec::integer_law::cost_any;
    use crate::codec::law_tables::COST_UNITS;

    #[test]
    fn laws_partition_their_slots_whatever_the_network_gives() {
        let numbers = [0.0, -0.7, 3.4e7, -1e-3, f32::MAX, f32::NEG_INFINITY, f32::NAN];
        for loc in numbers {
            for log_scale in numbers.into_iter().chain([-7.0, -3.0, 7.0]) {
                for grid in [(0.0, 1.0), (-3.7, 0.01), (1e6, 40.0), (5.0, 1e-30), (0.5, -2.0), (0.0, 0.0)] {
                    assert_partition(&LogisticLaw::new(loc, log_scale, grid), CELLS);
                }
            }
        }
    }

    #[test]
    fn every_integer_comes_back_under_any_law() {
        let edges = [0, 1, 2, 31, 63, 64, 65, 1000, 65_537, 16_777_215, 16_777_216];
        for (loc, log_scale, to_feature) in
            [(0.0, 0.0, 1.0), (0.3, -7.0, 0.5), (-2.0, 3.0, 0.001), (f32::NAN, 0.0, 1.0), (9e9, 7.0, 1e-20)]
        {
            let law = LogisticLaw::new(loc, log_scale, (12.5, to_feature));
            let numbers = || edges.into_iter().flat_map(|n| [n, -n, law.middle + n % 300]);
            let mut rans = Rans::new([0; 2000]);
            numbers().for_each(|n| law.push(n, &mut rans).unwrap());
            for n in numbers().collect::<heapless::Vec<_, 40>>().into_iter().rev() {
                assert_eq!(law.pop(&mut rans), Ok(n));
            }
            assert!(rans.is_empty());
        }
    }

    /// What numbers cost on average against what the distribution says, from laws of one likely number to
    /// those of many low bits.
    #[test]
    fn a_law_costs_what_the_distribution_says() {
        for (mean, scale) in [(0.0, 0.1), (0.5, 0.3), (-0.2, 1.0), (7.3, 3.9), (0.1, 8.1), (40.0, 1000.0)] {
            let law = LogisticLaw::new(mean, libm::logf(scale), (0.0, 1.0));
            let below =
                |n: i32| 1.0 / (1.0 + libm::exp(-(f64::from(n) - 0.5 - f64::from(mean)) / f64::from(scale)));
            let information = |cell| 15.0 - libm::log2(law.interval(cell).unwrap().mass.into());
            let (mut cost, mut entropy) = (0.0, 0.0);
            for n in -30_000..=30_000 {
                let p = below(n + 1) - below(n);
                let bits = match law.cell(n - law.middle) {
                    Some((cell, _)) => information(cell) + f64::from(law.shift),
                    None => information(0) + f64::from(cost_any(n - law.middle)) / f64::from(COST_UNITS),
                };
                cost += p * bits;
                entropy -= if p > 0.0 { p * libm::log2(p) } else { 0.0 };
            }
            assert!(cost - entropy < 0.001 + 0.0005 * entropy, "{mean} {scale}: {cost} {entropy}");
        }
    }
}
