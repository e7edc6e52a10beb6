//! Where a fit begins: at random weights, or at those of a fitted model.

use std::path::Path;

use elbow::architecture::Architecture;

use crate::error::Error;
use crate::host_model::ModelBytes;
use crate::net::layout::Layout;
use crate::network::Network;
use crate::preprocess::Preprocessing;
use crate::type_alias::describe;

/// Preprocessing and weights of a model file. The two belong together: data whose mean has moved since then is seen as what
/// has moved.
///
/// # Errors
/// [`Error::Io`], [`Error::Model`], and [`Error::Argument`] for a model of another shape than `architecture`.
pub fn from_model(
    path: &Path,
    architecture: &Architecture,
    layout: &Layout,
) -> Result<(Preprocessing, Vec<f32>), Error> {
    let bytes = ModelBytes::read(path)?;
    let model = bytes.open().map_err(Error::model(path))?;
    if model.members > 1 {
        let problem = "is an ensemble; begin at one model";
        return Err(Error::argument("start", path.display(), problem));
    }
    let found = model.metadata.architecture;
    if found != *architecture {
        let problem = format!(
            "its shape is {}, the settings say {}; give the settings that it was fitted with, with f32 weights",
            describe(&found),
            describe(architecture)
        );
        return Err(Error::argument("start", path.display(), problem));
    }
    let network = Network::read(bytes.as_bytes(), &found).map_err(Error::model(path))?;
    Ok((network.preprocessing(), network.params(layout)))
}
