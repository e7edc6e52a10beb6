//! The mean of numbers that are known by their logarithms.

use crate::math;
use crate::shape::lanes;

/// `e⁻¹⁷ < 2⁻²⁴`, half of the last place of 1: a smaller term is lost in any sum that is 1 or more.
const SEEN: f32 = 17.0;

/// `log (1/K) Σ exp(a_k)` over `L` streams side by side, with the moments that its error
/// needs. Nothing is stored but three numbers for each.
#[derive(Clone, Copy, Debug)]
pub struct LogMeanExp<const L: usize> {
    /// largest a so far
    pub(crate) max: [f32; L],
    /// Σ exp(a − max)
    pub(crate) sum: [f32; L],
    /// Σ exp(2(a − max))
    pub(crate) sum_square: [f32; L],
    count: u32,
}

impl<const L: usize> Default for LogMeanExp<L> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const L: usize> LogMeanExp<L> {
    /// The mean of nothing yet.
    pub fn new() -> Self {
        LogMeanExp { max: [f32::NEG_INFINITY; L], sum: [0.0; L], sum_square: [0.0; L], count: 0 }
    }

    /// Terms of each stream so far.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// Takes one term of each stream.
    #[cfg_attr(target_os = "none", inline(never))]
    #[cfg_attr(not(target_os = "none"), inline(always))]
    pub fn push(&mut self, terms: [f32; L]) {
        self.add::<true>(terms);
    }

    /// As [`push`](Self::push), for the sum alone: the scores' errors are then wrong.
    #[inline(always)]
    pub(crate) fn push_to_sum(&mut self, terms: [f32; L]) {
        if !self.is_blind_to(&terms) {
            self.add_to_sum(terms);
        }
    }

    #[cfg_attr(target_os = "none", inline(never))]
    #[cfg_attr(not(target_os = "none"), inline(always))]
    fn add_to_sum(&mut self, terms: [f32; L]) {
        self.add::<false>(terms);
    }

    /// As [`push_to_sum`](Self::push_to_sum), for some terms of each stream in order. The bits are the same,
    /// whatever the terms.
    #[inline(always)]
    pub(crate) fn push_all_to_sum(&mut self, terms: &[[f32; L]]) {
        // One stream looks at each of its terms: there an `exp` is dear. Streams side by
        // side do without branches from when all have begun
        if L == 1 || self.max.iter().fold(false, |waits, max| waits | (*max == f32::NEG_INFINITY)) {
            terms.iter().for_each(|terms| self.push_to_sum(*terms));
        } else if !self.is_blind_to_all(terms) {
            self.add_all_to_sum(terms);
        }
    }

    #[inline(always)]
    fn add_all_to_sum(&mut self, terms: &[[f32; L]]) {
        // kept in registers
        let (mut max, mut sum) = (self.max, self.sum);
        for terms in terms {
            for l in 0..L {
                let (a, is_largest) = (terms[l], terms[l] > max[l]);
                // e⁻⁶⁰ or less is lost: sums are at least 1, and less than 2³² in units
                // of the old largest term
                let ratio = math::exp_of_minus_abs_to_60(a - max[l]);
                sum[l] = if is_largest { sum[l] * ratio + 1.0 } else { sum[l] + ratio };
                max[l] = if is_largest { a } else { max[l] };
            }
        }
        (self.max, self.sum) = (max, sum);
    }

    /// Whether these terms change no sum by a bit, so that no `exp` need tell: each lies more than [`SEEN`]
    /// below the largest of its stream, whose sums are at least 1.
    #[inline(always)]
    fn is_blind_to(&self, terms: &[f32; L]) -> bool {
        self.is_blind_to_all(core::slice::from_ref(terms))
    }

    /// As [`is_blind_to`](Self::is_blind_to), of some terms of each stream. It is blind to no NaN: the
    /// largest of some terms would not tell.
    #[inline(always)]
    fn is_blind_to_all(&self, terms: &[[f32; L]]) -> bool {
        let seen: [f32; L] = lanes(|l| self.max[l] - SEEN);
        // every lane is looked at: a loop that is not left early can be vectorised
        let mut is_blind = true;
        for terms in terms {
            for l in 0..L {
                is_blind &= terms[l] < seen[l];
            }
        }
        is_blind
    }

