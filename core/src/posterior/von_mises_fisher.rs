//! The von Mises–Fisher posterior: latents on a sphere.

use super::concentration::{
    ConcentrationHead, DirectionLaw, FixedConcentration, LearnedConcentration, TabledConcentration,
};
use super::{Family, OneByOne, ToPosterior, Words, copy};
use crate::fingerprint::Fingerprint;
use crate::format::{Load, LoadError, Sections};
use crate::layer::Projection;
use crate::math;
use crate::shape::Shape;
use core::fmt::Debug;

/// q(z|x) on the sphere: a mean direction and a law of t.
#[derive(Clone, Debug)]
pub struct VonMisesFisherPosterior<S: Shape, C> {
    mean_direction: S::Buffer<f32>,
    law: C,
}

impl<S: Shape, C: DirectionLaw> VonMisesFisherPosterior<S, C> {
    /// μ
    pub fn mean_direction(&self) -> &[f32] {
        self.mean_direction.as_ref()
    }

    /// The law of `t = 1 − μ·z`.
    pub fn law(&self) -> &C {
        &self.law
    }
}

impl<S: Shape, C: DirectionLaw + Debug> Family for VonMisesFisherPosterior<S, C> {
    type Frames<const L: usize> = OneByOne<Self, S, L>;

    #[inline]
    fn mode(&self) -> &[f32] {
        self.mean_direction()
    }
}

/// `q(z|x) ∝ exp(κ μ(h)·z)`: μ from a dense layer, divided by its length, κ fixed or from h. d counts the
/// coordinates of z.
#[derive(Clone, Copy, Debug)]
pub struct ToVonMisesFisher<M, C> {
    mean: M,
    concentration: C,
}

impl<M: Projection, C: ConcentrationHead<M::From>> ToVonMisesFisher<M, C> {
    /// Joins the layer of directions and the source of concentrations.
    pub fn new(mean: M, concentration: C) -> Self {
        ToVonMisesFisher { mean, concentration }
    }
}

impl<M: Projection, C: ConcentrationHead<M::From>> ToPosterior for ToVonMisesFisher<M, C> {
    type In = M::In;
    type From = M::From;
    type Latent = M::Out;
    type Family = VonMisesFisherPosterior<M::Out, C::Law>;

    #[inline(always)]
    fn dims(&self) -> usize {
        self.mean.outputs()
    }

    fn posterior(&self, hidden: &[[M::From; 1]]) -> Self::Family {
        let mut mean_direction = <M::Out as Shape>::buffer(self.dims());
        copy(self.mean.forward(hidden).as_ref(), mean_direction.as_mut());
        normalize(mean_direction.as_mut());
        VonMisesFisherPosterior { mean_direction, law: self.concentration.law(self.dims(), hidden) }
    }

    fn frames<const L: usize>(&self, hidden: &[[M::From; L]]) -> OneByOne<Self::Family, M::Out, L> {
        OneByOne::new::<M::In, _>(hidden, self.dims(), |h| self.posterior(h), || self.noise())
    }

    /// Every sampler takes one for t and one for each coordinate.
    #[inline(always)]
    fn words(&self) -> usize {
        self.dims() + 1
    }
}

/// `m / |m|`, whatever the magnitude of m; the first axis where m is zero, which has no direction. Numbers
/// that are not finite give NaN, which the score reports.
pub(crate) fn normalize(m: &mut [f32]) {
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
    for ToVonMisesFisher<M, LearnedConcentration<P>>
{
    fn load(sections: &mut Sections<'a>) -> Result<Self, LoadError> {
        let mean = M::load(sections)?;
        if mean.outputs() < 2 {
            return Err(LoadError::BadConcentration);
        }
        Ok(ToVonMisesFisher { mean, concentration: LearnedConcentration::new(P::load(sections)?) })
    }
}

impl<'a, M: Projection + Load<'a>> Load<'a> for ToVonMisesFisher<M, FixedConcentration> {
    fn load(sections: &mut Sections<'a>) -> Result<Self, LoadError> {
        let mean = M::load(sections)?;
        let concentration = FixedConcentration::read(sections, mean.outputs())?;
        Ok(ToVonMisesFisher { mean, concentration })
    }
}

impl<'a, M: Projection + Load<'a>> Load<'a> for ToVonMisesFisher<M, TabledConcentration<'a>> {
    fn load(sections: &mut Sections<'a>) -> Result<Self, LoadError> {
        let mean = M::load(sections)?;
        let concentration = TabledConcentration::read(sections, mean.outputs())?;
        Ok(ToVonMisesFisher { mean, concentration })
    }
}

impl<M: Fingerprint, C: Fingerprint> Words for ToVonMisesFisher<M, C> {
    const WORDS: &'static [u32] = &[M::FINGERPRINT, C::FINGERPRINT];
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
