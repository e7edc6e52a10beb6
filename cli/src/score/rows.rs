//! Frames to what is told of each: score, verdict, what the stream does, and why.

use elbow::decision::top;
use elbow::stream::{Debounce, Drift, Follow, State, Watch};
use elbow::{Calibrated, FrameError, Score, Verdict, VerdictKind};
use elbow_host::model::{Engine, HostModel};
use elbow_host::score::calibrate::each_row;
use elbow_host::score::evaluate::score_all;
use elbow_reader::{Dataset, Skipped};
use serde::Serialize;

use super::stuck::Stuck;

use crate::error::Error;

/// Causes of one frame, at most.
pub(crate) const MOST_CAUSES: usize = 16;

/// Scores that a threshold which follows the stream is a quantile of.
const FOLLOWED: usize = 256;

/// One scored frame.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    pub(crate) row: usize,
    /// cells of the row that completes the frame
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) kept: Vec<String>,
    /// numbers that the frame lacks
    #[serde(skip_serializing_if = "is_zero")]
    pub(crate) missing: u32,
    pub(crate) log_density: f32,
    pub(crate) bits_per_dim: f32,
    pub(crate) effective_sample_size: f32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) standard_error: Option<f32>,
    #[serde(flatten)]
    pub(crate) decision: Option<Decision>,
    #[serde(flatten)]
    pub(crate) stream: Option<Stream>,
    /// sensors that are stuck, without which the frame was judged
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) stuck: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) causes: Vec<Cause>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "as serde wants it")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// What a calibrated model says of a frame.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Decision {
    pub(crate) p_value: f32,
    pub(crate) anomalous: bool,
}

/// What the stream of frames does, as a device tells it.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Stream {
    /// m of the last n frames are anomalous
    pub(crate) alarm: bool,
    /// scores have become lower or higher, too little for an alarm each
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) drift: Option<&'static str>,
}

/// A column, with its place in a window behind it, and how unlikely it is beside the others, in nats.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Cause {
    pub(crate) column: String,
    pub(crate) surprise: f32,
}

/// m of n, as `3/5`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Alarm {
    needed: u32,
    of: u32,
}

impl Alarm {
    /// Of its text.
    pub(crate) fn read(text: &str) -> Result<Alarm, String> {
        let number = |text: &str| text.trim().parse::<u32>().ok();
        let pair = text.split_once('/').and_then(|(m, n)| Some((number(m)?, number(n)?)));
        match pair {
            Some((needed, of)) if 1 <= needed && needed <= of && of <= 32 => Ok(Alarm { needed, of }),
            _ => Err("give m/n with 1 ≤ m ≤ n ≤ 32, such as 3/5".into()),
        }
    }
}

/// What scores frames in their order.
pub(crate) struct Scorer<'a> {
    engine: &'a dyn Engine,
    judge: Option<Calibrated<'a, &'a (dyn Engine + 'a)>>,
    samples: u32,
    watch: Option<Watch>,
    follow: Option<Follow<FOLLOWED>>,
    stuck: Option<Stuck<'a>>,
    causes: usize,
}

/// What is told of frames beside their scores.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Told {
    pub(crate) alarm: Option<Alarm>,
    /// the threshold follows the stream
    pub(crate) follow: bool,
    /// stuck sensors are told, and left out
    pub(crate) stuck: bool,
    /// how many of each frame
    pub(crate) causes: usize,
}

/// All that is computed of one frame, whatever stands before it.
struct Judged {
    score: Score,
    verdict: Option<Verdict>,
    /// the score by as few samples as settle the verdict, standardised: what a device watches. Of a frame
    /// with gaps, whose scores are others, as is expected; nothing where it has no verdict
    early: Option<f32>,
    causes: Vec<(usize, f32)>,
}

impl<'a> Scorer<'a> {
    /// With verdicts where the model's threshold is for so many samples.
    pub(crate) fn new(model: &'a HostModel<'_>, samples: u32, told: Told) -> Self {
        let Told { alarm, follow, stuck, causes } = told;
        let judge = model.calibrated().filter(|judge| judge.calibration().samples == samples);
        let as_one = judge.as_ref().map_or(1.0, |judge| judge.calibration().frames_as_one);
        let drift = Drift::default().of_frames(as_one);
        let watch = alarm.map(|Alarm { needed, of }| Watch::new(Debounce::new(needed, of), drift));
        let follow = judge.filter(|_| follow).map(|judge| Follow::new(judge.calibration()));
        let stuck = judge.filter(|_| stuck).map(|judge| Stuck::new(judge.calibration().gaps(), model));
        Scorer { engine: &*model.engine, judge, samples, watch, follow, stuck, causes }
    }

    /// Whether frames get verdicts.
    pub(crate) fn has_verdicts(&self) -> bool {
        self.judge.is_some()
    }

