//! The von Mises–Fisher head: latents on a sphere, with the uniform distribution on it as prior.

use super::{Head, Posterior};
use crate::architecture::TABLE_CELLS;
use crate::distribution::hypersphere::one_minus_cosine;
use crate::distribution::{Concentration, HypersphericalUniform, MAX_CONCENTRATION, VmfTable};
use crate::fingerprint::{Fingerprint, Part, of};
use crate::format::{Load, LoadError, Sections};
use crate::layer::Projection;
use crate::math;
use crate::noise::LowDiscrepancy;
use crate::shape::Shape;
use rand_core::Rng;
use rand_pcg::Pcg32;

/// Seed and stream of the default noise of samplers that reject: the same words for every frame.
const NOISE_SEED: (u64, u64) = (0x656c_626f_7700_0001, 0x766d_6600_0000_0001);

/// The law of `t = 1 − μ·z`, which with a uniform direction around μ is the law of z.
pub trait Law {
    /// Draws z about the unit vector `mean` and returns t.
    fn sample<R: Rng + ?Sized>(&self, mean: &[f32], rng: &mut R, z: &mut [f32]) -> f32;
    /// `log q(z)` at t, in nats, relative to the uniform distribution.
    fn log_prob_at(&self, t: f32) -> f32;
    /// `KL(q ‖ uniform)`, in nats.
    fn kl_to_uniform(&self) -> f32;
}

impl Law for Concentration {
    #[inline]
    fn sample<R: Rng + ?Sized>(&self, mean: &[f32], rng: &mut R, z: &mut [f32]) -> f32 {
        self.sampler().sample(mean, rng, z)
    }

    #[inline]
    fn log_prob_at(&self, t: f32) -> f32 {
        self.log_prob_at(t)
    }

    fn kl_to_uniform(&self) -> f32 {
        self.kl_to_uniform()
    }
}

/// A tabulated law, with the divergence of the von Mises–Fisher law that it stands for.
#[derive(Clone, Copy, Debug)]
pub struct Tabled<'a> {
    table: VmfTable<'a>,
    kl: f32,
}

impl Law for Tabled<'_> {
    #[inline]
    fn sample<R: Rng + ?Sized>(&self, mean: &[f32], rng: &mut R, z: &mut [f32]) -> f32 {
        self.table.sample(mean, rng, z)
    }

    #[inline]
    fn log_prob_at(&self, t: f32) -> f32 {
        self.table.log_prob_at(t)
    }

    fn kl_to_uniform(&self) -> f32 {
        self.kl
    }
}

/// How a head comes by the law of t.
pub trait ConcentrationHead<I>: Sized {
    /// The law it gives.
    type Law: Law + Clone;
    /// The default source of randomness that suits the law's sampler.
    type Noise: Rng;

    /// The law for one hidden vector.
    fn law(&self, dims: usize, hidden: &[[f32; 1]]) -> Self::Law;
    /// A fresh copy of the default randomness.
    fn noise(&self, dims: usize) -> Self::Noise;
}

/// κ learned per frame: `κ = softplus(s) + 1`, s from a dense layer of one output; at most [`MAX_CONCENTRATION`].
///
/// # Source
/// Davidson, Falorsi, De Cao, Kipf and Tomczak (2018), "Hyperspherical variational auto-encoders": the authors' code adds
/// the 1, which keeps q away from the uniform prior.
#[derive(Clone, Copy, Debug)]
pub struct LearnedConcentration<P>(P);

impl<P: Projection> LearnedConcentration<P> {
    /// Takes the layer of one output.
    pub fn new(layer: P) -> Self {
        LearnedConcentration(layer)
    }
}

/// κ fixed for the model, drawn by rejection (in closed form for d = 3).
#[derive(Clone, Copy, Debug)]
pub struct FixedConcentration(Concentration);

/// κ fixed for the model, drawn from a table of [`TABLE_CELLS`] cells in the file: fixed work, no rejection, and
/// low-discrepancy noise. Weights use the table's own density, so a score carries no error of the table.
#[derive(Clone, Copy, Debug)]
pub struct TabledConcentration<'a>(Tabled<'a>);

impl FixedConcentration {
    /// Takes the section `[κ]` of a sphere in `dims` coordinates.
    ///
    /// # Errors
    /// [`LoadError::BadConcentration`] for a κ or a dimension that no distribution has.
    pub fn read(sections: &mut Sections<'_>, dims: usize) -> Result<Self, LoadError> {
        Ok(FixedConcentration(read_concentration(sections, dims)?))
    }
}

impl<'a> TabledConcentration<'a> {
    /// Takes the sections `[κ]` and the table's pairs `[t, F(t)]`.
    ///
    /// # Errors
    /// [`LoadError::BadConcentration`] for a κ, a dimension or a table that no distribution has.
    pub fn read(sections: &mut Sections<'a>, dims: usize) -> Result<Self, LoadError> {
        let kl = read_concentration(sections, dims)?.kl_to_uniform();
        let (nodes, _) = sections.floats(2 * (TABLE_CELLS + 1))?.as_chunks();
        let table = VmfTable::new(dims, nodes).map_err(|_| LoadError::BadConcentration)?;
        Ok(TabledConcentration(Tabled { table, kl }))
    }
}

