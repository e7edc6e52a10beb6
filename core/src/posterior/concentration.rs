//! Where a von Mises–Fisher posterior has its concentration from, and the law of `t = 1 − μ·z` that follows.

use crate::distribution::{Concentration, MAX_CONCENTRATION, VmfTable};
use crate::fingerprint::{Fingerprint, Part, of};
use crate::format::{LoadError, Sections};
use crate::kind::TABLE_CELLS;
use crate::layer::Projection;
use crate::math;
use core::fmt::Debug;
use rand_core::Rng;

/// The law of `t = 1 − μ·z`, which with a uniform direction around μ is the law of z.
pub trait DirectionLaw {
    /// Draws z about the unit vector `mean` and returns t.
    fn sample<R: Rng + ?Sized>(&self, mean: &[f32], rng: &mut R, z: &mut [f32]) -> f32;
    /// `log q(z)` at t, in nats, relative to the uniform distribution.
    fn log_prob_at(&self, t: f32) -> f32;
    /// `KL(q ‖ uniform)`, in nats.
    fn kl_to_uniform(&self) -> f32;
    /// κ
    fn kappa(&self) -> f32;
}

impl DirectionLaw for Concentration {
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

    fn kappa(&self) -> f32 {
        self.kappa()
    }
}

/// A tabulated law, with concentration and divergence of the von Mises–Fisher law that it stands for.
#[derive(Clone, Copy, Debug)]
pub struct Tabled<'a> {
    table: VmfTable<'a>,
    kappa: f32,
    kl: f32,
}

impl DirectionLaw for Tabled<'_> {
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

    fn kappa(&self) -> f32 {
        self.kappa
    }
}

/// How a head comes by the law of t, from a hidden vector of `X`.
pub trait ConcentrationHead<X>: Sized {
    /// The law it gives.
    type Law: DirectionLaw + Clone + Debug;

    /// The law for one hidden vector.
    fn law(&self, dims: usize, hidden: &[[X; 1]]) -> Self::Law;
}

/// κ learned per frame: `κ = softplus(s) + 1`, s from a dense layer of one output; at most
/// [`MAX_CONCENTRATION`].
///
/// # Source
/// Davidson, Falorsi, De Cao, Kipf and Tomczak (2018), "Hyperspherical variational auto-encoders": the
/// authors' code adds the 1, which keeps q away from the uniform prior.
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

/// κ fixed for the model, drawn from a table of [`TABLE_CELLS`] cells in the file: fixed work, no rejection.
/// Weights use the table's own density, so a score carries no error of the table.
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
        let concentration = read_concentration(sections, dims)?;
        let (kappa, kl) = (concentration.kappa(), concentration.kl_to_uniform());
        let (nodes, _) = sections.floats(2 * (TABLE_CELLS + 1))?.as_chunks();
        let table = VmfTable::new(dims, nodes).map_err(|_| LoadError::BadConcentration)?;
        Ok(TabledConcentration(Tabled { table, kappa, kl }))
    }
}

fn read_concentration(sections: &mut Sections<'_>, dims: usize) -> Result<Concentration, LoadError> {
    match *sections.floats(1)? {
        [kappa] => Concentration::new(dims, kappa).map_err(|_| LoadError::BadConcentration),
        _ => Err(LoadError::Malformed),
    }
}

impl<P: Projection> ConcentrationHead<P::From> for LearnedConcentration<P> {
    type Law = Concentration;

    fn law(&self, dims: usize, hidden: &[[P::From; 1]]) -> Concentration {
        let [[s], ..] = self.0.tile(0, hidden);
        learned(dims, s)
    }
}

/// `κ = softplus(s) + 1`
pub(crate) fn learned(dims: usize, s: f32) -> Concentration {
    let kappa = math::softplus(s) + 1.0;
    Concentration::new_unchecked(dims, if kappa > MAX_CONCENTRATION { MAX_CONCENTRATION } else { kappa })
}

impl<X> ConcentrationHead<X> for FixedConcentration {
    type Law = Concentration;

    #[inline]
    fn law(&self, _dims: usize, _hidden: &[[X; 1]]) -> Concentration {
        self.0
    }
}

impl<'a, X> ConcentrationHead<X> for TabledConcentration<'a> {
    type Law = Tabled<'a>;

    #[inline]
    fn law(&self, _dims: usize, _hidden: &[[X; 1]]) -> Tabled<'a> {
        self.0
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
