//! Exact samplers of the von Mises–Fisher distribution, bounded in time.
//! Derivations: `docs/von-mises-fisher.md`.

use super::Real;
use super::hypersphere::{NormalDraw, along_and_square, open_uniform};
use crate::math;
use crate::noise::hash;
use rand_core::Rng;

/// Tries after which the last proposal is taken as it is. With [`VmfSampler::new`] a
/// try is accepted with probability 0.88 or more (d = 2: 0.65), so that happens to a
/// sample with probability below 10⁻²⁸ (d = 2: 3·10⁻¹⁵).
pub const MAX_TRIES: u32 = 32;

/// A way to draw `t = 1 − μ·z`, and with it z, for a fixed d and κ.
///
/// A sample draws one uniform u, then a normal vector g of d coordinates: `d + 1` words of the generator, no
/// more and no fewer. With `g = c μ + w` the tangent part w gives z its direction around μ; where t comes
/// from is what the samplers differ in. A try after a refusal makes c and |w| anew from the hash of u's word.
#[derive(Clone, Copy, Debug)]
pub struct VmfSampler {
    proposal: Proposal,
    envelope: Envelope,
}

/// Where t comes from.
#[derive(Clone, Copy, Debug)]
enum Proposal {
    /// the inverse of its distribution function; `span = 1 − e^(−2κ)`
    ClosedForm { kappa: f32, span: f32 },
    /// the Möbius image of the uniform direction g/|g|
    Moebius { b: f32 },
    /// the length of w; `half_scale = 1/(2λ)`
    Tangent { half_scale: f32 },
}

impl VmfSampler {
    /// The cheapest sampler: acceptance is at least 0.88 for d ≥ 4.
    pub fn new(d: usize, kappa: f32) -> VmfSampler {
        if d == 3 {
            VmfSampler::closed_form(kappa)
        } else if d == 2 || kappa < 0.35 * d as f32 {
            VmfSampler::moebius(d, kappa)
        } else {
            VmfSampler::tangent(d, kappa)
        }
    }

    /// For d = 3 alone: t by the inverse of its distribution function, from u. Never rejects.
    ///
    /// `P(t < τ) = (1 − e^(−κτ)) / (1 − e^(−2κ))`
    ///
    /// # Source
    /// Ulrich (1984), "Computer generation of distributions on the m-sphere"; in this form Jakob (2012),
    /// "Numerically stable sampling of the von Mises–Fisher distribution on S²".
    pub fn closed_form(kappa: f32) -> VmfSampler {
        // 1 − e^(−2κ) = 2 tanh κ / (1 + tanh κ)
        let tanh = math::tanh(kappa);
        let span = 2.0 * tanh / (1.0 + tanh);
        VmfSampler { proposal: Proposal::ClosedForm { kappa, span }, envelope: Envelope::EXACT }
    }

    /// For d ≥ 2, best at small κ: Ulrich's rejection, t from the Möbius image
    /// of the uniform direction g/|g|.
    ///
    /// `t/(2−t) = b e/(1−e)`, `e = (1 − c/|g|)/2`, `b = (d−1) / (2κ + √(4κ² + (d−1)²))`
    ///
    /// # Numerics
    /// This conjugate of the textbook's `(−2κ + √(4κ² + (d−1)²)) / (d−1)` is exact to 10⁻⁷; the textbook's
    /// form is 46 % off at κ = 3000, d = 3, in f32.
    ///
    /// # Source
    /// Ulrich (1984); Wood (1994), "Simulation of the von Mises Fisher distribution".
    pub fn moebius(d: usize, kappa: f32) -> VmfSampler {
        let n = d as f32 - 1.0;
        let b = n / (2.0 * kappa + math::sqrt(4.0 * kappa * kappa + n * n));
        // δ = (κ/(d−1)) (t − t₀), 1 − t₀ = (1−b)/(1+b)
        let envelope = Envelope::new(n, kappa / n, 2.0 * b / (1.0 + b));
        VmfSampler { proposal: Proposal::Moebius { b }, envelope }
    }

