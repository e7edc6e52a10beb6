// Written by elbow 0.1.0 beside counts.elbow: the type that reads it. Include it; do not edit it.

/// Samples a score of `Counts` takes unless the caller has a reason for another number.
pub const COUNTS_SAMPLES: u32 = 64;

/// 80-16 tanh, gaussian:4, 16-80 discretized-logistic, fingerprint 898dd280.
pub type Counts<'a> = elbow::Vae<(
    elbow::Integers<'a, 80>,
    (elbow::Dense<'a, 80, 16, elbow::Tanh>,),
    elbow::GaussianHead<elbow::Dense<'a, 16, 4>, elbow::Dense<'a, 16, 4>>,
    (elbow::Dense<'a, 4, 16, elbow::Tanh>,),
    elbow::DiscretizedLogistic<'a, elbow::Dense<'a, 16, 80>, elbow::Dense<'a, 16, 80>>,
)>;
