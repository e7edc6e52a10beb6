//! The rule of a verdict: which samples settle it.

use super::{Calibration, Verdict, VerdictKind};
use crate::features::Missing;
use crate::math;
use crate::score::Score;
use crate::unit::Nats;

/// Part of a float: a sum of K terms is wrong by less than K·2⁻²² of
/// itself, its logarithm by less than |log|·2⁻²².
const ROUNDING: f32 = 1.0 / 2_097_152.0;

/// `T = min(L_K, min_n L_n + m + s_n log K/n)`, from the scores after each block of samples.
#[derive(Clone, Copy, Debug)]
pub(super) struct Statistic {
    /// K
    samples: u32,
    /// m
    margin: f32,
    /// `min_n L_n + m + s_n log K/n` of the n so far
    least: f32,
}

impl Statistic {
    pub(super) fn new(samples: u32, margin: f32) -> Self {
        Statistic { samples, margin, least: f32::INFINITY }
    }

    /// Takes L_n and the deviation s_n of its log weights: `L_n − log K/n`, below which L_K is not but for
    /// rounding, and `L_n + m + s_n log K/n`, above which T is not.
    pub(super) fn see(&mut self, score: &Score, deviation: Nats) -> [f32; 2] {
        let now = score.log_density.0;
        let rest = math::ln(self.samples as f32 / score.samples as f32);
        let ceiling = now + (self.margin + deviation.0 * rest);
        // where a weight is 0 or no number, all K decide
        let ceiling = if math::is_finite(ceiling) { ceiling } else { f32::INFINITY };
        self.least = smaller(self.least, ceiling);
        [now - rest, ceiling]
    }

    /// T, of which `last` is L_K or a bound of it.
    pub(super) fn with(&self, last: f32) -> f32 {
        smaller(last, self.least)
    }
}

/// A verdict in the making: it sees the score after every block of samples.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rule<'c> {
    calibration: &'c Calibration<'c>,
    statistic: Statistic,
    /// that of frames which lack what this one does, if there is one
    threshold: Option<f32>,
    is_whole: bool,
    /// what is settled, and a bound of the statistic
    settled: Option<(VerdictKind, f32)>,
}

impl<'c> Rule<'c> {
    #[inline(always)]
    pub(super) fn new(calibration: &'c Calibration<'c>, missing: Missing) -> Self {
        let statistic = Statistic::new(calibration.samples, calibration.margin);
        let (threshold, is_whole) = (calibration.threshold_without(missing), missing.count == 0);
        Rule { calibration, statistic, threshold, is_whole, settled: None }
    }

    /// Takes the score so far; whether no sample to come can change the verdict.
    pub(super) fn is_settled(&mut self, score: &Score, deviation: Nats) -> bool {
        let samples = self.calibration.samples;
        let [floor, ceiling] = self.statistic.see(score, deviation);
        let Some(threshold) = self.threshold else { return false };
        // log S_n/K, below which neither L_K nor an L_n between can fall
        let floor = floor - (magnitude(threshold) + samples as f32) * ROUNDING;
        if ceiling < threshold {
            self.settled = Some((VerdictKind::Anomalous, ceiling));
        } else if math::is_finite(floor) && floor >= threshold {
            self.settled = Some((VerdictKind::Typical, self.statistic.with(floor)));
        }
        self.settled.is_some()
    }

    /// Takes the score so far.
    pub(super) fn see(&mut self, score: &Score, deviation: Nats) {
        self.statistic.see(score, deviation);
    }

    /// The verdict, with the score that the samples ended with.
    pub(super) fn verdict(&self, score: Score) -> Verdict {
        match self.settled {
            Some((kind, bound)) if score.samples < self.calibration.samples => {
                Verdict { kind, p_value: self.p_value(bound), score }
            }
            _ => self.by_all(score),
        }
    }

    fn by_all(&self, score: Score) -> Verdict {
        let Some(threshold) = self.threshold else {
            return Verdict { kind: VerdictKind::Uncalibrated, p_value: 1.0, score };
        };
        let statistic = self.statistic.with(score.log_density.0);
        let kind = if statistic < threshold { VerdictKind::Anomalous } else { VerdictKind::Typical };
        Verdict { kind, p_value: self.p_value(statistic), score }
    }

    /// Of a frame with a gap only the threshold is known, which is a bound on either side.
    fn p_value(&self, statistic: f32) -> f32 {
        if self.is_whole { self.calibration.p_value(statistic) } else { self.calibration.false_alarm }
    }
}

fn smaller(a: f32, b: f32) -> f32 {
    if b < a { b } else { a }
}

fn magnitude(x: f32) -> f32 {
    if x < 0.0 { -x } else { x }
}
