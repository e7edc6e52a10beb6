//! A model for frames that are at hand.

use elbow::LoadError;

use crate::model::{HostModel, ModelBytes};
use elbow_reader::Dataset;

/// Opens a model for these frames: with gaps where some have any.
///
/// # Errors
/// As [`ModelBytes::open`].
pub fn open_for<'a>(bytes: &'a ModelBytes, data: &Dataset) -> Result<HostModel<'a>, LoadError> {
    if data.has_gaps() { bytes.open_with_gaps() } else { bytes.open() }
}
