//! From verdicts to alarms: m of n for faults, cumulative sums for drift.

use crate::decision::Calibration;

/// An alarm where `needed` of the last `of` verdicts are anomalous.
///
/// If frames were independent with a rate α of false alarms, a debounced alarm would
/// have the rate `Σ_{j≥m} C(n, j) α^j (1 − α)^{n−j}`: 3 of 5 at α = 0.01 make
/// 1.0·10⁻⁵. Overlapping windows are not independent.
///
/// **Cost.** two words of memory, a population count a verdict.
#[derive(Clone, Copy, Debug)]
pub struct Debounce {
    /// one bit a verdict, the last one lowest
    history: u32,
    of: u32,
    needed: u32,
}

impl Debounce {
    /// `needed` of the last `of` verdicts, `1 ≤ needed ≤ of ≤ 32`; numbers
    /// outside are taken for the nearest inside.
    pub const fn new(needed: u32, of: u32) -> Self {
        let of = at_least(1, at_most(32, of));
        Debounce { history: 0, of, needed: at_least(1, at_most(of, needed)) }
    }

    /// Takes the next verdict; whether there is an alarm now.
    pub fn push(&mut self, is_anomalous: bool) -> bool {
        let kept = u32::MAX >> (32 - self.of);
        self.history = (self.history << 1 | u32::from(is_anomalous)) & kept;
        self.history.count_ones() >= self.needed
    }

    /// Forgets all verdicts.
    pub fn reset(&mut self) {
        self.history = 0;
    }
}

const fn at_least(low: u32, n: u32) -> u32 {
    if n < low { low } else { n }
}

const fn at_most(high: u32, n: u32) -> u32 {
    if n > high { high } else { n }
}

/// Two-sided cumulative sums of standardised scores: small changes that last.
///
/// `S⁻ = min(2h, max(0, S⁻ − (z + k)/τ))`, `S⁺ = min(2h, max(0, S⁺ + (z − k)/τ))`; drift where one of them
/// exceeds h. z is held within ±c before, so that no single frame, however odd, makes a drift. τ frames in a
/// row count as one, as those of windows that overlap do. The sums end at 2h, so that a drift is over after
/// about `h/k` independent frames as calibrated, however long it was.
///
/// For independent standard normal z the mean time between false alarms of one side is about `(e^a − a −
/// 1)/2k²` frames with a = 2k(h + 1.166) (Siegmund 1985, "Sequential analysis", chapter 2), 1.3·10⁸ for k = ¼
/// and h = 32; a fall of the mean by δ > k standard deviations is found after about `h/(δ − k)` frames.
///
/// **Source.** Page (1954), "Continuous inspection schemes", Biometrika 41.
#[derive(Clone, Copy, Debug)]
pub struct Drift {
    allowance: f32,
    limit: f32,
    clip: f32,
    /// 1/τ
    pace: f32,
    low: f32,
    high: f32,
}

impl Default for Drift {
    /// k = ¼, h = 32, c = 3, for frames that are independent.
    fn default() -> Self {
        Drift::new(0.25, 32.0, 3.0)
    }
}

impl Drift {
    /// With allowance k, limit h and clip c, all in standard deviations of a score.
    pub const fn new(allowance: f32, limit: f32, clip: f32) -> Self {
        Drift { allowance, limit, clip, pace: 1.0, low: 0.0, high: 0.0 }
    }

    /// The same for frames of which so many in a row count as one
    /// ([`Calibration::frames_as_one`](crate::Calibration)); fewer than one are one.
    #[must_use]
    pub const fn of_frames(mut self, as_one: f32) -> Self {
        self.pace = if as_one > 1.0 { 1.0 / as_one } else { 1.0 };
        self
    }

    /// Takes the next standardised score ([`Calibration::standardize`](crate::Calibration::standardize)).
    pub fn push(&mut self, z: f32) {
        let z = if z < -self.clip {
            -self.clip
        } else if z > self.clip {
            self.clip
        } else {
            z
        };
        // a NaN, which no verdict has, leaves the sums as they are
        let most = 2.0 * self.limit;
        self.low = sum(self.low, (-z - self.allowance) * self.pace, most);
        self.high = sum(self.high, (z - self.allowance) * self.pace, most);
    }

    /// Whether scores have become lower.
    pub fn is_low(&self) -> bool {
        self.low > self.limit
    }

    /// Whether scores have become higher: frames too typical to be true, as of a sensor that hangs.
    pub fn is_high(&self) -> bool {
        self.high > self.limit
    }

    /// Begins anew, as after a change that was accepted.
    pub fn reset(&mut self) {
        (self.low, self.high) = (0.0, 0.0);
    }
}

fn sum(sum: f32, step: f32, most: f32) -> f32 {
    let next = sum + step;
    if next > most {
        most
    } else if next > 0.0 {
        next
    } else if next <= 0.0 {
        0.0
    } else {
        sum
    }
}

/// What a stream does at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum State {
    /// as calibrated
    Steady,
    /// m of the last n frames are anomalous: something broke
    Fault,
    /// frames grow less likely, too little for an alarm each: wear, dirt, a season
    DriftLow,
    /// frames grow more likely than normal ones: a sensor that hangs, a machine that idles
    DriftHigh,
}

/// Tells faults from drift.
///
/// The cumulative sums stand still while there is a fault, and the verdicts that make one cannot reach their
/// limit: what is sudden is never called drift.
#[derive(Clone, Copy, Debug)]
pub struct Watch {
    debounce: Debounce,
    drift: Drift,
}

impl Default for Watch {
    /// 3 of 5 for a fault; [`Drift::default`] for drift.
    fn default() -> Self {
        Watch::new(Debounce::new(3, 5), Drift::default())
    }
}

impl Watch {
    /// The default for the frames of a calibration, as far as they are not independent.
    pub fn of(calibration: &Calibration<'_>) -> Self {
        Watch::new(Debounce::new(3, 5), Drift::default().of_frames(calibration.frames_as_one))
    }

    /// Joins the two; the limit of the drift is raised to `of·(clip − allowance)` where it is lower.
    pub fn new(debounce: Debounce, mut drift: Drift) -> Self {
        let by_verdicts = debounce.of as f32 * (drift.clip - drift.allowance);
        if drift.limit < by_verdicts {
            drift.limit = by_verdicts;
        }
        Watch { debounce, drift }
    }

    /// Takes a verdict and its standardised score.
    pub fn push(&mut self, is_anomalous: bool, z: f32) -> State {
        if self.debounce.push(is_anomalous) {
            return State::Fault;
        }
        // a frame that may be the first of a fault says nothing of slow change
        if !is_anomalous {
            self.drift.push(z);
        }
        match (self.drift.is_low(), self.drift.is_high()) {
            (true, _) => State::DriftLow,
            (_, true) => State::DriftHigh,
            _ => State::Steady,
        }
    }

    /// Begins anew.
    pub fn reset(&mut self) {
        self.debounce.reset();
        self.drift.reset();
    }
}

#[cfg(test)]
mod tests;
