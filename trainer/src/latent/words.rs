//! How settings write posteriors and priors.

use elbow::architecture::{Activation, ConcentrationKind, LatentKind, MAX_WIDTH};
use elbow::distribution::MAX_CONCENTRATION;

use crate::spelled::Word;

/// The posterior, under the prior that it knows: `gaussian:D`, `vmf:D`,
/// `vmf:D,kappa=K`, `vmf:D,kappa=K,table` or `point:D`.
impl Word for LatentKind {
    const NAME: &'static str = "latent";

    fn read(text: &str) -> Result<Self, String> {
        latent(text).ok_or_else(|| {
            "give gaussian:D, vmf:D, vmf:D,kappa=K, vmf:D,kappa=K,table or point:D (D at least 2 for vmf, K \
             from 0 to 10000)"
                .into()
        })
    }
}

fn latent(text: &str) -> Option<LatentKind> {
    let (family, rest) = text.split_once(':')?;
    let mut parts = rest.split(',');
    let dim = parts.next()?.parse().ok().filter(|dim| (1..=MAX_WIDTH).contains(dim))?;
    let kappa = |text: &str| {
        let kappa = text.strip_prefix("kappa=")?.parse::<f32>().ok()?;
        (0.0..=MAX_CONCENTRATION).contains(&kappa).then_some(kappa)
    };
    let concentration = match (parts.next(), parts.next(), parts.next()) {
        (None, ..) => ConcentrationKind::Learned,
        (Some(text), None, None) => ConcentrationKind::Fixed { kappa: kappa(text)? },
        (Some(text), Some("table"), None) => ConcentrationKind::Tabled { kappa: kappa(text)? },
        _ => return None,
    };
    match (family, concentration) {
        ("gaussian", ConcentrationKind::Learned) => Some(LatentKind::Gaussian { dim }),
        ("point", ConcentrationKind::Learned) => {
            Some(LatentKind::Point { dim, activation: Activation::Identity })
        }
        ("vmf", _) if dim >= 2 => Some(LatentKind::VonMisesFisher { dim, concentration }),
        _ => None,
    }
}

/// A prior by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PriorKind {
    /// `normal`: the one that the posterior knows
    Known,
    /// `gmm:M`
    GaussianMixture {
        /// M
        components: u32,
    },
}

impl PriorKind {
    /// Whether it is learned with the network.
    pub fn is_learned(self) -> bool {
        self != PriorKind::Known
    }

    /// The latent of a posterior under this prior; `None` where the two do not go together.
    pub fn under(self, posterior: LatentKind) -> Option<LatentKind> {
        match (self, posterior) {
            (PriorKind::Known, _) => Some(posterior),
            (PriorKind::GaussianMixture { components }, LatentKind::Gaussian { dim }) => {
                Some(LatentKind::GaussianMixture { dim, components })
            }
            (PriorKind::GaussianMixture { .. }, _) => None,
        }
    }
}

impl Word for PriorKind {
    const NAME: &'static str = "prior";

    fn read(text: &str) -> Result<Self, String> {
        const MOST: u32 = 4096;
        let components = text.strip_prefix("gmm:").map(|count| count.parse().ok());
        match components {
            None if text == "normal" => Ok(PriorKind::Known),
            Some(Some(components)) if (1..=MOST).contains(&components) => {
                Ok(PriorKind::GaussianMixture { components })
            }
            _ => Err(format!("choose normal or gmm:M (M from 1 to {MOST})")),
        }
    }
}
