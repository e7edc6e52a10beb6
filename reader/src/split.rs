//! Seeded order and seeded division of rows.

use rand_core::Rng;
use rand_pcg::Pcg32;

use crate::dataset::Dataset;

/// The generator's stream for splits, so that other uses of the same seed draw other numbers.
const STREAM: u64 = u64::from_be_bytes(*b"split   ");

/// Row numbers of the two parts, each in random order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Split {
    /// rows to fit on
    pub train: Vec<usize>,
    /// rows to validate on
    pub valid: Vec<usize>,
}

impl Dataset {
    /// Divides the rows at random; the same seed gives the same division on every machine.
    ///
    /// `valid` gets the fraction, rounded; of two rows or more, at least one
    /// unless the fraction is 0, and never all.
    pub fn split(&self, valid_fraction: f64, seed: u64) -> Split {
        let mut train: Vec<usize> = (0..self.rows).collect();
        shuffle(&mut train, &mut Pcg32::new(seed, STREAM));
        let wanted = (self.rows as f64 * valid_fraction).round() as usize;
        let least = usize::from(valid_fraction > 0.0);
        let valid = train.split_off(self.rows - wanted.max(least).min(self.rows.saturating_sub(1)));
        Split { train, valid }
    }
}

/// Rows held out lie in so many stretches, at most …
const STRETCHES: usize = 10;
/// … each of at least so many times the gap beside it, where there are rows enough: few long ones would hold
/// but a few states of a machine.
const GAPS: usize = 2;
/// A gap for rows that only follow one another closely is at most one row in so many.
const LONGEST_GAP: usize = 100;

impl Dataset {
    /// Divides the rows so that those held out are as new rows would be.
    ///
    /// Where rows are independent, as [`split`](Self::split). Where they overlap, repeat one another or
    /// follow one another closely ([`frames_as_one`](Self::frames_as_one)), whole stretches are held out, and
    /// the rows beside them are in neither part: those that have rows in common with them, and about as many
    /// as count as one. Rows too few for that are divided at random.
    pub fn hold_out(&self, valid_fraction: f64, seed: u64) -> Split {
        let at_random = || self.split(valid_fraction, seed);
        let as_one = self.frames_as_one();
        let held = (self.rows as f64 * valid_fraction).round() as usize;
        if as_one <= 1.0 || held == 0 {
            return at_random();
        }
        let gap = (as_one.ceil() as usize).min(self.rows / LONGEST_GAP);
        let rng = &mut Pcg32::new(seed, STREAM);
        let most = (held / (GAPS * gap.max(1))).clamp(1, STRETCHES);
        let split = self.stretches(held, most, gap, rng);
        if 2 * split.train.len() < self.rows - held { at_random() } else { split }
    }

    fn stretches(&self, held: usize, count: usize, gap: usize, rng: &mut Pcg32) -> Split {
        let (order, places) = (self.in_order(), self.places());
        let mut is_held = vec![false; self.rows];
        let mut is_beside = vec![false; self.rows];
        for stretch in 0..count {
            let [from, to] = [stretch, stretch + 1].map(|at| at * self.rows / count);
            let len = ((stretch + 1) * held / count - stretch * held / count).clamp(1, to - from);
            let first = from + below((to - from - len) as u64 + 1, rng) as usize;
            let last = first + len - 1;
            is_held[first..=last].fill(true);
            let is_near =
                |end: usize, i: usize| i.abs_diff(end) <= gap || places.are_kin(order[i], order[end]);
            (0..first).rev().take_while(|i| is_near(first, *i)).for_each(|i| is_beside[i] = true);
            (last + 1..self.rows).take_while(|i| is_near(last, *i)).for_each(|i| is_beside[i] = true);
        }
        let part = |is_in: &dyn Fn(usize) -> bool| -> Vec<usize> {
            (0..self.rows).filter(|i| is_in(*i)).map(|i| order[i]).collect()
        };
        let (mut train, mut valid) = (part(&|i| !is_held[i] && !is_beside[i]), part(&|i| is_held[i]));
        shuffle(&mut train, rng);
        shuffle(&mut valid, rng);
        Split { train, valid }
    }
}

/// Puts items into a uniformly random order (Fisher–Yates).
pub fn shuffle<T>(items: &mut [T], rng: &mut impl Rng) {
    for i in (1..items.len()).rev() {
        items.swap(i, below(i as u64 + 1, rng) as usize);
    }
}

/// A uniform draw from `0..n` for `n ≥ 1`: Lemire (2019), "Fast random
/// integer generation in an interval", alg. 5.
fn below(n: u64, rng: &mut impl Rng) -> u64 {
    let unfair = n.wrapping_neg() % n;
    loop {
        let product = u128::from(rng.next_u64()) * u128::from(n);
        if product as u64 >= unfair {
            return (product >> 64) as u64;
        }
    }
}