    /// For d ≥ 4, best at large κ, where it hardly ever rejects: t from |w|, as if the tangent space were the
    /// sphere. Below d = 4 it is [`moebius`](Self::moebius).
    ///
    /// `t = |w|²/(2λ)`, a gamma variable, with `λ = (2κ + d − 2 + √((2κ−1)² + (d−2)² − 1)) / 4`
    ///
    /// # Source
    /// Derived in `docs/von-mises-fisher.md`; the envelope is the best of its family, as Ulrich's is of his.
    pub fn tangent(d: usize, kappa: f32) -> VmfSampler {
        if d < 4 {
            return VmfSampler::moebius(d, kappa);
        }
        let (n, twice) = (d as f32 - 2.0, 2.0 * kappa);
        let root = math::sqrt((twice - 1.0) * (twice - 1.0) + (n * n - 1.0));
        let half_scale = 2.0 / (twice + n + root);
        // δ = −(t − t₀)/(2 − t₀), t₀ = (d−1)/(2λ) = E[t] under the proposal
        let centre = (n + 1.0) * half_scale;
        let envelope = Envelope::new(0.5 * (n - 1.0), -1.0 / (2.0 - centre), centre);
        VmfSampler { proposal: Proposal::Tangent { half_scale }, envelope }
    }

    /// Draws z about the unit vector `mean` and returns `t = 1 − μ·z`.
    ///
    /// # Shape
    /// `mean` and `z` of the same length d.
    ///
    /// # Numerics
    /// `|z| = 1` within 10⁻⁶ when `|μ| = 1` within 2·10⁻⁷.
    ///
    /// # Cost
    /// `d + 1` words of the generator, 1.0 to 1.13 tries on average (1.5 for d = 2), at most [`MAX_TRIES`].
    /// With the default noise and a d known to the compiler 415 to 470 instructions at d = 8 on a Cortex-M4F.
    ///
    /// # Panics
    /// Where z is shorter than the mean direction.
    #[inline(always)]
    pub fn sample<R: Rng + ?Sized>(&self, mean: &[f32], rng: &mut R, z: &mut [f32]) -> f32 {
        // where the compiler knows the length of μ, it now knows that of z: its loops have a fixed count
        let z = &mut z[..mean.len()];
        let word = rng.next_u32();
        let u = open_uniform(word);
        let draw = NormalDraw::new(mean, rng, z);
        let mut t = self.propose(draw.along, draw.square, u);
        if !self.envelope.accepts(t, u) {
            t = self.propose_again(mean.len(), word);
        }
        draw.place(mean, t, z);
        t
    }

    /// t of one try, from `c`, `square = |w|²` and the uniform number.
    #[inline(always)]
    fn propose(&self, c: f32, square: f32, u: f32) -> f32 {
        match self.proposal {
            Proposal::Tangent { half_scale } => half_scale * square,
            Proposal::Moebius { b } => moebius(b, c, square),
            Proposal::ClosedForm { kappa, span } => inverse_d3(kappa, span, u),
        }
    }

    /// t of the first of the other tries that is accepted. The direction of w
    /// had no part in the refusal: it stays.
    ///
    /// Each word is the hash of the one before, from the first try's on. The next words of a low-discrepancy
    /// sequence would not do: they follow from those that gave the direction.
    #[cold]
    #[inline(never)]
    fn propose_again(&self, d: usize, mut word: u32) -> f32 {
        let mut next = || {
            word = hash(word);
            word
        };
        let mut tries = 2;
        loop {
            let u = open_uniform(next());
            let (c, square) = along_and_square(d, &mut next);
            let t = self.propose(c, square, u);
            if self.envelope.accepts(t, u) {
                return t;
            } else if tries == MAX_TRIES {
                return if t < 2.0 { t } else { 2.0 };
            }
            tries += 1;
        }
    }
}

/// t of the Möbius image of g/|g|.
///
/// `t/(2−t) = b (|g|−c)/(|g|+c)`: tan² of half the angle to μ shrinks by b. As `(|g|−c)(|g|+c) = |w|²`, the
/// smaller factor need not be formed by subtraction.
#[inline]
fn moebius(b: f32, c: f32, square: f32) -> f32 {
    let whole = c * c + square;
    let sum = whole * math::inverse_sqrt(whole) + c.abs();
    let (near, far) = if c > 0.0 { (square, sum * sum) } else { (sum * sum, square) };
    2.0 * b * near / (far + b * near)
}

