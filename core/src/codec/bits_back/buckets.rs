//! Latents in buckets of equal prior mass, and a posterior's law of them in integers.

use crate::codec::entropy_model::{EntropyModel, Interval, MAX_PRECISION, RawBits};
use crate::codec::law_tables::{Shape, tail};
use crate::math;

/// A coordinate of a latent has 2^this buckets, all of the same mass under the prior: the prior costs this many bits.
///
/// The outermost ones stand for ±2.9. With 6 to 10 bits the rate is the same within 0.1 %.
pub const BUCKET_BITS: u32 = 8;
/// Precision of every law here.
pub(super) const PRECISION: u32 = MAX_PRECISION;
/// The prior of a bucket: uniform.
pub(super) const PRIOR: RawBits = RawBits::new(BUCKET_BITS);
/// A slot of a law: uniform.
pub(super) const SLOT: RawBits = RawBits::new(PRECISION);
const BUCKETS: u16 = 1 << BUCKET_BITS;
const SLOTS: u16 = 1 << PRECISION;

/// The latent that a bucket stands for: its median under the prior.
#[inline]
pub(super) fn center(bucket: u16) -> f32 {
    math::normal_quantile(u32::from(2 * bucket + 1) << (31 - BUCKET_BITS))
}

/// Where a bucket above the first begins.
#[inline]
fn edge(bucket: u16) -> f32 {
    math::normal_quantile(u32::from(bucket) << (32 - BUCKET_BITS))
}

/// q(bucket|x) of one coordinate in integers: a normal distribution of the latent, by its cumulative masses.
///
/// `c(b) = 1 + (2^15 − 2)·Φ((edge_b − loc)/scale)` rounded, `c(0) = 0`, `c(n) = 2^15`
///
/// Only buckets with mass are symbols of the model. The outermost two always have some, so that none has all of it. Φ comes
/// from a table, linear in between: each step here (subtraction, product, truncation, interpolation) never falls as the edge
/// rises, so the masses cannot be negative, whatever loc and scale are.
#[derive(Clone, Copy, Debug)]
pub(super) struct BucketLaw {
    loc: f32,
    /// units of the table's argument to a unit of the latent
    steps: f32,
}

/// Slots that Φ shares out.
const FREE: u32 = SLOTS as u32 - 2;
/// The table's argument is in units of 1/4096 standard deviation.
const STEPS: f32 = 4096.0;
/// Steps in a cell of the table: 1/16 standard deviation. A law linear within cells costs 0.0002 bit more than a normal law.
const CELL: u32 = 256;
const CELLS: usize = 80;
/// `(2^15 − 2)·2^8·(1 − Φ(j/16))`
static TAILS: [u32; CELLS + 1] = tails();

const fn tails() -> [u32; CELLS + 1] {
    let mut tails = [0; CELLS + 1];
    let mut j = 0;
    while j <= CELLS {
        tails[j] = ((FREE << 8) as f64 * tail(Shape::Gaussian, j as f64 / 16.0) + 0.5) as u32;
        j += 1;
    }
    tails
}

impl BucketLaw {
    /// The law of a posterior `N(loc, scale²)`.
    pub(super) fn new(loc: f32, scale: f32) -> Self {
        BucketLaw { loc, steps: STEPS / scale }
    }

    /// The bucket that holds the posterior's mean.
    pub(super) fn mode(&self) -> u16 {
        search(|bucket| edge(bucket) <= self.loc)
    }

    fn cumulative(&self, bucket: u16) -> u16 {
        match bucket {
            0 => 0,
            BUCKETS.. => SLOTS,
            _ => {
                let t = ((edge(bucket) - self.loc) * self.steps) as i32;
                let tail = scaled_tail(t.unsigned_abs());
                (1 + if t < 0 { tail } else { FREE - tail }) as u16
            }
        }
    }
}

/// `(2^15 − 2)·(1 − Φ(t/4096))`, rounded.
fn scaled_tail(t: u32) -> u32 {
    let (cell, within) = ((t / CELL) as usize, t % CELL);
    match TAILS.get(cell..).and_then(<[u32]>::first_chunk) {
        Some([from, to]) => (from * (CELL - within) + to * within + (1 << 15)) >> 16,
        None => 0,
    }
}

