//! Counts without an upper end, on the stack: a cell of two digits, and the place in it.

use super::counts::CountLaw;
use super::discrete::DiscreteLaw;
use crate::codec::integer_law::{pop_any, pop_bits, push_any, push_bits};
use crate::codec::rans::{Rans, StreamError};
use crate::features::MAX_INTEGER;
use crate::likelihood::{Law, NegativeBinomialLaw};
use crate::math::{self, clamp};

/// What a count takes that is in no cell.
const ESCAPE: u16 = 255;
/// Cells below the most likely count, at most.
const MOST_BELOW: u16 = 127;
/// A cell takes from an eighth to a quarter of the standard deviation that a law of its own mean would have,
/// and of its counts; where that is less than one, it has one.
const WIDEST: f32 = 0.25;
/// Of all mass: what has less is no cell.
const LEAST: f32 = 1e-8;

/// Counts `first .. first + 2^shift`, all as likely.
#[derive(Clone, Copy)]
struct Cell {
    index: u16,
    first: u32,
    shift: u32,
}

impl Cell {
    fn holds(self, count: u32) -> bool {
        count.wrapping_sub(self.first) >> self.shift == 0
    }

    /// The middle of its counts.
    fn middle(self) -> f32 {
        self.first as f32 + 0.5 * ((1_u32 << self.shift) - 1) as f32
    }
}

/// The law of a count: cells of 2^shift counts, narrow where the law is, from the most likely count on both
/// ways until no mass is left.
///
/// Places within a cell that are sent as they are cost at most 0.003 bit more than the distribution says. A
/// count in no cell is sent as its length and its bits.
struct EventLaw {
    outputs: [f32; 2],
    shape: f32,
    /// the most likely count
    mode: u32,
}

impl EventLaw {
    fn new(outputs: [f32; 2]) -> Self {
        let (mean, shape) = NegativeBinomialLaw::mean_and_shape(outputs);
        // μ (r − 1)/r, and 0 for r ≤ 1
        let mode = clamp(mean * (1.0 - 1.0 / shape), 0.0, MAX_INTEGER) as u32;
        EventLaw { outputs, shape, mode }
    }

    /// The width of a cell at a count.
    fn shift(&self, count: u32) -> u32 {
        let x = count as f32;
        // the variance μ + μ²/r where μ is the count
        let deviation = math::sqrt(x * (1.0 + x / self.shape));
        let width = WIDEST * if deviation < x { deviation } else { x };
        (width as u32).checked_ilog2().unwrap_or(0)
    }

    fn below(&self) -> impl Iterator<Item = Cell> {
        (0..MOST_BELOW).scan(self.mode, |end, place| {
            let shift = self.shift(end.checked_sub(1)?).min(end.checked_ilog2()?);
            *end -= 1 << shift;
            Some(Cell { index: ESCAPE - 1 - place, first: *end, shift })
        })
    }

    fn above(&self) -> impl Iterator<Item = Cell> {
        let last = MAX_INTEGER as u32;
        (0..ESCAPE - MOST_BELOW).scan(self.mode, move |next, index| {
            let (first, shift) = (*next, self.shift(*next));
            *next += 1 << shift;
            (first <= last).then_some(Cell { index, first, shift })
        })
    }

    fn cells(&self) -> impl Iterator<Item = Cell> {
        self.above().chain(self.below())
    }

    /// Masses of the cells, up to a factor.
    fn law(&self) -> CountLaw {
        let mut weights = [0.0; 256];
        let highest = self.log_mass(self.mode as f32);
        self.weigh(self.above(), highest, &mut weights);
        self.weigh(self.below(), highest, &mut weights);
        CountLaw(weights)
    }

    fn weigh(&self, cells: impl Iterator<Item = Cell>, highest: f32, weights: &mut [f32; 256]) {
        let mut sum = 0.0;
        for cell in cells {
            let weight = math::exp(self.log_mass(cell.middle()) - highest) * (1_u32 << cell.shift) as f32;
            sum += weight;
            if let Some(place) = weights.get_mut(usize::from(cell.index)) {
                *place = weight;
            }
            if weight < LEAST * sum {
                break;
            }
        }
    }

    fn log_mass(&self, x: f32) -> f32 {
        NegativeBinomialLaw.part((), x, self.outputs)
    }

    fn push<B: AsRef<[u8]> + AsMut<[u8]>>(&self, count: u32, rans: &mut Rans<B>) -> Result<(), StreamError> {
        let law = self.law();
        match self.cells().find(|cell| cell.holds(count)) {
            Some(cell) => {
                push_bits(count.wrapping_sub(cell.first), cell.shift, rans)?;
                law.push(cell.index, rans)
            }
            None => {
                push_any(count.wrapping_sub(self.mode) as i32, rans)?;
                law.push(ESCAPE, rans)
            }
        }
    }

