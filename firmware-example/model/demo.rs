// Written by elbow 0.1.0 beside demo.elbow: the type that reads it. Include it; do not edit it.

/// Samples a score of `Demo` takes unless the caller has a reason for another number.
pub const DEMO_SAMPLES: u32 = 16;

/// 80-64-32 tanh, gaussian:4, 32-64-80 gaussian, fingerprint 901e4076.
pub type Demo<'a> = elbow::Vae<
    elbow::LogStandardize<'a, 80>,
    (elbow::Dense<'a, 80, 64, elbow::Tanh>, elbow::Dense<'a, 64, 32, elbow::Tanh>),
    elbow::GaussianHead<elbow::Dense<'a, 32, 4>, elbow::Dense<'a, 32, 4>>,
    (elbow::Dense<'a, 4, 32, elbow::Tanh>, elbow::Dense<'a, 32, 64, elbow::Tanh>),
    elbow::Gaussian<'a, elbow::Dense<'a, 64, 80>>,
>;
