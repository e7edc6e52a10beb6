//! npy, npz and IDX.

use std::io::Cursor;

use rand_core::Rng;
use rand_pcg::Pcg32;

use super::*;
use crate::array_rows::ArrayRows;
use crate::{Array, Memory, Problem, idx, load_array, npy as reader};

/// Written by NumPy 2.4.6, little-endian host:
/// `savez_compressed("numpy.npz", X=arange(24).reshape(4,3,2).astype("<f8")/8-1, y=array([0,0,1,1], bool),`
/// `F=asfortranarray(arange(12, dtype=">i2").reshape(3,4)), text=array(["a","b"]))`
const NUMPY: &[u8] = include_bytes!("../fixtures/numpy.npz");

fn npz(bytes: &[u8], labels: Option<&str>) -> Result<Dataset, String> {
    load_as("d.npz", bytes, &LoadOptions { labels: labels.map(Into::into), ..Default::default() })
}

/// All numbers of an `.npy` file.
fn whole(file: Vec<u8>) -> Array {
    reader::open(file.as_slice()).and_then(|rows| rows.array(&Memory::default())).unwrap()
}

/// Reads all there is, as text.
fn texts<R: std::io::Read>(rows: &mut ArrayRows<R>) -> Result<(), Problem> {
    let memory = Memory::default();
    let columns = rows.columns(&memory)?.len();
    while rows.next(&memory)? {
        (0..columns).try_for_each(|column| rows.text(column).map(drop))?;
    }
    Ok(())
}

fn refused(file: &[u8]) -> String {
    load_as("d.npy", file, &LoadOptions::default()).unwrap_err()
}

