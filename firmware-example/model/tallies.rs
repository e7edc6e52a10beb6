// Written by elbow 0.1.0 beside the file of the model tallies: its type and its sizes. Do not edit it.

/// 80-8 tanh, gaussian:4, 8-80 beta-binomial, fingerprint 372f3950.
///
/// `elbow::include_model!(PATH, Tallies)` embeds the file; one of another shape does not compile.
pub type Tallies<'a> = elbow::Vae<(
    elbow::Counts<80>,
    (elbow::Dense<'a, 80, 8, elbow::Tanh>,),
    elbow::GaussianHead<elbow::Dense<'a, 8, 4>, elbow::Dense<'a, 8, 4>>,
    (elbow::Dense<'a, 4, 8, elbow::Tanh>,),
    elbow::BetaBinomial<elbow::Dense<'a, 8, 80>, elbow::Dense<'a, 8, 80>>,
)>;

/// `Tallies` with the alarm threshold that `elbow calibrate` writes into its file:
/// `CalibratedTallies::from_bytes(MODEL)?.judge(&frame)?`.
#[allow(dead_code)]
pub type CalibratedTallies<'a> = elbow::Calibrated<'a, Tallies<'a>>;

/// Samples a score takes unless the caller has a reason for another number.
#[allow(dead_code)]
pub const TALLIES_SAMPLES: u32 = 64;

/// Numbers in a frame.
#[allow(dead_code)]
pub const TALLIES_FEATURES: usize = 80;

/// Rows that are joined to a frame.
#[allow(dead_code)]
pub const TALLIES_ROWS: usize = 4;

/// Rows from one frame to the next.
#[allow(dead_code)]
pub const TALLIES_HOP: usize = 4;

/// Columns of a row: number i of a frame is column `i % 20` of row `i / 20`.
#[allow(dead_code)]
pub const TALLIES_COLUMNS: [&str; 20] = ["cpu_user", "cpu_system", "cpu_iowait", "interrupts_per_s", "context_switches_per_s", "forks_per_s", "running", "blocked", "load1", "tasks", "mem_available_mib", "anon_mib", "dirty_mib", "pages_freed_per_s", "page_faults_per_s", "major_faults_per_s", "disk_read_kib_per_s", "disk_write_kib_per_s", "disk_ops_per_s", "disk_busy"];

/// Coordinates of the latent.
#[allow(dead_code)]
pub const TALLIES_LATENTS: usize = 4;

/// The last rows of a stream as a frame: `TalliesWindow::new(TALLIES_HOP)`.
#[allow(dead_code)]
pub type TalliesWindow = elbow::stream::Window<4, 20, 80>;
