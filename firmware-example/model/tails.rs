// Written by elbow 0.1.0 beside the file of the model tails: its type and its sizes. Do not edit it.

/// 80-16 tanh, gaussian:4, 16-80 student-t, fingerprint 3c532199.
///
/// `elbow::include_model!(PATH, Tails)` embeds the file; one of another shape does not compile.
pub type Tails<'a> = elbow::Vae<(
    elbow::LogStandardize<'a, 80>,
    (elbow::Dense<'a, 80, 16, elbow::Tanh>,),
    elbow::GaussianHead<elbow::Dense<'a, 16, 4>, elbow::Dense<'a, 16, 4>>,
    (elbow::Dense<'a, 4, 16, elbow::Tanh>,),
    elbow::StudentT<'a, elbow::Dense<'a, 16, 80>, elbow::Dense<'a, 16, 80>>,
)>;

/// `Tails` with the alarm threshold that `elbow calibrate` writes into its file:
/// `CalibratedTails::from_bytes(MODEL)?.judge(&frame)?`.
#[allow(dead_code)]
pub type CalibratedTails<'a> = elbow::Calibrated<'a, Tails<'a>>;

/// Samples a score takes unless the caller has a reason for another number.
#[allow(dead_code)]
pub const TAILS_SAMPLES: u32 = 64;

/// Numbers in a frame.
#[allow(dead_code)]
pub const TAILS_FEATURES: usize = 80;

/// Rows that are joined to a frame.
#[allow(dead_code)]
pub const TAILS_ROWS: usize = 4;

/// Rows from one frame to the next.
#[allow(dead_code)]
pub const TAILS_HOP: usize = 4;

/// Columns of a row: number i of a frame is column `i % 20` of row `i / 20`.
#[allow(dead_code)]
pub const TAILS_COLUMNS: [&str; 20] = ["cpu_user", "cpu_system", "cpu_iowait", "interrupts_per_s", "context_switches_per_s", "forks_per_s", "running", "blocked", "load1", "tasks", "mem_available_mib", "anon_mib", "dirty_mib", "pages_freed_per_s", "page_faults_per_s", "major_faults_per_s", "disk_read_kib_per_s", "disk_write_kib_per_s", "disk_ops_per_s", "disk_busy"];

/// Coordinates of the latent.
#[allow(dead_code)]
pub const TAILS_LATENTS: usize = 4;

/// The last rows of a stream as a frame: `TailsWindow::new(TAILS_HOP)`.
#[allow(dead_code)]
pub type TailsWindow = elbow::stream::Window<4, 20, 80>;
