//! What a sender may choose.

use super::unit::Unit;

/// Windows that share a packet, where neither the user nor the model says.
pub const DEFAULT_WINDOWS_PER_PACKET: u8 = 32;

/// How close what comes back is to what went in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fidelity {
    /// the very numbers; one that is no multiple of its column's resolution is refused
    Lossless,
    /// the nearest multiples of the resolution, and none further from them than so many steps
    Within(u16),
    /// what the model makes of its latents, however far away
    Latents,
}

impl Fidelity {
    /// What the codes of a category are counted in: in steps so far apart that a bound leaves them apart.
    pub(super) fn unit_of_codes(self) -> Unit {
        match self {
            Fidelity::Within(bound) => Unit::new(1.0 / (2.0 * f64::from(bound) + 1.0)).unwrap_or(Unit::ONE),
            _ => Unit::ONE,
        }
    }

    /// Whether a number between two steps is kept by itself.
    pub(super) fn is_exact(self) -> bool {
        self == Fidelity::Lossless
    }

    pub(super) fn of_packets(self) -> elbow::codec::Fidelity {
        match self {
            Fidelity::Lossless => elbow::codec::Fidelity::Within(0),
            Fidelity::Within(bound) => elbow::codec::Fidelity::Within(bound),
            Fidelity::Latents => elbow::codec::Fidelity::Latents,
        }
    }
}

/// What a sender may choose.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// how close
    pub fidelity: Fidelity,
    /// windows that share a packet, and are lost with it; by default those of the
    /// model's plan, or [`DEFAULT_WINDOWS_PER_PACKET`]
    pub windows_per_packet: Option<u8>,
    /// one for all columns, or one for each; by default those of the model's plan, or 1 for integers and the
    /// digits that the text of a CSV file has
    pub resolution: Option<Vec<Unit>>,
    /// steps in which the latents of a window are refined: fewer bits, more work; a receiver need not know
    pub refine: u32,
    /// leave out rows that have other cells than the header, and count them
    pub skip_broken: bool,
}
