//! Independent normals.

use super::{Family, ToPosterior, Words, copy};
use crate::distribution::DiagonalGaussian;
use crate::fingerprint::Fingerprint;
use crate::format::{Load, LoadError, Sections};
use crate::layer::Projection;
use crate::math::{self, clamp};
use crate::noise::LowDiscrepancy;
use crate::shape::{Shape, lanes};
use rand_core::Rng;

/// Smallest log scale of a Gaussian posterior: standard deviations are at least `exp(−10)`.
pub const LOG_SCALE_MIN: f32 = -10.0;
/// Largest log scale of a Gaussian posterior.
pub const LOG_SCALE_MAX: f32 = 10.0;

/// The logarithm of the factor by which a step changes a scale, at most.
const MOST_STEP: f32 = 0.3;

/// `q(z|x) = N(loc(h), diag(exp(log_scale(h)))²)`: a dense layer each for the means and for the log scales,
/// which are held between [`LOG_SCALE_MIN`] and [`LOG_SCALE_MAX`].
#[derive(Clone, Copy, Debug)]
pub struct ToGaussian<M, S> {
    loc: M,
    log_scale: S,
}

impl<M: Projection, S: Projection<In = M::In, Out = M::Out, From = M::From>> ToGaussian<M, S> {
    /// Joins the two layers.
    pub fn new(loc: M, log_scale: S) -> Self {
        ToGaussian { loc, log_scale }
    }
}

impl<S: Shape> Family for DiagonalGaussian<S> {
    type Frames<const L: usize> = GaussianFrames<S, L>;

    #[inline]
    fn mode(&self) -> &[f32] {
        self.loc()
    }

    fn draw_with_noise<const L: usize, R: Rng + ?Sized>(
        &self,
        rng: &mut R,
        noise: &mut [[f32; L]],
        z: &mut [[f32; L]],
    ) -> bool {
        for l in 0..L {
            let of_coordinates = self.loc().iter().zip(self.scale());
            for ((noise, z), (loc, scale)) in noise.iter_mut().zip(z.iter_mut()).zip(of_coordinates) {
                noise[l] = math::normal_quantile(rng.next_u32());
                z[l] = loc + scale * noise[l];
            }
        }
        true
    }

    /// The Fisher information of a mean is `1/scale²`, of a log scale 2, so the natural gradient is
    /// `scale²·slope` and `½ scale·slope_noise`. A step is held to a standard deviation, and to a factor of
    /// e^±0.3: far away slopes say little.
    ///
    /// **Source.** Amari (1998), "Natural gradient works efficiently in learning"; for q(z|x) Khan and Rue
    /// (2023), "The Bayesian learning rule", section 3.
    fn step(&mut self, rate: f32, slope: &[f32], slope_noise: &[f32]) -> bool {
        self.each_parameter(|j, loc, log_scale, scale| {
            let (slope, slope_noise) = (slope.get(j).copied(), slope_noise.get(j).copied());
            let by_loc = rate * scale * slope.unwrap_or(0.0);
            let by_log_scale = rate * 0.5 * scale * slope_noise.unwrap_or(0.0);
            *loc += scale * clamp(by_loc, -1.0, 1.0);
            *log_scale = bounded(*log_scale + clamp(by_log_scale, -MOST_STEP, MOST_STEP));
        });
        true
    }
}

impl<M, S> ToPosterior for ToGaussian<M, S>
where
    M: Projection,
    S: Projection<In = M::In, Out = M::Out, From = M::From>,
{
    type In = M::In;
    type From = M::From;
    type Latent = M::Out;
    type Family = DiagonalGaussian<M::Out>;

    #[inline(always)]
    fn dims(&self) -> usize {
        self.loc.outputs()
    }

    fn posterior(&self, hidden: &[[M::From; 1]]) -> DiagonalGaussian<M::Out> {
        let mut loc = <M::Out as Shape>::buffer(self.dims());
        let mut log_scale = <M::Out as Shape>::buffer(self.dims());
        copy(self.loc.forward(hidden).as_ref(), loc.as_mut());
        copy(self.log_scale.forward(hidden).as_ref(), log_scale.as_mut());
        for s in log_scale.as_mut() {
            *s = bounded(*s);
        }
        DiagonalGaussian::new_unchecked(loc, log_scale)
    }

    #[inline(always)]
    fn frames<const L: usize>(&self, hidden: &[[M::From; L]]) -> GaussianFrames<M::Out, L> {
        let loc = self.loc.forward(hidden);
        let mut log_scale = self.log_scale.forward(hidden);
        for s in log_scale.as_mut().as_flattened_mut() {
            *s = bounded(*s);
        }
        let mut scale = log_scale.clone();
        for s in scale.as_mut().as_flattened_mut() {
            *s = math::exp(*s);
        }
        GaussianFrames { loc, log_scale, scale, noise: self.noise() }
    }

    #[inline(always)]
    fn words(&self) -> usize {
        self.dims()
    }
}

#[cfg_attr(target_os = "none", inline(never))]
pub(crate) fn bounded(log_scale: f32) -> f32 {
    clamp(log_scale, LOG_SCALE_MIN, LOG_SCALE_MAX)
}

/// Posteriors of `L` frames: one word of noise a coordinate, the same for every frame, so it is made once.
#[derive(Clone, Debug)]
pub struct GaussianFrames<S: Shape, const L: usize> {
    loc: S::Buffer<[f32; L]>,
    log_scale: S::Buffer<[f32; L]>,
    scale: S::Buffer<[f32; L]>,
    noise: LowDiscrepancy,
}

/// Of `L` locations, scales, log scales and a noise in common: z, and a term of a sum over the coordinates.
pub(crate) type OfCoordinate<const L: usize> = fn([f32; L], [f32; L], [f32; L], f32) -> ([f32; L], [f32; L]);

impl<S: Shape, const L: usize> GaussianFrames<S, L> {
    /// Draws the next z of every frame; the sum over the coordinates of what `of_coordinate` says of each.
    #[inline(always)]
    pub(crate) fn each(&mut self, z: &mut [[f32; L]], of_coordinate: OfCoordinate<L>) -> [f32; L] {
        let mut sum = [0.0; L];
        let scales = self.scale.as_ref().iter().zip(self.log_scale.as_ref());
        for ((loc, (scale, log_scale)), z) in self.loc.as_ref().iter().zip(scales).zip(z) {
            let noise = math::normal_quantile(self.noise.next_u32());
            let terms;
            (*z, terms) = of_coordinate(*loc, *scale, *log_scale, noise);
            sum = lanes(|l| sum[l] + terms[l]);
        }
        sum
    }
}

impl<'a, M: Load<'a>, S: Load<'a>> Load<'a> for ToGaussian<M, S> {
    fn load(sections: &mut Sections<'a>) -> Result<Self, LoadError> {
        Ok(ToGaussian { loc: M::load(sections)?, log_scale: S::load(sections)? })
    }
}

impl<M: Fingerprint, S: Fingerprint> Words for ToGaussian<M, S> {
    const WORDS: &'static [u32] = &[M::FINGERPRINT, S::FINGERPRINT];
}
