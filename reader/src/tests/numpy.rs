//! What NumPy writes, as people have it: files in `fixtures/numpy`, written by NumPy 2.

use super::*;
use crate::{Array, Memory, npy as reader};

fn fixture(name: &str) -> Vec<u8> {
    let path = format!("{}/src/fixtures/numpy/{name}", env!("CARGO_MANIFEST_DIR"));
    fs::read(path).expect("a fixture")
}

fn with(name: &str, options: &LoadOptions) -> Result<Dataset, String> {
    load_as(name, &fixture(name), options)
}

fn plain(name: &str) -> Result<Dataset, String> {
    with(name, &LoadOptions::default())
}

#[test]
fn reads_every_type_and_order_alike() {
    let sound = plain("f32.npy").unwrap();
    assert_eq!((sound.rows, sound.dims), (60, 3));
    for name in ["be.npy", "fortran.npy", "arr0.npz", "key_data.npz", "comp.npz"] {
        let data = plain(name).unwrap();
        assert_eq!((data.rows, data.dims, &data.columns), (60, 3, &sound.columns), "{name}");
    }
    assert_eq!(plain("be.npy").unwrap().values, plain("fortran.npy").unwrap().values);
    let halves = plain("f16.npy").unwrap().values;
    assert!(halves.iter().zip(&sound.values).all(|(half, full)| (half - full).abs() <= full.abs() / 1024.0));
    assert!(plain("bool.npy").unwrap().values.iter().all(|value| [0.0, 1.0].contains(value)));
    let (one, three) = (plain("1d.npy").unwrap(), plain("3d.npy").unwrap());
    assert_eq!([(one.rows, one.dims), (three.rows, three.dims)], [(200, 1), (40, 10)]);
}

#[test]
fn records_name_their_columns() {
    let data = plain("struct.npy").unwrap();
    assert_eq!((data.rows, data.columns), (60, owned(&["a", "b", "c"])));
    // numpy: a["a"][0], a["b"][0]
    let file = fixture("struct.npy");
    let number = |at: usize| f32::from_le_bytes(file[128 + 4 * at..][..4].try_into().unwrap());
    assert_eq!(data.values[..4], [number(0), number(1), number(2), number(3)]);
    let some = LoadOptions { columns: Some(owned(&["c", "a"])), ..Default::default() };
    assert_eq!(with("struct.npy", &some).unwrap().values[..2], [number(2), number(0)]);
}

#[test]
fn records_hold_labels_words_and_fields_within_fields() {
    let descr = "[('label', '<U2'), ('at', [('x', '>i2'), ('y', '|u1', (2,))]), ('', '|V1'), ('s', '|S3')]";
    let row = |label: char, word: &[u8; 3]| {
        let mut row: Vec<u8> = [label, '\0'].iter().flat_map(|c| u32::from(*c).to_le_bytes()).collect();
        row.extend([0, 7, 1, 2, 9]);
        row.extend(word);
        row
    };
    let text = format!("{{'descr': {descr}, 'fortran_order': False, 'shape': (2,), }}");
    let mut file = b"\x93NUMPY\x01\x00".to_vec();
    file.extend((text.len() as u16).to_le_bytes());
    file.extend([text.as_bytes(), &row('0', b"on\0"), &row('1', b"off")].concat());
    let words = crate::Categorical { column: "s".into(), words: None };
    let options = LoadOptions { categorical: vec![words], ..Default::default() };
    let data = load_as("d.npy", &file, &options);
    // what only fills up is no column
    let data = match data {
        Err(problem) => panic!("{problem}"),
        Ok(data) => data,
    };
    assert_eq!(data.columns, owned(&["at.x", "at.y0", "at.y1", "s"]));
    assert_eq!(data.values, [7.0, 1.0, 2.0, 1.0, 7.0, 1.0, 2.0, 0.0]);
    assert_eq!(data.categories[0].words, owned(&["off", "on"]));
    assert_eq!(data.labels.unwrap().anomalous, [false, true]);
}

#[test]
fn labels_are_numbers_or_words_in_a_row_or_a_column() {
    let ok = LoadOptions { normal: owned(&["ok"]), ..Default::default() };
    let words = with("y_str.npz", &ok);
    let labels = words.unwrap().labels.unwrap();
    assert_eq!(labels.names.as_ref().map(|names| names[0].clone()), Some("bad".into()));
    assert_eq!(labels.anomalous.iter().filter(|label| **label).count(), 6);
    assert_eq!(plain("y_col.npz").unwrap().labels.unwrap().anomalous.len(), 60);
    assert_eq!(
        plain("y_float_nan.npz").unwrap_err(),
        "y_float_nan.npz: array `y`: row 6, column `x0`: `NaN` is not a finite number; fill it in or \
         remove the row; in all 1 cells are missing (y 1): --missing drop leaves their rows out"
    );
}

#[test]
fn the_array_of_frames_is_named_where_there_are_several() {
    assert_eq!(
        plain("train.npz").unwrap_err(),
        "train.npz: holds several arrays: `X_train`, `X_test`; name the one with the frames with --key"
    );
    let chosen = LoadOptions { key: Some("X_test".into()), ..Default::default() };
    assert_eq!(with("train.npz", &chosen).unwrap().rows, 60);
}

