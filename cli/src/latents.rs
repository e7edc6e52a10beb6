//! What commands share that read or write latents.

use std::path::Path;

use elbow::architecture::LatentKind;
use elbow_host::model::{Engine, HostModel, LatentEngine};

use crate::error::Error;

/// Whose latent it is.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(super) struct MemberArg {
    /// Of an ensemble the network whose latent is meant, from 1 [default: the last]
    #[arg(long, value_name = "M", value_parser = clap::value_parser!(u32).range(1..))]
    member: Option<u32>,
}

impl MemberArg {
    /// The model, or one of an ensemble.
    pub(super) fn engine<'m>(self, model: &'m HostModel<'_>) -> Result<&'m dyn Engine, Error> {
        let member = self.member.unwrap_or(model.members);
        let is_there = member <= model.members;
        let engine = match model.members {
            1 => Some(&*model.engine),
            _ => model.engine.member(member as usize - 1),
        };
        engine.filter(|_| is_there).ok_or_else(|| {
            let problem = format!("the model has {} networks; give one of them, from 1", model.members);
            Error::argument("member", member, problem)
        })
    }

    /// Its latent.
    pub(super) fn latent<'m>(
        self,
        model: &'m HostModel<'_>,
        path: &Path,
    ) -> Result<&'m dyn LatentEngine, Error> {
        self.engine(model)?.latent().ok_or_else(|| {
            let problem = "is a mixture, whose only latent is the component that a frame comes from; `elbow \
                           sample` and `elbow reconstruct` take it, the others need a network: --latent \
                           gaussian:8";
            Error::file(path, problem)
        })
    }
}

/// Names of a latent's coordinates under which they are written and known again: of draws and of points, of
/// the mean of a Gaussian, of a mean direction.
const COORDINATES: [&str; 3] = ["z", "mean", "mu"];

fn numbered(name: &str, dims: usize) -> Vec<String> {
    (1..=dims).map(|j| format!("{name}_{j}")).collect()
}

/// The columns of draws.
pub(super) fn drawn(dims: usize) -> Vec<String> {
    numbered("z", dims)
}

/// The columns of posteriors: their mode, how far they reach around it, their divergence from the prior.
pub(super) fn columns(latent: LatentKind) -> Vec<String> {
    let dims = latent.dims() as usize;
    let behind = |names: [Vec<String>; 3]| names.concat();
    match latent {
        LatentKind::Gaussian { .. } | LatentKind::GaussianMixture { .. } => {
            behind([numbered("mean", dims), numbered("sd", dims), vec!["kl".into()]])
        }
        LatentKind::VonMisesFisher { .. } => {
            behind([numbered("mu", dims), vec!["kappa".into()], vec!["kl".into()]])
        }
        LatentKind::Point { .. } | LatentKind::Component { .. } => drawn(dims),
    }
}

/// The columns that may hold the coordinates of a latent.
pub(super) fn named(latent: LatentKind) -> Vec<Vec<String>> {
    COORDINATES.iter().map(|name| numbered(name, latent.dims() as usize)).collect()
}

/// Where the coordinates of a latent stand among the columns of a file: by their names, or, where those say
/// nothing, by their place.
pub(super) fn coordinates(names: &[String], latent: LatentKind) -> Option<Vec<usize>> {
    let dims = latent.dims() as usize;
    let place = |name: &String| names.iter().position(|known| known == name);
    let places = |names: Vec<String>| names.iter().map(place).collect::<Option<Vec<_>>>();
    let by_place = [dims, columns(latent).len()].contains(&names.len()).then(|| (0..dims).collect());
    named(latent).into_iter().find_map(places).or(by_place)
}
