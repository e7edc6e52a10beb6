// Written by elbow 0.1.0 beside demo.elbow: the type that reads it. Include it; do not edit it.

/// Samples a score of `Demo` takes unless the caller has a reason for another number.
pub const DEMO_SAMPLES: u32 = 16;

/// 80-64-32 tanh, gaussian:4, 32-64-80 gaussian, fingerprint 901e4076.
pub type Demo<'a> = elbow::Vae<(
    elbow::LogStandardize<'a, 80>,
    (elbow::Dense<'a, 80, 64, elbow::Tanh>, elbow::Dense<'a, 64, 32, elbow::Tanh>),
    elbow::GaussianHead<elbow::Dense<'a, 32, 4>, elbow::Dense<'a, 32, 4>>,
    (elbow::Dense<'a, 4, 32, elbow::Tanh>, elbow::Dense<'a, 32, 64, elbow::Tanh>),
    elbow::Gaussian<'a, elbow::Dense<'a, 64, 80>>,
)>;

/// Columns of a row: number i of a frame is column `i % 20` of row `i / 20`.
pub const DEMO_COLUMNS: [&str; 20] = ["cpu_user", "cpu_system", "cpu_iowait", "interrupts_per_s", "context_switches_per_s", "forks_per_s", "running", "blocked", "load1", "tasks", "mem_available_mib", "anon_mib", "dirty_mib", "pages_freed_per_s", "page_faults_per_s", "major_faults_per_s", "disk_read_kib_per_s", "disk_write_kib_per_s", "disk_ops_per_s", "disk_busy"];

/// `Demo` with its alarm threshold: `CalibratedDemo::from_bytes(MODEL)?.judge(&frame)?`.
pub type CalibratedDemo<'a> = elbow::Calibrated<'a, Demo<'a>>;