fn read_concentration(sections: &mut Sections<'_>, dims: usize) -> Result<Concentration, LoadError> {
    match *sections.floats(1)? {
        [kappa] => Concentration::new(dims, kappa).map_err(|_| LoadError::BadConcentration),
        _ => Err(LoadError::Malformed),
    }
}

impl<P: Projection> ConcentrationHead<P::In> for LearnedConcentration<P> {
    type Law = Concentration;
    type Noise = Pcg32;

    fn law(&self, dims: usize, hidden: &[[f32; 1]]) -> Concentration {
        // κ = softplus(s) + 1
        let [[s], ..] = self.0.tile(0, hidden);
        let kappa = math::softplus(s) + 1.0;
        Concentration::new_unchecked(dims, if kappa > MAX_CONCENTRATION { MAX_CONCENTRATION } else { kappa })
    }

    fn noise(&self, _dims: usize) -> Pcg32 {
        Pcg32::new(NOISE_SEED.0, NOISE_SEED.1)
    }
}

impl<I> ConcentrationHead<I> for FixedConcentration {
    type Law = Concentration;
    type Noise = Pcg32;

    #[inline]
    fn law(&self, _dims: usize, _hidden: &[[f32; 1]]) -> Concentration {
        self.0
    }

    fn noise(&self, _dims: usize) -> Pcg32 {
        Pcg32::new(NOISE_SEED.0, NOISE_SEED.1)
    }
}

impl<'a, I> ConcentrationHead<I> for TabledConcentration<'a> {
    type Law = Tabled<'a>;
    type Noise = LowDiscrepancy;

    #[inline]
    fn law(&self, _dims: usize, _hidden: &[[f32; 1]]) -> Tabled<'a> {
        self.0
    }

    fn noise(&self, dims: usize) -> LowDiscrepancy {
        LowDiscrepancy::new(dims + 1)
    }
}

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

/// Von Mises–Fisher posterior with a uniform prior on the sphere S^(d−1): μ from a dense layer, divided by its length.
///
/// `q(z|x) ∝ exp(κ μ(h)·z)`, κ fixed or from h. d counts the coordinates of z.
#[derive(Clone, Copy, Debug)]
pub struct VmfHead<M, C> {
    mean: M,
    concentration: C,
}

impl<M: Projection, C: ConcentrationHead<M::In>> VmfHead<M, C> {
    /// Joins the layer of directions and the source of concentrations.
    pub fn new(mean: M, concentration: C) -> Self {
        VmfHead { mean, concentration }
    }
}

impl<M: Projection, C: ConcentrationHead<M::In>> Head for VmfHead<M, C> {
    type In = M::In;
    type Latent = M::Out;
    type Posterior = VmfPosterior<M::Out, C::Law>;
    type Noise = C::Noise;

    #[inline(always)]
    fn dims(&self) -> usize {
        self.mean.outputs()
    }

    fn posterior(&self, hidden: &[[f32; 1]]) -> Self::Posterior {
        let mut mean_direction = <M::Out as Shape>::buffer(self.dims());
        super::copy(self.mean.forward(hidden).as_ref(), mean_direction.as_mut());
        normalize(mean_direction.as_mut());
        VmfPosterior { mean_direction, law: self.concentration.law(self.dims(), hidden) }
    }

    fn sample_prior<R: Rng + ?Sized>(&self, rng: &mut R, z: &mut [f32]) {
        if let Ok(uniform) = HypersphericalUniform::new(self.dims()) {
            uniform.sample(rng, z);
        }
    }

    fn noise(&self) -> C::Noise {
        self.concentration.noise(self.dims())
    }
}

/// `m / |m|`, whatever the magnitude of m; the first axis where m is zero, which has no direction. Numbers that are not finite
/// give NaN, which the score reports.
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

impl<'a, M: Projection + Load<'a>, P: Load<'a>> Load<'a> for VmfHead<M, LearnedConcentration<P>> {
    fn load(sections: &mut Sections<'a>) -> Result<Self, LoadError> {
        let mean = M::load(sections)?;
        if mean.outputs() < 2 {
            return Err(LoadError::BadConcentration);
        }
        Ok(VmfHead { mean, concentration: LearnedConcentration(P::load(sections)?) })
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

impl<P: Fingerprint> Fingerprint for LearnedConcentration<P> {
    const FINGERPRINT: u32 = of(&[Part::LearnedConcentration as u32, P::FINGERPRINT]);
}

impl Fingerprint for FixedConcentration {
    const FINGERPRINT: u32 = of(&[Part::FixedConcentration as u32]);
}

impl Fingerprint for TabledConcentration<'_> {
    const FINGERPRINT: u32 = of(&[Part::TabledConcentration as u32, TABLE_CELLS as u32]);
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
            let mut v = [3.0 * m / 4.0, -m];
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
