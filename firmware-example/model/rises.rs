// Written by elbow 0.1.0 beside rises.elbow: the type that reads it. Include it; do not edit it.

/// Samples a score of `Rises` takes unless the caller has a reason for another number.
pub const RISES_SAMPLES: u32 = 64;

/// 60-32 tanh, gaussian:4, 32-60 bernoulli, fingerprint 34f62a63.
pub type Rises<'a> = elbow::Vae<(
    elbow::Binary<60>,
    (elbow::Dense<'a, 60, 32, elbow::Tanh>,),
    elbow::GaussianHead<elbow::Dense<'a, 32, 4>, elbow::Dense<'a, 32, 4>>,
    (elbow::Dense<'a, 4, 32, elbow::Tanh>,),
    elbow::Bernoulli<elbow::Dense<'a, 32, 60>>,
)>;
