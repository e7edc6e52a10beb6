//! The family of the posterior q(z|x), with its prior.

use super::{Activation, Architecture, Operation, Section, TABLE_CELLS, Visit, Word, Work, role};
use crate::fingerprint::Part;
use core::fmt;
use serde::{Deserialize, Serialize};

/// The family of the posterior q(z|x), with its prior.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum LatentKind {
    /// Diagonal Gaussian posterior, standard normal prior, in `dim` dimensions.
    Gaussian {
        /// number of latent coordinates
        dim: u32,
    },
    /// Von Mises–Fisher posterior and uniform prior on the sphere in `dim` coordinates.
    VonMisesFisher {
        /// number of coordinates d of the latent; the sphere is S^(d−1)
        dim: u32,
        /// where the concentration comes from
        concentration: ConcentrationKind,
    },
    /// No distribution: z is a function of the frame, as in a plain autoencoder.
    Point {
        /// number of latent coordinates
        dim: u32,
        /// applied to each of them
        activation: Activation,
    },
    /// Which component of a [`Mixture`](crate::Mixture) a frame comes from. There is no network: the hidden
    /// layers are none, the likelihood is the components'.
    Component {
        /// components with a full covariance
        gaussians: u32,
        /// spherical components
        kernels: u32,
    },
    /// Diagonal Gaussian posterior, and as prior a mixture of diagonal Gaussians, in `dim` dimensions.
    GaussianMixture {
        /// number of latent coordinates
        dim: u32,
        /// Gaussians of the prior
        components: u32,
    },
}

/// Where the concentration κ of a von Mises–Fisher posterior comes from.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum ConcentrationKind {
    /// from the encoder, for each frame
    Learned,
    /// one for the model; samples by rejection
    Fixed {
        /// κ
        kappa: f32,
    },
    /// one for the model; samples from a table
    Tabled {
        /// κ
        kappa: f32,
    },
}

/// As the command line has it, or in words.
impl fmt::Display for LatentKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LatentKind::Gaussian { dim } => write!(f, "gaussian:{dim}"),
            LatentKind::GaussianMixture { dim, components } => {
                write!(f, "gaussian:{dim} under a mixture of {components}")
            }
            LatentKind::VonMisesFisher { dim, concentration } => match concentration {
                ConcentrationKind::Learned => write!(f, "vmf:{dim}"),
                ConcentrationKind::Fixed { kappa } => write!(f, "vmf:{dim},kappa={kappa}"),
                ConcentrationKind::Tabled { kappa } => write!(f, "vmf:{dim},kappa={kappa},table"),
            },
            LatentKind::Point { dim, activation: Activation::Identity } => write!(f, "point:{dim}"),
            LatentKind::Point { dim, activation } => write!(f, "point:{dim},{}", activation.name()),
            LatentKind::Component { gaussians, kernels } => {
                write!(f, "mixture of {gaussians} gaussians and {kernels} kernels")
            }
        }
    }
}

impl LatentKind {
    /// Coordinates; of a mixture its components.
    pub fn dims(self) -> u32 {
        match self {
            LatentKind::Component { gaussians, kernels } => gaussians.saturating_add(kernels),
            LatentKind::Gaussian { dim }
            | LatentKind::GaussianMixture { dim, .. }
            | LatentKind::VonMisesFisher { dim, .. }
            | LatentKind::Point { dim, .. } => dim,
        }
    }

    /// Whether a distribution has these sizes. A sphere has at least two coordinates.
    pub(super) fn is_sound(self) -> bool {
        !matches!(
            self,
            LatentKind::VonMisesFisher { dim: ..2, .. } | LatentKind::GaussianMixture { components: 0, .. }
        )
    }

    /// Nothing of a mixture, which has no head.
    pub(super) fn visit(self, shape: &Architecture, v: &mut impl Visit) {
        let dims = u64::from(self.dims());
        let part = match self {
            LatentKind::Gaussian { .. } => Part::GaussianHead,
            LatentKind::GaussianMixture { .. } => Part::MixtureHead,
            LatentKind::VonMisesFisher { .. } => Part::VmfHead,
            LatentKind::Point { .. } => Part::PointHead,
            LatentKind::Component { .. } => return,
        };
        v.part(role::POSTERIOR, part, |v| match self {
            LatentKind::Gaussian { dim } => {
                shape.gaussian(dim, v);
            }
            LatentKind::GaussianMixture { dim, components } => {
                shape.gaussian(dim, v);
                v.word(Word::Size(components));
                let components = u64::from(components);
                let all = components.saturating_mul(dims);
                v.section(Section::floats("means of the prior", "[M][dims]", all));
                v.section(Section::floats("1/σ of the prior", "[M][dims]", all));
                v.section(Section::floats("log w − Σ log σ", "[M]", components));
                // as a likelihood's term for a feature
                v.work(Work::each(Operation::Term, all));
                v.work(Work::each(Operation::Exp, components));
            }
            LatentKind::VonMisesFisher { dim, concentration } => {
                shape.head("directions", dim, Activation::Identity, v);
                concentration.visit(shape, v);
                // and what does not depend on d, see docs/von-mises-fisher.md
                v.work(Work::each(Operation::Coordinate, dims.saturating_add(2)));
            }
            LatentKind::Point { dim, activation } => shape.head("z", dim, activation, v),
            LatentKind::Component { .. } => {}
        });
    }
}

impl ConcentrationKind {
    fn visit(self, shape: &Architecture, v: &mut impl Visit) {
        let part = match self {
            ConcentrationKind::Learned => Part::LearnedConcentration,
            ConcentrationKind::Fixed { .. } => Part::FixedConcentration,
            ConcentrationKind::Tabled { .. } => Part::TabledConcentration,
        };
        v.part("concentration", part, |v| match self {
            ConcentrationKind::Learned => {
                shape.head("κ", 1, Activation::Identity, v);
                // the normaliser: some 20 logarithms' worth
                v.work(Work::once(Operation::Exp, 20));
            }
            ConcentrationKind::Fixed { .. } => v.section(Section::scalars("κ", "[1]", 1)),
            ConcentrationKind::Tabled { .. } => {
                v.word(Word::Fixed(TABLE_CELLS as u32));
                v.section(Section::scalars("κ", "[1]", 1));
                let nodes = 2 * (TABLE_CELLS as u64 + 1);
                v.section(Section::floats("65 pairs t, F(t)", "[130]", nodes));
            }
        });
    }
}

impl Architecture {
    /// Means and log scales.
    fn gaussian(&self, dim: u32, v: &mut impl Visit) {
        self.head("means", dim, Activation::Identity, v);
        self.head("log scales", dim, Activation::Identity, v);
        v.work(Work::once(Operation::Exp, dim.into()));
        v.work(Work::each(Operation::Coordinate, dim.into()));
    }
}
