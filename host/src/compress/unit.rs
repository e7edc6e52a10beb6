//! Numbers as whole steps of a resolution.

use serde::{Deserialize, Serialize};

use elbow_reader::{Fault, Format};

/// The resolution of a column: a number is so many steps of it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Unit(f64);

impl Unit {
    /// One for whole numbers.
    pub const ONE: Unit = Unit(1.0);

    /// A resolution, or `None` where it is not a positive number that a 32-bit float can hold.
    pub fn new(unit: f64) -> Option<Unit> {
        let narrow = unit as f32;
        (unit > 0.0 && narrow.is_normal() && narrow.recip().is_normal()).then_some(Unit(unit))
    }

    /// The unit of numbers with so many digits behind the decimal point.
    pub fn of_decimals(decimals: u32) -> Option<Unit> {
        Unit::new(10_f64.powi(-i32::try_from(decimals).ok()?))
    }

    /// The shortest decimal that a 32-bit float stands for.
    pub fn of_narrow(unit: f32) -> Option<Unit> {
        format!("{unit}").parse().ok().and_then(Unit::new)
    }

    /// As a 32-bit float.
    pub fn narrow(self) -> f32 {
        self.0 as f32
    }

    /// The resolution.
    pub fn get(self) -> f64 {
        self.0
    }

    /// 1/unit where that is a whole number: decimals are then divided, which rounds once.
    fn steps_to_one(self) -> Option<f64> {
        let steps = (1.0 / self.0).round();
        (steps >= 1.0 && (steps * self.0 - 1.0).abs() < 1e-12).then_some(steps)
    }

    /// A number of steps as a number.
    pub fn value(self, steps: i32) -> f64 {
        let steps = f64::from(steps);
        self.steps_to_one().map_or(steps * self.0, |to_one| steps / to_one)
    }

    /// The nearest number of steps.
    ///
    /// # Errors
    /// [`Fault::TooManySteps`]; [`Fault::BetweenSteps`] where the steps must
    /// give back the very number that the format holds.
    pub fn steps(self, value: f64, format: &Format, exact: bool) -> Result<i32, Fault> {
        let steps = self.steps_to_one().map_or(value / self.0, |to_one| value * to_one).round();
        if !(f64::from(i32::MIN)..=f64::from(i32::MAX)).contains(&steps) {
            return Err(Fault::TooManySteps { value, steps, unit: self.0 });
        }
        let back = self.value(steps as i32);
        let same = match format {
            Format::Npy { kind: elbow_reader::Kind::F32, .. } => back as f32 == value as f32,
            _ => back == value,
        };
        if exact && !same { Err(Fault::BetweenSteps { value, unit: self.0 }) } else { Ok(steps as i32) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use elbow_reader::Kind;

    const TEXT: Format = Format::Csv { delimiter: b',' };

    #[test]
    fn decimals_come_back_as_they_were() {
        let unit = Unit::of_decimals(3).unwrap();
        for text in ["0.1", "0.3", "-7.001", "12345.678", "0"] {
            let value: f64 = text.parse().unwrap();
            assert_eq!(unit.value(unit.steps(value, &TEXT, true).unwrap()), value);
        }
        // an f32 of three decimals is not the f64 of them
        let single = Format::Npy { kind: Kind::F32, shape: Vec::new() };
        assert_eq!(unit.steps(f64::from(0.1_f32), &single, true), Ok(100));
        assert!(matches!(unit.steps(f64::from(0.1_f32), &TEXT, true), Err(Fault::BetweenSteps { .. })));
    }

    #[test]
    fn what_no_step_holds_is_refused() {
        let unit = Unit::new(0.5).unwrap();
        assert_eq!(unit.steps(0.7, &TEXT, false), Ok(1));
        assert!(matches!(unit.steps(0.7, &TEXT, true), Err(Fault::BetweenSteps { .. })));
        assert!(matches!(unit.steps(2e9, &TEXT, false), Err(Fault::TooManySteps { .. })));
        assert_eq!([0.0, -1.0, f64::NAN, f64::INFINITY, 1e-60].map(Unit::new), [None; 5]);
    }
}