/// A zip archive of stored members, as `numpy.savez` writes.
fn zipped(members: &[(&str, Vec<u8>)]) -> Vec<u8> {
    use std::io::Write;
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (key, bytes) in members {
        zip.start_file(format!("{key}.npy"), stored).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn reads_what_numpy_wrote() {
    let data = npz(NUMPY, None).unwrap();
    assert_eq!((data.rows, data.dims), (4, 6));
    assert_eq!(data.values, (0..24).map(|i| i as f32 / 8.0 - 1.0).collect::<Vec<_>>());
    assert_eq!(data.columns, owned(&["x0", "x1", "x2", "x3", "x4", "x5"]));
    let labels = data.labels.unwrap();
    assert_eq!((labels.anomalous, labels.names), (vec![false, false, true, true], None));

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("d.npz");
    fs::write(&path, NUMPY).unwrap();
    let array = load_array(&path, "F").unwrap();
    assert_eq!(array, Array { shape: vec![3, 4], values: (0..12u8).map(f32::from).collect() });
    assert!(load_array(&path, "G").is_err());
}

#[test]
fn selects_columns_of_files_without_names() {
    let options = LoadOptions { columns: Some(owned(&["x2", "x0"])), ..Default::default() };
    let data = load_as("d.npz", NUMPY, &options).unwrap();
    assert_eq!((&data.columns, data.row(1)), (&owned(&["x2", "x0"]), [0.0, -0.25].as_slice()));
}

#[test]
fn reads_every_type_order_and_shape() {
    type Encode = fn(u8) -> Vec<u8>;
    let types: [(&str, Encode); 11] = [
        ("b1", |n| vec![n & 1]),
        ("i1", |n| vec![n]),
        ("u1", |n| vec![n]),
        ("i2", |n| (n as i16).to_be_bytes().to_vec()),
        ("u2", |n| (n as u16).to_be_bytes().to_vec()),
        ("i4", |n| (n as i32).to_be_bytes().to_vec()),
        ("u4", |n| (n as u32).to_be_bytes().to_vec()),
        ("i8", |n| (n as i64).to_be_bytes().to_vec()),
        ("u8", |n| (n as u64).to_be_bytes().to_vec()),
        ("f4", |n| f32::from(n).to_be_bytes().to_vec()),
        ("f8", |n| f64::from(n).to_be_bytes().to_vec()),
    ];
    let mut rng = Pcg32::new(5, 5);
    for (kind, encode) in types {
        for case in 0..40 {
            let [a, b, c] = std::array::from_fn(|_| 1 + rng.next_u32() as usize % 9);
            let numbers: Vec<u8> = (0..a * b * c).map(|_| rng.next_u32() as u8 & 1).collect();
            let (big, fortran) = (case % 2 == 0, case % 4 < 2);
            let at = |i: usize| if fortran { (i / (b * c)) + a * ((i / c % b) + b * (i % c)) } else { i };
            let mut stored = vec![0; numbers.len()];
            (0..numbers.len()).for_each(|i| stored[at(i)] = numbers[i]);
            let mut data = Vec::new();
            for number in stored {
                let mut bytes = encode(number);
                if !big {
                    bytes.reverse();
                }
                data.extend(bytes);
            }
            let descr = format!("{}{kind}", if big { '>' } else { '<' });
            let array = whole(npy(&descr, fortran, &format!("({a}, {b}, {c})"), &data));
            assert_eq!(array.shape, [a, b, c]);
            assert_eq!(
                array.values,
                numbers.iter().map(|&n| f32::from(n)).collect::<Vec<_>>(),
                "{descr} {fortran}"
            );
        }
    }
}

#[test]
fn reads_signs_extremes_and_single_dimensions() {
    let read = |descr, shape, data: &[u8]| whole(npy(descr, false, shape, data)).values;
    assert_eq!(read("|i1", "(2,)", &[0x80, 0xff]), [-128.0, -1.0]);
    assert_eq!(read("<i8", "(1L,)", &i64::MIN.to_le_bytes()), [-9.223372e18]);
    assert_eq!(read("<u8", "(1,)", &u64::MAX.to_le_bytes()), [1.8446744e19]);
    assert_eq!(read("<f8", "(1,)", &f64::from(f32::MAX).to_le_bytes()), [f32::MAX]);
    let signal =
        load_as("d.npy", &npy("|u1", false, "(4,)", &[1, 2, 3, 4]), &LoadOptions::default()).unwrap();
    assert_eq!((signal.rows, signal.dims), (4, 1), "one dimension is a signal of one feature");
}

/// Longer than one read of the file.
#[test]
fn reads_long_arrays() {
    let data: Vec<u8> = (0..100_000u32).flat_map(|n| f64::from(n).to_le_bytes()).collect();
    let array = whole(npy("<f8", true, "(50000, 2)", &data));
    assert!((0..50_000).all(|row| array.values[2 * row..][..2] == [row as f32, (row + 50_000) as f32]));
}

#[test]
fn names_the_row_and_column_at_fault_in_either_order() {
    let with = |value: f64, fortran| {
        let data: Vec<u8> = (0..12).flat_map(|i| if i == 7 { value } else { 0.0 }.to_le_bytes()).collect();
        refused(&npy("<f8", fortran, "(3, 2, 2)", &data))
    };
    let remedy = "is not a finite number; fill it in or remove the row";
    assert_eq!(
        with(f64::NAN, false),
        format!(
            "d.npy: row 2, column `x3`: `NaN` {remedy}; in all 1 cells are missing (x3 1): --missing drop \
             leaves their rows out, --missing hold takes the last value, --missing model goes by what is \
             there"
        )
    );
    assert_eq!(
        with(f64::INFINITY, true),
        "d.npy: row 2, column `x1`: `inf` is not a finite number; fill it in, or leave such rows out with \
         --skip-broken"
    );
    assert_eq!(
        with(-1e39, false),
        "d.npy: row 2, column `x3`: `-1e39` is beyond ±3.4e38, the range of a 32-bit float; \
         rescale the column, or leave such rows out with --skip-broken"
    );
}

#[test]
fn refuses_arrays_of_the_wrong_form() {
    let data = [0; 24];
    for (file, problem) in [
        (npy("<f4", false, "(3, 3)", &data), "ends after 6 of its 9 numbers; copy or write it again"),
        (
            npy("<f4", false, "(2, 2)", &data),
            "goes on after the 4 numbers that its header announces; copy or write it again",
        ),
        (
            npy("<c8", false, "(3,)", &data),
            "its values are of type `<c8`, which cannot be read; save both parts as columns, \
             numpy.hstack([a.real, a.imag])",
        ),
        (
            npy("<f4", false, "(0, 3)", &[]),
            "its shape is [0, 3]; rows are needed, and at least one number in each",
        ),
        (
            npy("<f4", false, "(3, 0)", &[]),
            "its shape is [3, 0]; rows are needed, and at least one number in each",
        ),
        (
            npy("<f4", false, "()", &data[..4]),
            "its shape is []; rows are needed, and at least one number in each",
        ),
        (
            npy("<f4", false, "(3, -1)", &data),
            "is not a sound .npy file: its header cannot be read; write it again",
        ),
        (b"a,b\n1,2\n3,4\n".to_vec(), "is not a sound .npy file: it does not begin as one; write it again"),
        (Vec::new(), "is not a sound .npy file: it ends within its header; write it again"),
    ] {
        assert_eq!(refused(&file), format!("d.npy: {problem}"));
    }
    let huge = format!("({0}, {0}, {0})", u64::MAX / 2);
    assert!(refused(&npy("<f4", true, &huge, &data)).starts_with("d.npy: ends after 6 of its "));
    let labelled = LoadOptions { labels: Some("y".into()), ..Default::default() };
    assert_eq!(
        load_as("d.npy", &npy("|u1", false, "(2,)", &[0, 1]), &labelled).unwrap_err(),
        "d.npy: labels are read only from .csv and .npz files; save frames X and labels y with numpy.savez"
    );
}

#[test]
fn refuses_archives_of_the_wrong_form() {
    let x = || ("X", npy("|u1", false, "(2, 1)", &[1, 2]));
    let y = |labels: &[u8]| ("y", npy("|i1", false, &format!("({},)", labels.len()), labels));
    assert_eq!(npz(&zipped(&[x()]), None).unwrap().labels, None);
    assert_eq!(npz(&zipped(&[x(), y(&[0, 3])]), None).unwrap().labels.unwrap().anomalous, [false, true]);
    for (file, labels, problem) in [
        (zipped(&[x(), y(&[0, 1, 1])]), None, "there are 3 labels for 2 rows; give one label for each row"),
        (
            zipped(&[x(), y(&[1, 2])]),
            None,
            "none of the labels `1`, `2` reads as normal (0, false, normal, ok, …); \
             name the normal one with --normal",
        ),
        (
            zipped(&[x()]),
            Some("truth"),
            "has no array `truth`; it holds `X`: save it under that name with numpy.savez",
        ),
        (
            zipped(&[("x_train", x().1), ("x_test", x().1), y(&[0, 1])]),
            None,
            "holds several arrays: `x_train`, `x_test`, `y`; name the one with the frames with --key",
        ),
        (zipped(&[]), None, "has no array `X`; it holds nothing: save it under that name with numpy.savez"),
        (
            zipped(&[("X", npy("|u1", false, "(3, 1)", &[1, 2]))]),
            None,
            "array `X`: ends after 2 of its 3 numbers; copy or write it again",
        ),
        (NUMPY.to_vec(), Some("text"), "there are 2 labels for 4 rows; give one label for each row"),
    ] {
        assert_eq!(npz(&file, labels).unwrap_err(), format!("d.npz: {problem}"));
    }
    let not_zip = npz(b"PK\x03\x04 and no more", None).unwrap_err();
    assert!(not_zip.starts_with("d.npz: is not a sound .npz file: "), "{not_zip}");
}

#[test]
fn reads_idx_of_every_type_by_content() {
    let file = |code: u8, data: &[u8]| [&[0, 0, code, 2, 0, 0, 0, 2, 0, 0, 0, 1], data].concat();
    let options = LoadOptions::default();
    for (code, data) in [
        (0x08, vec![1, 2]),
        (0x09, vec![1, 2]),
        (0x0b, vec![0, 1, 0, 2]),
        (0x0c, vec![0, 0, 0, 1, 0, 0, 0, 2]),
        (0x0d, [1f32, 2.0].into_iter().flat_map(f32::to_be_bytes).collect()),
        (0x0e, [1f64, 2.0].into_iter().flat_map(f64::to_be_bytes).collect()),
    ] {
        for name in ["t10k-images-idx3-ubyte", "frames.idx", "frames", "a.b"] {
            let data = load_as(name, &file(code, &data), &options).unwrap();
            assert_eq!((data.rows, data.dims, data.values), (2, 1, vec![1.0, 2.0]));
        }
    }
    let refused = |bytes: &[u8]| load_as("d.idx", bytes, &options).unwrap_err();
    assert_eq!(refused(&file(8, &[1])), "d.idx: ends after 1 of its 2 numbers; copy or write it again");
    let cut = "d.idx: is not a sound IDX file: it ends within its header; write it again";
    assert_eq!(refused(&file(8, &[])[..7]), cut);
    let unknown =
        "d.idx: is none of .csv, .tsv, .txt, .npy, .npz or IDX (plain or .gz); convert it to one of them";
    assert_eq!(refused(&file(10, &[1, 2])), unknown);
    assert_eq!(refused(b"no"), unknown);
}

#[test]
fn survives_truncation_and_flipped_bits() {
    let sound_npy = npy(">f4", true, "(2, 3)", &[0x40; 24]);
    let sound_idx = [[0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3].as_slice(), &[7; 6]].concat();
    let all = |bytes: &[u8]| -> Result<(), ()> {
        let mut npz = reader::Npz::open(Cursor::new(bytes)).map_err(drop)?;
        npz.keys().iter().try_for_each(|key| npz.with(key, |mut rows| texts(&mut rows)).map_err(drop))
    };
    type Read<'a> = &'a dyn Fn(&[u8]) -> Result<(), ()>;
    let readers: [(&[u8], Read<'_>); 3] = [
        (&sound_npy, &|bytes| reader::open(bytes).and_then(|mut rows| texts(&mut rows)).map_err(drop)),
        (&sound_idx, &|bytes| idx::open(bytes).and_then(|mut rows| texts(&mut rows)).map_err(drop)),
        (NUMPY, &all),
    ];
    for (sound, read) in readers {
        (0..sound.len()).for_each(|length| assert_eq!(read(&sound[..length]), Err(()), "cut to {length}"));
        for bit in 0..8 * sound.len() {
            let mut flipped = sound.to_vec();
            flipped[bit / 8] ^= 1 << (bit % 8);
            let _ = read(&flipped);
        }
    }
}
