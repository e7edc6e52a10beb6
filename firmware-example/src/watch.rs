//! Judges a stream: rows come in, windows of them are judged, alarms tell
//! faults from drift and say which sensors are odd.
//!
//! The rows are those of the recorded frames, one behind the other. In a
//! stretch of the normal ones a sensor fails.

use crate::demo::{self, CalibratedDemo, DEMO_COLUMNS, WIDTH};
use crate::{Failure, Hundredths, word};
use core::fmt::{self, Write};
use elbow::decision::{Cause, top};
use elbow::stream::{State, Watch, Window};
use elbow::{Verdict, VerdictKind};

/// Rows of a window.
const ROWS: usize = 4;
/// Sensors of a row.
const CHANNELS: usize = DEMO_COLUMNS.len();
/// Causes that an alarm names.
const CAUSES: usize = 3;
/// Frames in which the sensor [`FAILING`] reads a tenth of what is there.
const FAULT: core::ops::Range<usize> = 24..32;
/// `mem_available_mib`
const FAILING: usize = 10;

/// What a stream was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// frames judged
    pub frames: u32,
    /// of these, anomalous
    pub anomalous: u32,
    /// frames at which the stream was in a fault
    pub faulty: u32,
    /// samples that all verdicts took
    pub samples: u32,
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Seen { frames, anomalous, faulty, samples } = self;
        let tenths = 10 * samples / frames.max(&1);
        write!(
            f,
            "{frames} frames, {anomalous} anomalous, {faulty} in a fault, {}.{} samples a verdict",
            tenths / 10,
            tenths % 10
        )
    }
}

/// The rows of the stream, oldest first.
pub fn rows() -> impl Iterator<Item = [f32; CHANNELS]> {
    demo::frames().enumerate().flat_map(|(i, frame)| {
        let mut rows = [[0.0; CHANNELS]; ROWS];
        for (row, recorded) in rows.iter_mut().zip(frame.as_chunks::<CHANNELS>().0) {
            *row = *recorded;
            if FAULT.contains(&i) {
                row[FAILING] *= 0.1;
            }
        }
        rows
    })
}

/// All that a device keeps between two rows.
#[derive(Debug)]
pub struct Guard {
    model: CalibratedDemo<'static>,
    window: Window<ROWS, CHANNELS, WIDTH>,
    watch: Watch,
}

/// A judged frame.
#[derive(Clone, Copy, Debug)]
pub struct Judged {
    /// the verdict
    pub verdict: Verdict,
    /// what the stream does
    pub state: State,
    /// the oddest sensors
    pub causes: [Cause; CAUSES],
}

impl Guard {
    /// With the embedded model.
    ///
    /// # Errors
    /// The model is refused.
    pub fn new() -> Result<Self, Failure> {
        let model = demo::calibrated()?;
        Ok(Guard { window: Window::new(ROWS), watch: Watch::of(model.calibration()), model })
    }

    /// Takes a row, and judges where it completes a frame.
    ///
    /// # Errors
    /// The frame has no score.
    pub fn push(&mut self, row: &[f32; CHANNELS]) -> Result<Option<Judged>, Failure> {
        let Some(frame) = self.window.push(row) else { return Ok(None) };
        let mut surprises = [0.0; WIDTH];
        let verdict = self.model.judge_explained(frame, &mut surprises)?;
        let z = self.model.calibration().standardize(verdict.score.log_density);
        let state = self.watch.push(verdict.is_anomalous(), z);
        Ok(Some(Judged { verdict, state, causes: top(&surprises) }))
    }
}

/// Judges the stream and writes a line for each frame: verdict, p-value, score, what the stream does, and for
/// an anomalous frame the oddest sensors with their surprise.
///
/// # Errors
/// The self-test fails, the model or a frame is refused, or `out` fails.
pub fn watch(out: &mut impl Write) -> Result<Seen, Failure> {
    elbow::self_test()?;
    let mut guard = Guard::new()?;
    let mut seen = Seen::default();
    for row in rows() {
        let Some(judged) = guard.push(&row)? else { continue };
        let Judged { verdict, state, causes } = judged;
        let Verdict { kind, p_value, score } = verdict;
        let (sign, p) = match kind {
            VerdictKind::Typical => ('≥', p_value),
            VerdictKind::Anomalous | VerdictKind::Uncalibrated => ('≤', p_value),
        };
        write!(out, "frame {:3}: {:9} p {sign} {} %, ", seen.frames, word(kind), Hundredths(100.0 * p))?;
        write!(out, "{} nats by {} samples, {state:?}", Hundredths(score.log_density.0), score.samples)?;
        if kind == VerdictKind::Anomalous {
            for Cause { feature, surprise } in causes {
                let (column, row) = (DEMO_COLUMNS[feature % CHANNELS], feature / CHANNELS);
                write!(out, ", {column}@{row} {}", Hundredths(surprise))?;
            }
        }
        writeln!(out)?;
        seen.frames += 1;
        seen.anomalous += u32::from(verdict.is_anomalous());
        seen.faulty += u32::from(state == State::Fault);
        seen.samples += score.samples;
    }
    Ok(seen)
}

/// Writes the bits of every verdict, in hex, for comparison with another machine's.
///
/// # Errors
/// As [`watch`].
pub fn bits(out: &mut impl Write) -> Result<(), Failure> {
    let mut guard = Guard::new()?;
    for row in rows() {
        let Some(Judged { verdict, state, causes }) = guard.push(&row)? else { continue };
        let score = [verdict.p_value, verdict.score.log_density.0, verdict.score.effective_sample_size];
        write!(
            out,
            "{} {} {}{}",
            verdict.kind as u32,
            state as u32,
            verdict.score.samples,
            crate::Bits(&score)
        )?;
        for Cause { feature, surprise } in causes {
            write!(out, " {feature}{}", crate::Bits(&[surprise]))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::string::String;

    #[test]
    fn the_fault_is_found_and_named() {
        let mut lines = String::new();
        let seen = watch(&mut lines).expect("the model loads");
        let frames: std::vec::Vec<&str> = lines.lines().collect();
        assert_eq!((seen.frames as usize, frames.len()), (demo::DEMO_FRAMES, demo::DEMO_FRAMES));
        // debounced: it ends two frames after the last anomalous one, and nothing before it is a fault
        let faults: std::vec::Vec<usize> = (0..48).filter(|i| frames[*i].contains("Fault")).collect();
        assert!(faults.iter().all(|i| (FAULT.start..FAULT.end + 2).contains(i)), "{faults:?}");
        assert!(faults.len() >= FAULT.len() - 2, "{faults:?}");
        for i in FAULT {
            assert!(
                frames[i].contains("ANOMALOUS") && frames[i].contains("mem_available_mib"),
                "{}",
                frames[i]
            );
        }
        assert!(seen.samples < 8 * seen.frames, "{seen:?}");
    }
}
