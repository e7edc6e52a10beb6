//! Scores sensor frames on bare metal.
//!
//! [`score`] and [`parity`] are the work: plain `core` code that writes text and knows no machine, so the
//! host runs the very same functions. [`machine`] is what they stand on: reset, console, exit, and stack
//! measurement on a microcontroller; the standard library on the host. [`demo`] is the embedded model.
#![no_std]

pub mod bench;
pub mod bounded;
pub mod codec;
pub mod demo;
pub mod likelihoods;
#[cfg_attr(not(target_os = "none"), path = "host.rs")]
pub mod machine;
pub mod mixture;
pub mod quantized;
pub mod refined;
pub mod rises;
pub mod signed;
pub mod sphere;
pub mod ticks;
pub mod watch;
pub mod wind;

use core::fmt::{self, Write};
use demo::DEMO_SAMPLES;
use elbow::codec::{BitsBackError, PacketError};
use elbow::latent::Posterior as _;
use elbow::{FrameError, LoadError, Score, SelfTestError, VerdictKind};

/// What [`score`] found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// frames scored
    pub frames: usize,
    /// of these, less likely than the alarm threshold
    pub anomalous: usize,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} frames, {} anomalous", self.frames, self.anomalous)
    }
}

/// Why the firmware gave up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Failure {
    /// this machine computes other bits than the model was made for
    SelfTest(SelfTestError),
    /// the embedded model was refused
    Model(LoadError),
    /// a frame has no score
    Frame(FrameError),
    /// a packet was not written or not read
    Packet(PacketError),
    /// a log was not written or not read
    Log(BitsBackError),
    /// the console did not take the text
    Console,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::SelfTest(error) => write!(f, "the self-test failed: {error}"),
            Failure::Model(error) => write!(f, "the model was refused: {error}"),
            Failure::Frame(error) => write!(f, "a frame has no score: {error}"),
            Failure::Packet(error) => write!(f, "a packet failed: {error}"),
            Failure::Log(error) => write!(f, "a log failed: {error}"),
            Failure::Console => f.write_str("the console does not take the text"),
        }
    }
}

impl core::error::Error for Failure {}

impl From<SelfTestError> for Failure {
    fn from(error: SelfTestError) -> Self {
        Failure::SelfTest(error)
    }
}

impl From<LoadError> for Failure {
    fn from(error: LoadError) -> Self {
        Failure::Model(error)
    }
}

impl From<FrameError> for Failure {
    fn from(error: FrameError) -> Self {
        Failure::Frame(error)
    }
}

impl From<PacketError> for Failure {
    fn from(error: PacketError) -> Self {
        Failure::Packet(error)
    }
}

impl From<BitsBackError> for Failure {
    fn from(error: BitsBackError) -> Self {
        Failure::Log(error)
    }
}

impl From<fmt::Error> for Failure {
    fn from(_: fmt::Error) -> Self {
        Failure::Console
    }
}

/// Scores every recorded frame and writes one line for each: its log-density in nats and the verdict.
///
/// # Errors
/// The self-test fails, the model or a frame is refused, or `out` fails.
pub fn score(out: &mut impl Write) -> Result<Summary, Failure> {
    elbow::self_test()?;
    let model = demo::calibrated()?;
    let mut summary = Summary::default();
    for (i, frame) in demo::frames().enumerate() {
        let verdict = model.judge_in_full(&frame)?;
        writeln!(
            out,
            "frame {i:3}: {} nats, {}",
            Hundredths(verdict.score.log_density.0),
            word(verdict.kind)
        )?;
        summary.frames += 1;
        summary.anomalous += usize::from(verdict.is_anomalous());
    }
    Ok(summary)
}

fn word(kind: VerdictKind) -> &'static str {
    match kind {
        VerdictKind::Typical => "typical",
        VerdictKind::Anomalous => "ANOMALOUS",
        VerdictKind::Uncalibrated => "unjudged",
    }
}

