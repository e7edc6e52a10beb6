//! The clock of a device, as people write it.

use std::str::FromStr;

/// Cycles a second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Clock(f64);

impl Clock {
    /// How long so many instructions take where each is a cycle, as milliseconds for people; waiting for
    /// flash makes it longer.
    pub(super) fn milliseconds(self, instructions: u64) -> String {
        format!("{:.3} ms", instructions as f64 / self.0 * 1e3)
    }
}

impl FromStr for Clock {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const UNITS: [(&str, f64); 4] = [("GHz", 1e9), ("MHz", 1e6), ("kHz", 1e3), ("Hz", 1.0)];
        let in_unit = |&(unit, hertz): &(&str, f64)| {
            let length = text.len().checked_sub(unit.len())?;
            let (number, of) = text.split_at_checked(length)?;
            let number: f64 = number.trim().parse().ok()?;
            of.eq_ignore_ascii_case(unit).then_some(number * hertz)
        };
        let hertz = UNITS.iter().find_map(in_unit).filter(|hertz| hertz.is_finite() && *hertz > 0.0);
        hertz.map(Clock).ok_or("give a frequency with its unit, such as 64MHz")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frequencies_have_a_unit() {
        assert_eq!("64MHz".parse(), Ok(Clock(64e6)));
        assert_eq!("32.768 khz".parse(), Ok(Clock(32_768.0)));
        for wrong in ["64", "MHz", "-1MHz", "0Hz", "NaNHz", "1e999Hz", "µHz", ""] {
            assert!(wrong.parse::<Clock>().is_err(), "{wrong}");
        }
        assert_eq!("64MHz".parse::<Clock>().unwrap().milliseconds(1_971_000), "30.797 ms");
    }
}
