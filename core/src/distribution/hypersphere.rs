//! The unit sphere S^(d−1) in R^d: its uniform distribution, and the geometry that samplers on it share.

use super::{ParamError, Real, StandardNormal};
use crate::math;
use rand_core::Rng;

/// The uniform distribution on S^(d−1), the sphere in R^d: the base
/// measure of the spherical densities of this module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HypersphericalUniform {
    d: usize,
}

impl HypersphericalUniform {
    /// The uniform distribution over unit vectors of `d` coordinates.
    ///
    /// # Errors
    /// [`ParamError::TooFewDimensions`] for `d < 2`.
    pub fn new(d: usize) -> Result<HypersphericalUniform, ParamError> {
        if d < 2 { Err(ParamError::TooFewDimensions) } else { Ok(HypersphericalUniform { d }) }
    }

    /// Number of coordinates d.
    pub fn dims(self) -> usize {
        self.d
    }

    /// Fills `z` with a uniform unit vector: `z = g/|g|`, g standard normal,
    /// one word of the generator a coordinate.
    ///
    /// # Source
    /// Muller (1959), "A note on a method for generating points uniformly on n-dimensional spheres".
    pub fn sample<R: Rng + ?Sized>(self, rng: &mut R, z: &mut [f32]) {
        StandardNormal.sample(rng, z);
        let square = dot(z, z);
        if square > 0.0 {
            let scale = math::inverse_sqrt(square);
            z.iter_mut().for_each(|z| *z *= scale);
        } else if let Some(first) = z.first_mut() {
            *first = 1.0;
        }
    }

    /// 0 nats: the density relative to itself. With respect to surface area it is `−entropy`.
    pub fn log_prob(self, _z: &[f32]) -> f32 {
        0.0
    }

    /// `H = log area(S^(d−1))`, in nats with respect to surface area.
    pub fn entropy(self) -> f32 {
        log_area(self.d)
    }
}

/// `log area(S^(d−1)) = log (2 π^(d/2) / Γ(d/2))`, in nats, for `d ≥ 1`.
///
/// `area(S^(d−1)) = area(S^(d−3)) · 2π/(d − 2)` from `area(S⁰) = 2` and `area(S¹) = 2π`.
pub fn log_area<F: Real>(d: usize) -> F {
    let tau = F::lit(core::f64::consts::TAU);
    let (mut log, mut area) = (F::lit(0.0), if d.is_multiple_of(2) { tau } else { F::lit(2.0) });
    for j in (1..d.saturating_sub(1)).rev().step_by(2) {
        area = area * tau / F::of(j);
        // one logarithm serves many factors
        if area < F::lit(1e-20) {
            log = log + area.ln();
            area = F::lit(1.0);
        }
    }
    log + area.ln()
}

/// `t = 1 − μ·z = ½|z − μ|²` of two unit vectors.
///
/// # Numerics
/// An error ε in the length of either changes t by `ε t + ½ε²` only;
/// `1 − μ·z` would lose every digit of a small t.
#[inline]
pub fn one_minus_cosine(mean: &[f32], z: &[f32]) -> f32 {
    let mut square = 0.0;
    for (mean, z) in mean.iter().zip(z) {
        let step = z - mean;
        square += step * step;
    }
    0.5 * square
}

/// A normal draw g about a unit vector μ: `g = c μ + w`, w tangent to the sphere at μ.
///
/// c, |w| and the direction of w are independent; that direction is uniform. No μ is special.
#[derive(Clone, Copy, Debug)]
pub struct NormalDraw {
    /// `c = μ·g`
    pub along: f32,
    /// `|w|² > 0`
    pub square: f32,
    /// how much of μ is still in the vector that holds w
    left: f32,
}

