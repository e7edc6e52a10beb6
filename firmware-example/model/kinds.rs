// Written by elbow 0.1.0 beside kinds.elbow: the type that reads it. Include it; do not edit it.

/// Samples a score of `Kinds` takes unless the caller has a reason for another number.
pub const KINDS_SAMPLES: u32 = 64;

/// 80-16 tanh, gaussian:4 under a mixture of 8, 16-80 gaussian, fingerprint 94267ea0.
pub type Kinds<'a> = elbow::Vae<(
    elbow::LogStandardize<'a, 80>,
    (elbow::Dense<'a, 80, 16, elbow::Tanh>,),
    elbow::MixtureHead<'a, elbow::Dense<'a, 16, 4>, elbow::Dense<'a, 16, 4>, 8>,
    (elbow::Dense<'a, 4, 16, elbow::Tanh>,),
    elbow::Gaussian<'a, elbow::Dense<'a, 16, 80>>,
)>;
