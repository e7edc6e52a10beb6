//! Angles beside numbers: von Mises' distribution, and a normal one.

use super::{GaussianPerOutputLaw, Independent, Law, ReadLaw};
use crate::distribution::{HALF_LOG_TAU, VmfSampler, vmf_normalizer};
use crate::fingerprint::Part;
use crate::format::{LoadError, Sections};
use crate::layer::read_angles;
use crate::math::{self, clamp};
use rand_core::Rng;

/// `p(x|z) = Π_i VonMises(x_i; μ_i, κ_i) · Π_j N(x_j; loc_j, scale_j²)`, i over the angles of a frame, in
/// radians, and j over its other numbers, as of [`GaussianPerOutput`](super::GaussianPerOutput).
///
/// `log p(x) = a cos x + b sin x − log 2π − log I₀(κ)`, `(a, b) = κ (cos μ, sin μ)`. Two dense layers give
/// `v = √κ (cos μ, sin μ)`, so that `(a, b) = |v| v` and no angle is taken: |v| is one over the standard
/// deviation where that is small, as a scale is elsewhere, and nothing else about v is limited. |v| is held
/// to [`MAX_ROOT_CONCENTRATION`]. Base measure: Lebesgue, of angles in radians.
///
/// **Source.** von Mises (1918); Mardia and Jupp (2000), "Directional statistics", section 3.5.4.
///
/// **Cost.** An angle and sample: a sine and cosine, two square roots and the normaliser of
/// [`vmf_normalizer`], some 400 instructions; and a second wide layer.
pub type VonMises<'a, P, Q> = Independent<VonMisesLaw<'a>, (P, Q), 2>;

/// e⁷, the largest √κ: an angle's standard deviation is at least e⁻⁷ radians, 0.05°.
pub const MAX_ROOT_CONCENTRATION: f32 = 1_096.633_2;

/// Numbers of the network are held within ± this before their length is taken: it stays finite.
const FARTHEST: f32 = 1e15;
/// Where v is shorter there is no direction, and κ is 0.
const SHORTEST: f32 = 1e-15;

/// Von Mises' distribution of an angle, `N(x; loc, exp(log_scale)²)` of another number.
///
/// Section: which of them are angles.
#[derive(Clone, Copy, Debug)]
pub struct VonMisesLaw<'a> {
    is_angle: &'a [u16],
}

/// √κ and the mean direction `(cos μ, sin μ)`, of what two layers give for an angle.
#[derive(Clone, Copy)]
struct Direction {
    root: f32,
    mean: [f32; 2],
}

impl Direction {
    #[inline(always)]
    fn new(outputs: [f32; 2]) -> Self {
        let [x, y] = outputs.map(|v| clamp(v, -FARTHEST, FARTHEST));
        let length = math::sqrt(x * x + y * y);
        if length < SHORTEST {
            return Direction { root: 0.0, mean: [1.0, 0.0] };
        }
        let inverse = 1.0 / length;
        Direction { root: clamp(length, 0.0, MAX_ROOT_CONCENTRATION), mean: [x * inverse, y * inverse] }
    }

    fn concentration(self) -> f32 {
        self.root * self.root
    }

    /// `log p = −½ κ |u − (cos μ, sin μ)|² − log 2π − (log I₀(κ) − κ)`, `u = (cos x, sin x)`: κ itself
    /// cancels in no place.
    #[inline(always)]
    fn log_prob(self, x: f32) -> f32 {
        let [sin, cos] = math::sin_cos(x);
        let (r, s) = (self.root * (cos - self.mean[0]), self.root * (sin - self.mean[1]));
        // relative to the uniform distribution, as the normaliser is
        let log_normalizer = vmf_normalizer(2, self.concentration()).log_normalizer;
        -0.5 * (r * r + s * s) - log_normalizer - 2.0 * HALF_LOG_TAU
    }
}

impl Law<2> for VonMisesLaw<'_> {
    /// 1 for an angle
    type Feature = u16;

    #[inline(always)]
    fn features(&self) -> impl Iterator<Item = u16> {
        self.is_angle.iter().copied()
    }

    /// As long as the beta-binomial law's without an FPU: one copy there, too.
    #[cfg_attr(not(all(target_arch = "arm", not(target_has_atomic = "32"))), inline(always))]
    fn part(&self, is_angle: u16, x: f32, outputs: [f32; 2]) -> f32 {
        if is_angle == 1 {
            Direction::new(outputs).log_prob(x)
        } else {
            GaussianPerOutputLaw.part((), x, outputs) - HALF_LOG_TAU
        }
    }

    fn constant(&self, _: u16) -> f32 {
        0.0
    }

    /// Of an angle the mean direction.
    fn mean(&self, is_angle: u16, [x, y]: [f32; 2]) -> f32 {
        if is_angle == 1 { math::angle(y, x) } else { x }
    }

    /// Of an angle four words, and some more hashed of the first.
    fn draw<R: Rng + ?Sized>(&self, is_angle: u16, outputs: [f32; 2], rng: &mut R) -> f32 {
        if is_angle == 0 {
            return GaussianPerOutputLaw.draw((), outputs, rng);
        }
        let direction = Direction::new(outputs);
        let mut z = [0.0; 2];
        VmfSampler::new(2, direction.concentration()).sample(&direction.mean, rng, &mut z);
        math::angle(z[1], z[0])
    }
}

impl<'a> ReadLaw<'a> for VonMisesLaw<'a> {
    const PART: Part = Part::VonMises;

    fn read(sections: &mut Sections<'a>, dims: usize) -> Result<Self, LoadError> {
        Ok(VonMisesLaw { is_angle: read_angles(sections, dims)? })
    }
}
