//! Compression: packets of integer samples, and the entropy coder under them.
//!
//! [`Codec`] turns windows of a sensor's integers into packets and back, without loss or within a bound, with
//! a model as [`Predictor`] or without. Each packet is decodable by itself and checks what comes out of it.
//!
//! ```
//! use elbow::codec::{Codec, Fidelity, NoModel, Settings};
//!
//! # fn main() -> Result<(), elbow::codec::PacketError> {
//! let codec = Codec::new(NoModel::default(), 32, 2)?; // windows of 32 rows, 2 channels
//! let window: [i16; 64] = core::array::from_fn(|i| (20 * i + i % 2 * 900 + i % 3) as i16);
//! let settings = Settings { sequence: 1, fidelity: Fidelity::Within(0) };
//!
//! let (mut scratch, mut packet) = ([0; 134], [0; 143]); // scratch_len(1), max_packet_len::<i16>(1)
//! let encoded = codec.encode(&window, settings, &mut scratch, &mut packet)?;
//! assert!(encoded.len < 60);
//!
//! let mut decoded = [0; 64];
//! codec.decode(&packet[..encoded.len], &mut scratch, &mut decoded)?;
//! assert_eq!(decoded, window);
//! # Ok(())
//! # }
//! ```
//!
//! [`BitsBack`] is the codec of logs of many frames of whole numbers: a frame takes what its score says, and
//! no packet of its own (`docs/bits-back.md`).
//!
//! The entropy coder computes no float: what one machine writes, any other reads, whatever its arithmetic.
//! The stream is a stack ([`Rans`]); a symbol's cost is its information under an [`EntropyModel`], of which
//! there are [`Uniform`], [`RawBits`], any [`Table`] of masses, and the [`IntegerLaw`]s: Gaussians and
//! Laplacians of integers. [`Rice`] is the simple code beside it.

mod bare;
mod bits;
mod bits_back;
mod check;
mod choice;
mod choose;
mod decode;
mod encode;
mod entropy_model;
mod fill;
mod header;
mod in_order;
mod integer_law;
mod law_tables;
mod mixture_predictor;
mod packet;
mod past;
mod plan;
mod predictor;
mod rans;
mod rice;
mod rice_body;
mod sample;
mod series;
mod table;
mod vae_predictor;
mod walk;

pub use bare::BARE_LEN;
pub use bits::{BitReader, BitWriter};
pub use bits_back::{
    BUCKET_BITS, BitsBack, BitsBackError, DiscreteLaw, DiscreteLikelihood, FrameCoding, LOG_HEADER_LEN,
    LOG_MAGIC, LOG_VERSION, LogHeader, MAX_SAMPLES, WholeParts,
};
pub use entropy_model::{EntropyModel, Interval, MAX_PRECISION, RawBits, Uniform};
pub use header::{Coding, ENVELOPE_LEN, Fidelity, HEADER_LEN, Header, PACKET_VERSION, PacketError, model_id};
pub use integer_law::IntegerLaw;
pub use law_tables::{COST_UNITS, Shape};
pub use mixture_predictor::MixturePredictor;
pub use packet::{Codec, Encoded, Settings, max_packet_len, scratch_len};
pub use plan::{PacketPlan, VaeCodec};
pub use predictor::{NoModel, Predictor};
pub use rans::{Rans, StreamError};
pub use rice::Rice;
pub use sample::{Quantizer, Sample};
pub use table::{Table, TableError, quantize_masses};
pub use vae_predictor::VaePredictor;
