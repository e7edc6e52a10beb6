//! Files of frames that cannot be used: the sentence names the file, and row and column where there is one.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::bench::{Bench, QUICK, csv, engine_csv, npy, npz};

/// Fits, evaluates and scores `data`, which must be refused each time.
fn nobody_takes(bench: &Bench, data: &str, said: &[&str]) {
    bench.refuses(&format!("fit {data} --out new.elbow {QUICK}"), said);
    bench.refuses(&format!("fit {data} --out engine.elbow {QUICK} --json"), said);
    if bench.path(data).extension().is_some_and(|extension| extension != "npy") {
        bench.refuses(&format!("eval engine.elbow {data} --json"), said);
        // a row with a missing cell has an empty score
        if !said.iter().any(|said| said.contains("missing") || said.contains("`NaN`")) {
            bench.refuses(&format!("score engine.elbow {data} --out scores.csv --missing refuse"), said);
        }
    }
}

/// The engine's CSV with the cell at a data row (from 1) and column (from 0) replaced.
fn with_cell(row: usize, column: usize, cell: &str) -> String {
    let replace = |(i, line): (usize, &str)| {
        let mut cells: Vec<&str> = line.split(',').collect();
        if i == row {
            cells[column] = cell;
        }
        cells.join(",") + "\n"
    };
    engine_csv(40).lines().enumerate().map(replace).collect()
}

#[test]
fn cells() {
    let bench = Bench::with_model();
    for (cell, said) in [
        ("NaN", "`NaN` is not a finite number"),
        ("inf", "`inf` is not a finite number"),
        ("-Infinity", "`-Infinity` is not a finite number"),
        ("", "the value is missing"),
        ("n/a", "the value is missing"),
        (
            "warm",
            "`warm` is not a number; correct it, leave such rows out with --skip-broken, drop the column \
             with --drop 'rpm', or fit its words as a \
             category with --categorical 'rpm'",
        ),
        ("1.2.3", "`1.2.3` is not a number"),
        ("\"1,5\"", "is not a number"),
        ("1e39", "`1e39` is beyond ±3.4e38"),
        ("-1e999", "`-1e999` is beyond ±3.4e38"),
    ] {
        let said = if cell == "\"1,5\"" { "3 (line 4)" } else { said };
        bench.write("d.csv", with_cell(3, 1, cell));
        nobody_takes(&bench, "d.csv", &["d.csv: row 3 (line 4)", said]);
        if !cell.contains('"') {
            nobody_takes(&bench, "d.csv", &["column `rpm`"]);
        }
    }
    bench.write("d.csv", with_cell(40, 3, ""));
    nobody_takes(&bench, "d.csv", &["d.csv: row 40 (line 41), column `label`: the value is missing"]);
    bench.write("d.csv", with_cell(7, 2, "5,1"));
    nobody_takes(&bench, "d.csv", &["d.csv: row 7 (line 8)", "number of cells is 5", "header's is 4"]);
    bench.write("d.csv", engine_csv(40).replace("temp,rpm", "temp,temp"));
    let told = bench.run(&format!("fit d.csv --out new.elbow {QUICK}"));
    let note = "the column `temp` is there twice: one is called `temp.1` here";
    assert!(told.code == Some(0) && told.stderr.contains(note), "{told:?}");
    bench.refuses("eval engine.elbow d.csv", &["d.csv: has no column `rpm`"]);
    bench.write("d.csv", engine_csv(40).replace("temp,rpm", "temp,"));
    bench.good(&format!("fit d.csv --out new.elbow {QUICK}"));
    assert_eq!(bench.json("inspect new.elbow")["columns"][1], "column 2");
    bench.refuses("eval engine.elbow d.csv", &["d.csv: has no column `rpm`"]);
}

