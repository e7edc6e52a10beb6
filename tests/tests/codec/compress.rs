//! Files of packets: what is packed comes back, in its form; what is
//! damaged or missing is told and costs only itself.

use elbow::architecture::LikelihoodKind;
use elbow::codec::model_id;
use elbow_host::Error;
use elbow_host::compress::{Fidelity, Options, Summary, Unit, Unpacked, compress, decompress};
use elbow_host::model::ModelBytes;
use elbow_tests::models::{Model, architecture, generator};
use elbow_tests::signals::signal;
use std::path::{Path, PathBuf};

/// Columns of a row; the model's window is one row.
const COLUMNS: usize = 12;
/// Rows: whole packets, whole windows, and a few more.
const ROWS: usize = 303;
const WINDOWS_PER_PACKET: u8 = 10;

struct Bench {
    folder: tempfile::TempDir,
    model: ModelBytes,
}

impl Bench {
    fn new(seed: u64) -> Self {
        let shape = architecture(COLUMNS as u32, &[8], 3, &[8], LikelihoodKind::Gaussian);
        let model = ModelBytes::new(&Model::random(shape, seed).encode());
        Bench { folder: tempfile::tempdir().unwrap(), model }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        std::fs::write(self.path(name), bytes).unwrap();
        self.path(name)
    }

    fn pack(&self, input: &Path, fidelity: Fidelity, resolution: Option<f64>) -> Result<Summary, Error> {
        let resolution = resolution.map(|unit| vec![Unit::new(unit).unwrap()]);
        let options = Options {
            fidelity,
            windows_per_packet: Some(WINDOWS_PER_PACKET),
            resolution,
            refine: 0,
            skip_broken: false,
        };
        let (model, id) = (self.model.open().unwrap(), model_id(self.model.as_bytes()));
        compress(&model, id, input, &self.path("packets"), &options, &mut |_| ())
    }

    fn unpack(&self, packets: &Path, output: &str, keep_going: bool) -> Result<Unpacked, Error> {
        let (model, id) = (self.model.open().unwrap(), model_id(self.model.as_bytes()));
        let model = (Path::new("m.elbow"), &model, id);
        decompress(model, packets, &self.path(output), keep_going, &mut |_| ())
    }
}

/// An array file of NumPy's, with the header that NumPy writes.
fn npy(descr: &str, shape: &str, numbers: &[u8]) -> Vec<u8> {
    let text = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}");
    let len = (10 + text.len() + 1).next_multiple_of(64).max(128) - 10;
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((len as u16).to_le_bytes());
    bytes.extend(format!("{text:width$}\n", width = len - 1).as_bytes());
    bytes.extend(numbers);
    bytes
}

fn walk(seed: u64) -> Vec<i16> {
    signal(1, ROWS, COLUMNS, &mut generator(seed))
}

fn walk_file(seed: u64) -> Vec<u8> {
    let numbers: Vec<u8> = walk(seed).iter().flat_map(|x| x.to_le_bytes()).collect();
    npy("<i2", &format!("({ROWS}, {COLUMNS})"), &numbers)
}

fn text(value: impl Fn(usize, usize) -> String) -> String {
    let names: Vec<String> = (0..COLUMNS).map(|column| format!("\"c,{column}\"")).collect();
    let row = |row| (0..COLUMNS).map(|column| value(row, column)).collect::<Vec<_>>().join(",") + "\n";
    names.join(",") + "\n" + &(0..ROWS).map(row).collect::<String>()
}

#[test]
fn arrays_come_back_byte_for_byte() {
    let bench = Bench::new(1);
    let floats: Vec<u8> = walk(2).iter().flat_map(|x| (f32::from(*x) / 10.0).to_le_bytes()).collect();
    let wide: Vec<u8> = walk(3).iter().flat_map(|x| (i64::from(*x) << 14).to_le_bytes()).collect();
    // a header that is longer than most
    let many = format!("({ROWS}, {COLUMNS}{})", ", 1".repeat(25));
    for (file, resolution) in [
        (walk_file(1), None),
        (npy("<f4", &format!("({ROWS}, 3, 4)"), &floats), Some(0.1)),
        (npy("<i8", &format!("({ROWS}, {COLUMNS})"), &wide), None),
        (npy("<i2", &many, &walk_file(4)[128..]), None),
    ] {
        let input = bench.write("in.npy", &file);
        let summary = bench.pack(&input, Fidelity::Lossless, resolution).unwrap();
        assert_eq!((summary.rows, summary.packets), (ROWS as u64, 31));
        assert_eq!(summary.bytes_out, bench.path("packets").metadata().unwrap().len());
        assert!(summary.ratio > 1.0, "{summary:?}");
        let unpacked = bench.unpack(&bench.path("packets"), "out.npy", false).unwrap();
        assert_eq!(unpacked.rows, ROWS as u64);
        assert!(std::fs::read(bench.path("out.npy")).unwrap() == file);
    }
}

