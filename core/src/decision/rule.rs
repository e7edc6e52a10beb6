//! The rule of a verdict: which samples settle it.

use super::{Calibration, Verdict, VerdictKind};
use crate::math;
use crate::score::Score;

/// Part of a float: a sum of K terms is wrong by less than K·2⁻²² of itself, its logarithm by less than |log|·2⁻²².
const ROUNDING: f32 = 1.0 / 2_097_152.0;

/// A verdict in the making: it sees the score after every block of samples.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rule<'c> {
    calibration: &'c Calibration<'c>,
    /// the smallest score so far
    least: f32,
    /// what is settled, and a bound of the statistic
    settled: Option<(VerdictKind, f32)>,
}

impl<'c> Rule<'c> {
    pub(super) fn new(calibration: &'c Calibration<'c>) -> Self {
        Rule { calibration, least: f32::INFINITY, settled: None }
    }

    /// Takes the score so far; whether no sample to come can change the verdict.
    pub(super) fn is_settled(&mut self, score: &Score) -> bool {
        self.see(score);
        let Calibration { samples, threshold, margin, .. } = *self.calibration;
        let now = score.log_density.0;
        // log S_n/K, below which L_K cannot fall
        let rounding = (magnitude(threshold) + samples as f32) * ROUNDING;
        let floor = now - math::ln(samples as f32 / score.samples as f32) - rounding;
        if !math::is_finite(now) {
            return false;
        }
        if now + margin < threshold {
            self.settled = Some((VerdictKind::Anomalous, now + margin));
        } else if floor >= threshold {
            self.settled = Some((VerdictKind::Typical, smaller(floor, self.least + margin)));
        }
        self.settled.is_some()
    }

    /// Takes the score so far.
    pub(super) fn see(&mut self, score: &Score) {
        let now = score.log_density.0;
        if math::is_finite(now) {
            self.least = smaller(self.least, now);
        }
    }

    /// The verdict, with the score that the samples ended with.
    pub(super) fn verdict(&self, score: Score) -> Verdict {
        match self.settled {
            Some((kind, bound)) if score.samples < self.calibration.samples => {
                Verdict { kind, p_value: self.calibration.p_value(bound), score }
            }
            _ => self.by_all(score),
        }
    }

    fn by_all(&self, score: Score) -> Verdict {
        let statistic = statistic(score.log_density.0, self.least, self.calibration.margin);
        let is_anomalous = statistic < self.calibration.threshold;
        let kind = if is_anomalous { VerdictKind::Anomalous } else { VerdictKind::Typical };
        Verdict { kind, p_value: self.calibration.p_value(statistic), score }
    }
}

/// `T = min(L_K, min_n L_n + margin)`
pub(super) fn statistic(last: f32, least: f32, margin: f32) -> f32 {
    smaller(last, least + margin)
}

pub(super) fn smaller(a: f32, b: f32) -> f32 {
    if b < a { b } else { a }
}

fn magnitude(x: f32) -> f32 {
    if x < 0.0 { -x } else { x }
}
