//! Which rows a model was fitted to: a sample of their checksums in its file, enough to know them again.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::error::Error;
use elbow_reader::Dataset;

/// Most checksums that are kept: 1 KiB of them.
const KEPT: usize = 256;
/// A file of frames whose rows are all there so many times is one that was given so often.
const MOST_COPIES: usize = 4;
/// So small a part of seen rows does no harm: a rate of α becomes at most α/(1 − part), less than the draw of
/// the calibration rows makes of it.
const HARMLESS: f64 = 0.02;
/// Natural logarithm of the probability that unseen rows are taken for seen ones, at most.
const CERTAIN: f64 = -9.21;

/// A sample of the rows of a fit: the lowest CRC-32 of those that are there once.
///
/// Rows that follow one another with the same bits count as one. Rows that are there several times are those
/// that new data hold too; how often a new row equals one that the fit had once follows from those it had
/// twice.
///
/// **Source.** Good (1953), "The population frequencies of species and the estimation of population
/// parameters", Biometrika 40, for the probability `2 N₂/N` of a row that was there once; Beyer et al.
/// (2007), "On synopses for distinct-value estimation under multiset operations", for the sample.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// rows, repeats of the one before left out
    rows: u64,
    /// checksums of two of them
    twice: u64,
    /// every checksum up to this one is kept
    limit: u32,
    /// the lowest checksum and what each of the others is above the one before it
    steps: Vec<u32>,
}

impl Seen {
    /// Of rows of `dims` numbers.
    pub fn of(values: &[f32], dims: usize) -> Seen {
        let mut sums = checksums(values, dims);
        sums.sort_unstable();
        let runs: Vec<(u32, usize)> = sums.chunk_by(|a, b| a == b).map(|run| (run[0], run.len())).collect();
        let copies = runs.iter().fold(0, |divisor, (_, count)| common(divisor, *count)).max(1);
        let copies = if copies <= MOST_COPIES { copies } else { 1 };
        let of_count = |count: usize| runs.iter().filter(move |run| run.1 == count * copies).map(|run| run.0);
        let twice = of_count(2).count() as u64;
        Seen { rows: (sums.len() / copies) as u64, twice, limit: u32::MAX, steps: Vec::new() }
            .with(of_count(1).collect())
    }

    /// The one that a model's file has ([`Metadata::seen`](elbow::format::Metadata::seen)); nothing where it
    /// has none, or none that can be.
    pub fn read(bytes: &[u8]) -> Option<Seen> {
        let seen: Seen = postcard::from_bytes(bytes).ok()?;
        let sum = seen.steps.iter().try_fold(0_u32, |sum, step| sum.checked_add(*step))?;
        (sum <= seen.limit && seen.steps.len() <= KEPT).then_some(seen)
    }

    /// Its bytes in a model's file.
    ///
    /// # Errors
    /// [`Error::TooLarge`], never.
    pub fn write(&self) -> Result<Vec<u8>, Error> {
        postcard::to_allocvec(self).map_err(|_| Error::TooLarge)
    }

    /// With the rows of an earlier fit, at whose end this one began.
    #[must_use]
    pub fn and(self, earlier: &Seen) -> Seen {
        let mut kept: Vec<u32> = self.sums().chain(earlier.sums()).collect();
        kept.sort_unstable();
        let (rows, twice) = (self.rows + earlier.rows, self.twice + earlier.twice);
        Seen { rows, twice, limit: self.limit.min(earlier.limit), steps: Vec::new() }.with(kept)
    }

    /// With these checksums, rising, as far as there is room.
    fn with(mut self, mut sums: Vec<u32>) -> Seen {
        sums.dedup();
        sums.retain(|sum| *sum <= self.limit);
        if sums.len() > KEPT {
            sums.truncate(KEPT);
            self.limit = sums[KEPT - 1];
        }
        let before = [0].into_iter().chain(sums.iter().copied());
        self.steps = sums.iter().zip(before).map(|(sum, before)| sum - before).collect();
        self
    }

    fn sums(&self) -> impl Iterator<Item = u32> {
        self.steps.iter().scan(0_u32, |sum, step| {
            *sum = sum.wrapping_add(*step);
            Some(*sum)
        })
    }

    /// About which part of these rows the fit saw; nothing where they may all be new.
    ///
    /// Of the n rows whose checksum could have been kept, m distinct ones were, of k that are. New rows give
    /// at most `n·q` such on average, q an upper bound of the probability that a new row was there once; the
    /// part is told where Chernoff's bound gives m and more of a binomial number of k less than 10⁻⁴, and
    /// where the part does harm.
    pub fn part_of(&self, data: &Dataset) -> Option<f64> {
        let mut again = Again::of(self);
        again.push(data);
        again.part()
    }
}

/// Rows that come some at a time, beside those that a fit saw.
#[derive(Debug)]
pub struct Again<'a> {
    seen: &'a Seen,
    /// rows whose checksum could have been kept
    rows: usize,
    /// checksums that were
    found: BTreeSet<u32>,
    kept: BTreeSet<u32>,
    last: Option<u32>,
}

impl<'a> Again<'a> {
    /// Of no rows yet.
    pub fn of(seen: &'a Seen) -> Self {
        Again { seen, rows: 0, found: BTreeSet::new(), kept: seen.sums().collect(), last: None }
    }

    /// The next rows.
    pub fn push(&mut self, data: &Dataset) {
        let sums = checksums(&data.values, data.dims);
        let repeats = usize::from(self.last.is_some() && self.last == sums.first().copied());
        self.last = sums.last().copied().or(self.last);
        for sum in sums.into_iter().skip(repeats).filter(|sum| *sum <= self.seen.limit) {
            self.rows += 1;
            if self.kept.contains(&sum) {
                self.found.insert(sum);
            }
        }
    }

