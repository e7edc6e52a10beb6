//! Sound files changed at random: nothing panics, whatever comes in. `fuzz/` searches further.

use elbow::architecture::LikelihoodKind;
use elbow::codec::model_id;
use elbow_firmware::demo::DEMO_COLUMNS;
use elbow_host::compress::{Fidelity, Options, Unit, compress};
use elbow_host::model::ModelBytes;
use elbow_tests::hostile::{self, MODELS};
use elbow_tests::models::{Model, architecture, generator};
use elbow_trainer::settings::Settings;
use rand_core::Rng;

/// Numbers that code forgets.
const EDGES: [u8; 8] = [0, 1, 0x7F, 0x80, 0xFF, b'\n', b',', b'"'];

fn below(end: usize, rng: &mut impl Rng) -> usize {
    rng.next_u32() as usize % end.max(1)
}

/// A few changes: bytes, the end, a piece twice, a piece less.
fn mutated(sound: &[u8], rng: &mut impl Rng) -> Vec<u8> {
    let mut bytes = sound.to_vec();
    for _ in 0..1 + rng.next_u32() % 6 {
        let at = below(bytes.len(), rng);
        // headers are short and decide most
        let at = if rng.next_u32().is_multiple_of(2) { at.min(below(64, rng)) } else { at };
        let end = at + below((bytes.len() - at).min(40), rng);
        match rng.next_u32() % 8 {
            0 => bytes.truncate(at),
            1 => drop(bytes.drain(at..end)),
            2 => {
                let piece = bytes[at..end].to_vec();
                bytes.splice(at..at, piece);
            }
            3 if at < bytes.len() => bytes[at] = rng.next_u32() as u8,
            4 | 5 if at < bytes.len() => bytes[at] = EDGES[below(EDGES.len(), rng)],
            _ if at < bytes.len() => bytes[at] ^= 1 << (rng.next_u32() % 8),
            _ => bytes.push(rng.next_u32() as u8),
        }
    }
    bytes
}

/// Each sound input itself, then so many that are changed.
fn attack(body: impl Fn(&[u8]), sound: &[Vec<u8>], rounds: usize, seed: u64) {
    let mut rng = generator(seed);
    sound.iter().for_each(|bytes| body(bytes));
    for round in 0..rounds {
        body(&mutated(&sound[round % sound.len()], &mut rng));
    }
}

fn from_hex(lines: &str) -> Vec<Vec<u8>> {
    let byte = |line: &str, at: usize| u8::from_str_radix(&line[at..at + 2], 16).unwrap();
    lines.lines().map(|line| (0..line.len()).step_by(2).map(|at| byte(line, at)).collect()).collect()
}

fn with_first(first: u8, bytes: &[u8]) -> Vec<u8> {
    [&[first], bytes].concat()
}

/// The recorded counters, packed with the model of theirs.
fn file_of_packets() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let [input, output] = ["rows.csv", "packets"].map(|name| folder.path().join(name));
    let mut rows = DEMO_COLUMNS.join(",") + "\n";
    for frame in elbow_firmware::demo::frames().take(6) {
        for row in frame.chunks(20) {
            let cells: Vec<String> = row.iter().map(|x| format!("{x:.0}")).collect();
            rows += &(cells.join(",") + "\n");
        }
    }
    std::fs::write(&input, rows).unwrap();
    let (bytes, id) = (ModelBytes::new(MODELS[0]), model_id(MODELS[0]));
    let resolution = Some(vec![Unit::new(1.0).unwrap()]);
    let options = Options {
        fidelity: Fidelity::Lossless,
        windows_per_packet: Some(2),
        resolution,
        refine: 1,
        skip_broken: false,
    };
    compress(&bytes.open().unwrap(), id, &input, &output, &options, &mut |_| ()).unwrap();
    std::fs::read(output).unwrap()
}

/// Models in the format that is written today, in small: most bytes say something. The committed ones are
/// of the first formats.
fn small_models() -> Vec<Vec<u8>> {
    let kinds = [
        LikelihoodKind::Gaussian,
        LikelihoodKind::Bernoulli,
        LikelihoodKind::BetaBinomial { most: 9 },
        LikelihoodKind::DiscretizedLogistic,
        LikelihoodKind::StudentT,
        LikelihoodKind::NegativeBinomial,
        LikelihoodKind::VonMises { angles: 2 },
    ];
    kinds.map(|kind| Model::random(architecture(4, &[5], 2, &[5], kind), 1).encode()).to_vec()
}

fn sound_packets() -> Vec<Vec<u8>> {
    let mut lines = String::new();
    elbow_firmware::codec::packets(&mut lines).unwrap();
    from_hex(&lines)
}

fn sound_logs() -> Vec<Vec<u8>> {
    let mut lines = String::new();
    elbow_firmware::rises::logs(&mut lines).unwrap();
    (0..=255).step_by(17).zip(from_hex(&lines).iter().cycle()).map(|(i, log)| with_first(i, log)).collect()
}

const NPZ: &[u8] = include_bytes!("../../../reader/src/fixtures/numpy.npz");