#[test]
fn files() {
    let bench = Bench::with_model();
    fs::create_dir(bench.path("folder.csv")).unwrap();
    bench.write("empty.csv", "");
    bench.write("header.csv", "temp,rpm,volt\n");
    bench.write("numbers.csv", "1,2,3\n4,5,6\n");
    bench.write("text.doc", "temp,rpm,volt\n1,2,3\n");
    bench.write("half.csv.gz", [0x1f, 0x8b, 8, 0]);
    bench.write("zip.npz", "PK but no more");
    bench.write("text.npz", npz(&[("X", b"text".to_vec())]));
    let frames = || npy(&[20, 3], (0..60).map(|i| i as f32));
    bench.write("other.npz", npz(&[("frames", frames()), ("more", frames())]));
    bench.write("short.npz", npz(&[("X", npy(&[20, 3], [0.0; 59]))]));
    bench.write(
        "nan.npz",
        npz(&[("X", npy(&[20, 3], (0..60).map(|i| if i == 31 { f32::NAN } else { 1.0 })))]),
    );
    bench.write("labels.npz", npz(&[("X", npy(&[20, 3], [1.0; 60])), ("y", npy(&[19], [0.0; 19]))]));
    bench.write("rows.npz", npz(&[("X", npy(&[0, 3], []))]));
    for (data, said) in [
        ("none.csv", "cannot be read"),
        ("folder.csv", "cannot be read"),
        ("empty.csv", "is empty"),
        ("header.csv", "holds no data rows"),
        ("numbers.csv", "has no header"),
        ("text.doc", "is none of .csv, .tsv, .txt, .npy, .npz or IDX"),
        ("half.csv.gz", "cannot be read"),
        ("zip.npz", "is not a sound .npz file"),
        ("text.npz", "array `X`: is not a sound .npy file"),
        ("other.npz", "holds several arrays: `frames`, `more`; name the one with the frames with --key"),
        ("short.npz", "array `X`: ends after 59 of its 60 numbers"),
        ("nan.npz", "row 11, column `x1`: `NaN` is not a finite number"),
        ("labels.npz", "there are 19 labels for 20 rows"),
        ("rows.npz", "its shape is [0, 3]"),
        ("engine.elbow", "is none of .csv"),
    ] {
        nobody_takes(&bench, data, &[&format!("{data}: "), said]);
    }
}