    /// As [`Seen::part_of`] of all of them.
    pub fn part(&self) -> Option<f64> {
        let Seen { rows, twice, steps, .. } = self.seen;
        let n = self.rows as f64;
        let (m, k, twice) = (self.found.len() as f64, steps.len() as f64, *twice as f64);
        // of a Poisson number two deviations and a little more
        let most = twice + 2.0 * twice.sqrt() + 2.0;
        let by_chance = n * 2.0 * most / (*rows).max(1) as f64;
        let is_certain = by_chance < m && log_tail(m, by_chance, k) < CERTAIN;
        (self.found.len() > 1 && is_certain && m > HARMLESS * n).then_some(m / n)
    }
}

/// The CRC-32 of each row, little-endian, the zeros without a sign; of equal rows in a row only one.
fn checksums(values: &[f32], dims: usize) -> Vec<u32> {
    let checksum = |row: &[f32]| {
        let mut sum = crc32fast::Hasher::new();
        row.iter().for_each(|x| sum.update(&(x + 0.0).to_le_bytes()));
        sum.finalize()
    };
    let mut sums: Vec<u32> = values.chunks_exact(dims).map(checksum).collect();
    sums.dedup();
    sums
}

/// Chernoff's bound of the logarithm of the probability that `found` or more of `all` are found where `mean`
/// are on average, and fewer than `found`.
fn log_tail(found: f64, mean: f64, all: f64) -> f64 {
    let term = |x: f64, mean: f64| if x > 0.0 { x * (x / mean).ln() } else { 0.0 };
    -term(found, mean) - term(all - found, all - mean)
}

/// The greatest common divisor.
fn common(a: usize, b: usize) -> usize {
    if b == 0 { a } else { common(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_core::Rng;
    use rand_pcg::Pcg32;

    const DIMS: usize = 3;

    /// Rows whose numbers have so many values.
    fn rows(count: usize, values: u32, seed: u64) -> Vec<f32> {
        let mut rng = Pcg32::new(seed, 7);
        (0..count * DIMS).map(|_| (rng.next_u32() % values) as f32).collect()
    }

    fn part(fitted: &[f32], found: &[&[f32]]) -> Option<f64> {
        Seen::of(fitted, DIMS).part_of(&Dataset::of("rows", found.concat(), DIMS))
    }

    #[test]
    fn rows_of_the_fit_are_known_among_others_and_others_are_not() {
        for values in [u32::MAX, 1000, 40, 12] {
            for seed in 0..100 {
                let (fitted, new) = (rows(1000, values, seed), rows(4000, values, 1000 + seed));
                let is_new = part(&fitted, &[&new]);
                assert_eq!(is_new, None, "{values} {seed}");
                assert!(part(&fitted, &[&fitted]).is_some(), "{values} {seed}");
                if values > 12 {
                    let half = part(&fitted, &[&fitted, &new[..DIMS * 1000]]).unwrap_or(0.0);
                    assert!((half - 0.5).abs() < 0.15, "{values} {seed}: {half}");
                    assert!(part(&fitted, &[&new, &fitted]).is_some(), "{values} {seed}");
                }
            }
        }
    }

    #[test]
    fn few_values_tell_nothing() {
        for seed in 0..100 {
            for values in [1, 2, 4] {
                assert_eq!(part(&rows(500, values, seed), &[&rows(2000, values, 999 - seed)]), None);
            }
        }
    }

    #[test]
    fn repeats_and_copies_hide_nothing() {
        let fitted = rows(300, u32::MAX, 1);
        let held: Vec<f32> = fitted.chunks(DIMS).flat_map(|row| [row, row].concat()).collect();
        let twice = [&fitted[..], &fitted].concat();
        for rows in [&fitted, &held, &twice] {
            for others in [&fitted, &held, &twice] {
                assert!(part(rows, &[others]).is_some());
            }
            assert_eq!(part(rows, &[&super::tests::rows(300, u32::MAX, 2)]), None);
        }
    }

    #[test]
    fn a_later_fit_remembers_the_first() {
        let (first, second, new) = (rows(2000, 9999, 1), rows(300, 9999, 2), rows(500, 9999, 3));
        let seen = Seen::of(&second, DIMS).and(&Seen::of(&first, DIMS));
        let part = |rows: Vec<f32>| seen.part_of(&Dataset::of("rows", rows, DIMS));
        assert!(part(first).is_some_and(|part| part > 0.9) && part(second).is_some_and(|part| part > 0.9));
        assert_eq!(part(new), None);
    }

    #[test]
    fn its_bytes_are_few_and_forged_ones_are_none() {
        for count in [1, 255, 256, 257, 50_000] {
            let seen = Seen::of(&rows(count, u32::MAX, 4), DIMS);
            let bytes = seen.write().unwrap();
            assert!(bytes.len() <= 1024 + 256 + 16, "{count}: {}", bytes.len());
            assert_eq!(Seen::read(&bytes), Some(seen));
        }
        for steps in [vec![u32::MAX, 1], vec![0; KEPT + 1]] {
            let forged = Seen { rows: 9, twice: 0, limit: 5, steps };
            let bytes = forged.write().unwrap();
            assert_eq!(Seen::read(&bytes), None);
        }
        assert_eq!((Seen::read(&[]), Seen::read(&[0xFF; 12])), (None, None));
    }
}
