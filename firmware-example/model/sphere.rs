// Written by elbow 0.1.0 beside sphere.elbow: the type that reads it. Include it; do not edit it.

/// Samples a score of `Sphere` takes unless the caller has a reason for another number.
pub const SPHERE_SAMPLES: u32 = 64;

/// 80-16 tanh, vmf:4, 16-80 gaussian, fingerprint 3ca0c80c.
pub type Sphere<'a> = elbow::Vae<(
    elbow::LogStandardize<'a, 80>,
    (elbow::Dense<'a, 80, 16, elbow::Tanh>,),
    elbow::VmfHead<elbow::Dense<'a, 16, 4>, elbow::LearnedConcentration<elbow::Dense<'a, 16, 1>>>,
    (elbow::Dense<'a, 4, 16, elbow::Tanh>,),
    elbow::Gaussian<'a, elbow::Dense<'a, 16, 80>>,
)>;