#[test]
fn a_file_that_may_not_be_read() {
    let bench = Bench::with_model();
    bench.write("secret.csv", engine_csv(40));
    fs::set_permissions(bench.path("secret.csv"), fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(bench.path("secret.csv")).is_ok() {
        println!("skipped: nothing is unreadable for this user");
        return;
    }
    nobody_takes(&bench, "secret.csv", &["secret.csv: cannot be read"]);
    fs::create_dir(bench.path("locked")).unwrap();
    fs::create_dir(bench.path("open")).unwrap();
    bench.write("open/day.csv", engine_csv(40));
    fs::set_permissions(bench.path("locked"), fs::Permissions::from_mode(0o000)).unwrap();
    bench.refuses(&format!("fit */*.csv --out new.elbow {QUICK}"), &["locked: cannot be read"]);
}

#[test]
fn data_that_does_not_fit_the_model() {
    let bench = Bench::with_model();
    bench.write("two.csv", csv("temp,rpm", 20, |i| format!("{i},1")));
    bench.write("two.npz", npz(&[("X", npy(&[20, 2], (0..40).map(|i| i as f32)))]));
    bench.write("four.npz", npz(&[("X", npy(&[20, 4], (0..80).map(|i| i as f32)))]));
    for command in ["eval", "score"] {
        let refuses =
            |data: &str, said: &[&str]| bench.refuses(&format!("{command} engine.elbow {data}"), said);
        refuses("two.csv", &["two.csv: has no column `volt`; choose among `temp`, `rpm`"]);
        refuses("two.npz", &["two.npz: its frames have 2 numbers, the model engine.elbow takes 3"]);
        refuses("four.npz", &["four.npz: its frames have 4 numbers, the model engine.elbow takes 3"]);
        refuses("engine.csv --labels class", &["engine.csv: has no column `class`"]);
        refuses("two.npz --labels class", &["two.npz: has no array `class`; it holds `X`"]);
        refuses("engine.csv --binarize dynamic", &["--binarize dynamic"]);
    }
}

#[test]
fn too_few_rows() {
    let bench = Bench::new();
    bench.write("d.csv", csv("a", 9, |i| i.to_string()));
    bench.refuses("fit d.csv --out m.elbow", &["d.csv: 9 normal rows; a fit needs at least 10"]);
    bench.write("d.csv", csv("a,label", 30, |i| format!("{i},{}", u8::from(i > 8))));
    bench.refuses("fit d.csv --out m.elbow", &["d.csv: 9 normal rows; a fit needs at least 10"]);
    // no rate helps so few
    bench.refuses("fit d.csv --out m.elbow --false-alarm 0.01", &["9 normal rows; a fit needs at least 10"]);
    bench.refuses("fit d.csv --out m.elbow --window 25", &["a window of 25 needs 25 consecutive rows"]);
}

#[test]
fn values_that_are_no_bits() {
    let bench = Bench::new();
    let fit = "fit d.npz --out m.elbow --likelihood bernoulli";
    let write = |at_19: f32| {
        bench
            .write("d.npz", npz(&[("X", npy(&[12, 2], (0..24).map(|i| if i == 19 { at_19 } else { 1.0 })))]));
    };
    write(0.5);
    bench.refuses(fit, &["d.npz: row 10, column `x1`: 0.5 is neither 0 nor 1; pass --binarize"]);
    for value in [-1.0, 300.0] {
        write(value);
        bench.refuses(
            &format!("{fit} --binarize threshold"),
            &["d.npz: row 10, column `x1`", "from 0 to 1 or from 0 to 255"],
        );
    }
    write(0.0);
    bench.good(&format!("{fit} {QUICK}"));
    write(0.5);
    bench.refuses("eval m.elbow d.npz", &["d.npz: row 10, column `x1`: 0.5 is neither 0 nor 1"]);
    bench.good("eval m.elbow d.npz --binarize dynamic");
}

#[test]
fn values_that_are_no_integers() {
    let bench = Bench::new();
    let fit = "fit d.npz --out m.elbow --likelihood discretized-logistic";
    let write = |at_19: f32| {
        let values = (0..24).map(|i| if i == 19 { at_19 } else { (i * i % 7) as f32 });
        bench.write("d.npz", npz(&[("X", npy(&[12, 2], values))]));
    };
    for value in [0.5, 16_777_218.0] {
        write(value);
        bench.refuses(
            fit,
            &[&format!("d.npz: row 10, column `x1`: {value} is no integer within ±2^24; scale")],
        );
    }
    write(-3.0);
    bench.refuses(&format!("{fit} --scaling log"), &["--scaling log: integers are not taken in logarithms"]);
    bench.refuses(&format!("{fit} --resolution 2"), &["integers have steps of 1; leave it out"]);
    bench.refuses(&format!("{fit} --binarize dynamic"), &["only for --likelihood bernoulli"]);
    bench.good(&format!("{fit} {QUICK}"));
    write(0.5);
    for command in ["eval", "score"] {
        bench
            .refuses(&format!("{command} m.elbow d.npz"), &["d.npz: row 10, column `x1`: 0.5 is no integer"]);
    }
}

/// Differences beyond f32 cannot be fitted; the last sentence says so,
/// after notes on smaller and smaller steps.
#[test]
fn a_fit_that_overflows() {
    let bench = Bench::new();
    bench.write("d.csv", csv("a,b", 40, |i| format!("{},{}", if i % 2 == 0 { 3.4e38 } else { -3.4e38 }, i)));
    let outcome = bench.run(&format!("fit d.csv --out m.elbow {QUICK}"));
    assert!(!outcome.stderr.contains("panicked"), "{outcome:?}");
    if outcome.code == Some(1) {
        let last = outcome.stderr.lines().last().unwrap_or_default();
        assert!(
            last.starts_with("elbow: the fit failed: ") && last.contains("extreme values"),
            "{outcome:?}"
        );
        assert_eq!(bench.files().len(), 1);
    } else {
        assert_eq!(outcome.code, Some(0), "{outcome:?}");
        bench.good("eval m.elbow d.csv");
    }
}