/// Writes the conformance set: for each frame a line with the bits, in hex, of every number
/// on the way to its scores under both models, and what matters of those under their
/// quantised forms. Machines agree when their lines do.
///
/// # Errors
/// The model or a frame is refused, or `out` fails.
pub fn parity(out: &mut impl Write) -> Result<(), Failure> {
    let (model, sphere) = (demo::load()?, sphere::load()?);
    let (sphere_int8, demo_int8x8) = quantized::load()?;
    for (i, frame) in demo::frames().enumerate() {
        let score = model.log_density(&frame, DEMO_SAMPLES)?;
        write!(out, "{i:03}{}{}", Bits(&demo::trace(&model, &frame)?), Bits(&numbers(&score)))?;
        let score = sphere.log_density(&frame, DEMO_SAMPLES)?;
        write!(out, "{}{}", Bits(&sphere::trace(&sphere, &frame)?), Bits(&numbers(&score)))?;
        let score = sphere_int8.log_density(&frame, DEMO_SAMPLES)?;
        write!(out, "{}{}", Bits(sphere_int8.encode(&frame)?.mode()), Bits(&numbers(&score)))?;
        let score = demo_int8x8.log_density(&frame, DEMO_SAMPLES)?;
        writeln!(out, "{}{}", Bits(demo_int8x8.encode(&frame)?.mode()), Bits(&numbers(&score)))?;
    }
    Ok(())
}

fn numbers(score: &Score) -> [f32; 3] {
    [score.log_density.0, score.effective_sample_size, score.standard_error]
}

/// Numbers as the hex digits of their bits, each after a space.
struct Bits<'a>(&'a [f32]);

impl fmt::Display for Bits<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|x| write!(f, " {:08x}", x.to_bits()))
    }
}

/// A number to two decimals. `core`'s own float formatting is exact, for 20 KB of flash and 1 KB of stack.
struct Hundredths(f32);

impl fmt::Display for Hundredths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rounded = (self.0.abs() * 100.0 + 0.5) as u32;
        write!(f, "{}{}.{:02}", if self.0 < 0.0 { "-" } else { "" }, rounded / 100, rounded % 100)
    }
}

/// RAM in use, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    /// initialised and zeroed statics
    pub statics: usize,
    /// the deepest that the stack has been since reset
    pub stack_peak: usize,
}

impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RAM: {} bytes of statics, {} bytes of stack at its peak", self.statics, self.stack_peak)
    }
}

/// Bytes from one model file beside the image to the next: for the benchmark.
pub const MODEL_PLACE: usize = 0x18_0000;

/// What a piece of work took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// ticks of the machine's counter
    pub ticks: u32,
    /// bytes of stack
    pub stack: usize,
    /// what came out, as a hash or the bits of a number
    pub bits: u32,
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::{format, string::String};

    #[test]
    fn hundredths_round_to_nearest() {
        for (x, text) in [(0.0, "0.00"), (-0.25, "-0.25"), (12.006, "12.01"), (-993.622, "-993.62")] {
            assert_eq!(format!("{}", Hundredths(x)), text);
        }
    }

    #[test]
    fn every_frame_gets_one_line() {
        let (mut scores, mut bits) = (String::new(), String::new());
        let summary = score(&mut scores).expect("the model loads");
        parity(&mut bits).expect("the model loads");
        assert_eq!(summary.frames, scores.lines().count());
        assert_eq!(summary.frames, bits.lines().count());
        assert_eq!(summary.anomalous, scores.lines().filter(|line| line.ends_with("ANOMALOUS")).count());
    }

    #[test]
    fn a_failing_console_is_reported() {
        struct Full;
        impl Write for Full {
            fn write_str(&mut self, _: &str) -> fmt::Result {
                Err(fmt::Error)
            }
        }
        assert_eq!(score(&mut Full), Err(Failure::Console));
        assert_eq!(parity(&mut Full), Err(Failure::Console));
    }
}
