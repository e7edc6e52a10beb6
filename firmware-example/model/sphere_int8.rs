// Written by elbow 0.1.0 beside sphere_int8.elbow: the type that reads it. Include it; do not edit it.

/// Samples a score of `SphereInt8` takes unless the caller has a reason for another number.
pub const SPHERE_INT8_SAMPLES: u32 = 16;

/// 80-16 tanh, vmf:4, 16-80 gaussian, int8, fingerprint b0af62ef.
pub type SphereInt8<'a> = elbow::Vae<(
    elbow::LogStandardize<'a, 80>,
    (elbow::DenseInt8<'a, 80, 16, elbow::Tanh>,),
    elbow::VmfHead<elbow::DenseInt8<'a, 16, 4>, elbow::LearnedConcentration<elbow::DenseInt8<'a, 16, 1>>>,
    (elbow::DenseInt8<'a, 4, 16, elbow::Tanh>,),
    elbow::Gaussian<'a, elbow::DenseInt8<'a, 16, 80>>,
)>;
