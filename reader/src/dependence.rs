//! How many rows count as independent ones: the one place that knows of windows that overlap, rows that
//! repeat the one before, and values that follow one another closely.

use crate::dataset::Dataset;

/// Repeats are counted as such from this part of all rows on.
const FEW: f64 = 0.02;
/// Fewest blocks whose means tell how long values hang together.
const LEAST_BLOCKS: usize = 16;
/// Standard deviations of a normal number that block means must vary too much by; chance does it in about one
/// of 10³ series.
const CERTAIN: f64 = 3.7;
/// The values in so low a part are looked at on their own: alarms come from there.
const LOW: f64 = 0.2;

/// Where frames stand to one another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// of each frame, the row of the file at which it begins, or the first of the equal frames that it
    /// follows
    origins: Vec<usize>,
    /// frames whose origins are closer than so many rows have rows in common
    window: usize,
}

impl Dataset {
    /// Where the frames stand to one another.
    pub fn places(&self) -> Places {
        let order = self.in_order();
        let mut origins = self.source_rows.clone();
        if self.repeats() > 0 {
            for pair in order.windows(2) {
                if is_same(self.row(pair[0]), self.row(pair[1])) {
                    origins[pair[1]] = origins[pair[0]];
                }
            }
        }
        Places { origins, window: self.window.max(1) }
    }

    /// Frames that repeat the one before them, where there are more of those than chance makes: sensors that
    /// hold a value, rows that were written twice.
    pub fn repeats(&self) -> usize {
        let order = self.in_order();
        let n = self.rows;
        let is_as_before = |step: usize, i: usize| is_same(self.row(order[i - step]), self.row(order[i]));
        let same = |step: usize| (step..n).filter(|i| is_as_before(step, *i)).count();
        // frames far apart are as equal as chance has it
        let (repeats, by_chance) = (same(1), 2.0 * same(n.div_ceil(2).max(1)) as f64);
        let is_certain = repeats as f64 > (by_chance + 4.0 * by_chance.sqrt()).max(FEW * n as f64);
        if is_certain { repeats } else { 0 }
    }

    /// The numbers of the frames as they follow one another in their files.
    pub fn in_order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.rows).collect();
        order.sort_by_key(|frame| self.source_rows[*frame]);
        order
    }

    /// About how many independent frames say as much about a value as these, one value a frame.
    ///
    /// At most those that have no row in common and do not repeat one another, and at most n/τ, τ the
    /// [`correlation_time`] of the values in the order of the frames.
    pub fn independent(&self, values: &[f32]) -> usize {
        let in_order: Vec<f32> = self.in_order().into_iter().map(|frame| values[frame]).collect();
        let by_time = self.rows as f64 / correlation_time(&in_order);
        (by_time as usize).clamp(1, self.places().apart().max(1))
    }

    /// How many frames in a row count as one, by what their numbers say: at least the frames of a window, and
    /// the longest [`correlation_time`] of a column.
    pub fn frames_as_one(&self) -> f64 {
        let order = self.in_order();
        let columns = (0..self.dims).step_by(self.dims.div_ceil(MOST_COLUMNS).max(1));
        let time = |column: usize| {
            correlation_time(&order.iter().map(|frame| self.row(*frame)[column]).collect::<Vec<_>>())
        };
        let overlap = self.rows as f64 / self.places().apart().max(1) as f64;
        columns.map(time).fold(overlap, f64::max)
    }
}

/// Columns of which it is asked how they follow one another, at most.
const MOST_COLUMNS: usize = 64;

fn is_same(a: &[f32], b: &[f32]) -> bool {
    a.iter().zip(b).all(|(a, b)| a.to_bits() == b.to_bits())
}

impl Places {
    /// Whether two frames have rows in common or repeat one another; a frame does with itself.
    pub fn are_kin(&self, a: usize, b: usize) -> bool {
        self.origins[a].abs_diff(self.origins[b]) < self.window
    }

    /// Whether no two frames have anything in common.
    pub fn is_apart(&self) -> bool {
        self.apart() == self.origins.len()
    }

    /// The most frames of which no two are kin.
    pub fn apart(&self) -> usize {
        let mut origins = self.origins.clone();
        origins.sort_unstable();
        let mut free = 0;
        origins
            .into_iter()
            .filter(|origin| {
                let is_free = *origin >= free;
                free = if is_free { origin + self.window } else { free };
                is_free
            })
            .count()
    }

    /// The places of these frames.
    #[must_use]
    pub fn select(&self, frames: &[usize]) -> Places {
        Places { origins: frames.iter().map(|frame| self.origins[*frame]).collect(), window: self.window }
    }
}

/// How many values in a row count as one: the variance of their mean, by that which it would have were they
/// independent; 1 where they may be.
///
/// The largest over blocks of 2, 4, 8, … values of the variance of the blocks' means, times their length, by
/// the variance of the values: of ranks, so that no outlier decides, and of whether a value is among the
/// lowest fifth, which is what a threshold asks.
///
/// **Source.** Batch means: Flyvbjerg and Petersen (1989), "Error estimates on averages of correlated data";
/// Geyer (1992), "Practical Markov chain Monte Carlo", for the effective number.
pub fn correlation_time(values: &[f32]) -> f64 {
    let ranks = ranks(values);
    let low = LOW * values.len() as f64;
    let are_low: Vec<f64> = ranks.iter().map(|rank| f64::from(u8::from(*rank < low))).collect();
    block_time(&ranks).max(block_time(&are_low))
}

