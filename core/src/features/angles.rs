//! Frames some of whose numbers are angles.

use super::{Features, FrameError, round};
use crate::fingerprint::{Fingerprint, Part, of};
use crate::format::{Load, LoadError, Sections};
use crate::math;
use core::f32::consts::TAU;

/// Turns from zero up to which a number still is an angle: `f32` tells apart 1,024 of one turn there, and
/// fewer further out.
pub const MAX_TURNS: f32 = 16_384.0;

/// Bits of a period that a whole number of turns leaves exact: 24 less those of [`MAX_TURNS`].
const HIGH_BITS: u32 = !0 << 14;

/// Frames of numbers, of which some are angles that wrap with a period of their own: degrees, radians, hours.
///
/// The feature of an angle x is `2π x/period` in ±π radians, the same after every whole turn. All else is as
/// of `F`, which leaves the angles as they are: location 0, scale 1, no logarithm. An angle has a density: of
/// the log Jacobian it has the part `log 2π/period`.
#[derive(Clone, Copy, Debug)]
pub struct Angles<'a, F> {
    numbers: F,
    periods: &'a [f32],
    starts: &'a [f32],
    log_jacobian: f32,
}

impl<'a, F: Features> Angles<'a, F> {
    /// Takes the sections `period`, 0 for a number that is no angle; `start`: a restored angle lies in
    /// `[start, start + period)`; and `[log Jacobian]`, what the angles have of it.
    ///
    /// # Errors
    /// [`LoadError::Malformed`] for a period that is negative, or not between 10⁻⁶ and 10⁹; as
    /// [`Sections::floats`].
    pub fn read(numbers: F, sections: &mut Sections<'a>) -> Result<Self, LoadError> {
        let dims = numbers.dims();
        let (periods, starts) = (sections.floats(dims)?, sections.floats(dims)?);
        match *sections.floats(1)? {
            [log_jacobian] if periods.iter().all(|period| *period == 0.0 || is_period(*period)) => {
                Ok(Angles { numbers, periods, starts, log_jacobian })
            }
            _ => Err(LoadError::Malformed),
        }
    }

    /// The period of each number of a frame, 0 where it is no angle.
    pub fn periods(&self) -> &'a [f32] {
        self.periods
    }

    /// The angles of a frame and their periods.
    fn angles<'x, X>(&self, frame: &'x mut [X]) -> impl Iterator<Item = (usize, &'x mut X, f32)> {
        let all = frame.iter_mut().zip(self.periods).enumerate();
        all.filter(|(_, (_, period))| **period > 0.0).map(|(index, (x, period))| (index, x, *period))
    }
}

/// Whether a number can be the period of an angle.
pub fn is_period(period: f32) -> bool {
    (1e-6..=1e9).contains(&period)
}

/// `2π x/period` in ±π; `None` for more than [`MAX_TURNS`].
///
/// The turns are taken off in two parts, of which the first leaves an exact difference: what is lost is less
/// than the last digit of x.
fn wrap(x: f32, period: f32) -> Option<f32> {
    let turns = x / period;
    if !(-MAX_TURNS..=MAX_TURNS).contains(&turns) {
        return None;
    }
    let high = f32::from_bits(period.to_bits() & HIGH_BITS);
    let whole = round(turns) as f32;
    Some(((x - whole * high) - whole * (period - high)) * (TAU / period))
}

impl<F: Features> Features for Angles<'_, F> {
    type Shape = F::Shape;

    fn dims(&self) -> usize {
        self.numbers.dims()
    }

    fn extract(&self, frame: &[f32], features: &mut [f32]) -> Result<f32, FrameError> {
        let log_jacobian = self.numbers.extract(frame, features)?;
        for (index, feature, period) in self.angles(features) {
            let angle = frame.get(index).and_then(|x| wrap(*x, period));
            *feature = angle.ok_or(FrameError::OutOfSupport { index })?;
        }
        Ok(log_jacobian + self.log_jacobian)
    }

    fn log_slope(&self, index: usize, x: f32) -> f32 {
        match self.periods.get(index) {
            Some(period) if *period > 0.0 => math::ln(TAU / period),
            _ => self.numbers.log_slope(index, x),
        }
    }

    #[inline(always)]
    fn encoder_input<const L: usize>(&self, features: &[[f32; L]], input: &mut [[f32; L]]) {
        self.numbers.encoder_input(features, input);
        for (index, input, _) in self.angles(input) {
            if let Some(angle) = features.get(index) {
                *input = *angle;
            }
        }
    }

    fn is_number(&self, index: usize) -> bool {
        self.periods.get(index).is_none_or(|period| *period == 0.0)
    }

    fn restore(&self, features: &mut [f32]) {
        self.numbers.restore(features);
        let constants = self.periods.iter().zip(self.starts);
        for (angle, (period, start)) in features.iter_mut().zip(constants).filter(|(_, (p, _))| **p > 0.0) {
            let x = *angle * (period / TAU);
            // half a turn either way is wherever rounding has put it
            let before = (start - x) / period;
            let whole = round(before);
            let turns = if (whole as f32) < before { whole.saturating_add(1) } else { whole };
            let x = x + turns as f32 * period;
            *angle = if x < start + period { x } else { *start };
        }
    }
}

impl<'a, F: Features + Load<'a>> Load<'a> for Angles<'a, F> {
    fn load(sections: &mut Sections<'a>) -> Result<Self, LoadError> {
        let numbers = F::load(sections)?;
        Angles::read(numbers, sections)
    }
}

impl<F: Fingerprint> Fingerprint for Angles<'_, F> {
    const FINGERPRINT: u32 = of(&[Part::Angles as u32, F::FINGERPRINT]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_turns_change_no_bit_where_the_number_is_exact() {
        for (period, x) in [(360.0, 5.0), (24.0, 23.25), (1.0, 0.125), (4096.0, 1000.0)] {
            let angle = wrap(x, period);
            for turns in [-7, -1, 1, 2, 100_i16] {
                assert_eq!(wrap(x + f32::from(turns) * period, period), angle, "{x} {period} {turns}");
            }
        }
        assert_eq!(wrap(725.0, 360.0), Some(5.0 * (TAU / 360.0)));
    }

    /// Of periods that no power of two divides, against double precision: the rest is the rounding of x.
    #[test]
    fn large_numbers_lose_no_more_than_their_last_digit() {
        for period in [360.0_f32, TAU, 0.3, 86_400.0, 7.0] {
            for turns in [0.1_f32, 0.5, 3.7, 100.3, 5_000.8, 16_383.4] {
                for sign in [1.0, -1.0] {
                    let x = sign * turns * period;
                    let exact = libm::remainder(f64::from(x), f64::from(period));
                    let exact = exact * f64::from(TAU) / f64::from(period);
                    let found = f64::from(wrap(x, period).unwrap());
                    let apart = libm::fabs(libm::remainder(found - exact, f64::from(TAU)));
                    // an ulp of x, in radians
                    let limit = f64::from(turns * f32::EPSILON * TAU + 5e-7);
                    assert!(apart < limit, "{period} {turns}: {apart} {limit}");
                }
            }
        }
    }

    #[test]
    fn what_has_turned_too_often_is_no_angle() {
        assert!(wrap(MAX_TURNS * 360.0, 360.0).is_some());
        assert_eq!(wrap(16_385.0 * 360.0, 360.0), None);
        assert_eq!(wrap(f32::MAX, 1e-6), None);
    }
}
