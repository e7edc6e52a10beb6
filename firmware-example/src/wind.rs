//! A model of angles beside numbers and one of counts without an upper end: a conformance set of its own, for
//! which the smallest chip's flash has no room in the others.
//!
//! `python3 docs/scripts/wind.py target`, then `elbow fit target/wind.csv --likelihood von-mises --period
//! direction=360 --hidden 16 --latent gaussian:2 --epochs 60 --out firmware-example/model/wind.elbow`, and
//! `python3 docs/scripts/counts.py target/counts.csv`, then `elbow fit target/counts.csv --drop time_s
//! --window 4 --hidden 8 --latent gaussian:4 --epochs 40 --likelihood negative-binomial --out
//! firmware-example/model/events.elbow`, write what is embedded here.

use crate::demo::{DEMO_SAMPLES, frames};
use crate::likelihoods::whole;
use crate::{Bits, Failure, numbers};
use core::fmt::Write;
use elbow::noise::LowDiscrepancy;

include!("../model/events.rs");
include!("../model/wind.rs");

static EVENTS: &[u8] = elbow::include_model!("../model/events.elbow");
static WIND: &[u8] = elbow::include_model!("../model/wind.elbow");

/// Directions over four turns, some below zero, each with a speed in m/s and a temperature in °C.
fn weather() -> impl Iterator<Item = [f32; 3]> {
    (0..96_u8).map(|i| {
        let speed = f32::from(i % 13) * 0.75;
        [f32::from(i) * 14.5 - 400.0, speed, f32::from(i % 17) + 6.25]
    })
}

/// Writes for each row of weather a line with the bits, in hex, of its scores, of what it gives back and of a
/// draw; then one for each recorded frame in whole numbers, of its scores and of what it gives back.
///
/// # Errors
/// A model or a frame is refused, or `out` fails.
pub fn parity(out: &mut impl Write) -> Result<(), Failure> {
    let (wind, events) = (Wind::from_bytes(WIND)?, Events::from_bytes(EVENTS)?);
    let mut rng = LowDiscrepancy::new(8);
    for (i, frame) in weather().enumerate() {
        let score = wind.log_density(&frame, DEMO_SAMPLES)?;
        write!(out, "{i:03}{}{}", Bits(&numbers(&score)), Bits(&wind.reconstruct(&frame)?))?;
        writeln!(out, "{}", Bits(&wind.sample(&mut rng)?))?;
    }
    for (i, frame) in frames().enumerate() {
        let frame = whole(&frame);
        let score = events.log_density(&frame, DEMO_SAMPLES)?;
        writeln!(out, "{i:03}{}{}", Bits(&numbers(&score)), Bits(&events.reconstruct(&frame)?))?;
    }
    Ok(())
}