/// Target over proposal, both up to a constant, as it comes out for every proposal here:
/// `log ratio = n (log(1 + δ) − δ)` with `δ = rate · (t − centre)`. It is largest, 0, at the centre.
#[derive(Clone, Copy, Debug)]
struct Envelope {
    power: f32,
    rate: f32,
    /// `rate · centre`
    shift: f32,
}

impl Envelope {
    /// The proposal is the target: everything is accepted.
    const EXACT: Envelope = Envelope { power: 0.0, rate: 0.0, shift: 0.0 };

    fn new(power: f32, rate: f32, centre: f32) -> Envelope {
        Envelope { power, rate, shift: rate * centre }
    }

    /// Whether `log u ≤ n (log(1 + δ) − δ)`.
    #[inline]
    fn accepts(&self, t: f32, u: f32) -> bool {
        let delta = self.rate * t - self.shift;
        // Squeeze: log(1+δ) − δ ≥ −½δ²/(1 − |δ|), and log u ≤ u − 1
        2.0 * (1.0 - u) * (1.0 - delta.abs()) >= self.power * delta * delta || self.accepts_exactly(delta, u)
    }

    #[cold]
    #[inline(never)]
    fn accepts_exactly(&self, delta: f32, u: f32) -> bool {
        delta > -1.0 && math::ln(u) <= self.power * (math::ln(1.0 + delta) - delta)
    }
}

/// `t = −log(1 − u (1 − e^(−2κ))) / κ`, the quantile of `1 − μ·z` at d = 3; `2u` where κ vanishes.
#[inline]
fn inverse_d3(kappa: f32, span: f32, u: f32) -> f32 {
    let t = if kappa < 1e-6 { 2.0 * u } else { -Real::ln_1p(-u * span) / kappa };
    if t < 2.0 { t } else { 2.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_pcg::Pcg32;

    /// Share of first tries that are accepted.
    fn acceptance(sampler: &VmfSampler, d: usize) -> f32 {
        const TRIES: u16 = 20_000;
        let (mut mean, mut z, mut rng) = ([0.0; 64], [0.0; 64], Pcg32::new(3, 5));
        mean[0] = 1.0;
        let accepted = (0..TRIES).filter(|_| {
            let u = open_uniform(rng.next_u32());
            let draw = NormalDraw::new(&mean[..d], &mut rng, &mut z[..d]);
            sampler.envelope.accepts(sampler.propose(draw.along, draw.square, u), u)
        });
        accepted.count() as f32 / f32::from(TRIES)
    }

    #[test]
    fn refusals_are_rare() {
        for d in [2, 3, 4, 8, 16, 64] {
            let around_the_switch = [0.34, 0.35].map(|share| share * d as f32);
            for kappa in [0.0, 0.1, 1.0, 10.0, 100.0, 1000.0, 10_000.0].into_iter().chain(around_the_switch) {
                let accepted = acceptance(&VmfSampler::new(d, kappa), d);
                let least = if d == 2 { 0.645 } else { 0.88 };
                assert!(accepted > least, "d = {d}, κ = {kappa}: {accepted}");
            }
        }
    }

    /// With Wood's `a = (d−1 + 2κ + √(4κ² + (d−1)²))/4` the law that is sampled has
    /// concentration `a(1−b)`: κ for the exact b alone.
    #[test]
    fn b_is_exact_at_every_concentration() {
        for d in [2, 3, 8, 64, 128] {
            for kappa in [0.0, 0.1, 1.0, 10.0, 100.0, 3000.0, 10_000.0_f32] {
                let Proposal::Moebius { b } = VmfSampler::moebius(d, kappa).proposal else { unreachable!() };
                let (n, kappa) = (d as f64 - 1.0, f64::from(kappa));
                let root = Real::sqrt(4.0 * kappa * kappa + n * n);
                let (a, exact) = (0.25 * (n + 2.0 * kappa + root), n / (2.0 * kappa + root));
                assert!((f64::from(b) / exact - 1.0).abs() < 2e-7, "d = {d}, κ = {kappa}");
                assert!((a * (1.0 - f64::from(b)) - kappa).abs() < 2e-7 * a * exact, "d = {d}, κ = {kappa}");
            }
        }
    }
}
