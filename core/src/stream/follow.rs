//! A threshold that follows the stream.

use crate::decision::Calibration;
use crate::math;
use crate::unit::Nats;

/// Verdicts before one of them moves the level: what may be the beginning of a fault is told before the
/// threshold gives way to it.
const DELAY: u32 = 5;
/// How much the level moves: after an anomalous frame it takes one that is `e` times rarer.
const STEP: f32 = 1.0;
/// The least level is `e^−16`.
const RAREST: f32 = -16.0;
/// The floor lies so many times as far below the median score as the threshold of the calibration: nats grow
/// with the square of a distance, so this is four times its distance from what is normal.
const FLOOR: f32 = 16.0;
/// Nats that the threshold counts as below the median, at least: scores may be all alike.
const LEAST_SPREAD: f32 = 1.0;

/// A threshold at a rolling quantile of the last `N` scores, its level held so that a part α of the frames is
/// anomalous however the stream moves: adaptive conformal inference.
///
/// A frame with the score v is anomalous where `log p ≤ a`: p is its rank among the N scores kept,
/// `(1 + #{kept ≤ v})/(N + 1)`, and below all of them the tail of an exponential law goes on,
/// `exp(−(least − v)/s)/(N + 1)`, `s = (mean − least)/log N`. After each verdict `a ← min(0, a + α − e)`, e =
/// 1 if the frame five verdicts before was anomalous. Scores that are not anomalous are kept.
///
/// **Guarantee.** Of T frames above the floor, whatever their scores, at most `αT + 22` are anomalous: no
/// distribution, no independence and no model is asked for. For a rises by α with each frame and falls by 1
/// for each that was anomalous; it begins and ends at 0 or below, and since no `log p` is below −16 and five
/// verdicts may be under way, it does not fall below −22. Nor are fewer than `αT − log 1/α` anomalous, unless
/// a was held at 0. On streams that move slowly against N frames the rate is much closer to α than that.
///
/// **Bounds.** What is slow is followed, a fault too. Scores below a *floor*, by default sixteen times as far
/// below the calibration's median score as its threshold, are always anomalous and move nothing. And
/// [`Drift`](super::Drift) goes on to compare with the calibration: a threshold that has moved is told as
/// drift.
///
/// **Cost.** Two passes over N floats a verdict and a logarithm. Memory: N floats and five words.
///
/// **Source.** Gibbs and Candès (2021), "Adaptive conformal inference under distribution shift", equation 2
/// and proposition 4.1, whose argument this is; the level moves by its logarithm, so that after some
/// anomalous frames the next still can be, if it is rare enough.
#[derive(Clone, Copy, Debug)]
pub struct Follow<const N: usize> {
    kept: [f32; N],
    /// where the next score is kept
    next: usize,
    /// α
    rate: f32,
    /// a
    level: f32,
    floor: f32,
    /// the last verdicts, a bit each, the last one lowest
    verdicts: u32,
}

impl<const N: usize> Follow<N> {
    /// Begins at the calibration's threshold, as if the stream had been what it was calibrated on.
    pub fn new(calibration: &Calibration<'_>) -> Self {
        let median = calibration.quantile(0.5).0;
        let spread = median - calibration.threshold;
        let floor = median - FLOOR * if spread > LEAST_SPREAD { spread } else { LEAST_SPREAD };
        Follow::from_quantiles(calibration.false_alarm, floor, |part| calibration.quantile(part).0)
    }

    /// With another floor: below it a frame is anomalous whatever came before.
    pub fn with_floor(self, floor: Nats) -> Self {
        Follow { floor: floor.0, ..self }
    }

    /// The rate α, the floor in nats, and the quantiles of usual scores.
    fn from_quantiles(rate: f32, floor: f32, quantile: impl Fn(f32) -> f32) -> Self {
        const { assert!(N >= 16, "a quantile of fewer scores says little") }
        // by steps of the golden section, so that low and high ones leave in turn
        let mut part = 0.5 / N as f32;
        let kept = core::array::from_fn(|_| {
            let score = quantile(part);
            part += 0.618_034;
            part = if part < 1.0 { part } else { part - 1.0 };
            score
        });
        Follow { kept, next: 0, rate, level: math::ln(rate), floor, verdicts: 0 }
    }

    /// Takes the score of the next frame, by all samples as
    /// [`judge_in_full`](crate::Calibrated::judge_in_full) returns it; whether the frame is anomalous.
    pub fn push(&mut self, score: Nats) -> bool {
        let score = score.0;
        if score < self.floor {
            return true;
        }
        let is_anomalous = self.log_p_value(score) <= self.level;
        let moved = self.verdicts >> (DELAY - 1) & 1;
        self.verdicts = self.verdicts << 1 | u32::from(is_anomalous);
        let level = self.level + STEP * (self.rate - moved as f32);
        self.level = if level > 0.0 { 0.0 } else { level };
        if !is_anomalous {
            if let Some(place) = self.kept.get_mut(self.next) {
                *place = score;
            }
            self.next = if self.next + 1 < N { self.next + 1 } else { 0 };
        }
        is_anomalous
    }

