//! The von Mises–Fisher head: latents on a sphere, with the uniform distribution on it as prior.

use super::concentration::{
    ConcentrationHead, FixedConcentration, Law, LearnedConcentration, TabledConcentration,
};
use super::frames::{OneByOne, one_by_one};
use super::{Head, Posterior, Prior};
use crate::distribution::HypersphericalUniform;
use crate::distribution::hypersphere::one_minus_cosine;
use crate::fingerprint::{Fingerprint, Part, of};
use crate::format::{Load, LoadError, Sections};
use crate::layer::Projection;
use crate::math;
use crate::noise::LowDiscrepancy;
use crate::shape::Shape;
use rand_core::Rng;

/// q(z|x) on the sphere: a mean direction and a law of t.
#[derive(Clone, Debug)]
pub struct VmfPosterior<S: Shape, C> {
    mean_direction: S::Buffer<f32>,
    law: C,
}

impl<S: Shape, C: Law> VmfPosterior<S, C> {
    /// μ
    pub fn mean_direction(&self) -> &[f32] {
        self.mean_direction.as_ref()
    }

    /// The law of `t = 1 − μ·z`.
    pub fn law(&self) -> &C {
        &self.law
    }
}

impl<S: Shape, C: Law> Posterior for VmfPosterior<S, C> {
    #[inline]
    fn sample_log_ratio<R: Rng + ?Sized>(&self, rng: &mut R, z: &mut [f32]) -> f32 {
        // relative to the uniform distribution, log p(z) = 0
        let t = self.law.sample(self.mean_direction(), rng, z);
        -self.law.log_prob_at(t)
    }

    fn log_ratio(&self, z: &[f32]) -> f32 {
        -self.law.log_prob_at(one_minus_cosine(self.mean_direction(), z))
    }

    fn kl(&self) -> f32 {
        self.law.kl_to_uniform()
    }

    fn mode(&self) -> &[f32] {
        self.mean_direction()
    }
}

/// Von Mises–Fisher posterior with a uniform prior on the sphere S^(d−1): μ from a dense layer, divided by
/// its length.
///
/// `q(z|x) ∝ exp(κ μ(h)·z)`, κ fixed or from h. d counts the coordinates of z.
#[derive(Clone, Copy, Debug)]
pub struct VmfHead<M, C> {
    mean: M,
    concentration: C,
}

impl<M: Projection, C: ConcentrationHead<M::From>> VmfHead<M, C> {
    /// Joins the layer of directions and the source of concentrations.
    pub fn new(mean: M, concentration: C) -> Self {
        VmfHead { mean, concentration }
    }
}

impl<M: Projection, C: ConcentrationHead<M::From>> Head for VmfHead<M, C> {
    type In = M::In;
    type From = M::From;
    type Latent = M::Out;
    type Posterior = VmfPosterior<M::Out, C::Law>;
    type Noise = LowDiscrepancy;
    type Posteriors<const L: usize> = OneByOne<Self::Posterior, LowDiscrepancy, M::Out, L>;

    #[inline(always)]
    fn dims(&self) -> usize {
        self.mean.outputs()
    }

    fn posterior(&self, hidden: &[[M::From; 1]]) -> Self::Posterior {
        let mut mean_direction = <M::Out as Shape>::buffer(self.dims());
        super::copy(self.mean.forward(hidden).as_ref(), mean_direction.as_mut());
        normalize(mean_direction.as_mut());
        VmfPosterior { mean_direction, law: self.concentration.law(self.dims(), hidden) }
    }

    fn posteriors<const L: usize>(&self, hidden: &[[M::From; L]]) -> Self::Posteriors<L> {
        one_by_one(self, hidden)
    }

    fn noise(&self) -> LowDiscrepancy {
        // every sampler takes one word for t and one for each coordinate of a sample: one point
        LowDiscrepancy::new(self.dims() + 1)
    }
}

impl<M: Projection, C: ConcentrationHead<M::From>> Prior for VmfHead<M, C> {
    fn sample_prior<R: Rng + ?Sized>(&self, rng: &mut R, z: &mut [f32]) {
        if let Ok(uniform) = HypersphericalUniform::new(self.dims()) {
            uniform.sample(rng, z);
        }
    }
}

/// `m / |m|`, whatever the magnitude of m; the first axis where m is zero, which has no direction. Numbers
/// that are not finite give NaN, which the score reports.
fn normalize(m: &mut [f32]) {
    let mut largest = 0.0;
    for m in &*m {
        let size = if *m < 0.0 { -*m } else { *m };
        // a NaN is taken too: it must not be lost
        largest = if size <= largest { largest } else { size };
    }
    if largest == 0.0 {
        if let [first, ..] = m {
            *first = 1.0;
        }
        return;
    }
    // twice: dividing by the largest keeps the squares in range
    let mut square = 0.0;
    for m in &mut *m {
        *m /= largest;
        square += *m * *m;
    }
    let length = math::sqrt(square);
    m.iter_mut().for_each(|m| *m /= length);
}

impl<'a, M: Projection + Load<'a>, P: Projection + Load<'a>> Load<'a>
    for VmfHead<M, LearnedConcentration<P>>
{
    fn load(sections: &mut Sections<'a>) -> Result<Self, LoadError> {
        let mean = M::load(sections)?;
        if mean.outputs() < 2 {
            return Err(LoadError::BadConcentration);
        }
        Ok(VmfHead { mean, concentration: LearnedConcentration::new(P::load(sections)?) })
    }
}

impl<'a, M: Projection + Load<'a>> Load<'a> for VmfHead<M, FixedConcentration> {
    fn load(sections: &mut Sections<'a>) -> Result<Self, LoadError> {
        let mean = M::load(sections)?;
        let concentration = FixedConcentration::read(sections, mean.outputs())?;
        Ok(VmfHead { mean, concentration })
    }
}

impl<'a, M: Projection + Load<'a>> Load<'a> for VmfHead<M, TabledConcentration<'a>> {
    fn load(sections: &mut Sections<'a>) -> Result<Self, LoadError> {
        let mean = M::load(sections)?;
        let concentration = TabledConcentration::read(sections, mean.outputs())?;
        Ok(VmfHead { mean, concentration })
    }
}

impl<M: Fingerprint, C: Fingerprint> Fingerprint for VmfHead<M, C> {
    const FINGERPRINT: u32 = of(&[Part::VmfHead as u32, M::FINGERPRINT, C::FINGERPRINT]);
}

#[cfg(test)]
mod tests {
    use super::normalize;

    #[test]
    fn directions_of_any_magnitude() {
        for m in [1e-40_f32, 1e-30, 1.0, 1e30, f32::MAX] {
            let mut v = [0.75 * m, -m];
            normalize(&mut v);
            assert!((v[0] - 0.6).abs() < 1e-3 && (v[1] + 0.8).abs() < 1e-3, "{v:?}");
        }
        let mut zero = [0.0; 3];
        normalize(&mut zero);
        assert_eq!(zero, [1.0, 0.0, 0.0]);
        for poison in [f32::NAN, f32::INFINITY] {
            let mut v = [1.0, poison, 2.0];
            normalize(&mut v);
            assert!(v.iter().any(|x| x.is_nan()), "{v:?}");
        }
    }
}