/// From 0; equal values have their mean.
fn ranks(values: &[f32]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0.0; values.len()];
    let mut at = 0;
    for run in order.chunk_by(|a, b| values[*a] == values[*b]) {
        run.iter().for_each(|i| ranks[*i] = at as f64 + (run.len() - 1) as f64 / 2.0);
        at += run.len();
    }
    ranks
}

fn block_time(values: &[f64]) -> f64 {
    let mean = values.iter().sum::<f64>() / values.len().max(1) as f64;
    let square = |x: f64| (x - mean) * (x - mean);
    let variance = values.iter().map(|x| square(*x)).sum::<f64>() / values.len().max(1) as f64;
    let (mut time, mut is_certain, mut length) = (1.0_f64, false, 2);
    while variance > 0.0 && values.len() / length >= LEAST_BLOCKS {
        let blocks = values.chunks_exact(length);
        let count = blocks.len() as f64;
        let means = blocks.map(|block| block.iter().sum::<f64>() / length as f64);
        let ratio = means.map(square).sum::<f64>() / count * length as f64 / variance;
        // Wilson and Hilferty: the cube root of χ²/ν is about normal
        let spread = 2.0 / (9.0 * count * length as f64 / (length as f64 - 1.0));
        is_certain |= (ratio.cbrt() - (1.0 - spread)) / spread.sqrt() > CERTAIN;
        time = time.max(ratio);
        length *= 2;
    }
    if is_certain { time } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_core::Rng;
    use rand_pcg::Pcg32;

    fn noise(n: usize, seed: u64) -> Vec<f32> {
        let mut rng = Pcg32::new(seed, 3);
        (0..n).map(|_| rng.next_u32() as f32).collect()
    }

    /// Frames of `window` rows, one every `hop` rows.
    fn windows(rows: &[f32], window: usize, hop: usize) -> Dataset {
        let starts: Vec<usize> = (0..=rows.len() - window).step_by(hop).collect();
        let values = starts.iter().flat_map(|at| &rows[*at..at + window]).copied().collect();
        Dataset { window, source_rows: starts, ..Dataset::of("rows", values, window) }
    }

    #[test]
    fn independent_values_count_as_they_are() {
        let counted = (0..1000).filter(|seed| correlation_time(&noise(500, *seed)) > 1.0).count();
        assert!(counted <= 4, "{counted}");
        assert_eq!(correlation_time(&[1.0; 100]), 1.0);
        assert_eq!(correlation_time(&[]), 1.0);
        // two values alone, and no order: those that repeat the one before are chance
        let coins: Vec<f32> = noise(2000, 1).iter().map(|x| f32::from(u8::from(*x > 2e9))).collect();
        let coins = Dataset::of("coins", coins, 1);
        assert_eq!((coins.repeats(), coins.frames_as_one()), (0, 1.0));
    }

    /// x ← a x + noise: (1 + a)/(1 − a) values count as one.
    #[test]
    fn values_that_follow_one_another_closely_count_as_fewer() {
        for (a, expected) in [(0.5, 3.0), (0.9, 19.0)] {
            let mut state = 0.0;
            let mut step = |e: &f32| {
                state = a * state + (e / 2_147_483_648.0 - 1.0);
                state
            };
            let values: Vec<f32> = noise(20_000, 5).iter().map(&mut step).collect();
            let time = correlation_time(&values);
            assert!(time > 0.75 * expected && time < 1.5 * expected, "{a}: {time}");
        }
    }

    #[test]
    fn windows_that_overlap_and_rows_that_repeat_count_once() {
        let data = windows(&noise(1023, 2), 24, 1);
        let sums: Vec<f32> = (0..1000).map(|frame| data.row(frame).iter().sum()).collect();
        assert_eq!((data.rows, data.places().apart()), (1000, 42));
        assert!(data.independent(&sums) <= 42 && data.independent(&sums) > 20);
        assert!(windows(&noise(1024, 2), 24, 24).places().is_apart());
        let held: Vec<f32> = noise(300, 4).iter().flat_map(|x| [*x; 3]).collect();
        let held = Dataset::of("held", held, 1);
        assert_eq!((held.repeats(), held.places().apart()), (600, 300));
        // whatever their order
        let order: Vec<usize> = (0..900).map(|i| i * 7 % 900).collect();
        assert_eq!(held.select(&order).places(), held.places().select(&order));
    }

    #[test]
    fn what_is_held_out_has_nothing_in_common_with_the_rest() {
        for (window, hop) in [(24, 1), (24, 5), (1, 1)] {
            let held = noise(700, 6).iter().flat_map(|x| [*x; 2]).collect::<Vec<f32>>();
            let data = windows(&held, window, hop);
            let (places, split) = (data.places(), data.hold_out(0.1, 0));
            assert_eq!(split.valid.len(), (data.rows + 5) / 10);
            let mixed = split.train.iter().any(|t| split.valid.iter().any(|v| places.are_kin(*t, *v)));
            assert!(!mixed && 2 * split.train.len() > data.rows, "{window} {hop}");
        }
        let free = windows(&noise(700, 6), 7, 7);
        assert_eq!(free.hold_out(0.1, 9), free.split(0.1, 9));
    }
}
