// Written by elbow 0.1.0 beside the file of the model rises: its type and its sizes. Do not edit it.

/// 60-32 tanh, gaussian:4, 32-60 bernoulli, fingerprint 34f62a63.
///
/// `elbow::include_model!(PATH, Rises)` embeds the file; one of another shape does not compile.
pub type Rises<'a> = elbow::Vae<(
    elbow::Binary<60>,
    (elbow::Dense<'a, 60, 32, elbow::Tanh>,),
    elbow::GaussianHead<elbow::Dense<'a, 32, 4>, elbow::Dense<'a, 32, 4>>,
    (elbow::Dense<'a, 4, 32, elbow::Tanh>,),
    elbow::Bernoulli<elbow::Dense<'a, 32, 60>>,
)>;

/// `Rises` with the alarm threshold that `elbow calibrate` writes into its file:
/// `CalibratedRises::from_bytes(MODEL)?.judge(&frame)?`.
#[allow(dead_code)]
pub type CalibratedRises<'a> = elbow::Calibrated<'a, Rises<'a>>;

/// Samples a score takes unless the caller has a reason for another number.
#[allow(dead_code)]
pub const RISES_SAMPLES: u32 = 64;

/// Numbers in a frame.
#[allow(dead_code)]
pub const RISES_FEATURES: usize = 60;

/// Rows that are joined to a frame.
#[allow(dead_code)]
pub const RISES_ROWS: usize = 1;

/// Rows from one frame to the next.
#[allow(dead_code)]
pub const RISES_HOP: usize = 1;

/// Columns of a row: number i of a frame is column `i % 60` of row `i / 60`.
#[allow(dead_code)]
pub const RISES_COLUMNS: [&str; 60] = ["x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17", "x18", "x19", "x20", "x21", "x22", "x23", "x24", "x25", "x26", "x27", "x28", "x29", "x30", "x31", "x32", "x33", "x34", "x35", "x36", "x37", "x38", "x39", "x40", "x41", "x42", "x43", "x44", "x45", "x46", "x47", "x48", "x49", "x50", "x51", "x52", "x53", "x54", "x55", "x56", "x57", "x58", "x59"];

/// Coordinates of the latent.
#[allow(dead_code)]
pub const RISES_LATENTS: usize = 4;
