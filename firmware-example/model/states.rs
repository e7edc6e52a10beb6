// Written by elbow 0.1.0 beside the file of the model states: its type and its sizes. Do not edit it.

/// 88-16 tanh, gaussian:4, 16-88 gaussian-categorical, fingerprint 5605907f.
///
/// `elbow::include_model!(PATH, States)` embeds the file; one of another shape does not compile.
pub type States<'a> = elbow::Vae<(
    elbow::Categories<'a, elbow::LogStandardize<'a, 80>>,
    elbow::OneHot<'a, 80, (elbow::Dense<'a, 88, 16, elbow::Tanh>,)>,
    elbow::GaussianHead<elbow::Dense<'a, 16, 4>, elbow::Dense<'a, 16, 4>>,
    (elbow::Dense<'a, 4, 16, elbow::Tanh>,),
    elbow::GaussianCategorical<'a, 80, elbow::Dense<'a, 16, 88>>,
)>;

/// `States` with the alarm threshold that `elbow calibrate` writes into its file:
/// `CalibratedStates::from_bytes(MODEL)?.judge(&frame)?`.
#[allow(dead_code)]
pub type CalibratedStates<'a> = elbow::Calibrated<'a, States<'a>>;

/// Samples a score takes unless the caller has a reason for another number.
#[allow(dead_code)]
pub const STATES_SAMPLES: u32 = 64;

/// Numbers in a frame.
#[allow(dead_code)]
pub const STATES_FEATURES: usize = 80;

/// Rows that are joined to a frame.
#[allow(dead_code)]
pub const STATES_ROWS: usize = 4;

/// Rows from one frame to the next.
#[allow(dead_code)]
pub const STATES_HOP: usize = 4;

/// Columns of a row: number i of a frame is column `i % 20` of row `i / 20`.
#[allow(dead_code)]
pub const STATES_COLUMNS: [&str; 20] = ["cpu_user", "cpu_system", "cpu_iowait", "interrupts_per_s", "context_switches_per_s", "forks_per_s", "running", "blocked", "load1", "tasks", "mem_available_mib", "anon_mib", "dirty_mib", "pages_freed_per_s", "page_faults_per_s", "major_faults_per_s", "disk_read_kib_per_s", "disk_write_kib_per_s", "disk_ops_per_s", "disk_busy"];

/// Coordinates of the latent.
#[allow(dead_code)]
pub const STATES_LATENTS: usize = 4;

/// The last rows of a stream as a frame: `StatesWindow::new(STATES_HOP)`.
#[allow(dead_code)]
pub type StatesWindow = elbow::stream::Window<4, 20, 80>;

/// Columns that are categories, and their values: the place of a value, as a number, is what a frame holds
/// for it.
#[allow(dead_code)]
pub const STATES_CODES: [(usize, &[&str]); 1] = [
    (6, &["busy", "calm", "full"]),
];
