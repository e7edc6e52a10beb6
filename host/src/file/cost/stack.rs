//! How deep the stack goes.

use elbow::architecture::{Architecture, LatentKind};

use super::widths;

/// Bytes of a verdict's stack: at most `alone + input·x + hidden·h + LATENT·d`, where x is the wider of what
/// the network reads and gives, h what is in the hidden layers of encoder or decoder, d the latent's
/// coordinates.
///
/// How many of these vectors lie in memory at once, and how often, is the compiler's choice: it differs from
/// one shape to the next by half a kilobyte. A bound is above the deepest that was measured.
#[derive(Clone, Copy, Debug)]
pub struct Stack {
    /// bytes of no vector, and room
    pub alone: f64,
    /// bytes for each number of a frame
    pub input: f64,
    /// bytes for each number in hidden layers
    pub hidden: f64,
}

/// Bytes for each coordinate of the latent: three vectors of posterior and noise, z of four samples, a copy.
const LATENT: f64 = 32.0;
/// Bytes for each number of a frame and of a hidden layer that lie in memory at once whatever the compiler
/// does: beyond the sizes that were measured no estimate goes below them.
const HELD: f64 = 8.0;
/// Bytes for each output where surprises are told: what four samples say of it.
const SURPRISE: u64 = 16;
/// Beyond that, for all.
const EXPLAINED: u64 = 256;

impl Stack {
    /// Of a verdict.
    pub(super) fn verdict(&self, shape: &Architecture) -> u64 {
        let input = shape.features.max(shape.input_width()).max(shape.output_width());
        // columns that are no numbers lie beside what the encoder reads of them
        let beside = if shape.input_width() == shape.features { 0 } else { shape.features };
        let hidden = widths(&shape.encoder).max(widths(&shape.decoder));
        let latent = match shape.latent {
            LatentKind::Component { .. } => 0,
            _ => shape.latent_dims(),
        };
        let input = f64::from(input) + f64::from(beside);
        let hidden = hidden as f64;
        let bytes = self.input.max(HELD) * input + self.hidden * hidden + LATENT * f64::from(latent);
        (self.alone + bytes).max(HELD * (input + hidden)).ceil() as u64
    }

    /// Of a verdict that says which numbers surprise.
    pub(super) fn explained(&self, shape: &Architecture) -> u64 {
        self.verdict(shape) + SURPRISE * u64::from(shape.output_width()) + EXPLAINED
    }
}
