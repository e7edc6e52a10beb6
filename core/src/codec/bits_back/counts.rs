//! Counts of 0 to n, at most 255, on the stack: two digits of 16.

use super::discrete::DiscreteLaw;
use super::shares::share_out;
use crate::codec::rans::{Rans, StreamError};
use crate::codec::table::Table;
use crate::features::MAX_COUNT;
use crate::likelihood::BetaBinomialLaw;

const PRECISION: u32 = 14;
/// Values of a digit.
const DIGITS: usize = 16;

/// The law of a digit, by its shares `⌊2^16·w/max w⌋`.
struct DigitLaw([u16; DIGITS + 1]);

impl DigitLaw {
    fn new(weights: &[f32; DIGITS]) -> Self {
        let highest =
            weights.iter().fold(0.0, |highest, weight| if *weight > highest { *weight } else { highest });
        let scale = if highest > 0.0 { 65_536.0 / highest } else { 0.0 };
        let mut cumulative = [0; DIGITS + 1];
        share_out(weights.iter().map(|weight| (scale * weight) as u32), PRECISION, &mut cumulative);
        DigitLaw(cumulative)
    }

    fn table(&self) -> Result<Table<'_, PRECISION>, StreamError> {
        Table::new(&self.0).map_err(|_| StreamError::BadModel)
    }
}

/// The law of a count: of its high digit, and of its low digit given that.
///
/// Two laws of 16 symbols and not one of 256: a mass of one slot for each takes 0.003 bit of a count that is
/// certain, and not 0.02.
pub(super) struct CountLaw(pub(super) [f32; MAX_COUNT + 1]);

impl CountLaw {
    fn high(&self) -> DigitLaw {
        let mut sums = [0.0; DIGITS];
        for (sum, weights) in sums.iter_mut().zip(self.0.as_chunks::<DIGITS>().0) {
            weights.iter().for_each(|weight| *sum += weight);
        }
        DigitLaw::new(&sums)
    }

    fn low(&self, high: u16) -> DigitLaw {
        DigitLaw::new(self.0.as_chunks().0.get(usize::from(high)).unwrap_or(&[1.0; DIGITS]))
    }

    pub(super) fn push<B: AsRef<[u8]> + AsMut<[u8]>>(
        &self,
        count: u16,
        rans: &mut Rans<B>,
    ) -> Result<(), StreamError> {
        rans.push(count % 16, &self.low(count / 16).table()?)?;
        rans.push(count / 16, &self.high().table()?)
    }

    pub(super) fn pop<B: AsRef<[u8]>>(&self, rans: &mut Rans<B>) -> Result<u16, StreamError> {
        let high = rans.pop(&self.high().table()?)?;
        Ok(16 * high + rans.pop(&self.low(high).table()?)?)
    }

    /// What a count costs, in bits.
    #[cfg(test)]
    pub(super) fn information(&self, count: u16) -> f64 {
        use crate::codec::EntropyModel;
        let bits = |law: DigitLaw, digit| {
            let mass = law.table().unwrap().interval(digit).map_or(0, |interval| interval.mass);
            f64::from(PRECISION) - libm::log2(mass.into())
        };
        bits(self.low(count / 16), count % 16) + bits(self.high(), count / 16)
    }
}

impl DiscreteLaw<2> for BetaBinomialLaw {
    const SYMBOLS: usize = 2;

    fn push<B: AsRef<[u8]> + AsMut<[u8]>>(
        &self,
        outputs: [f32; 2],
        _: (f32, f32),
        count: f32,
        rans: &mut Rans<B>,
    ) -> Result<(), StreamError> {
        CountLaw(self.weights(outputs)).push(count as u16, rans)
    }

    fn pop<B: AsRef<[u8]>>(
        &self,
        outputs: [f32; 2],
        _: (f32, f32),
        rans: &mut Rans<B>,
    ) -> Result<f32, StreamError> {
        Ok(CountLaw(self.weights(outputs)).pop(rans)?.into())
    }
}