impl NormalDraw {
    /// Fills z with g, one word of the generator a coordinate.
    #[inline(always)]
    pub fn new<R: Rng + ?Sized>(mean: &[f32], rng: &mut R, z: &mut [f32]) -> NormalDraw {
        // all words first, into the memory of z: a generator is faster at a run than at one by one
        let words: &mut [u32] = bytemuck::cast_slice_mut(z);
        rng.fill_bytes(bytemuck::cast_slice_mut(words));
        let (mut along, mut square) = (0.0, 0.0);
        for (mean, word) in mean.iter().zip(words) {
            let g = math::normal_quantile(u32::from_le(*word));
            *word = g.to_bits();
            along += mean * g;
            square += g * g;
        }
        // |w|² = |g|² − c², unless the difference is so small that it has lost digits
        let square = square - along * along;
        if square > 0.25 * along * along {
            NormalDraw { along, square, left: along }
        } else {
            NormalDraw { along, square: project(mean, along, z), left: 0.0 }
        }
    }

    /// `z ← (1 − t) μ + k w`, the point of the sphere at height `1 − t` in the direction of w.
    #[inline(always)]
    pub fn place(&self, mean: &[f32], t: f32, z: &mut [f32]) {
        // k²|w|² = t (2 − t): k = √(p/|w|²) = p/√(p|w|²), p = t (2 − t)
        let p = t * (2.0 - t);
        let k = p * math::inverse_sqrt(p * self.square);
        let height = (1.0 - t) - k * self.left;
        for (mean, z) in mean.iter().zip(z) {
            *z = height * mean + k * *z;
        }
    }
}

/// c and |w|² of a normal draw in `d` dimensions without the draw itself, from `d/2 + 1` words.
///
/// `|w|²` has χ²'s law of d − 1 degrees: `−2 log (U₁ … U_m)`, `m = ⌊(d−1)/2⌋`,
/// and the square of a normal number where d is even.
pub fn along_and_square(d: usize, mut word: impl FnMut() -> u32) -> (f32, f32) {
    let (along, mut square) = (math::normal_quantile(word()), 0.0);
    if d.is_multiple_of(2) {
        let odd_one = math::normal_quantile(word());
        square = odd_one * odd_one;
    }
    let mut product = 1.0;
    for _ in 0..d.saturating_sub(1) / 2 {
        product *= open_uniform(word());
        // one logarithm serves many factors
        if product < 1e-20 {
            square -= 2.0 * math::ln(product);
            product = 1.0;
        }
    }
    (along, square - 2.0 * math::ln(product))
}

/// Leaves w in `z` and returns |w|², by two passes, since rounding leaves
/// a part of μ in the first one's result.
///
/// Where nothing but μ was in z, w is the axis furthest from ±μ,
/// projected: its squared length is `1 − μ_j² ≥ ½`.
#[cold]
#[inline(never)]
fn project(mean: &[f32], along: f32, z: &mut [f32]) -> f32 {
    subtract(mean, along, z);
    let square = subtract(mean, dot(mean, z), z);
    if square > 1e-12 * along * along {
        return square;
    }
    let (mut axis, mut smallest) = (0, f32::INFINITY);
    for (j, m) in mean.iter().enumerate() {
        if m.abs() < smallest {
            (axis, smallest) = (j, m.abs());
        }
    }
    z.iter_mut().enumerate().for_each(|(j, z)| *z = if j == axis { 1.0 } else { 0.0 });
    subtract(mean, dot(mean, z), z)
}

/// `z ← z − c μ`, returning |z|².
#[inline]
fn subtract(mean: &[f32], c: f32, z: &mut [f32]) -> f32 {
    let mut square = 0.0;
    for (mean, z) in mean.iter().zip(z) {
        *z -= c * mean;
        square += *z * *z;
    }
    square
}

/// `Σ_j a_j b_j`.
#[inline]
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sum = 0.0;
    for (a, b) in a.iter().zip(b) {
        sum += a * b;
    }
    sum
}

/// A uniform number in (0, 1) from the upper 23 bits of a word: the
/// middles of 2²³ cells, so neither end is hit.
#[inline]
pub fn open_uniform(word: u32) -> f32 {
    // 1 ≤ x < 2 in steps of 2⁻²³; the difference to 1 − 2⁻²⁴ is exact
    f32::from_bits(1.0_f32.to_bits() | word >> 9) - 1.0_f32.next_down()
}
