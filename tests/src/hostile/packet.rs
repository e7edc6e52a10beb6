//! Packets, and files of them.

use std::path::Path;
use std::sync::LazyLock;

use elbow::codec::{Codec, Fidelity, NoModel, PACKET_VERSION, PacketError, PacketPlan};
use elbow::format::NUMERIC_PROFILE;
use elbow_firmware::codec::{self, SAMPLES, WINDOWS};
use elbow_firmware::demo::{self, WIDTH};
use elbow_host::compress::decompress;
use elbow_host::model::ModelBytes;

use super::{MODELS, in_a_file};

/// The embedded model and its plan, loaded once.
pub(super) static DEMO: LazyLock<(demo::Demo<'static>, PacketPlan<'static>)> =
    LazyLock::new(|| (demo::load().expect("sound"), demo::plan().expect("sound")));

/// A packet: as it is, without its envelope, and behind the envelope of a sound one.
///
/// # Panics
/// The embedded model is damaged.
pub fn packet(bytes: &[u8]) {
    let (model, plan) = &*DEMO;
    let with_model = codec::codec(model, plan).expect("its own plan");
    let without = Codec::new(NoModel { id: demo::model_id() }, WIDTH / 20, 20).expect("a shape");
    let (mut scratch, mut samples) = (codec::Buffers::new().scratch, [0_i32; SAMPLES]);
    let mut sealed = bytes.to_vec();
    if let [flags, profile, a, b, c, d, _, _, windows, .., _, _] = &mut sealed[..] {
        *flags = *flags & 0x0F | PACKET_VERSION << 4;
        *profile = NUMERIC_PROFILE as u8;
        [*a, *b, *c, *d] = demo::model_id().to_le_bytes();
        *windows = 1 + *windows % WINDOWS as u8;
        let end = sealed.len() - 2;
        let check = crc16(&sealed[..end]);
        sealed[end..].copy_from_slice(&check.to_le_bytes());
    }
    for packet in [bytes, &sealed] {
        let _: Result<_, PacketError> = with_model.decode(packet, &mut scratch, &mut samples);
        let _ = without.decode(packet, &mut scratch, &mut samples);
        let _ = with_model.decode_bare(packet, Fidelity::Within(3), &mut scratch, &mut samples);
    }
}

/// A file of packets.
///
/// # Panics
/// The embedded model is damaged, or there is no room for temporary files.
pub fn packets(bytes: &[u8]) {
    let model = ModelBytes::new(MODELS[0]);
    let opened = model.open().expect("sound");
    in_a_file(bytes, "epz", |path| {
        let output = path.with_extension("csv");
        let model = (Path::new("demo.elbow"), &opened, elbow::codec::model_id(MODELS[0]));
        let _ = decompress(model, path, &output, true, &mut |_| ());
    });
}

/// CRC-16/X-25, bit by bit: the packet's check by its definition.
pub fn crc16(bytes: &[u8]) -> u16 {
    let step = |crc: u16, _| if crc & 1 == 1 { crc >> 1 ^ 0x8408 } else { crc >> 1 };
    !bytes.iter().fold(0xFFFF, |crc, byte| (0..8).fold(crc ^ u16::from(*byte), step))
}
