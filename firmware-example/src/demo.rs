//! The model this firmware carries and the frames it scores: the one file that knows either.
//!
//! A stand-in until the trained model is here: a table of numbers and one `exp` for each. To plug the model in, include its
//! type alias and its bytes here, let [`load`] call `from_bytes`, and the rest of the crate stays as it is.

use core::fmt;

/// Samples drawn from the posterior for each score.
pub const SAMPLES: usize = 16;
/// Sensor values in a frame.
pub const WIDTH: usize = 4;

/// Why the model was refused.
pub type LoadError = core::convert::Infallible;

/// The model.
#[derive(Debug)]
pub struct Demo;

/// Checks the embedded bytes and borrows the model from them.
///
/// # Errors
/// The model's bytes are damaged or of another shape.
pub fn load() -> Result<Demo, LoadError> {
    Ok(Demo)
}

/// The recorded frames, in raw sensor units.
pub fn frames() -> impl Iterator<Item = [f32; WIDTH]> {
    (0u16..256).map(|i| core::array::from_fn(|j| f32::from(i) * 0.1 - 20.0 + j as f32 * 0.01))
}

/// Whether a frame looks like those the model was trained on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// as likely as the training data
    Typical,
    /// less likely than the alarm threshold
    Anomalous,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Verdict::Typical => "typical",
            Verdict::Anomalous => "ANOMALOUS",
        })
    }
}

impl Demo {
    /// Log-density of a frame, in nats.
    pub fn log_density(&self, frame: &[f32; WIDTH], _samples: usize) -> f32 {
        -frame.iter().fold(0.0, |sum, &x| sum + elbow::math::exp(x))
    }

    /// Every intermediate number that must be the same on all machines.
    pub fn trace(&self, frame: &[f32; WIDTH]) -> [f32; WIDTH] {
        frame.map(elbow::math::exp)
    }

    /// Compares a score with the alarm threshold.
    pub fn judge(&self, nats: f32) -> Verdict {
        if nats < -100.0 { Verdict::Anomalous } else { Verdict::Typical }
    }
}
