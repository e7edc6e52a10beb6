//! Units of information: a log density is in nats inside, and says so at the border.

use core::fmt;

/// An amount of information in nats (natural logarithm).
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Nats(pub f32);

/// An amount of information in bits (logarithm to base 2).
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Bits(pub f32);

impl Nats {
    /// The same amount in bits: `nats / log 2`.
    pub fn to_bits(self) -> Bits {
        Bits(self.0 * core::f32::consts::LOG2_E)
    }
}

impl Bits {
    /// The same amount in nats: `bits · log 2`.
    pub fn to_nats(self) -> Nats {
        Nats(self.0 * core::f32::consts::LN_2)
    }
}

impl From<Nats> for Bits {
    fn from(nats: Nats) -> Bits {
        nats.to_bits()
    }
}

impl fmt::Display for Nats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)?;
        f.write_str(" nats")
    }
}

impl fmt::Display for Bits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)?;
        f.write_str(" bits")
    }
}
