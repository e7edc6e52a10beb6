// Written by elbow 0.1.0 beside mixture.elbow: the type that reads it. Include it; do not edit it.

/// Samples a score of `Mixture` takes unless the caller has a reason for another number.
pub const MIXTURE_SAMPLES: u32 = 64;

/// mixture of 2 gaussians and 137 kernels in 6 dimensions, fingerprint 8108b836.
pub type Mixture<'a> = elbow::Mixture<elbow::LogStandardize<'a, 6>, (elbow::Gaussians<'a, 6, 2>, elbow::Kernels<'a, 6, 137>)>;

/// Columns of a row: number i of a frame is column `i % 6` of row `i / 6`.
pub const MIXTURE_COLUMNS: [&str; 6] = ["cpu_user", "cpu_system", "interrupts_per_s", "context_switches_per_s", "mem_available_mib", "anon_mib"];

/// `Mixture` with its alarm threshold: `CalibratedMixture::from_bytes(MODEL)?.judge(&frame)?`.
pub type CalibratedMixture<'a> = elbow::Calibrated<'a, Mixture<'a>>;