/// A file of each kind, read in each way.
fn sound_data() -> Vec<Vec<u8>> {
    let csv = b"x0,x1,label\n1.5,-2,0\n3e3,\"4\",1\n5,6,0\n".to_vec();
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }";
    let mut npy = b"\x93NUMPY\x01\x00\x76\x00".to_vec();
    npy.extend(format!("{header:117}\n").bytes().chain((0..24).map(|i| i * 7)));
    let idx = [&[0, 0, 8, 2, 0, 0, 0, 3, 0, 0, 0, 2][..], &[1, 2, 3, 4, 5, 6]].concat();
    let files: [&[u8]; 8] = [&csv, &csv, &npy, NPZ, &idx, &csv, &npy, &csv];
    (0..=255).map(|first: u8| with_first(first, files[usize::from(first & 7)])).collect()
}

/// Numbers that arithmetic forgets, and usual ones.
fn numbers(rng: &mut impl Rng) -> Vec<u8> {
    let edges = [0.0, -0.0, 1.0, f32::MIN_POSITIVE, 1e-45, f32::MAX, f32::MIN, f32::INFINITY, f32::NAN, 3e4];
    let number = |_| match rng.next_u32() % 4 {
        0 => edges[below(edges.len(), rng)],
        1 => f32::from_bits(rng.next_u32()),
        _ => below(256, rng) as f32 - 64.0,
    };
    (0..96).map(number).flat_map(f32::to_le_bytes).collect()
}

/// Numbers behind bytes that choose.
fn chosen(firsts: std::ops::Range<u8>, seed: u64) -> Vec<Vec<u8>> {
    let mut rng = generator(seed);
    firsts.map(|i| with_first(i, &with_first(i / 9, &numbers(&mut rng)))).collect()
}

fn sound_events() -> Vec<Vec<u8>> {
    (0..16_u8).map(|i| [&[i % 4, i / 4][..], &[3; 128]].concat()).collect()
}

/// A file, whose text is that of the settings' defaults.
fn sound_settings() -> Vec<Vec<u8>> {
    vec![Settings::default().to_toml().into_bytes()]
}

#[test]
fn models() {
    attack(hostile::model, &MODELS.map(<[u8]>::to_vec), 1_000, 1);
    attack(hostile::model, &small_models(), 20_000, 6);
}

#[test]
fn parts_of_models() {
    attack(hostile::load, &MODELS.map(<[u8]>::to_vec), 4_000, 7);
}

#[test]
fn packets() {
    attack(hostile::packet, &sound_packets(), 20_000, 2);
    attack(hostile::packets, &[file_of_packets()], 1_000, 3);
}

#[test]
fn logs() {
    attack(hostile::log, &sound_logs(), 1_000, 4);
    attack(hostile::events, &sound_events(), 1_000, 12);
}

#[test]
fn data() {
    attack(hostile::data, &sound_data(), 6_000, 5);
}

#[test]
fn frames_and_samples() {
    attack(hostile::frames, &chosen(0..90, 8), 4_000, 9);
    attack(hostile::samples, &chosen(0..20, 10), 4_000, 11);
    attack(hostile::scores, &chosen(0..20, 13), 1_000, 14);
}

#[test]
fn runs() {
    attack(hostile::settings, &sound_settings(), 4_000, 15);
    attack(hostile::weights, &[NPZ.to_vec()], 1_000, 16);
}

/// Networks of PyTorch in both formats.
fn sound_weights() -> Vec<Vec<u8>> {
    const FILES: [&[u8]; 7] = [
        include_bytes!("../../../cli/tests/weights/vae.safetensors"),
        include_bytes!("../../../cli/tests/weights/two_heads.safetensors"),
        include_bytes!("../../../cli/tests/weights/half.safetensors"),
        include_bytes!("../../../cli/tests/weights/example.onnx"),
        include_bytes!("../../../cli/tests/weights/two_heads.onnx"),
        include_bytes!("../../../cli/tests/weights/ae_softplus.onnx"),
        include_bytes!("../../../cli/tests/weights/joint_slice.traced.onnx"),
    ];
    FILES.map(<[u8]>::to_vec).to_vec()
}

#[test]
fn weights_of_others() {
    attack(hostile::weights, &sound_weights(), 100_000, 17);
}

/// Writes what the searches of `fuzz/` begin with, a file for each input.
#[test]
#[ignore = "writes fuzz/seeds"]
fn seeds() {
    let all = [
        ("model", small_models()),
        ("load", small_models()),
        ("packet", sound_packets()),
        ("packets", vec![file_of_packets()]),
        ("log", sound_logs()),
        ("data", sound_data().into_iter().take(64).collect()),
        ("frames", chosen(0..9, 8)),
        ("samples", chosen(0..10, 10)),
        ("events", sound_events()),
        ("scores", chosen(0..4, 13)),
        ("signed", hostile::SIGNED.to_vec()),
        ("settings", sound_settings()),
        ("weights", [sound_weights(), vec![NPZ.to_vec()]].concat()),
    ];
    for (target, sound) in all {
        let folder = std::path::Path::new("../fuzz/seeds").join(target);
        std::fs::create_dir_all(&folder).unwrap();
        for (i, bytes) in sound.iter().enumerate() {
            std::fs::write(folder.join(format!("{i:02}")), bytes).unwrap();
        }
    }
}
