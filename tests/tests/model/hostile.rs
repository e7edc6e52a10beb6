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
    let options = Options { fidelity: Fidelity::Lossless, windows_per_packet: Some(2), resolution };
    compress(&bytes.open().unwrap(), id, &input, &output, &options, &mut |_| ()).unwrap();
    std::fs::read(output).unwrap()
}

#[test]
fn models() {
    attack(hostile::model, &MODELS.map(<[u8]>::to_vec), 1_000, 1);
    // those are of the first formats; this is the one that is written today,
    // in small: most bytes say something
    let kinds = [
        LikelihoodKind::Gaussian,
        LikelihoodKind::Bernoulli,
        LikelihoodKind::BetaBinomial { most: 9 },
        LikelihoodKind::DiscretizedLogistic,
        LikelihoodKind::StudentT,
        LikelihoodKind::NegativeBinomial,
        LikelihoodKind::VonMises { angles: 2 },
    ];
    let sound = kinds.map(|kind| Model::random(architecture(4, &[5], 2, &[5], kind), 1).encode());
    attack(hostile::model, &sound, 20_000, 6);
}

#[test]
fn packets() {
    let mut lines = String::new();
    elbow_firmware::codec::packets(&mut lines).unwrap();
    let sound = from_hex(&lines);
    attack(hostile::packet, &sound, 20_000, 2);
    attack(hostile::packets, &[file_of_packets()], 1_000, 3);
}

#[test]
fn logs() {
    let mut lines = String::new();
    elbow_firmware::rises::logs(&mut lines).unwrap();
    let sound: Vec<_> = (0..=255)
        .step_by(17)
        .zip(from_hex(&lines).iter().cycle())
        .map(|(i, log)| with_first(i, log))
        .collect();
    attack(hostile::log, &sound, 1_000, 4);
}

#[test]
fn data() {
    let csv = b"x0,x1,label\n1.5,-2,0\n3e3,\"4\",1\n5,6,0\n".to_vec();
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }";
    let mut npy = b"\x93NUMPY\x01\x00\x76\x00".to_vec();
    npy.extend(format!("{header:117}\n").bytes().chain((0..24).map(|i| i * 7)));
    let idx = [&[0, 0, 8, 2, 0, 0, 0, 3, 0, 0, 0, 2][..], &[1, 2, 3, 4, 5, 6]].concat();
    let npz = include_bytes!("../../../reader/src/fixtures/numpy.npz");
    let files: [&[u8]; 8] = [&csv, &csv, &npy, npz, &idx, &csv, &npy, &csv];
    let sound: Vec<_> = (0..=255).map(|first: u8| with_first(first, files[usize::from(first & 7)])).collect();
    attack(hostile::data, &sound, 6_000, 5);
}

#[test]
fn parts_of_models() {
    attack(hostile::load, &MODELS.map(<[u8]>::to_vec), 4_000, 7);
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

#[test]
fn frames() {
    let mut rng = generator(8);
    let sound: Vec<_> = (0..90).map(|i| with_first(i % 9, &with_first(i / 9, &numbers(&mut rng)))).collect();
    attack(hostile::frames, &sound, 4_000, 9);
}

#[test]
fn samples() {
    let mut rng = generator(10);
    let sound: Vec<_> = (0..20).map(|first| with_first(first, &numbers(&mut rng))).collect();
    attack(hostile::samples, &sound, 4_000, 11);
}

#[test]
fn events() {
    let sound: Vec<_> = (0..16_u8).map(|i| [&[i % 4, i / 4][..], &[3; 128]].concat()).collect();
    attack(hostile::events, &sound, 1_000, 12);
}

#[test]
fn scores() {
    let mut rng = generator(13);
    let sound: Vec<_> = (0..20).map(|_| numbers(&mut rng)).collect();
    attack(hostile::scores, &sound, 1_000, 14);
}

#[test]
fn runs() {
    let toml = Settings::default().to_toml();
    attack(hostile::settings, &[toml.into_bytes()], 4_000, 15);
    attack(hostile::weights, &[include_bytes!("../../../reader/src/fixtures/numpy.npz").to_vec()], 1_000, 16);
}
