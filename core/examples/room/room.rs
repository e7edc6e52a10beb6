// Written by elbow 0.1.0 beside the file of the model room: its type and its sizes. Do not edit it.

/// 8-8 tanh, gaussian:2, 8-8 gaussian, fingerprint 1cbd3c4f.
///
/// `elbow::include_model!(PATH, Room)` embeds the file; one of another shape does not compile.
pub type Room<'a> = elbow::Vae<(
    elbow::Standardize<'a, 8>,
    (elbow::Dense<'a, 8, 8, elbow::Tanh>,),
    elbow::GaussianHead<elbow::Dense<'a, 8, 2>, elbow::Dense<'a, 8, 2>>,
    (elbow::Dense<'a, 2, 8, elbow::Tanh>,),
    elbow::Gaussian<'a, elbow::Dense<'a, 8, 8>>,
)>;

/// `Room` with the alarm threshold that `elbow calibrate` writes into its file:
/// `CalibratedRoom::from_bytes(MODEL)?.judge(&frame)?`.
#[allow(dead_code)]
pub type CalibratedRoom<'a> = elbow::Calibrated<'a, Room<'a>>;

/// Samples a score takes unless the caller has a reason for another number.
#[allow(dead_code)]
pub const ROOM_SAMPLES: u32 = 16;

/// Numbers in a frame.
#[allow(dead_code)]
pub const ROOM_FEATURES: usize = 8;

/// Rows that are joined to a frame.
#[allow(dead_code)]
pub const ROOM_ROWS: usize = 4;

/// Rows from one frame to the next.
#[allow(dead_code)]
pub const ROOM_HOP: usize = 4;

/// Columns of a row: number i of a frame is column `i % 2` of row `i / 2`.
#[allow(dead_code)]
pub const ROOM_COLUMNS: [&str; 2] = ["temperature_c", "humidity_percent"];

/// Coordinates of the latent.
#[allow(dead_code)]
pub const ROOM_LATENTS: usize = 2;

/// Windows in a packet.
#[allow(dead_code)]
pub const ROOM_PACKET_WINDOWS: usize = 8;

/// Numbers that packing works with: `Codec::scratch_len`.
#[allow(dead_code)]
pub const ROOM_PACKET_SCRATCH: usize = 108;

/// Bytes of the largest packet of 16-bit samples: `Codec::max_packet_len`.
#[allow(dead_code)]
pub const ROOM_PACKET_BYTES: usize = 143;

/// The last rows of a stream as a frame: `RoomWindow::new(ROOM_HOP)`.
#[allow(dead_code)]
pub type RoomWindow = elbow::stream::Window<4, 2, 8>;
