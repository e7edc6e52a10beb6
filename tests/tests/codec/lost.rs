//! Files of packets with very many of them lost, and forged ones.

use std::path::Path;
use std::time::Instant;

use elbow::architecture::LikelihoodKind;
use elbow::codec::model_id;
use elbow::format::checksum;
use elbow_host::compress::{Fidelity, Options, Unit, Unpacked, compress, decompress};
use elbow_host::model::ModelBytes;
use elbow_tests::models::{Model, architecture};

/// More packets than their own sequence numbers tell apart.
const ROWS: usize = 140_000;
/// Length, number, check.
const FRONT: usize = 12;

/// One row a packet: `row, 7`, as text.
fn packed(folder: &Path, model: &ModelBytes) -> Vec<u8> {
    let [input, output] = ["rows.csv", "packets"].map(|name| folder.join(name));
    let rows: String = (0..ROWS).map(|row| format!("{row},7\n")).collect();
    std::fs::write(&input, "a,b\n".to_owned() + &rows).unwrap();
    let options = Options {
        skip_broken: false,
        fidelity: Fidelity::Lossless,
        windows_per_packet: Some(1),
        resolution: Some(vec![Unit::new(1.0).unwrap()]),
        refine: 0,
    };
    let id = model_id(model.as_bytes());
    compress(&model.open().unwrap(), id, &input, &output, &options, &mut |_| ()).unwrap();
    std::fs::read(output).unwrap()
}

fn unpacked(folder: &Path, model: &ModelBytes, file: &[u8]) -> (Unpacked, Vec<usize>) {
    let [input, output] = ["damaged", "back.csv"].map(|name| folder.join(name));
    std::fs::write(&input, file).unwrap();
    let opened = model.open().unwrap();
    let of = (Path::new("model"), &opened, model_id(model.as_bytes()));
    let result = decompress(of, &input, &output, true, &mut |_| ()).unwrap();
    let text = std::fs::read_to_string(&output).unwrap();
    let first = |line: &str| line.split(',').next().unwrap().parse().unwrap();
    (result, text.lines().skip(1).map(first).collect())
}

/// Where the head ends.
fn head(file: &[u8]) -> usize {
    14 + u32::from_le_bytes(file[10..14].try_into().unwrap()) as usize + 4
}

fn model() -> ModelBytes {
    let mut shape = Model::random(architecture(2, &[4], 1, &[4], LikelihoodKind::Gaussian), 1);
    shape.params.iter_mut().for_each(|x| *x *= 0.1);
    ModelBytes::new(&elbow_tests::files::with_fields(&shape.encode(), |fields| {
        let columns = fields.iter_mut().find(|(key, _)| *key == elbow::format::fields::COLUMNS);
        columns.unwrap().1 = b"a\nb";
    }))
}

#[test]
fn every_row_keeps_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let model = model();
    let whole = packed(folder.path(), &model);
    let mut starts = vec![head(&whole)];
    for row in 0..ROWS {
        let length = u32::from_le_bytes(whole[starts[row]..starts[row] + 4].try_into().unwrap());
        starts.push(starts[row] + FRONT + length as usize);
    }
    for lost in [1, 255, 32_766, 32_767, 32_768, 40_000, 65_535, 65_536, 65_537, 131_072] {
        let from = 3;
        let file = [&whole[..starts[from]], &whole[starts[from + lost]..]].concat();
        let (result, rows) = unpacked(folder.path(), &model, &file);
        assert_eq!(result.lost_rows, [[from as u64 + 1, (from + lost) as u64]]);
        assert!(rows.into_iter().eq((0..from).chain(from + lost..ROWS)), "{lost} packets lost");
    }
    // in another order: what comes too late is passed over
    let (a, b) = (&whole[starts[0]..starts[70_000]], &whole[starts[70_000]..starts[ROWS]]);
    let file = [&whole[..starts[0]], b, a, &whole[starts[ROWS]..]].concat();
    assert!(unpacked(folder.path(), &model, &file).1.into_iter().eq(70_000..ROWS));
}

/// Lengths, numbers and their checks that are right wherever one looks, and no packet behind them: in
/// time that grows with the file as reading does.
#[test]
fn forged_files_are_read_once() {
    let folder = tempfile::tempdir().unwrap();
    let model = model();
    let whole = packed(folder.path(), &model);
    let head = &whole[..head(&whole)];
    let mut front = [30_u32.to_le_bytes(), 0_u32.to_le_bytes()].concat();
    front.extend(checksum(&front).to_le_bytes());
    for piece in [&front[..], &[0], &[1, 0, 0, 0], b"\x1e\0\0\0"] {
        let forged = [head, &piece.repeat((1 << 21) / piece.len())].concat();
        let start = Instant::now();
        let (result, rows) = unpacked(folder.path(), &model, &forged);
        println!("{piece:?}: {:?}", start.elapsed());
        assert!(result.cut_short && rows.is_empty());
    }
}