    fn log_p_value(&self, score: f32) -> f32 {
        let rank = self.kept.iter().filter(|kept| **kept <= score).count();
        let log_p = math::ln((1 + rank) as f32 / (N as f32 + 1.0));
        if rank > 0 {
            return log_p;
        }
        let (least, scale) = self.tail();
        let log_p = log_p - (least - score) / scale;
        // of scores that are all alike the tail is of no width
        if log_p > RAREST { log_p } else { RAREST }
    }

    /// The least score that is kept, and the scale of the tail below it.
    fn tail(&self) -> (f32, f32) {
        let first = self.kept.first().copied().unwrap_or(0.0);
        let (mut least, mut sum) = (first, 0.0);
        for score in &self.kept {
            least = if *score < least { *score } else { least };
            // about the first, so that nothing is lost of scores far from 0
            sum += score - first;
        }
        let scale = (first - least + sum / N as f32) / math::ln(N as f32);
        (least, if scale > 1e-3 { scale } else { 1e-3 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::noise::hash;
    use crate::stream::Debounce;

    /// Scores of a model whose frames have eight numbers: −½ χ²₈, in nats.
    struct Scores(u32);

    impl Scores {
        fn normal(&mut self) -> f32 {
            self.0 += 1;
            math::normal_quantile(hash(self.0))
        }

        fn next(&mut self) -> f32 {
            (0..8).map(|_| self.normal()).map(|z| -0.5 * z * z).sum()
        }
    }

    /// Begins with the quantiles of 1,000 such scores.
    fn calibrated<const N: usize>(rate: f32) -> Follow<N> {
        let (mut scores, mut sorted) = (Scores(7_000_000), [0.0; 1000]);
        sorted.iter_mut().for_each(|score| *score = scores.next());
        sorted.sort_unstable_by(f32::total_cmp);
        Follow::from_quantiles(rate, -100.0, |part| sorted[(part * 1000.0) as usize])
    }

    #[test]
    fn the_rate_is_held_however_the_stream_moves() {
        const FRAMES: u32 = 20_000;
        // still; slowly down, and up; three times as wide; in steps; to and fro
        let moves: [fn(f32, f32) -> f32; 6] = [
            |score, _| score,
            |score, t| score - 15.0 * t,
            |score, t| score + 5.0 * t,
            |score, t| score * (1.0 + 2.0 * t),
            |score, t| score - 3.0 * ((5.0 * t) as u32 as f32),
            |score, t| score - 8.0 * ((20.0 * t) % 2.0 - 1.0).abs(),
        ];
        for (i, moved) in moves.iter().enumerate() {
            for rate in [0.01, 0.05] {
                let (mut follow, mut scores) = (calibrated::<256>(rate), Scores(1_000_000 * i as u32));
                let found = (0..FRAMES)
                    .filter(|t| follow.push(Nats(moved(scores.next(), *t as f32 / FRAMES as f32))))
                    .count();
                let found = found as f32 / FRAMES as f32;
                assert!((0.8 * rate..1.2 * rate).contains(&found), "{i}: {found}, not {rate}");
            }
        }
    }

    /// The threshold of the calibration is near −10; a fault takes 14 nats.
    #[test]
    fn a_step_is_found_before_the_threshold_gives_way() {
        const FAULTS: u32 = 200;
        let found = |fault: u32| {
            let (mut follow, mut scores) = (calibrated::<256>(0.01), Scores(50_000 * fault));
            let mut debounce = Debounce::new(3, 5);
            (0..400 + 7 * fault).for_each(|t| {
                debounce.push(follow.push(Nats(scores.next() - 0.002 * t as f32)));
            });
            let drifted = 0.002 * (400 + 7 * fault) as f32;
            (0..20).any(|_| debounce.push(follow.push(Nats(scores.next() - drifted - 14.0))))
        };
        let found = (0..FAULTS).filter(|fault| found(*fault)).count();
        assert!(found * 100 >= FAULTS as usize * 95, "{found} of {FAULTS}");
    }

    #[test]
    fn nothing_below_the_floor_is_followed() {
        let mut follow = calibrated::<64>(0.01).with_floor(Nats(-40.0));
        let before = follow;
        assert!((0..1000).all(|_| follow.push(Nats(-40.5)) && follow.push(Nats(f32::NEG_INFINITY))));
        assert_eq!((follow.level, follow.kept), (before.level, before.kept));
        // a fault above it is told, and then followed
        assert!((0..5).all(|_| follow.push(Nats(-39.5))));
        let later = (0..1000).filter(|_| follow.push(Nats(-39.5))).count();
        assert!(later <= 32, "{later}");
    }

    #[test]
    fn at_most_as_many_as_guaranteed_of_scores_that_always_fall() {
        let mut follow = Follow::<32>::from_quantiles(0.01, f32::NEG_INFINITY, |_| 0.0);
        for t in 1..20_000 {
            follow.push(Nats(-3.0 * t as f32));
            assert!((-22.0..=0.0).contains(&follow.level));
        }
        let mut follow = calibrated::<32>(0.01);
        let found = (0..20_000).filter(|t| follow.push(Nats(-(*t as f32) / 1000.0))).count();
        assert!((190..=222).contains(&found), "{found}");
    }
}
