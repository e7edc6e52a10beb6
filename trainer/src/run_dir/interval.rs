//! How often a run is written down.

use std::str::FromStr;
use std::time::Duration;

/// How often a checkpoint is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interval {
    /// after so many epochs
    Epochs(u32),
    /// after so long
    Time(Duration),
}

impl FromStr for Interval {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unit = text.trim_start_matches(|c: char| c.is_ascii_digit());
        let number = text[..text.len() - unit.len()].parse::<u32>().ok().filter(|number| *number > 0);
        let seconds = match unit {
            "" => {
                return number
                    .map(Interval::Epochs)
                    .ok_or("give a number of epochs, or a time such as 60s, 10m or 1h");
            }
            "s" => 1,
            "m" => 60,
            "h" => 3600,
            _ => return Err("give a number of epochs, or a time such as 60s, 10m or 1h"),
        };
        let time = number.map(|number| Interval::Time(Duration::from_secs(u64::from(number) * seconds)));
        time.ok_or("give at least one second")
    }
}
