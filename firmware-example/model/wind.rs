// Written by elbow 0.1.0 beside wind.elbow: the type that reads it. Include it; do not edit it.

/// Samples a score of `Wind` takes unless the caller has a reason for another number.
pub const WIND_SAMPLES: u32 = 64;

/// 4-16 tanh, gaussian:2, 16-3 von-mises, fingerprint 976763ed.
pub type Wind<'a> = elbow::Vae<(
    elbow::Angles<'a, elbow::Standardize<'a, 3>>,
    elbow::SineCosine<'a, 3, (elbow::Dense<'a, 4, 16, elbow::Tanh>,)>,
    elbow::GaussianHead<elbow::Dense<'a, 16, 2>, elbow::Dense<'a, 16, 2>>,
    (elbow::Dense<'a, 2, 16, elbow::Tanh>,),
    elbow::VonMises<'a, elbow::Dense<'a, 16, 3>, elbow::Dense<'a, 16, 3>>,
)>;
