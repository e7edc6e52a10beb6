// Written by elbow 0.1.0 beside the file of the model counts: its type and its sizes. Do not edit it.

/// 80-16 tanh, gaussian:4, 16-80 discretized-logistic, fingerprint 898dd280.
///
/// `elbow::include_model!(PATH, Counts)` embeds the file; one of another shape does not compile.
pub type Counts<'a> = elbow::Vae<(
    elbow::Integers<'a, 80>,
    (elbow::Dense<'a, 80, 16, elbow::Tanh>,),
    elbow::GaussianHead<elbow::Dense<'a, 16, 4>, elbow::Dense<'a, 16, 4>>,
    (elbow::Dense<'a, 4, 16, elbow::Tanh>,),
    elbow::DiscretizedLogistic<'a, elbow::Dense<'a, 16, 80>, elbow::Dense<'a, 16, 80>>,
)>;

/// `Counts` with the alarm threshold that `elbow calibrate` writes into its file:
/// `CalibratedCounts::from_bytes(MODEL)?.judge(&frame)?`.
#[allow(dead_code)]
pub type CalibratedCounts<'a> = elbow::Calibrated<'a, Counts<'a>>;

/// Samples a score takes unless the caller has a reason for another number.
#[allow(dead_code)]
pub const COUNTS_SAMPLES: u32 = 64;

/// Numbers in a frame.
#[allow(dead_code)]
pub const COUNTS_FEATURES: usize = 80;

/// Rows that are joined to a frame.
#[allow(dead_code)]
pub const COUNTS_ROWS: usize = 4;

/// Rows from one frame to the next.
#[allow(dead_code)]
pub const COUNTS_HOP: usize = 4;

/// Columns of a row: number i of a frame is column `i % 20` of row `i / 20`.
#[allow(dead_code)]
pub const COUNTS_COLUMNS: [&str; 20] = ["cpu_user", "cpu_system", "cpu_iowait", "interrupts_per_s", "context_switches_per_s", "forks_per_s", "running", "blocked", "load1", "tasks", "mem_available_mib", "anon_mib", "dirty_mib", "pages_freed_per_s", "page_faults_per_s", "major_faults_per_s", "disk_read_kib_per_s", "disk_write_kib_per_s", "disk_ops_per_s", "disk_busy"];

/// Coordinates of the latent.
#[allow(dead_code)]
pub const COUNTS_LATENTS: usize = 4;

/// The last rows of a stream as a frame: `CountsWindow::new(COUNTS_HOP)`.
#[allow(dead_code)]
pub type CountsWindow = elbow::stream::Window<4, 20, 80>;