/// The last bucket that `begins`, which all do up to one.
fn search(mut begins: impl FnMut(u16) -> bool) -> u16 {
    let (mut low, mut high) = (0, BUCKETS);
    while high - low > 1 {
        let middle = low.midpoint(high);
        if begins(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

impl EntropyModel for BucketLaw {
    const PRECISION: u32 = PRECISION;

    fn interval(&self, bucket: u16) -> Option<Interval> {
        if bucket >= BUCKETS {
            return None;
        }
        let start = self.cumulative(bucket);
        let mass = self.cumulative(bucket + 1) - start;
        (mass > 0).then_some(Interval { start, mass })
    }

    fn symbol(&self, slot: u16) -> (u16, Interval) {
        let bucket = search(|bucket| self.cumulative(bucket) <= slot);
        let start = self.cumulative(bucket);
        (bucket, Interval { start, mass: self.cumulative(bucket + 1) - start })
    }
}

/// Numbers `0..n` as evenly as 2^15 slots allow: number i from slot `⌊i·2^15/n⌋` on.
///
/// Masses differ by 1 at most. For n below 2^12 that costs less than 0.003 bit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Even(u32);

impl Even {
    /// The model of `n` numbers, or `None` where there is no choice.
    pub(super) fn new(n: u16) -> Option<Self> {
        (2..=SLOTS).contains(&n).then_some(Even(u32::from(n)))
    }

    fn starting(self, number: u32) -> Interval {
        let (start, end) = ((number << PRECISION) / self.0, ((number + 1) << PRECISION) / self.0);
        Interval { start: start as u16, mass: (end - start) as u16 }
    }
}

impl EntropyModel for Even {
    const PRECISION: u32 = PRECISION;

    fn interval(&self, number: u16) -> Option<Interval> {
        (u32::from(number) < self.0).then(|| self.starting(number.into()))
    }

    fn symbol(&self, slot: u16) -> (u16, Interval) {
        // the largest i with i·2^15/n < slot + 1
        let number = ((u32::from(slot) + 1) * self.0 - 1) >> PRECISION;
        (number as u16, self.starting(number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The four rules of [`EntropyModel`], slot by slot.
    fn partitions(model: &impl EntropyModel, symbols: u16) {
        let mut next = 0;
        for symbol in 0..symbols {
            let Some(Interval { start, mass }) = model.interval(symbol) else { continue };
            assert!(start == next && mass > 0 && mass < SLOTS, "{symbol}: {mass} from {start}, not {next}");
            for slot in [start, start + mass / 2, start + mass - 1] {
                assert_eq!(model.symbol(slot), (symbol, Interval { start, mass }));
            }
            next += mass;
        }
        assert_eq!((next, model.interval(symbols)), (SLOTS, None));
    }

    #[test]
    fn posteriors_partition_their_slots_whatever_they_are() {
        let numbers = [0.0, -0.7, 3.4, 1e-3, -50.0, f32::MAX, f32::NEG_INFINITY, f32::NAN];
        for loc in numbers {
            for scale in [1.0, 0.05, 1e-4, 2e4, 0.0, f32::INFINITY, f32::NAN] {
                partitions(&BucketLaw::new(loc, scale), BUCKETS);
            }
        }
    }

    #[test]
    fn the_law_of_the_prior_is_uniform() {
        let law = BucketLaw::new(0.0, 1.0);
        // the density is constant within a cell: at ±2, 3 % more or less at its ends
        for bucket in 1..BUCKETS - 1 {
            let mass = law.interval(bucket).unwrap().mass;
            assert!((122..=134).contains(&mass), "{bucket}: {mass}");
        }
    }

    #[test]
    fn even_numbers_partition_their_slots() {
        for n in [2, 3, 64, 1000, 20_000, SLOTS - 1, SLOTS] {
            let model = Even::new(n).unwrap();
            let masses = (0..n).map(|number| model.interval(number).unwrap().mass);
            assert!(masses.clone().max().unwrap() - masses.min().unwrap() <= 1);
            partitions(&model, n);
        }
        assert!(Even::new(1).is_none() && Even::new(0).is_none());
    }

    #[test]
    fn a_bucket_holds_its_median() {
        for bucket in 0..BUCKETS {
            assert_eq!(BucketLaw::new(center(bucket), 1.0).mode(), bucket);
        }
    }
}
