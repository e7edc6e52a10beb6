//! The standard normal and the diagonal Gaussian.

use super::ParamError;
use crate::math;
use crate::shape::{Shape, lanes};
use rand_core::Rng;

/// `½ log 2π`, the constant of a normal log density.
pub const HALF_LOG_TAU: f32 = 0.918_938_5;
/// `½ log 2πe`, the entropy of a standard normal, in nats.
pub const HALF_LOG_TAU_E: f32 = HALF_LOG_TAU + 0.5;

/// The standard normal `N(0, I)` in as many dimensions as the vector has. Base measure: Lebesgue.
#[derive(Clone, Copy, Debug, Default)]
pub struct StandardNormal;

impl StandardNormal {
    /// Fills `z` with independent draws, one word of the generator each.
    #[inline]
    pub fn sample<R: Rng + ?Sized>(self, rng: &mut R, z: &mut [f32]) {
        for z in z {
            *z = math::normal_quantile(rng.next_u32());
        }
    }

    /// `log N(z; 0, I) = Σ_j −½ z_j² − ½ log 2π`, in nats.
    pub fn log_prob(self, z: &[f32]) -> f32 {
        let mut square = 0.0;
        for z in z {
            square += z * z;
        }
        -0.5 * square - HALF_LOG_TAU * z.len() as f32
    }

    /// `H = d · ½ log 2πe`, in nats.
    pub fn entropy(self, dims: usize) -> f32 {
        HALF_LOG_TAU_E * dims as f32
    }
}

/// `N(loc, diag(scale²))`, with the scale given by its logarithm. Base measure: Lebesgue.
#[derive(Clone, Debug)]
pub struct DiagonalGaussian<S: Shape> {
    loc: S::Buffer<f32>,
    log_scale: S::Buffer<f32>,
    scale: S::Buffer<f32>,
}

impl<S: Shape> DiagonalGaussian<S> {
    /// The Gaussian with these means and logarithms of standard deviations.
    ///
    /// # Errors
    /// [`ParamError`] where lengths differ or a number is not finite.
    pub fn new(loc: S::Buffer<f32>, log_scale: S::Buffer<f32>) -> Result<Self, ParamError> {
        if loc.as_ref().len() != log_scale.as_ref().len() {
            return Err(ParamError::WrongLength);
        }
        if !loc.as_ref().iter().chain(log_scale.as_ref()).all(|value| math::is_finite(*value)) {
            return Err(ParamError::NonFinite);
        }
        Ok(Self::new_unchecked(loc, log_scale))
    }

    /// As [`new`](Self::new), for parameters made inside the pipeline.
    #[inline]
    pub(crate) fn new_unchecked(loc: S::Buffer<f32>, log_scale: S::Buffer<f32>) -> Self {
        let mut scale = log_scale.clone();
        make_scales(scale.as_mut());
        DiagonalGaussian { loc, log_scale, scale }
    }

    /// Means.
    #[inline(always)]
    pub fn loc(&self) -> &[f32] {
        self.loc.as_ref()
    }

    /// Logarithms of the standard deviations.
    #[inline(always)]
    pub fn log_scale(&self) -> &[f32] {
        self.log_scale.as_ref()
    }

    /// Standard deviations.
    #[inline(always)]
    pub fn scale(&self) -> &[f32] {
        self.scale.as_ref()
    }

    /// Changes mean and log scale of each coordinate, given both and the scale.
    pub(crate) fn each_parameter(&mut self, mut change: impl FnMut(usize, &mut f32, &mut f32, f32)) {
        let places = self.loc.as_mut().iter_mut().zip(self.log_scale.as_mut()).zip(self.scale.as_mut());
        for (j, ((loc, log_scale), scale)) in places.enumerate() {
            change(j, loc, log_scale, *scale);
            *scale = math::exp_call(*log_scale);
        }
    }

    #[inline(always)]
    fn loc_and_scale(&self) -> impl Iterator<Item = (&f32, &f32)> {
        self.loc().iter().zip(self.scale())
    }

    /// `z = loc + scale·ε` with `ε` standard normal, one word of the generator a coordinate.
    pub fn sample<R: Rng + ?Sized>(&self, rng: &mut R, z: &mut [f32]) {
        for ((loc, scale), z) in self.loc_and_scale().zip(z) {
            *z = loc + scale * math::normal_quantile(rng.next_u32());
        }
    }

    /// `log N(z) = Σ_j −½ ((z_j − loc_j)/scale_j)² − log_scale_j − ½ log 2π`, in nats.
    pub fn log_prob(&self, z: &[f32]) -> f32 {
        let (mut square, mut log_scales) = (0.0, 0.0);
        for (((loc, scale), log_scale), z) in self.loc_and_scale().zip(self.log_scale()).zip(z) {
            let r = (z - loc) / scale;
            square += r * r;
            log_scales += log_scale;
        }
        -0.5 * square - log_scales - HALF_LOG_TAU * z.len() as f32
    }

    /// `H = Σ_j log_scale_j + ½ log 2πe`, in nats.
    pub fn entropy(&self) -> f32 {
        let mut log_scales = 0.0;
        for log_scale in self.log_scale() {
            log_scales += log_scale;
        }
        log_scales + HALF_LOG_TAU_E * self.loc().len() as f32
    }

    /// `KL(q ‖ N(0, I)) = Σ_j ½ (loc_j² + scale_j² − 1) − log_scale_j`, in nats.
    ///
    /// **Source.** Kingma and Welling (2014), appendix B.
    pub fn kl_to_standard_normal(&self) -> f32 {
        let mut kl = 0.0;
        for ((loc, scale), log_scale) in self.loc_and_scale().zip(self.log_scale()) {
            kl += 0.5 * (loc * loc + scale * scale - 1.0) - log_scale;
        }
        kl
    }

