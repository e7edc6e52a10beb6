// Written by elbow 0.1.0 beside tails.elbow: the type that reads it. Include it; do not edit it.

/// Samples a score of `Tails` takes unless the caller has a reason for another number.
pub const TAILS_SAMPLES: u32 = 64;

/// 80-16 tanh, gaussian:4, 16-80 student-t, fingerprint 3c532199.
pub type Tails<'a> = elbow::Vae<(
    elbow::LogStandardize<'a, 80>,
    (elbow::Dense<'a, 80, 16, elbow::Tanh>,),
    elbow::GaussianHead<elbow::Dense<'a, 16, 4>, elbow::Dense<'a, 16, 4>>,
    (elbow::Dense<'a, 4, 16, elbow::Tanh>,),
    elbow::StudentT<'a, elbow::Dense<'a, 16, 80>, elbow::Dense<'a, 16, 80>>,
)>;
