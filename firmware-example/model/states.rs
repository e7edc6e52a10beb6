// Written by elbow 0.1.0 beside states.elbow: the type that reads it. Include it; do not edit it.

/// Samples a score of `States` takes unless the caller has a reason for another number.
pub const STATES_SAMPLES: u32 = 64;

/// 88-16 tanh, gaussian:4, 16-88 gaussian-categorical, fingerprint 5605907f.
pub type States<'a> = elbow::Vae<(
    elbow::Categories<'a, elbow::LogStandardize<'a, 80>>,
    elbow::OneHot<'a, 80, (elbow::Dense<'a, 88, 16, elbow::Tanh>,)>,
    elbow::GaussianHead<elbow::Dense<'a, 16, 4>, elbow::Dense<'a, 16, 4>>,
    (elbow::Dense<'a, 4, 16, elbow::Tanh>,),
    elbow::GaussianCategorical<'a, 80, elbow::Dense<'a, 16, 88>>,
)>;

/// Columns that are categories, and their values: the place of a value, as a number, is what a frame holds for it.
pub const STATES_CODES: [(usize, &[&str]); 1] = [
    (6, &["busy", "calm", "full"]),
];
