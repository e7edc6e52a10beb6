// Written by elbow 0.1.0 beside the file of the model mixture: its type and its sizes. Do not edit it.

/// mixture of 2 gaussians and 137 kernels in 6 dimensions, fingerprint 8108b836.
///
/// `elbow::include_model!(PATH, Mixture)` embeds the file; one of another shape does not compile.
pub type Mixture<'a> = elbow::Mixture<elbow::LogStandardize<'a, 6>, (elbow::Gaussians<'a, 6, 2>, elbow::Kernels<'a, 6, 137>)>;

/// `Mixture` with the alarm threshold that `elbow calibrate` writes into its file:
/// `CalibratedMixture::from_bytes(MODEL)?.judge(&frame)?`.
#[allow(dead_code)]
pub type CalibratedMixture<'a> = elbow::Calibrated<'a, Mixture<'a>>;

/// Samples a score takes unless the caller has a reason for another number.
#[allow(dead_code)]
pub const MIXTURE_SAMPLES: u32 = 64;

/// Numbers in a frame.
#[allow(dead_code)]
pub const MIXTURE_FEATURES: usize = 6;

/// Rows that are joined to a frame.
#[allow(dead_code)]
pub const MIXTURE_ROWS: usize = 1;

/// Rows from one frame to the next.
#[allow(dead_code)]
pub const MIXTURE_HOP: usize = 1;

/// Columns of a row: number i of a frame is column `i % 6` of row `i / 6`.
#[allow(dead_code)]
pub const MIXTURE_COLUMNS: [&str; 6] = ["cpu_user", "cpu_system", "interrupts_per_s", "context_switches_per_s", "mem_available_mib", "anon_mib"];
