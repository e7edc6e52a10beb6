// Written by elbow 0.1.0 beside events.elbow: the type that reads it. Include it; do not edit it.

/// Samples a score of `Events` takes unless the caller has a reason for another number.
pub const EVENTS_SAMPLES: u32 = 64;

/// 80-8 tanh, gaussian:4, 8-80 negative-binomial, fingerprint 2f7b5baa.
pub type Events<'a> = elbow::Vae<(
    elbow::Counts<80>,
    (elbow::Dense<'a, 80, 8, elbow::Tanh>,),
    elbow::GaussianHead<elbow::Dense<'a, 8, 4>, elbow::Dense<'a, 8, 4>>,
    (elbow::Dense<'a, 4, 8, elbow::Tanh>,),
    elbow::NegativeBinomial<elbow::Dense<'a, 8, 80>, elbow::Dense<'a, 8, 80>>,
)>;