    fn pop<B: AsRef<[u8]>>(&self, rans: &mut Rans<B>) -> Result<u32, StreamError> {
        let index = self.law().pop(rans)?;
        match self.cells().find(|cell| cell.index == index) {
            Some(cell) => Ok(cell.first + pop_bits(cell.shift, rans)?),
            None => Ok(self.mode.wrapping_add(pop_any(rans)? as u32)),
        }
    }
}

impl DiscreteLaw<2> for NegativeBinomialLaw {
    const SYMBOLS: usize = 6;

    fn push<B: AsRef<[u8]> + AsMut<[u8]>>(
        &self,
        outputs: [f32; 2],
        _: (f32, f32),
        count: f32,
        rans: &mut Rans<B>,
    ) -> Result<(), StreamError> {
        EventLaw::new(outputs).push(count as u32, rans)
    }

    fn pop<B: AsRef<[u8]>>(
        &self,
        outputs: [f32; 2],
        _: (f32, f32),
        rans: &mut Rans<B>,
    ) -> Result<f32, StreamError> {
        Ok(EventLaw::new(outputs).pop(rans)? as f32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::integer_law::cost_any;
    use crate::codec::law_tables::COST_UNITS;

    fn law(mean: f32, shape: f32) -> EventLaw {
        EventLaw::new([libm::logf(mean), libm::logf(shape)])
    }

    #[test]
    fn cells_do_not_overlap_and_leave_nothing_out() {
        for mean in [1e-9, 0.3, 1.0, 17.0, 3e3, 1e6, 1.6e7, 1e12, f32::NAN, f32::INFINITY] {
            for shape in [1e-9, 0.1, 1.0, 2.0, 50.0, 1e5, 1e12, f32::NAN] {
                let law = law(mean, shape);
                let mut next = law.mode;
                for cell in law.above() {
                    assert!(cell.first == next && cell.index < ESCAPE, "{mean} {shape}");
                    next += 1 << cell.shift;
                }
                let mut end = law.mode;
                for cell in law.below() {
                    end -= 1 << cell.shift;
                    assert_eq!(cell.first, end, "{mean} {shape}");
                }
                let mut seen = [false; 256];
                for cell in law.cells() {
                    assert!(!core::mem::replace(&mut seen[usize::from(cell.index)], true));
                }
                assert!(!seen[usize::from(ESCAPE)]);
            }
        }
    }

    #[test]
    fn every_count_comes_back_under_any_law() {
        let edges = [0, 1, 2, 31, 63, 64, 65, 1000, 65_537, 16_777_215, 16_777_216];
        for mean in [1e-9, 0.3, 17.0, 3e3, 1e6, 1e12, f32::NAN, f32::INFINITY] {
            for shape in [1e-9, 0.1, 1.0, 50.0, 1e12, f32::NAN, f32::INFINITY] {
                let law = law(mean, shape);
                let counts = || edges.into_iter().flat_map(|n| [n, law.mode.saturating_sub(n % 300)]);
                let mut rans = Rans::new([0; 2000]);
                counts().for_each(|n| law.push(n, &mut rans).unwrap());
                for n in counts().collect::<heapless::Vec<_, 40>>().into_iter().rev() {
                    assert_eq!(law.pop(&mut rans), Ok(n), "{mean} {shape}");
                }
                assert!(rans.is_empty());
            }
        }
    }

    /// What counts cost on average against what the distribution says, from laws of one likely count to those
    /// of many low bits, and from Poisson's to those that are far wider than their mean.
    #[test]
    fn a_law_costs_what_the_distribution_says() {
        for mean in [0.01, 0.7, 12.0, 900.0, 40_000.0] {
            for shape in [0.2, 1.0, 5.0, 300.0, 1e9] {
                let law = law(mean, shape);
                let masses = law.law();
                let (mut cost, mut entropy, mut total) = (0.0, 0.0, 0.0);
                // to where hardly a mass is left
                let last = (mean + 40.0 * libm::sqrtf(mean + mean * mean / shape) + 40.0) as u32;
                let p = |n: u32| libm::exp(f64::from(law.log_mass(n as f32)));
                let cells = law.cells().filter(|cell| cell.first <= last);
                for cell in cells {
                    let mass: f64 = (cell.first..cell.first + (1 << cell.shift)).map(p).sum();
                    total += mass;
                    cost += mass * (masses.information(cell.index) + f64::from(cell.shift));
                }
                for n in 0..=last {
                    entropy -= if p(n) > 0.0 { p(n) * libm::log2(p(n)) } else { 0.0 };
                }
                let escape =
                    masses.information(ESCAPE) + f64::from(cost_any(last as i32)) / f64::from(COST_UNITS);
                cost += (1.0 - total).max(0.0) * escape;
                assert!(cost - entropy < 0.004 + 0.001 * entropy, "{mean} {shape}: {cost} {entropy}");
            }
        }
    }
}
