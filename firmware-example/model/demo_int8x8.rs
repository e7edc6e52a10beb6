// Written by elbow 0.1.0 beside demo_int8x8.elbow: the type that reads it. Include it; do not edit it.

/// Samples a score of `DemoInt8x8` takes unless the caller has a reason for another number.
pub const DEMO_INT8X8_SAMPLES: u32 = 16;

/// 80-64-32 tanh, gaussian:4, 32-64-80 gaussian, int8x8, fingerprint c7c636e4.
pub type DemoInt8x8<'a> = elbow::Vae<(
    elbow::LogStandardize<'a, 80>,
    (elbow::Quantize<80>, elbow::DenseInt8x8<'a, 80, 64, u16>, elbow::DenseInt8x8<'a, 64, 32>),
    elbow::GaussianHead<elbow::LinearInt8x8<'a, 32, 4>, elbow::LinearInt8x8<'a, 32, 4>>,
    (elbow::Quantize<4>, elbow::DenseInt8x8<'a, 4, 32, u16>, elbow::DenseInt8x8<'a, 32, 64>),
    elbow::Gaussian<'a, elbow::LinearInt8x8<'a, 64, 80>>,
)>;