    #[inline(always)]
    fn add<const SQUARES: bool>(&mut self, terms: [f32; L]) {
        self.count += 1;
        for (l, &a) in terms.iter().enumerate() {
            let (max, sum, sum_square) = (self.max[l], self.sum[l], self.sum_square[l]);
            // the smaller of the two over the larger
            let ratio = math::exp_call(-(a - max).abs());
            let (max, sum, sum_square) = if a > max {
                // the sums so far are in units of the old largest term
                (a, sum * ratio + 1.0, sum_square * (ratio * ratio) + 1.0)
            } else if a == f32::NEG_INFINITY {
                (max, sum, sum_square)
            } else {
                // NaN comes here too, and stays in the sums
                (max, sum + ratio, sum_square + ratio * ratio)
            };
            (self.max[l], self.sum[l]) = (max, sum);
            if SQUARES {
                self.sum_square[l] = sum_square;
            }
        }
    }

    /// `log Σ exp(a_k)`
    #[inline(always)]
    pub fn log_sum(&self) -> [f32; L] {
        lanes(
            #[inline(always)]
            |l| self.max[l] + math::ln(self.sum[l]),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_that_is_not_seen_changes_no_bit() {
        let mut mean = LogMeanExp::<2>::new();
        assert!(!mean.is_blind_to(&[-1e30; 2]), "the first term counts, whatever it is");
        mean.push([-3.0, 5.0]);
        let before = mean.log_sum();
        assert!(!mean.is_blind_to(&[-20.5, -11.9]) && !mean.is_blind_to(&[f32::NAN, -99.0]));
        for terms in [[-20.01, -12.01], [-1e4, f32::NEG_INFINITY]] {
            assert!(mean.is_blind_to(&terms));
            mean.push(terms);
            assert_eq!(mean.log_sum(), before);
        }
    }

    #[test]
    fn the_shorter_exponential_has_the_bits_of_the_other() {
        for bits in (0..60.0_f32.to_bits()).step_by(1009) {
            let x = f32::from_bits(bits);
            assert_eq!(math::exp_of_minus_abs_to_60(x).to_bits(), math::exp(-x).to_bits(), "{x}");
        }
        assert!(math::exp_of_minus_abs_to_60(f32::NEG_INFINITY) == math::exp(-60.0));
        assert!(math::exp_of_minus_abs_to_60(f32::NAN).is_nan());
    }

    /// Terms by a generator's words, some of them impossible, in parts of any
    /// length: by parts and one by one.
    #[test]
    fn many_at_a_time_have_the_bits_of_one_by_one() {
        let mut word = 1_u32;
        let mut number = |spread: f32| {
            word = word.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            match word >> 24 {
                7 => f32::NEG_INFINITY,
                8 if spread > 1e38 => f32::NAN,
                9 if spread > 1e38 => f32::INFINITY,
                _ => spread * ((word >> 8) as f32 / 16_777_216.0 - 0.5),
            }
        };
        for spread in [1.0, 30.0, 300.0, f32::MAX] {
            let terms: [[f32; 4]; 200] = core::array::from_fn(|_| core::array::from_fn(|_| number(spread)));
            let (mut together, mut alone) = (LogMeanExp::<4>::new(), LogMeanExp::<4>::new());
            let mut rest = &terms[..];
            for length in 1..20 {
                let (part, later) = rest.split_at(length);
                rest = later;
                together.push_all_to_sum(part);
                part.iter().for_each(|terms| alone.push(*terms));
                let bits = |sums: [f32; 4]| sums.map(|sum| (!sum.is_nan()).then_some(sum.to_bits()));
                assert_eq!(bits(together.log_sum()), bits(alone.log_sum()));
            }
        }
    }
}