#[test]
fn text_comes_back_with_its_header() {
    let bench = Bench::new(2);
    let samples = walk(4);
    let file = text(|row, column| match column {
        0 => "7".into(),
        _ => format!("{}", f64::from(samples[row * COLUMNS + column]) / 100.0),
    });
    let input = bench.write("in.csv", file.as_bytes());
    let summary = bench.pack(&input, Fidelity::Lossless, None).unwrap();
    assert_eq!((summary.resolution[0], summary.resolution[1]), (1.0, 0.01));
    bench.unpack(&bench.path("packets"), "out.csv", false).unwrap();
    assert!(std::fs::read_to_string(bench.path("out.csv")).unwrap() == file);
}

#[test]
fn bounds_hold() {
    let bench = Bench::new(3);
    let input = bench.write("in.npy", &walk_file(5));
    for bound in [0, 1, 20] {
        bench.pack(&input, Fidelity::Within(bound), None).unwrap();
        bench.unpack(&bench.path("packets"), "out.npy", false).unwrap();
        let decoded = std::fs::read(bench.path("out.npy")).unwrap();
        let decoded = decoded[128..].chunks(2).map(|x| i16::from_le_bytes([x[0], x[1]]));
        assert!(walk(5).iter().zip(decoded).all(|(x, y)| x.abs_diff(y) <= bound));
    }
    let latents = bench.pack(&input, Fidelity::Latents, None).unwrap();
    assert_eq!(latents.coded.model, 1.0);
    assert_eq!(bench.unpack(&bench.path("packets"), "out.npy", false).unwrap().rows, ROWS as u64);
}

/// Where each packet begins, with its length before it, and where the last one ends.
fn packets(file: &[u8]) -> Vec<usize> {
    let mut at = 14 + u32::from_le_bytes(file[10..14].try_into().unwrap()) as usize + 4;
    let mut starts = vec![at];
    loop {
        // a length of 0 ends them; what is kept beside them stands behind
        match u32::from_le_bytes(file[at..at + 4].try_into().unwrap()) {
            0 => return starts,
            length => at += 12 + length as usize,
        }
        starts.push(at);
    }
}

#[test]
fn a_damaged_or_lost_packet_costs_only_itself() {
    let bench = Bench::new(4);
    let input = bench.write("in.npy", &walk_file(6));
    bench.pack(&input, Fidelity::Lossless, None).unwrap();
    let whole = std::fs::read(bench.path("packets")).unwrap();
    let starts = packets(&whole);
    assert_eq!(starts.len(), 32);
    let rows = usize::from(WINDOWS_PER_PACKET);
    let numbers = &walk_file(6)[128..];
    for lost in [0, 7, 30] {
        let part = starts[lost]..starts[lost + 1];
        let flipped = |at: usize| {
            let mut file = whole.clone();
            file[at] ^= 0x10;
            file
        };
        let cut = [&whole[..part.start], &whole[part.end..]].concat();
        let places = part.clone().map(flipped).chain([cut]);
        for file in places {
            let damaged = bench.write("damaged", &file);
            let refused = bench.unpack(&damaged, "none.npy", false).unwrap_err();
            assert_eq!(refused.exit_code(), 2);
            assert!(!bench.path("none.npy").exists() && refused.to_string().contains("rows"), "{refused}");
            let unpacked = bench.unpack(&damaged, "rest.npy", true).unwrap();
            let last = ((lost + 1) * rows).min(ROWS);
            assert_eq!(unpacked.lost_rows, [[(lost * rows) as u64 + 1, last as u64]]);
            let rest = std::fs::read(bench.path("rest.npy")).unwrap();
            let (front, behind) = (&numbers[..lost * rows * 24], &numbers[last * 24..]);
            assert!(rest[128..] == [front, behind].concat());
        }
    }
}

#[test]
fn what_cannot_be_read_is_refused() {
    let bench = Bench::new(5);
    let input = bench.write("in.npy", &walk_file(7));
    bench.pack(&input, Fidelity::Lossless, None).unwrap();
    let whole = std::fs::read(bench.path("packets")).unwrap();
    let said = |bench: &Bench, file: &[u8]| {
        bench.unpack(&bench.write("other", file), "none", false).map(|_| ()).unwrap_err().to_string()
    };
    let starts = packets(&whole);
    for at in 0..starts[0] {
        let mut file = whole.clone();
        file[at] ^= 1;
        let message = said(&bench, &file);
        assert!(
            ["is no file", "of version", "its beginning"].iter().any(|part| message.contains(part)),
            "{message}"
        );
    }
    for length in (0..whole.len()).step_by(37) {
        said(&bench, &whole[..length]);
    }
    let cut = bench.write("cut", &whole[..whole.len() - 3]);
    assert!(bench.unpack(&cut, "rest.npy", true).unwrap().cut_short);
    let other = Bench::new(6);
    let message = said(&other, &whole);
    assert!(message.contains("is of model"), "{message}");
}

#[test]
fn a_bad_number_costs_itself() {
    let bench = Bench::new(7);
    for cell in ["nan", "0.5", "3e9"] {
        let bad = text(|row, column| if (row, column) == (5, 3) { cell.into() } else { "1".into() });
        let input = bench.write("in.csv", bad.as_bytes());
        let summary = bench.pack(&input, Fidelity::Lossless, Some(1.0)).unwrap();
        assert_eq!(summary.escaped, 1, "{cell}");
        bench.unpack(&bench.path("packets"), "out.csv", false).unwrap();
        assert_eq!(std::fs::read_to_string(bench.path("out.csv")).unwrap(), bad, "{cell}");
    }
}
