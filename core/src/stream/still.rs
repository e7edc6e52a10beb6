//! Sensors that are stuck: inputs that have not moved for longer than they ever did.

use crate::decision::GapThresholds;
use crate::math;
use crate::shape::Shape;

/// Which sensors have held one value for longer than normal rows do. A stuck sensor is no anomaly of the
/// machine: it is told apart, and [`hide`](Self::hide) leaves it out of the frame, so that verdicts go on by
/// the threshold of frames that lack it.
///
/// A sensor is stuck from its `2 L + 3`-th row with the same bits on, L the most rows in a row that it held a
/// value in the calibration's (`elbow calibrate --missing one`), until it moves. Where runs have a geometric
/// law, as of a rounded number, the longest of n rows is about as long as `p^L = 1/n` says; twice that comes
/// by chance once in n² rows. A sensor that never moved there is never stuck. A missing number says
/// nothing.
///
/// **Cost.** Two numbers of memory a sensor; a comparison a sensor and row.
#[derive(Clone, Debug)]
pub struct Still<'a, S: Shape> {
    holds: &'a [u32],
    last: S::Buffer<f32>,
    /// rows with that value
    rows: S::Buffer<i32>,
}

/// Rows beyond twice the longest run.
const MARGIN: u32 = 3;

impl<'a, S: Shape> Still<'a, S> {
    /// Of a stream of rows of so many numbers as the thresholds are for; without those no sensor is ever
    /// stuck.
    pub fn new(gaps: &GapThresholds<'a>) -> Self {
        let holds = gaps.holds();
        Still { holds, last: S::buffer(holds.len()), rows: S::buffer(holds.len()) }
    }

    /// Takes the next row.
    pub fn push(&mut self, row: &[f32]) {
        let sensors = self.last.as_mut().iter_mut().zip(self.rows.as_mut());
        for ((last, rows), x) in sensors.zip(row).filter(|(_, x)| !math::is_nan(**x)) {
            *rows = if x.to_bits() == last.to_bits() { rows.saturating_add(1) } else { 1 };
            *last = *x;
        }
    }

    /// Whether a sensor is stuck.
    pub fn is_stuck(&self, sensor: usize) -> bool {
        let held = self.rows.as_ref().get(sensor).copied().unwrap_or(0);
        let longest = self.holds.get(sensor).copied().unwrap_or(u32::MAX);
        i64::from(held) >= 2 * i64::from(longest) + i64::from(MARGIN)
    }

    /// The sensors that are stuck.
    pub fn stuck(&self) -> impl Iterator<Item = usize> {
        (0..self.holds.len()).filter(|sensor| self.is_stuck(*sensor))
    }

    /// Makes the numbers of stuck sensors missing, in a frame of whole rows; whether there are any.
    pub fn hide(&self, frame: &mut [f32]) -> bool {
        let mut any = false;
        for sensor in self.stuck() {
            any = true;
            frame.iter_mut().skip(sensor).step_by(self.holds.len()).for_each(|x| *x = f32::NAN);
        }
        any
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shape::Width;

    #[test]
    fn a_sensor_is_stuck_from_twice_its_longest_run_on_until_it_moves() {
        let holds = [1, 4, u32::MAX];
        let mut still = Still::<Width<3>>::new(&GapThresholds::of_holds(&holds));
        let mut stuck_at = [None; 3];
        for row in 0..40 {
            still.push(&[7.0, if row == 2 { f32::NAN } else { -1.0 }, 0.0]);
            for (sensor, at) in stuck_at.iter_mut().enumerate() {
                if still.is_stuck(sensor) && at.is_none() {
                    *at = Some(row + 1);
                }
            }
        }
        // a missing number neither moves it nor counts
        assert_eq!(stuck_at, [Some(5), Some(12), None]);
        let mut frame = [1.0; 6];
        assert!(still.hide(&mut frame));
        assert_eq!(frame.map(f32::is_nan), [true, true, false, true, true, false]);
        still.push(&[7.5, -1.0, 0.0]);
        assert_eq!(still.stuck().collect::<heapless::Vec<_, 3>>(), [1]);
        let mut never = Still::<Width<3>>::new(&GapThresholds::default());
        (0..99).for_each(|_| never.push(&[0.0; 3]));
        assert!(!never.hide(&mut frame) && never.stuck().next().is_none());
    }
}
