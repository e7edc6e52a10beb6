//! What comes from outside, as bytes: whatever they are, they give a result or an error, and never a panic.
//!
//! `fuzz/` searches for bytes that break this; the test `hostile` changes sound files at random.

use elbow::LoadError;
use elbow::codec::{
    BitsBackError, Codec, Fidelity, LogHeader, NoModel, PACKET_VERSION, PacketError, PacketPlan,
};
use elbow::format::{NUMERIC_PROFILE, checksum};
use elbow_firmware::codec::{SAMPLES, WINDOWS};
use elbow_firmware::demo::WIDTH;
use elbow_firmware::{codec, demo};
use elbow_host::compress::decompress;
use elbow_host::model::{LANES, ModelBytes};
use elbow_reader::{Categorical, LoadOptions, load};
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

/// The committed models, from bits and counts to mixtures and spheres.
pub const MODELS: [&[u8]; 9] = [
    include_bytes!("../../firmware-example/model/demo.elbow"),
    include_bytes!("../../firmware-example/model/rises.elbow"),
    include_bytes!("../../firmware-example/model/counts.elbow"),
    include_bytes!("../../firmware-example/model/tallies.elbow"),
    include_bytes!("../../firmware-example/model/states.elbow"),
    include_bytes!("../../firmware-example/model/demo_int8x8.elbow"),
    include_bytes!("../../firmware-example/model/sphere_int8.elbow"),
    include_bytes!("../../firmware-example/model/kinds.elbow"),
    include_bytes!("../../firmware-example/model/mixture.elbow"),
];
/// Those of them that write logs.
const OF_LOGS: std::ops::Range<usize> = 1..5;

/// A model file: as it is, and with the checksum that it should have, behind which nobody looks otherwise.
pub fn model(bytes: &[u8]) {
    let mut bytes = bytes.to_vec();
    open(&bytes);
    if let Some(end) = bytes.len().checked_sub(4) {
        let sum = checksum(&bytes[..end]);
        bytes[end..].copy_from_slice(&sum.to_le_bytes());
        open(&bytes);
    }
}

/// Loads a model by a device's type and by what the file says; what loads is asked.
fn open(bytes: &[u8]) {
    let bytes = ModelBytes::new(bytes);
    if let Ok(model) = demo::Demo::from_bytes(bytes.as_bytes()) {
        let _ = model.log_density(&[0.5; WIDTH], 5);
    }
    let opened: Result<_, LoadError> = bytes.open();
    let Ok(model) = opened else { return };
    let frame = vec![1.0; model.metadata.architecture.features as usize];
    let _ = model.engine.log_density(&frame, 5);
    let _ = model.engine.log_densities([&frame; LANES], 2);
    let _ = model.engine.reconstruct(&frame);
    if let Some(latent) = model.engine.latent() {
        let _ = (latent.encode(&frame), latent.elbo(&frame, 2));
    }
    if let Some(judge) = model.calibrated() {
        let _ = judge.judge(&frame);
    }
}

/// The embedded model and its plan, loaded once.
static DEMO: LazyLock<(demo::Demo<'static>, PacketPlan<'static>)> =
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

/// A log: as it is, and as the stream of a log whose header is sound. The first byte chooses the model.
///
/// # Panics
/// The embedded models are damaged.
pub fn log(bytes: &[u8]) {
    let Some((first, stream)) = bytes.split_first() else { return };
    let file = MODELS[OF_LOGS][usize::from(*first) % OF_LOGS.len()];
    let model = ModelBytes::new(file);
    let _ = model.decode_log(stream);
    let samples = 1 + first / 64;
    let mut sealed = vec![0; elbow::codec::LOG_HEADER_LEN];
    sealed.extend(stream);
    sealed.extend([0; 4]);
    let header = LogHeader {
        numeric_profile: NUMERIC_PROFILE as u8,
        samples,
        model: elbow::codec::model_id(file),
        frames: u32::from(*first),
    };
    let len: Result<usize, BitsBackError> = header.seal(stream.len(), &mut sealed);
    if let Ok(len) = len {
        let _ = model.decode_log(&sealed[..len]);
    }
}

/// A file of frames, read as each kind and in several ways. The first byte chooses.
///
/// # Panics
/// There is no room for temporary files.
pub fn data(bytes: &[u8]) {
    let Some((first, bytes)) = bytes.split_first() else { return };
    let kinds = ["csv", "tsv", "npy", "npz", "idx3-ubyte", "csv.gz", "npy", "csv"];
    let words = Categorical { column: "x0".into(), words: None };
    let options = LoadOptions {
        window: 1 + usize::from(first >> 3 & 1),
        whole: first >> 4 & 1 == 1,
        normal: (first >> 5 & 1 == 1).then(|| "0".into()).into_iter().collect(),
        categorical: (first >> 6 & 1 == 1).then_some(words).into_iter().collect(),
        columns: (first >> 7 & 1 == 1).then(|| vec!["x1".into(), "x0".into()]),
        ..LoadOptions::default()
    };
    in_a_file(bytes, kinds[usize::from(first & 7)], |path| {
        let _ = load(path, &options);
    });
}

/// Writes a file of that ending, for as long as `work` takes.
fn in_a_file(bytes: &[u8], ending: &str, work: impl FnOnce(&Path)) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("file").with_extension(ending);
    fs::write(&path, bytes).expect("room for a temporary file");
    work(&path);
}

/// CRC-16/X-25, bit by bit: the packet's check by its definition.
pub fn crc16(bytes: &[u8]) -> u16 {
    let step = |crc: u16, _| if crc & 1 == 1 { crc >> 1 ^ 0x8408 } else { crc >> 1 };
    !bytes.iter().fold(0xFFFF, |crc, byte| (0..8).fold(crc ^ u16::from(*byte), step))
}
