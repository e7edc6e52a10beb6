// Written by elbow 0.1.0 beside the file of the model demo: its type and its sizes. Do not edit it.

/// 80-64-32 tanh, gaussian:4, 32-64-80 gaussian, fingerprint 901e4076.
///
/// `elbow::include_model!(PATH, Demo)` embeds the file; one of another shape does not compile.
pub type Demo<'a> = elbow::Vae<(
    elbow::LogStandardize<'a, 80>,
    (elbow::Dense<'a, 80, 64, elbow::Tanh>, elbow::Dense<'a, 64, 32, elbow::Tanh>),
    elbow::GaussianHead<elbow::Dense<'a, 32, 4>, elbow::Dense<'a, 32, 4>>,
    (elbow::Dense<'a, 4, 32, elbow::Tanh>, elbow::Dense<'a, 32, 64, elbow::Tanh>),
    elbow::Gaussian<'a, elbow::Dense<'a, 64, 80>>,
)>;

/// `Demo` with the alarm threshold that `elbow calibrate` writes into its file:
/// `CalibratedDemo::from_bytes(MODEL)?.judge(&frame)?`.
#[allow(dead_code)]
pub type CalibratedDemo<'a> = elbow::Calibrated<'a, Demo<'a>>;

/// Samples a score takes unless the caller has a reason for another number.
#[allow(dead_code)]
pub const DEMO_SAMPLES: u32 = 16;

/// Numbers in a frame.
#[allow(dead_code)]
pub const DEMO_FEATURES: usize = 80;

/// Rows that are joined to a frame.
#[allow(dead_code)]
pub const DEMO_ROWS: usize = 4;

/// Rows from one frame to the next.
#[allow(dead_code)]
pub const DEMO_HOP: usize = 4;

/// Columns of a row: number i of a frame is column `i % 20` of row `i / 20`.
#[allow(dead_code)]
pub const DEMO_COLUMNS: [&str; 20] = ["cpu_user", "cpu_system", "cpu_iowait", "interrupts_per_s", "context_switches_per_s", "forks_per_s", "running", "blocked", "load1", "tasks", "mem_available_mib", "anon_mib", "dirty_mib", "pages_freed_per_s", "page_faults_per_s", "major_faults_per_s", "disk_read_kib_per_s", "disk_write_kib_per_s", "disk_ops_per_s", "disk_busy"];

/// Coordinates of the latent.
#[allow(dead_code)]
pub const DEMO_LATENTS: usize = 4;

/// Windows in a packet.
#[allow(dead_code)]
pub const DEMO_PACKET_WINDOWS: usize = 4;

/// Numbers that packing works with: `Codec::scratch_len`.
#[allow(dead_code)]
pub const DEMO_PACKET_SCRATCH: usize = 536;

/// Bytes of the largest packet of 16-bit samples: `Codec::max_packet_len`.
#[allow(dead_code)]
pub const DEMO_PACKET_BYTES: usize = 655;

/// The last rows of a stream as a frame: `DemoWindow::new(DEMO_HOP)`.
#[allow(dead_code)]
pub type DemoWindow = elbow::stream::Window<4, 20, 80>;
