//! Every file of `tests/cases` is read as another program reads it: `tests/figures.py` says what it holds.

use std::collections::BTreeSet;
use std::path::Path;

use crate::bench::Bench;

/// A line for a file: what it needs beside its name, its columns, its normal rows, and the mean of −log p(x)
/// under the normal distribution that fits them best, where that is one.
const FIGURES: &str = include_str!("../cases/figures.txt");

/// What is refused, and what is said.
const REFUSED: [(&str, &[&str]); 13] = [
    ("c01_missing.csv", &["row 18 (line 19), column `hum`: the value is missing", "--missing drop"]),
    ("c09_thousands.csv", &["the comma of `1,000` has two meanings", "--decimal ,", "--decimal ."]),
    ("c12_noheader.csv", &["its first line holds numbers only; --no-header"]),
    ("c21_12.csv", &["none of the labels `2`, `1` reads as normal", "--normal"]),
    ("c21_two_normal_labels.csv", &["none of the labels `idle`, `run`, `fault` reads as normal", "--normal"]),
    (
        "c21_missing.csv",
        &["row 1 (line 2), column `label`", "(label 10): --missing drop leaves their rows out"],
    ),
    ("c29_const_test.csv", &["6 normal rows; a fit needs at least 10"]),
    ("fh1_labels_missing.csv", &["row 14 (line 15), column `hum`", "--missing drop", "--missing hold"]),
    ("n_0d.npy", &["its shape is []; rows are needed"]),
    ("n_zero_rows.npy", &["its shape is [0, 3]; rows are needed"]),
    ("n_complex.npy", &["of type `<c16`", "numpy.hstack([a.real, a.imag])"]),
    ("n_obj.npy", &["of type `|O`", ".astype('float32')"]),
    ("n_train.npz", &["holds several arrays: `X_train`, `X_test`; name the one with the frames with --key"]),
];

/// Offsets beyond 32 bits, of which a note is what is right; a test of such notes stands in `limits`.
const NOTED: &str = "c04_offset.csv";

#[test]
fn every_file_holds_what_another_program_reads() {
    let bench = Bench::new();
    for line in FIGURES.lines() {
        let [file, flags, columns, rows, nats] = line.split('|').collect::<Vec<_>>()[..] else {
            panic!("{line}");
        };
        bench.case(file);
        let told = bench.json(&format!("fit {file} {flags} --model gaussian --out m.elbow"));
        let found: Vec<_> = told["reading"]["columns"]
            .as_array()
            .unwrap()
            .iter()
            .map(|name| name.as_str().unwrap())
            .collect();
        assert_eq!(found.join(","), columns, "{file}");
        assert_eq!(told["rows"].to_string(), rows, "{file}");
        let key = if flags.starts_with("--key") { flags } else { "" };
        let told = bench.json(&format!("eval m.elbow {file} {key}"));
        let found = told["nats_per_row"].as_f64().unwrap();
        // where columns depend on one another there is no best one: the program's is finite
        let expected = nats.parse().unwrap_or(found);
        assert!((found - expected).abs() < 1e-3 * (1.0 + expected.abs()), "{file}: {found}, not {expected}");
    }
}

#[test]
fn what_cannot_be_read_says_what_to_do() {
    let bench = Bench::new();
    for (file, said) in REFUSED {
        bench.case(file);
        bench.refuses(&format!("fit {file} --auto --out m.elbow"), said);
    }
}

#[test]
fn an_offset_beyond_32_bits_is_noted() {
    let bench = Bench::new();
    bench.case(NOTED);
    let told = bench.run(&format!("fit {NOTED} --auto --out m.elbow"));
    let note = "`v`: of 175 different values 17 are left in 32 bits";
    assert!(told.code == Some(0) && told.stderr.contains(note), "{told:?}");
}

#[test]
fn no_file_is_left_out() {
    let told: BTreeSet<&str> = FIGURES.lines().filter_map(|line| line.split('|').next()).collect();
    let refused: BTreeSet<&str> = REFUSED.iter().map(|(file, ..)| *file).collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    for entry in folder.read_dir().unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let is_read = [".csv", ".npy", ".npz"].iter().any(|ending| name.ends_with(ending));
        let is_held = told.contains(&*name) || refused.contains(&*name) || name == NOTED;
        assert!(!is_read || is_held, "{name} has neither a figure nor a refusal");
    }
}
