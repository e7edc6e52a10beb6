//! Exact samplers of the von Mises–Fisher distribution, bounded in time. Derivations: `docs/von-mises-fisher.md`.

use super::Real;
use super::hypersphere::{NormalDraw, open_uniform};
use crate::math;
use rand_core::Rng;

/// Tries after which the last proposal is taken as it is. With [`VmfSampler::new`] a try is accepted with probability 0.9 or
/// more (d = 2: 0.65), so that happens to a sample with probability below 10⁻³² (d = 2: 3·10⁻¹⁵).
pub const MAX_TRIES: u32 = 32;

/// A way to draw `t = 1 − μ·z`, and with it z, for a fixed d and κ.
///
/// Every try draws one uniform u, then a normal vector g of d coordinates: `d + 1` words of the generator. With
/// `g = c μ + w` the tangent part w gives z its direction around μ; where t comes from is what the samplers differ in.
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
    /// The cheapest sampler: acceptance is at least 0.9 for d ≥ 4.
    pub fn new(d: usize, kappa: f32) -> VmfSampler {
        if d == 3 {
            VmfSampler::closed_form(kappa)
        } else if d == 2 || kappa < 0.4 * d as f32 {
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
    /// Ulrich (1984), "Computer generation of distributions on the m-sphere"; in this form Jakob (2012), "Numerically stable
    /// sampling of the von Mises–Fisher distribution on S²".
    pub fn closed_form(kappa: f32) -> VmfSampler {
        // 1 − e^(−2κ) = 2 tanh κ / (1 + tanh κ)
        let tanh = math::tanh(kappa);
        let span = 2.0 * tanh / (1.0 + tanh);
        VmfSampler { proposal: Proposal::ClosedForm { kappa, span }, envelope: Envelope::EXACT }
    }

    /// For d ≥ 2, best at small κ: Ulrich's rejection, t from the Möbius image of the uniform direction g/|g|.
    ///
    /// `t/(2−t) = b e/(1−e)`, `e = (1 − c/|g|)/2`, `b = (d−1) / (2κ + √(4κ² + (d−1)²))`
    ///
    /// # Numerics
    /// This conjugate of the textbook's `(−2κ + √(4κ² + (d−1)²)) / (d−1)` is exact to 10⁻⁷; the textbook's form is 46 % off
    /// at κ = 3000, d = 3, in f32.
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

    /// For d ≥ 4, best at large κ, where it hardly ever rejects: t from |w|, as if the tangent space were the sphere.
    /// Below d = 4 it is [`moebius`](Self::moebius).
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
    /// At most [`MAX_TRIES`] times `d + 1` words of the generator, on average 1.0 to 1.1 times (1.5 for d = 2). With the default
    /// noise and a d known to the compiler 415 to 500 instructions at d = 8 on a Cortex-M4F.
    ///
    /// # Panics
    /// Where z is shorter than the mean direction.
    #[inline(always)]
    pub fn sample<R: Rng + ?Sized>(&self, mean: &[f32], rng: &mut R, z: &mut [f32]) -> f32 {
        // where the compiler knows the length of μ, it now knows that of z: its loops have a fixed count
        let z = &mut z[..mean.len()];
        let mut proposed = self.propose(mean, rng, z);
        if !proposed.accepted {
            proposed = self.propose_again(mean, rng, z);
        }
        proposed.draw.place(mean, proposed.t, z);
        proposed.t
    }

    /// One try.
    #[inline(always)]
    fn propose<R: Rng + ?Sized>(&self, mean: &[f32], rng: &mut R, z: &mut [f32]) -> Proposed {
        let u = open_uniform(rng.next_u32());
        let draw = NormalDraw::new(mean, rng, z);
        let t = match self.proposal {
            Proposal::Tangent { half_scale } => half_scale * draw.square,
            Proposal::Moebius { b } => moebius(b, &draw),
            Proposal::ClosedForm { kappa, span } => inverse_d3(kappa, span, u),
        };
        Proposed { draw, t, accepted: self.envelope.accepts(t, u) }
    }

    /// The other tries: apart from the first, so that constants of this loop are no burden to it.
    #[cold]
    #[inline(never)]
    fn propose_again<R: Rng + ?Sized>(&self, mean: &[f32], rng: &mut R, z: &mut [f32]) -> Proposed {
        let mut tries = 2;
        loop {
            let mut proposed = self.propose(mean, rng, z);
            if proposed.accepted || tries == MAX_TRIES {
                // a last try may be beyond 2
                proposed.t = if proposed.t < 2.0 { proposed.t } else { 2.0 };
                return proposed;
            }
            tries += 1;
        }
    }
}

/// What a try has come to.
struct Proposed {
    draw: NormalDraw,
    t: f32,
    accepted: bool,
}

/// t of the Möbius image of g/|g|.
///
/// `t/(2−t) = b (|g|−c)/(|g|+c)`: tan² of half the angle to μ shrinks by b. As `(|g|−c)(|g|+c) = |w|²`, the smaller factor need
/// not be formed by subtraction.
#[inline]
fn moebius(b: f32, draw: &NormalDraw) -> f32 {
    let (c, square) = (draw.along, draw.square);
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

    /// With Wood's `a = (d−1 + 2κ + √(4κ² + (d−1)²))/4` the law that is sampled has concentration `a(1−b)`: κ for the exact b alone.
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