#[test]
fn what_cannot_be_read_says_what_to_do() {
    for (name, problem) in [
        ("0d.npy", "its shape is []; rows are needed, and at least one number in each"),
        ("zero_rows.npy", "its shape is [0, 3]; rows are needed, and at least one number in each"),
        (
            "complex.npy",
            "its values are of type `<c16`, which cannot be read; save both parts as columns, \
             numpy.hstack([a.real, a.imag])",
        ),
        (
            "obj.npy",
            "its values are of type `|O`, which cannot be read; convert numbers with .astype('float32') and \
             words with .astype(str)",
        ),
        ("wide_1e10.npy", "ends after 1000 of its 10000000000 numbers; copy or write it again"),
    ] {
        assert_eq!(plain(name).unwrap_err(), format!("{name}: {problem}"));
    }
}

#[test]
fn whole_numbers_beyond_f32_are_refused_where_they_must_be_whole() {
    let data = plain("i64_big.npy").unwrap();
    assert_eq!((data.rows, data.dims), (60, 2));
    let whole = LoadOptions { whole: true, ..Default::default() };
    assert!(with("i64_big.npy", &whole).unwrap_err().contains("is no integer within ±2^24"));
}

/// An array that claims more than may be held is refused when so much of it was read.
#[test]
fn memory_has_a_limit() {
    let data = vec![0; 1 << 22];
    let small = LoadOptions { memory: Memory(3 << 19), ..Default::default() };
    for (fortran, descr) in [(false, "|u1"), (true, "|u1"), (false, "<f8")] {
        let shape = format!("({}, 2)", data.len() / if descr == "<f8" { 16 } else { 2 });
        let problem = load_as("d.npy", &npy(descr, fortran, &shape, &data), &small).unwrap_err();
        assert_eq!(
            problem,
            "d.npy: takes more than 1 MiB of memory; allow more with --max-memory, or take a part with --rows"
        );
    }
}

/// Every number of 16 bits, read and written.
#[test]
fn halves_come_back() {
    let bits: Vec<u16> = (0..=u16::MAX).filter(|bits| bits >> 10 & 31 != 31).collect();
    let bytes: Vec<u8> = bits.iter().flat_map(|bits| bits.to_le_bytes()).collect();
    let file = npy("<f2", false, &format!("({},)", bits.len()), &bytes);
    let Array { values, .. } =
        reader::open(file.as_slice()).and_then(|rows| rows.array(&Memory::default())).unwrap();
    let mut back = Vec::new();
    values.iter().for_each(|value| crate::Kind::F16.encode(f64::from(*value), &mut back));
    assert_eq!(back, bytes);
    // IEEE 754: 1, the smallest, the largest
    let at = |bits: u16| values[usize::from(if bits < 0x8000 { bits } else { bits - 0x400 })];
    assert_eq!([at(0x3c00), at(0x0001), at(0x7bff), at(0xbc00)], [1.0, 1.0 / 16_777_216.0, 65504.0, -1.0]);
    let mut between = Vec::new();
    // halfway between 1 and the next: to the even one; beyond the largest: the largest
    let _ = [1.0 + 2f64.powi(-11), 1.0 + 3.0 * 2f64.powi(-11), 1e9]
        .map(|x| crate::Kind::F16.encode(x, &mut between));
    assert_eq!(between, [0x00, 0x3c, 0x02, 0x3c, 0xff, 0x7b]);
}

#[test]
fn headers_are_python_of_any_kind() {
    use crate::literal::Literal;
    for text in ["", "{", "((((((((((1))))))))))", "[1 2]", "'a", "{'a': 1} x", "-1", "é"] {
        assert_eq!(Literal::parse(text), None, "{text}");
    }
    let header = Literal::parse("{'a': [(\"b\", '<f4', (2L,)), ], 'c': True}").unwrap();
    assert_eq!(header.entry("c").and_then(Literal::truth), Some(true));
    let deep = format!("{}{}", "(".repeat(60_000), ")".repeat(60_000));
    assert_eq!(Literal::parse(&deep), None);
}

/// A file in column-major order is read some rows at a time, of each column where it stands.
#[test]
fn a_long_file_of_columns_is_read_by_parts() {
    const ROWS: usize = 600_000;
    let columns = [|row: usize| row as f32, |row: usize| -0.5 * row as f32];
    let data: Vec<u8> =
        columns.iter().flat_map(|of| (0..ROWS).flat_map(move |row| of(row).to_le_bytes())).collect();
    let file = npy("<f4", true, &format!("({ROWS}, 2)"), &data);
    let read = load_as("d.npy", &file, &LoadOptions::default()).unwrap();
    assert_eq!(read.rows, ROWS);
    assert!((0..ROWS).all(|row| *read.row(row) == [columns[0](row), columns[1](row)]));
    for (changed, said) in [
        (&file[..file.len() - 4], "ends after 1199999 of its 1200000"),
        (&[&file[..], b"abcd"].concat(), "goes on after"),
    ] {
        let told = load_as("d.npy", changed, &LoadOptions::default()).unwrap_err();
        assert!(told.contains(said), "{told}");
    }
}
