//! What can be wrong with a log, or with frames that are to become one.

use elbow::LoadError;
use elbow::codec::BitsBackError;

/// Why frames were not made a log, or a log not frames.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LogError {
    /// The model file was refused.
    #[error(transparent)]
    Model(#[from] LoadError),
    /// The model is of another kind.
    #[error(
        "bits-back coding takes one model with a Gaussian latent and a likelihood of whole numbers; \
         fit one with --latent gaussian:D --prior normal and --likelihood bernoulli, beta-binomial:N or \
         discretized-logistic, or of categories alone"
    )]
    WrongKind,
    /// A frame was refused.
    #[error("row {row}: {source}")]
    Row {
        /// which one, counted from 1
        row: usize,
        /// why
        source: BitsBackError,
    },
    /// A number of samples, or a log, was refused.
    #[error(transparent)]
    Coding(#[from] BitsBackError),
}
