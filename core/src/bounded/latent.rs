//! Posteriors of any kind.

use super::dense::AnyDense;
use super::memory::{Lent, lanes, take};
use crate::architecture::{Activation, Architecture, ConcentrationKind, LatentKind};
use crate::distribution::{
    Concentration, GaussianMixture, gaussian_draw, gaussian_draw_alone, gaussian_draws, make_scales,
};
use crate::format::{LoadError, Sections};
use crate::kernel::{TILE, Tile, tiles};
use crate::noise::LowDiscrepancy;
use crate::posterior::{
    ConcentrationHead as _, FixedConcentration, Tabled, TabledConcentration, bounded, learned, normalize,
};
use crate::prior::draw_direction;

/// From the encoder's last hidden vector to a posterior with its prior.
#[derive(Clone, Copy, Debug)]
pub(super) struct AnyHead<'a> {
    /// means, mean direction, or z itself
    loc: AnyDense<'a>,
    kind: Kind<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Kind<'a> {
    Gaussian { log_scale: AnyDense<'a>, prior: Option<GaussianMixture<'a, Lent>> },
    Learned { kappa: AnyDense<'a> },
    Fixed(Concentration),
    Tabled(Tabled<'a>),
    Point,
}

impl<'a> AnyHead<'a> {
    /// Takes the sections.
    #[inline(never)]
    pub(super) fn read(shape: &Architecture, sections: &mut Sections<'a>) -> Result<Self, LoadError> {
        let dims = shape.latent_dims();
        let identity = Activation::Identity;
        let activation = match shape.latent {
            LatentKind::Point { activation, .. } => activation,
            _ => identity,
        };
        let loc = dense(shape, sections, dims, activation)?;
        let size = dims as usize;
        let kind = match shape.latent {
            LatentKind::Gaussian { .. } => {
                Kind::Gaussian { log_scale: dense(shape, sections, dims, identity)?, prior: None }
            }
            LatentKind::GaussianMixture { components, .. } => {
                let log_scale = dense(shape, sections, dims, identity)?;
                let prior = GaussianMixture::read(sections, size, components as usize)?;
                Kind::Gaussian { log_scale, prior: Some(prior) }
            }
            LatentKind::VonMisesFisher { concentration, .. } => match concentration {
                ConcentrationKind::Learned => Kind::Learned { kappa: dense(shape, sections, 1, identity)? },
                ConcentrationKind::Fixed { .. } => {
                    Kind::Fixed(FixedConcentration::read(sections, size)?.law(size, &[[0.0]]))
                }
                ConcentrationKind::Tabled { .. } => {
                    Kind::Tabled(TabledConcentration::read(sections, size)?.law(size, &[[0.0]]))
                }
            },
            LatentKind::Point { .. } => Kind::Point,
            // a mixture has no network
            LatentKind::Component { .. } => return Err(LoadError::Malformed),
        };
        Ok(AnyHead { loc, kind })
    }

    /// Number of latent coordinates.
    pub(super) fn dims(&self) -> usize {
        self.loc.outputs()
    }

    /// A fresh copy of the default noise.
    pub(super) fn noise(&self) -> LowDiscrepancy {
        LowDiscrepancy::new(match self.kind {
            Kind::Gaussian { .. } | Kind::Point => self.dims(),
            Kind::Learned { .. } | Kind::Fixed(_) | Kind::Tabled(_) => self.dims() + 1,
        })
    }

    /// q(z|x) of a hidden vector, in memory of whole tiles.
    #[inline]
    pub(super) fn posterior<'s, const L: usize>(
        &'s self,
        hidden: &[f32],
        mut memory: &'s mut [f32],
    ) -> Option<Posterior<'s>> {
        let (dims, each) = (self.dims(), tiles(self.dims()) * TILE);
        let loc = take(&mut memory, each)?;
        self.loc.forward::<L>(hidden, loc);
        let loc = loc.get_mut(..dims)?;
        let law = match &self.kind {
            Kind::Gaussian { log_scale: layer, prior } => {
                let (log_scale, scale) = (take(&mut memory, each)?, take(&mut memory, each)?);
                layer.forward::<L>(hidden, log_scale);
                log_scale.iter_mut().for_each(|s| *s = bounded(*s));
                scale.copy_from_slice(log_scale);
                make_scales(scale.get_mut(..dims)?);
                Law::Gaussian { log_scale, scale, prior: prior.as_ref() }
            }
            Kind::Learned { kappa } => {
                let mut s: Tile<1> = [[0.0]; TILE];
                kappa.tile(0, hidden, &mut s);
                let [[s], ..] = s;
                Law::Sphere(learned(dims, s))
            }
            Kind::Fixed(concentration) => Law::Sphere(*concentration),
            Kind::Tabled(law) => Law::Tabled(law),
            Kind::Point => Law::Point,
        };
        if let Law::Sphere(_) | Law::Tabled(_) = law {
            normalize(loc);
        }
        Some(Posterior { loc, law })
    }
}

/// A layer of the posterior.
fn dense<'a>(
    shape: &Architecture,
    sections: &mut Sections<'a>,
    outputs: u32,
    activation: Activation,
) -> Result<AnyDense<'a>, LoadError> {
    AnyDense::read(sections, shape.weights, shape.encoder_width(), outputs, activation)
}

/// q(z|x) of one frame, and the prior.
#[derive(Debug)]
pub(super) struct Posterior<'s> {
    loc: &'s [f32],
    law: Law<'s>,
}

#[derive(Debug)]
enum Law<'s> {
    Gaussian { log_scale: &'s [f32], scale: &'s [f32], prior: Option<&'s GaussianMixture<'s, Lent>> },
    Sphere(Concentration),
    Tabled(&'s Tabled<'s>),
    Point,
}

impl Posterior<'_> {
    /// The most likely z.
    pub(super) fn mode(&self) -> &[f32] {
        self.loc
    }

    /// Draws z ~ q(z|x) into `z`; `log p(z) − log q(z|x)`, in nats.
    #[inline(never)]
    pub(super) fn draw(&self, noise: &mut LowDiscrepancy, z: &mut [f32]) -> f32 {
        // of one length, which the samplers ask for
        let (loc, Some(z)) = (self.loc, z.get_mut(..self.loc.len())) else { return 0.0 };
        match &self.law {
            Law::Gaussian { log_scale, scale, prior: None } => {
                gaussian_draws(loc, scale, log_scale, noise, z, gaussian_draw)
            }
            Law::Gaussian { log_scale, scale, prior: Some(prior) } => {
                // dims·½ log 2π is left out on both sides
                let surprise = gaussian_draws(loc, scale, log_scale, noise, z, gaussian_draw_alone);
                let [log_prior] = prior.log_prob_up_to_constant(lanes::<1>(z, z.len()));
                log_prior + surprise
            }
            Law::Sphere(law) => draw_direction(law, loc, noise, z),
            Law::Tabled(law) => draw_direction(*law, loc, noise, z),
            Law::Point => {
                z.iter_mut().zip(loc).for_each(|(z, loc)| *z = *loc);
                0.0
            }
        }
    }
}