    /// `KL(self ‖ other) = Σ_j log (s_j/r_j) + ½ (r_j² + (m_j − l_j)²)/s_j² − ½`, in nats: l and r are means
    /// and standard deviations of this one, m and s those of the other.
    ///
    /// # Errors
    /// [`ParamError::WrongLength`] where the numbers of coordinates differ.
    pub fn kl_to(&self, other: &Self) -> Result<f32, ParamError> {
        if self.loc().len() != other.loc().len() {
            return Err(ParamError::WrongLength);
        }
        let (of_self, of_other) = (self.loc().iter().zip(self.log_scale()), other.loc().iter());
        let mut kl = 0.0;
        for (((loc, log_scale), mean), log_width) in of_self.zip(of_other).zip(other.log_scale()) {
            let narrower = log_scale - log_width;
            let apart = (loc - mean) * math::exp_call(-log_width);
            kl += 0.5 * (math::exp_call(2.0 * narrower) - 1.0 + apart * apart) - narrower;
        }
        Ok(kl)
    }

    /// Draws `z` and returns `log N(z; 0, I) − log q(z)`, in nats.
    #[cfg_attr(target_os = "none", inline)]
    #[cfg_attr(not(target_os = "none"), inline(always))]
    pub(crate) fn sample_log_ratio<R: Rng + ?Sized>(&self, rng: &mut R, z: &mut [f32]) -> f32 {
        draw_all(self.loc(), self.scale(), self.log_scale(), rng, z, draw)
    }

    /// Draws `z` and returns `−log q(z) − dims·½ log 2π`, in nats.
    #[cfg_attr(target_os = "none", inline)]
    #[cfg_attr(not(target_os = "none"), inline(always))]
    pub(crate) fn sample_surprise<R: Rng + ?Sized>(&self, rng: &mut R, z: &mut [f32]) -> f32 {
        draw_all(self.loc(), self.scale(), self.log_scale(), rng, z, draw_alone)
    }
}

/// Standard deviations of their logarithms, in place.
#[inline(always)]
pub(crate) fn make_scales(log_scales: &mut [f32]) {
    for s in log_scales {
        *s = math::exp_call(*s);
    }
}

/// Draws `z`, one word of the generator a coordinate; the sum of what `of_coordinate` says of each.
#[inline(always)]
pub(crate) fn draw_all<R: Rng + ?Sized>(
    loc: &[f32],
    scale: &[f32],
    log_scale: &[f32],
    rng: &mut R,
    z: &mut [f32],
    of_coordinate: impl Fn([f32; 1], [f32; 1], [f32; 1], f32) -> ([f32; 1], [f32; 1]),
) -> f32 {
    let mut sum = 0.0;
    for (((loc, scale), log_scale), z) in loc.iter().zip(scale).zip(log_scale).zip(z) {
        let noise = math::normal_quantile(rng.next_u32());
        let ([of_lane], [term]) = of_coordinate([*loc], [*scale], [*log_scale], noise);
        *z = of_lane;
        sum += term;
    }
    sum
}

/// One coordinate of `L` samples: `z = loc + scale·ε`, and `log N(z; 0, 1) − log q(z)`.
///
/// The constants cancel: `½ ε² − ½ z² + log_scale`.
#[inline(always)]
pub(crate) fn draw<const L: usize>(
    loc: [f32; L],
    scale: [f32; L],
    log_scale: [f32; L],
    noise: f32,
) -> ([f32; L], [f32; L]) {
    let (mut z, mut log_ratio) = ([0.0; L], [0.0; L]);
    for l in 0..L {
        z[l] = loc[l] + scale[l] * noise;
        log_ratio[l] = 0.5 * (noise * noise - z[l] * z[l]) + log_scale[l];
    }
    (z, log_ratio)
}

/// As [`draw`], with `−log q(z) − ½ log 2π = ½ ε² + log_scale`.
#[inline(always)]
pub(crate) fn draw_alone<const L: usize>(
    loc: [f32; L],
    scale: [f32; L],
    log_scale: [f32; L],
    noise: f32,
) -> ([f32; L], [f32; L]) {
    let half_square = 0.5 * (noise * noise);
    (lanes(|l| loc[l] + scale[l] * noise), lanes(|l| half_square + log_scale[l]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shape::Width;

    fn gaussian(loc: [f32; 2], log_scale: [f32; 2]) -> DiagonalGaussian<Width<2>> {
        DiagonalGaussian::new(loc, log_scale).unwrap()
    }

    /// By hand: `log(s/r) + ½ (r² + (m − l)²)/s² − ½` of N(1, 2²) and N(0, 1), and of N(0, 1) and N(3, ½²).
    #[test]
    fn divergences_by_hand() {
        let ln_2 = core::f32::consts::LN_2;
        let kl = gaussian([1.0, 0.0], [ln_2, 0.0]).kl_to(&gaussian([0.0, 3.0], [0.0, -ln_2])).unwrap();
        let expected = (-ln_2 + 0.5 * (4.0 + 1.0) - 0.5) + (-ln_2 + 0.5 * (1.0 + 9.0) * 4.0 - 0.5);
        assert!((kl - expected).abs() < 1e-5, "{kl} {expected}");
        let same = gaussian([1.0, -4.0], [0.3, -2.0]);
        assert_eq!(same.kl_to(&same).unwrap(), 0.0);
        let normal = gaussian([0.0; 2], [0.0; 2]);
        assert!((same.kl_to(&normal).unwrap() - same.kl_to_standard_normal()).abs() < 1e-5);
    }
}
