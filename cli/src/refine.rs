//! What commands share that refine posteriors.

use std::path::Path;

use elbow::FrameError;
use elbow::architecture::{LatentKind, LikelihoodKind, WeightKind};
use elbow_host::model::HostModel;

use crate::error::Error;

/// What refining asks of a model is asked before the work.
pub(super) fn refinable(model: &HostModel<'_>, path: &Path) -> Result<(), Error> {
    if model.members > 1 {
        let problem =
            "is an ensemble, and --refine takes one network; leave it out, or fit without --ensemble";
        return Err(Error::file(path, problem));
    }
    member_refinable(model, path)
}

/// Of a model, or of one of an ensemble.
pub(super) fn member_refinable(model: &HostModel<'_>, path: &Path) -> Result<(), Error> {
    let architecture = &model.metadata.architecture;
    let is_gaussian = matches!(architecture.latent, LatentKind::Gaussian { .. });
    let has_slopes = matches!(
        architecture.likelihood,
        LikelihoodKind::Bernoulli
            | LikelihoodKind::Gaussian
            | LikelihoodKind::GaussianPerOutput
            | LikelihoodKind::StudentT
    );
    let is_float = architecture.weights != WeightKind::Int8x8;
    if is_gaussian && has_slopes && is_float {
        return Ok(());
    }
    let refused = FrameError::NotRefinable;
    Err(Error::file(path, format!("--refine has no way back through it: {refused}")))
}
