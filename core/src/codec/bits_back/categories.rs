//! Codes of categories, on the stack.

use super::choice::{LogWeights, MAX_WEIGHTS};
use super::discrete::DiscreteLikelihood;
use crate::codec::rans::{Rans, StreamError};
use crate::features::{MAX_LEVELS, WholeNumbers, block};
use crate::kernel::TILE;
use crate::layer::Projection;
use crate::likelihood::GaussianCategorical;
use crate::log_mean_exp::LogMeanExp;
use crate::shape::Shape;

/// Values of a digit of a code.
const DIGITS: u16 = 32;
const _: () = assert!(DIGITS as usize <= MAX_WEIGHTS && MAX_LEVELS.div_ceil(DIGITS) as usize <= MAX_WEIGHTS);

/// The law of a code, `softmax(logits)`: of its high digit, and of its low one given that.
///
/// Few values have a low digit alone. A mass of one slot for each value of a digit takes 0.0014 bit at most.
struct CodeLaw<'a, P: Projection> {
    outputs: &'a P,
    hidden: &'a [[P::From; 1]],
    /// the output of the code 0
    first: usize,
    levels: u16,
}

impl<P: Projection> CodeLaw<'_, P> {
    /// Log weights of the high digits: `log Σ exp(logit)` over the codes that begin with it. None where there
    /// is no choice.
    fn high(&self) -> LogWeights {
        let mut weights = LogWeights::new();
        for digit in 0..if self.levels > DIGITS { self.levels.div_ceil(DIGITS) } else { 0 } {
            let mut sum = LogMeanExp::new();
            self.for_each_logit(digit, |logit| sum.push_to_sum([logit]));
            let [log_sum] = sum.log_sum();
            weights.push(log_sum);
        }
        weights
    }

    /// Log weights of the low digits behind a high one.
    fn low(&self, high: u16) -> LogWeights {
        let mut weights = LogWeights::new();
        self.for_each_logit(high, |logit| weights.push(logit));
        weights
    }

    /// The logits of the codes with a high digit: part of a layer, which is computed for it.
    fn for_each_logit(&self, high: u16, mut visit: impl FnMut(f32)) {
        let from = self.first + usize::from(high * DIGITS);
        let end = (from + usize::from(DIGITS)).min(self.first + usize::from(self.levels));
        for t in from / TILE..end.div_ceil(TILE) {
            for (output, [logit]) in (t * TILE..).zip(self.outputs.tile(t, self.hidden)) {
                if (from..end).contains(&output) {
                    visit(logit);
                }
            }
        }
    }

    fn push<B: AsRef<[u8]> + AsMut<[u8]>>(&self, code: u16, rans: &mut Rans<B>) -> Result<(), StreamError> {
        push_digit(code % DIGITS, &self.low(code / DIGITS), rans)?;
        push_digit(code / DIGITS, &self.high(), rans)
    }

    fn pop<B: AsRef<[u8]>>(&self, rans: &mut Rans<B>) -> Result<u16, StreamError> {
        let high = pop_digit(&self.high(), rans)?;
        Ok(high * DIGITS + pop_digit(&self.low(high), rans)?)
    }
}

/// What has no choice is not coded.
fn push_digit<B: AsRef<[u8]> + AsMut<[u8]>>(
    digit: u16,
    weights: &LogWeights,
    rans: &mut Rans<B>,
) -> Result<(), StreamError> {
    if weights.len() < 2 { Ok(()) } else { rans.push(digit, &weights.law().table()?) }
}

fn pop_digit<B: AsRef<[u8]>>(weights: &LogWeights, rans: &mut Rans<B>) -> Result<u16, StreamError> {
    if weights.len() < 2 { Ok(0) } else { rans.pop(&weights.law().table()?) }
}

/// Of categories alone: a number beside them has a density, which is no code.
impl<S: Shape, P: Projection> DiscreteLikelihood for GaussianCategorical<'_, S, P> {
    fn symbols(&self) -> usize {
        2
    }

    fn continuous(&self) -> Option<usize> {
        self.levels.iter().position(|levels| *levels == 0)
    }

    fn without_code(&self, frame: &[f32]) -> Option<usize> {
        self.levels.iter().zip(frame).position(|(levels, code)| *code >= f32::from(*levels))
    }

    fn push<F: WholeNumbers, B: AsRef<[u8]> + AsMut<[u8]>>(
        &self,
        _: &F,
        hidden: &[[P::From; 1]],
        frame: &[f32],
        rans: &mut Rans<B>,
    ) -> Result<(), StreamError> {
        let mut end = self.outputs.outputs();
        for (levels, code) in self.levels.iter().zip(frame).rev() {
            end = end.saturating_sub(block(*levels));
            self.law(hidden, end, *levels)?.push(*code as u16, rans)?;
        }
        Ok(())
    }

    fn pop<F: WholeNumbers, B: AsRef<[u8]>>(
        &self,
        _: &F,
        hidden: &[[P::From; 1]],
        frame: &mut [f32],
        rans: &mut Rans<B>,
    ) -> Result<(), StreamError> {
        let mut first = 0;
        for (levels, code) in self.levels.iter().zip(frame) {
            *code = self.law(hidden, first, *levels)?.pop(rans)?.into();
            first += block(*levels);
        }
        Ok(())
    }
}

impl<S: Shape, P: Projection> GaussianCategorical<'_, S, P> {
    fn law<'a>(
        &'a self,
        hidden: &'a [[P::From; 1]],
        first: usize,
        levels: u16,
    ) -> Result<CodeLaw<'a, P>, StreamError> {
        let law = CodeLaw { outputs: &self.outputs, hidden, first, levels };
        if levels == 0 { Err(StreamError::BadModel) } else { Ok(law) }
    }
}