    /// Scores the next frames; rows among them that have none have no number. Rows within a window have no
    /// line of their own.
    ///
    /// # Errors
    /// [`Frame`](elbow_host::Error::Frame), of the first that has no score.
    pub(crate) fn take(
        &mut self,
        data: &Dataset,
        window: u32,
        seen: impl Fn(usize) + Sync,
    ) -> Result<Vec<Row>, Error> {
        let stuck = self.stuck.as_mut().map(|stuck| stuck.take(data));
        let (data, stuck) = stuck.as_ref().map_or((data, &[][..]), |(data, stuck)| (data, &stuck[..]));
        let judged = match &self.judge {
            None => score_all(self.engine, data, self.samples, seen)?
                .into_iter()
                .map(|score| Judged { score, verdict: None, early: None, causes: Vec::new() })
                .collect(),
            Some(judge) => each_row(data, |frame| {
                seen(1);
                self.judged(judge, frame)
            })?,
        };
        let row = |(frame, judged): (usize, Judged)| {
            let stuck = stuck.get(frame).cloned().unwrap_or_default();
            Row { stuck, ..self.row(judged, data, frame) }
        };
        let mut rows: Vec<Row> = judged.into_iter().enumerate().map(row).collect();
        if window == 1 && !data.skipped.is_empty() {
            rows.extend(data.skipped.iter().map(without_frame));
            rows.sort_by_key(|row| row.row);
        }
        Ok(rows)
    }

    fn judged(
        &self,
        judge: &Calibrated<'_, &(dyn Engine + '_)>,
        frame: &[f32],
    ) -> Result<Judged, FrameError> {
        let verdict = judge.judge_in_full(frame)?;
        let (mut early, mut causes) = (None, Vec::new());
        if self.watch.is_some() || self.causes > 0 {
            let mut surprises = vec![0.0; frame.len()];
            let settled = judge.judge_explained(frame, &mut surprises)?;
            let z = judge.calibration().standardize(settled.score.log_density);
            let is_whole = settled.score.dims as usize == frame.len();
            early = (settled.kind != VerdictKind::Uncalibrated).then_some(if is_whole { z } else { 0.0 });
            causes = causes_of(frame, &mut surprises, self.causes);
        }
        Ok(Judged { score: verdict.score, verdict: Some(verdict), early, causes })
    }

    fn row(&mut self, judged: Judged, data: &Dataset, frame: usize) -> Row {
        let Judged { score, verdict, early, causes } = judged;
        let name =
            |(feature, surprise): (usize, f32)| Cause { column: data.columns[feature].clone(), surprise };
        let fixed = verdict.is_some_and(|verdict| verdict.is_anomalous());
        let missing = (data.dims as u32).saturating_sub(score.dims);
        let follow = self.follow.as_mut().filter(|_| missing == 0);
        let anomalous = follow.map_or(fixed, |follow| follow.push(score.log_density));
        let verdict = verdict.filter(|verdict| verdict.kind != VerdictKind::Uncalibrated);
        let watched = self.watch.as_mut().zip(early);
        Row {
            row: data.source_rows[frame] + 1,
            kept: data.kept.row(frame).to_vec(),
            missing,
            log_density: score.log_density.0,
            bits_per_dim: score.bits_per_dim(),
            effective_sample_size: score.effective_sample_size,
            standard_error: score.standard_error.is_finite().then_some(score.standard_error),
            decision: verdict.map(|v| Decision { p_value: v.p_value, anomalous }),
            stream: watched.map(|(watch, z)| Stream::of(watch.push(anomalous, z))),
            stuck: Vec::new(),
            causes: causes.into_iter().map(name).collect(),
        }
    }
}

/// The numbers of a frame that the others speak least for, at most so many: none is missing.
pub(crate) fn causes_of(frame: &[f32], surprises: &mut [f32], most: usize) -> Vec<(usize, f32)> {
    for (surprise, x) in surprises.iter_mut().zip(frame) {
        *surprise = if x.is_nan() { f32::NEG_INFINITY } else { *surprise };
    }
    let there = frame.iter().filter(|x| !x.is_nan()).count();
    let top = top::<MOST_CAUSES>(surprises);
    top.iter().take(most.min(there)).map(|cause| (cause.feature, cause.surprise)).collect()
}

fn without_frame(Skipped { row, kept, .. }: &Skipped) -> Row {
    Row {
        row: row + 1,
        kept: kept.clone(),
        missing: 0,
        log_density: f32::NAN,
        bits_per_dim: f32::NAN,
        effective_sample_size: f32::NAN,
        standard_error: None,
        decision: None,
        stream: None,
        stuck: Vec::new(),
        causes: Vec::new(),
    }
}

impl Stream {
    /// As it is, or without drift.
    pub(crate) fn with_drift(self, is_told: bool) -> Self {
        Stream { drift: self.drift.filter(|_| is_told), ..self }
    }

    fn of(state: State) -> Stream {
        let drift = match state {
            State::DriftLow => Some("low"),
            State::DriftHigh => Some("high"),
            State::Steady | State::Fault => None,
        };
        Stream { alarm: state == State::Fault, drift }
    }
}
