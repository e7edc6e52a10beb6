//! What an import gives.

use elbow::architecture::Architecture;

use crate::layout::Layout;
use crate::preprocess::Preprocessing;

/// An imported model, in the parts that the exporter takes.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Imported {
    /// its shape
    pub architecture: Architecture,
    /// what is done to frames
    pub preprocessing: Preprocessing,
    /// where its parameters lie
    pub layout: Layout,
    /// the parameters
    pub params: Vec<f32>,
    /// batch norms folded into the layers beside them
    pub folded: usize,
    /// whether the file's outputs were in the frame's own units, where frames are standardised
    pub are_raw: bool,
    /// which layers of the file are what, for people
    pub roles: Vec<(&'static str, String)>,
}
