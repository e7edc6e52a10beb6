// Written by elbow 0.1.0 beside the file of the model demo_int8x8: its type and its sizes. Do not edit it.

/// 80-64-32 tanh, gaussian:4, 32-64-80 gaussian, int8x8, fingerprint c7c636e4.
///
/// `elbow::include_model!(PATH, DemoInt8x8)` embeds the file; one of another shape does not compile.
pub type DemoInt8x8<'a> = elbow::Vae<(
    elbow::LogStandardize<'a, 80>,
    (elbow::Quantize<80>, elbow::DenseInt8x8<'a, 80, 64, u16>, elbow::DenseInt8x8<'a, 64, 32>),
    elbow::GaussianHead<elbow::LinearInt8x8<'a, 32, 4>, elbow::LinearInt8x8<'a, 32, 4>>,
    (elbow::Quantize<4>, elbow::DenseInt8x8<'a, 4, 32, u16>, elbow::DenseInt8x8<'a, 32, 64>),
    elbow::Gaussian<'a, elbow::LinearInt8x8<'a, 64, 80>>,
)>;

/// `DemoInt8x8` with the alarm threshold that `elbow calibrate` writes into its file:
/// `CalibratedDemoInt8x8::from_bytes(MODEL)?.judge(&frame)?`.
#[allow(dead_code)]
pub type CalibratedDemoInt8x8<'a> = elbow::Calibrated<'a, DemoInt8x8<'a>>;

/// Samples a score takes unless the caller has a reason for another number.
#[allow(dead_code)]
pub const DEMO_INT8X8_SAMPLES: u32 = 64;

/// Numbers in a frame.
#[allow(dead_code)]
pub const DEMO_INT8X8_FEATURES: usize = 80;

/// Rows that are joined to a frame.
#[allow(dead_code)]
pub const DEMO_INT8X8_ROWS: usize = 4;

/// Rows from one frame to the next.
#[allow(dead_code)]
pub const DEMO_INT8X8_HOP: usize = 4;

/// Columns of a row: number i of a frame is column `i % 20` of row `i / 20`.
#[allow(dead_code)]
pub const DEMO_INT8X8_COLUMNS: [&str; 20] = ["cpu_user", "cpu_system", "cpu_iowait", "interrupts_per_s", "context_switches_per_s", "forks_per_s", "running", "blocked", "load1", "tasks", "mem_available_mib", "anon_mib", "dirty_mib", "pages_freed_per_s", "page_faults_per_s", "major_faults_per_s", "disk_read_kib_per_s", "disk_write_kib_per_s", "disk_ops_per_s", "disk_busy"];

/// Coordinates of the latent.
#[allow(dead_code)]
pub const DEMO_INT8X8_LATENTS: usize = 4;

/// The last rows of a stream as a frame: `DemoInt8x8Window::new(DEMO_INT8X8_HOP)`.
#[allow(dead_code)]
pub type DemoInt8x8Window = elbow::stream::Window<4, 20, 80>;
