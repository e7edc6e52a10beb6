// Written by elbow 0.1.0 beside the file of the model sphere_int8: its type and its sizes. Do not edit it.

/// 80-16 tanh, vmf:4, 16-80 gaussian, int8, fingerprint b0af62ef.
///
/// `elbow::include_model!(PATH, SphereInt8)` embeds the file; one of another shape does not compile.
pub type SphereInt8<'a> = elbow::Vae<(
    elbow::LogStandardize<'a, 80>,
    (elbow::DenseInt8<'a, 80, 16, elbow::Tanh>,),
    elbow::VmfHead<elbow::DenseInt8<'a, 16, 4>, elbow::LearnedConcentration<elbow::DenseInt8<'a, 16, 1>>>,
    (elbow::DenseInt8<'a, 4, 16, elbow::Tanh>,),
    elbow::Gaussian<'a, elbow::DenseInt8<'a, 16, 80>>,
)>;

/// `SphereInt8` with the alarm threshold that `elbow calibrate` writes into its file:
/// `CalibratedSphereInt8::from_bytes(MODEL)?.judge(&frame)?`.
#[allow(dead_code)]
pub type CalibratedSphereInt8<'a> = elbow::Calibrated<'a, SphereInt8<'a>>;

/// Samples a score takes unless the caller has a reason for another number.
#[allow(dead_code)]
pub const SPHERE_INT8_SAMPLES: u32 = 64;

/// Numbers in a frame.
#[allow(dead_code)]
pub const SPHERE_INT8_FEATURES: usize = 80;

/// Rows that are joined to a frame.
#[allow(dead_code)]
pub const SPHERE_INT8_ROWS: usize = 4;

/// Rows from one frame to the next.
#[allow(dead_code)]
pub const SPHERE_INT8_HOP: usize = 4;

/// Columns of a row: number i of a frame is column `i % 20` of row `i / 20`.
#[allow(dead_code)]
pub const SPHERE_INT8_COLUMNS: [&str; 20] = ["cpu_user", "cpu_system", "cpu_iowait", "interrupts_per_s", "context_switches_per_s", "forks_per_s", "running", "blocked", "load1", "tasks", "mem_available_mib", "anon_mib", "dirty_mib", "pages_freed_per_s", "page_faults_per_s", "major_faults_per_s", "disk_read_kib_per_s", "disk_write_kib_per_s", "disk_ops_per_s", "disk_busy"];

/// Coordinates of the latent.
#[allow(dead_code)]
pub const SPHERE_INT8_LATENTS: usize = 4;

/// The last rows of a stream as a frame: `SphereInt8Window::new(SPHERE_INT8_HOP)`.
#[allow(dead_code)]
pub type SphereInt8Window = elbow::stream::Window<4, 20, 80>;
