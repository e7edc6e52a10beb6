//! Where a fit begins: at random weights, or at those of a fitted model.

use std::path::Path;

use elbow::architecture::Architecture;

use crate::columns::Columns;
use crate::error::Error;
use crate::layout::Layout;
use crate::preprocess::Preprocessing;
use crate::stored_network::Network;
use elbow_host::file::describe::describe;
use elbow_host::model::ModelBytes;
use elbow_reader::categories::categories;

/// Preprocessing and weights of a model file. The two belong together: data whose mean has moved since then
/// is seen as what has moved. The columns are those of the data, with the values of categories.
///
/// # Errors
/// [`Io`](elbow_host::Error::Io), [`Model`](elbow_host::Error::Model), and
/// [`Argument`](elbow_host::Error::Argument) for a model of
/// another shape than `architecture` or of other codes.
pub fn from_model(
    path: &Path,
    architecture: &Architecture,
    layout: &Layout,
    columns: &str,
    kinds: &Columns,
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
            "its shape is {}, the settings say {}; give the settings that it was fitted with, with f32 \
             weights",
            describe(&found),
            describe(architecture)
        );
        return Err(Error::argument("start", path.display(), problem));
    }
    if categories(model.metadata.columns) != categories(columns) {
        let problem = "its categories have other values than the data; their codes would be others";
        return Err(Error::argument("start", path.display(), problem));
    }
    let network = Network::read(bytes.as_bytes(), &found).map_err(Error::model(path))?;
    let preprocessing = network.preprocessing();
    if let Some(problem) = preprocessing.columns().differ_from(kinds) {
        return Err(Error::argument("start", path.display(), problem));
    }
    Ok((preprocessing, network.params(layout)))
}
