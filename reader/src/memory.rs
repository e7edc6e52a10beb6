//! How much memory the frames of a file may take.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::Problem;

/// A limit in bytes, for what is held of a file at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Memory(pub u64);

impl Default for Memory {
    /// Three quarters of what the machine has free, where it says so; else 4 GiB.
    fn default() -> Self {
        const UNKNOWN: u64 = 4 << 30;
        let free = std::fs::read_to_string("/proc/meminfo").ok().and_then(|text| free(&text));
        Memory(free.map_or(UNKNOWN, |bytes| bytes / 4 * 3))
    }
}

/// Of a line such as `MemAvailable:   10240 kB`.
fn free(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

impl Memory {
    /// Refuses a fit that would need more.
    ///
    /// # Errors
    /// [`Problem::FitMemory`].
    pub fn allows_fit(&self, needed: u64) -> Result<(), Problem> {
        if needed > self.0 { Err(Problem::FitMemory { needed, limit: self.0 }) } else { Ok(()) }
    }

    /// Refuses what would be more.
    pub(crate) fn allows(&self, bytes: usize) -> Result<(), Problem> {
        if bytes as u64 > self.0 { Err(Problem::Memory { limit: self.0 }) } else { Ok(()) }
    }
}

/// What a step of a unit is to the one before.
const UNITS: [(&str, u64); 3] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];

impl FromStr for Memory {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == ' ');
        let unit = text[digits.len()..].trim();
        let is = |name: &str| name.eq_ignore_ascii_case(unit) || name[..1].eq_ignore_ascii_case(unit);
        let unit =
            UNITS.iter().find(|(name, _)| is(name)).map(|(_, bytes)| *bytes).or(unit.is_empty().then_some(1));
        let bytes =
            unit.and_then(|unit| digits.parse::<u64>().ok()?.checked_mul(unit)).filter(|bytes| *bytes > 0);
        bytes.map(Memory).ok_or_else(|| format!("`{text}` is no size, such as 8GiB or 500MiB"))
    }
}

impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match UNITS.iter().find(|(_, unit)| self.0.is_multiple_of(*unit)) {
            Some((name, unit)) => write!(f, "{}{name}", self.0 / unit),
            None => self.0.fmt(f),
        }
    }
}

impl TryFrom<String> for Memory {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Memory> for String {
    fn from(of: Memory) -> String {
        of.to_string()
    }
}
