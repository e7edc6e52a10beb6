//! Which choice codes a channel in the fewest bits.

use super::choice::{CHANGE_COST, Choice, Law};
use super::integer_law::{IntegerLaw, cost_any};
use super::law_tables::Shape;
use super::past::FORMS;
use super::series::Series;
use core::num::NonZeroUsize;
use core::ops::Range;

impl Series<'_> {
    /// Chooses for each window of a channel into `choices`, and returns what its numbers cost, about.
    pub(super) fn choose(self, rows: NonZeroUsize, channel: usize, choices: &mut [i32]) -> u32 {
        let all = self.rows();
        let windows = all / rows;
        // begin with what is best on the whole, change where a window gains by it
        let (mut choice, whole) = self.best(0..all, channel);
        let free = self.free(&(0..all), channel).map_or(0, cost_any);
        let mut total = free + CHANGE_COST;
        for window in 0..windows {
            let cost = if windows == 1 {
                whole
            } else {
                let rows = window * rows.get()..(window + 1) * rows.get();
                let keep = self.cost(rows.clone(), channel, choice);
                // a window of a few bits cannot pay for a choice of its own
                if keep > 2 * CHANGE_COST {
                    let (best, cost) = self.best(rows, channel);
                    let change = cost.saturating_add(CHANGE_COST);
                    choice = if change < keep { best } else { choice };
                    change.min(keep)
                } else {
                    keep
                }
            };
            total = total.saturating_add(cost);
            if let Some(place) = choices.get_mut(window * self.channels().get() + channel) {
                *place = i32::from(choice.code());
            }
        }
        total
    }

    /// The form of the smallest differences, and the cheapest law for them: fixed ones of the likelier shape
    /// near their mean size, and adaptive ones.
    #[inline(never)]
    fn best(self, rows: Range<usize>, channel: usize) -> (Choice, u32) {
        let (form, sum) = self.smallest(rows.clone(), channel);
        if sum == 0 {
            return (Choice::of_form(form), 0);
        }
        let n = rows.len() as u64;
        let mut squares = 0_u64;
        self.each(rows.clone(), channel, Choice::of_form(form), &mut |u, _| {
            squares = squares.saturating_add(u64::from(u.unsigned_abs().min(1 << 24)).pow(2));
        });
        // E u² / (E|u|)² is π/2 of a Gaussian, 2 of a Laplacian: between them 25/14
        let heavy = u128::from(squares) * u128::from(14 * n) > u128::from(sum) * u128::from(25 * sum);
        let shape = if heavy { Shape::Laplace } else { Shape::Gaussian };
        // the smallest scale with ¾·σ·n ≥ Σ|u|, σ = 2^(scale/2 − 2)
        let covers = |scale: &u8| {
            let root = if scale % 2 == 1 { (3 * n * 181) >> 7 } else { 3 * n };
            root << (scale / 2) >= 16 * sum
        };
        let guess = (0..IntegerLaw::SCALES).find(covers).unwrap_or(IntegerLaw::SCALES - 1);
        // below a mean of a half rounding to integers asks for a larger scale
        let last = guess + u8::from(guess < 4);
        let fixed = |scale: u8| IntegerLaw::new(shape, scale.min(last)).map_or(Law::Zero, Law::Fixed);
        let laws = [
            Law::Adaptive(Shape::Gaussian),
            Law::Adaptive(Shape::Laplace),
            fixed(guess.saturating_sub(1)),
            fixed(guess),
            fixed(guess + 1),
        ];
        let mut costs = [0; 5];
        self.costs(rows, channel, form, &laws, &mut costs);
        let best = laws.into_iter().zip(costs).min_by_key(|(_, cost)| *cost);
        best.map_or((Choice::of_form(form), u32::MAX), |(law, cost)| (Choice { form, law }, cost))
    }

    /// The form whose residuals have the smallest sum of sizes, and the sum.
    #[inline(never)]
    fn smallest(self, rows: Range<usize>, channel: usize) -> (u8, u64) {
        let start = rows.start.max(self.skip());
        let mut past = self.past(start, channel);
        let mut sums = [0_u32; FORMS];
        for row in start..rows.end {
            let value = self.value(row, channel);
            for (expected, sum) in past.expectations().iter().zip(&mut sums) {
                *sum = sum.saturating_add(value.wrapping_sub(*expected).unsigned_abs());
            }
            past = past.then(row, value);
        }
        let (form, sum) = (0..).zip(sums).min_by_key(|(_, sum)| *sum).unwrap_or((0, 0));
        (form, sum.into())
    }

    /// What a channel costs in some rows.
    fn cost(self, rows: Range<usize>, channel: usize, choice: Choice) -> u32 {
        let mut cost = [0];
        self.costs(rows, channel, choice.form, &[choice.law], &mut cost);
        let [cost] = cost;
        cost
    }

    /// The same under each of some laws, all at once.
    #[inline(never)]
    fn costs(self, rows: Range<usize>, channel: usize, form: u8, laws: &[Law], costs: &mut [u32]) {
        // one law alone needs no other's scales
        let law = if let [law] = laws { *law } else { Law::Adaptive(Shape::Gaussian) };
        self.each(rows, channel, Choice { form, law }, &mut |residual, adaptive| {
            for (cost, law) in costs.iter_mut().zip(laws) {
                let one = match law {
                    Law::Zero if residual == 0 => 0,
                    Law::Zero => u32::MAX,
                    Law::Fixed(law) => law.cost(residual),
                    Law::Adaptive(shape) => adaptive.of_shape(*shape).cost(residual),
                };
                *cost = cost.saturating_add(one);
            }
        });
    }
}
