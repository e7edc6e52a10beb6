//! Samples to pack.

use elbow::codec::{Codec, Encoded, Fidelity, NoModel, PacketError, Predictor, Sample, Settings};
use elbow_firmware::codec::{self, SAMPLES, WINDOWS};
use elbow_firmware::demo::{self, WIDTH};

use super::packet::DEMO;

/// Samples of a sensor, as a device packs them: what the receiver unpacks is within the bound that was
/// asked for, and a packet is never longer than it may be. The first byte chooses the bound and whether
/// samples have 16 or 32 bits.
///
/// # Panics
/// A sample comes back too far off, or the embedded model is damaged.
pub fn samples(bytes: &[u8]) {
    let Some((first, bytes)) = bytes.split_first() else { return };
    let bound = [0, 1, 8, 1000, u16::MAX][usize::from(first >> 1) % 5];
    if first & 1 == 0 {
        both(&cycled::<i16, 2>(bytes, i16::from_le_bytes), bound);
    } else {
        both(&cycled::<i32, 4>(bytes, i32::from_le_bytes), bound);
    }
}

/// As many samples as a packet has, of the bytes again and again.
fn cycled<S: Sample, const N: usize>(bytes: &[u8], of: fn([u8; N]) -> S) -> [S; SAMPLES] {
    let mut given = bytes.iter().copied().cycle();
    std::array::from_fn(|_| of(std::array::from_fn(|_| given.next().unwrap_or(0))))
}

fn both<S: Sample>(samples: &[S; SAMPLES], bound: u16) {
    let (model, plan) = &*DEMO;
    let with_model = codec::codec(model, plan).expect("its own plan");
    let without = Codec::new(NoModel { id: demo::model_id() }, WIDTH / 20, 20).expect("a shape");
    round_trip(&with_model, samples, bound);
    round_trip(&without, samples, bound);
}

fn round_trip<S: Sample, P: Predictor>(codec: &Codec<P>, samples: &[S; SAMPLES], bound: u16) {
    let mut buffers = codec::Buffers::new();
    assert!(codec.max_packet_len::<S>(WINDOWS) <= buffers.packet.len());
    let settings = Settings { fidelity: Fidelity::Within(bound), sequence: 7 };
    let packed: Result<Encoded, PacketError> =
        codec.encode(samples, settings, &mut buffers.scratch, &mut buffers.packet);
    let len = packed.expect("every sample can be packed").len;
    let mut unpacked = [S::default(); SAMPLES];
    codec.decode(&buffers.packet[..len], &mut buffers.scratch, &mut unpacked).expect("what was packed");
    for (sent, got) in samples.iter().zip(&unpacked) {
        let off = sent.to_i32().abs_diff(got.to_i32());
        assert!(off <= u32::from(bound), "{sent:?} came back as {got:?}, bound {bound}");
    }
}
