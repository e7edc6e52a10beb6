//! The recorded frames as packets of integers, written and read on the device: what would go over the air.

use crate::Failure;
use crate::demo::{self, Demo, WIDTH};
use core::fmt::{self, Write};
use elbow::codec::{Codec, ENVELOPE_LEN, Fidelity, NoModel, PacketError, PacketPlan, Predictor, Settings};

/// Rows of a window.
const ROWS: usize = 4;
/// Counters in a row.
const CHANNELS: usize = WIDTH / ROWS;
const LATENT: usize = 4;
/// Windows in a packet: as the model's plan has them.
pub const WINDOWS: usize = 4;
/// Samples in a packet.
pub const SAMPLES: usize = WINDOWS * WIDTH;
/// What the samples may be off, in units of the resolution: each in its own pass over the recorded frames.
pub const BOUNDS: [u16; 5] = [0, BOUND, 1, 64, 1000];
/// The first of them, that use the model.
const PASSES_WITH_MODEL: usize = 2;
/// The bound whose costs are counted.
pub const BOUND: u16 = 8;

/// The buffers of a packet: 2.1 KB to work in, 1.3 KB for the packet.
#[derive(Debug)]
pub struct Buffers {
    /// `Codec::scratch_len(WINDOWS)` numbers
    pub scratch: [i32; WINDOWS * (WIDTH + CHANNELS + LATENT) + WIDTH + 2 * CHANNELS],
    /// `Codec::max_packet_len(WINDOWS)` bytes
    pub packet: [u8; 4 * SAMPLES + ENVELOPE_LEN],
}

impl Buffers {
    /// Zeros.
    pub const fn new() -> Self {
        Buffers {
            scratch: [0; WINDOWS * (WIDTH + CHANNELS + LATENT) + WIDTH + 2 * CHANNELS],
            packet: [0; 4 * SAMPLES + ENVELOPE_LEN],
        }
    }
}

impl Default for Buffers {
    fn default() -> Self {
        Self::new()
    }
}

/// The codec of the embedded model, by the plan in its file.
///
/// # Errors
/// The plan is of another model.
pub fn codec<'m>(
    model: &'m Demo<'static>,
    plan: &PacketPlan<'static>,
) -> Result<Codec<impl Predictor + use<'m>>, PacketError> {
    plan.codec(model, demo::model_id())
}

/// The recorded frames as integers, a packet's at a time.
pub fn samples(plan: &PacketPlan<'static>) -> impl Iterator<Item = [i32; SAMPLES]> + use<> {
    let (mut frames, resolution) = (demo::frames(), plan.resolution);
    core::iter::from_fn(move || {
        let mut samples = [0; SAMPLES];
        for window in samples.chunks_mut(WIDTH) {
            let counters = frames.next()?.into_iter().zip(resolution.iter().cycle());
            window.iter_mut().zip(counters).for_each(|(n, (x, unit))| *n = (x / unit + 0.5) as i32);
        }
        Some(samples)
    })
}

/// Writes every packet in hex, of one bound of [`BOUNDS`] after the other, having read it back.
///
/// # Errors
/// The model or a packet is refused, or `out` fails.
pub fn packets(out: &mut impl Write) -> Result<(), Failure> {
    let (model, plan) = (demo::load()?, demo::plan()?);
    let with_model = codec(&model, &plan)?;
    // as a device without the model would write for those who have it
    let without = Codec::new(NoModel { id: demo::model_id() }, ROWS, CHANNELS)?;
    for (pass, bound) in BOUNDS.into_iter().enumerate() {
        if pass < PASSES_WITH_MODEL {
            write_packets(&with_model, &plan, bound, out)?;
        } else {
            write_packets(&without, &plan, bound, out)?;
        }
    }
    Ok(())
}

fn write_packets(
    codec: &Codec<impl Predictor>,
    plan: &PacketPlan<'static>,
    bound: u16,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let Buffers { mut scratch, mut packet } = Buffers::new();
    let mut decoded = [0; SAMPLES];
    for (sequence, samples) in (0..).zip(samples(plan)) {
        let settings = Settings { sequence, fidelity: Fidelity::Within(bound) };
        let encoded = codec.encode(&samples, settings, &mut scratch, &mut packet)?;
        let packet = packet.get(..encoded.len).unwrap_or_default();
        codec.decode(packet, &mut scratch, &mut decoded)?;
        if samples.iter().zip(&decoded).any(|(x, y)| x.abs_diff(*y) > u32::from(bound)) {
            return Err(PacketError::Mismatch.into());
        }
        writeln!(out, "{}", Hex(packet))?;
    }
    Ok(())
}

/// Bytes as hex digits.
pub(crate) struct Hex<'a>(pub(crate) &'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
