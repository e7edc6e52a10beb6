//! Where results go: never half a file, never over what is not ours to replace.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _, symlink};
use std::process::{Command, Stdio};

use crate::bench::{Bench, Outcome, QUICK, csv, npy};

#[test]
fn places_that_cannot_be_written() {
    let bench = Bench::with_model();
    fs::create_dir(bench.path("folder.elbow")).unwrap();
    fs::create_dir(bench.path("types.rs")).unwrap();
    for (code, out, said) in [
        (1, "nowhere/m.elbow", "nowhere/m.elbow: cannot write"),
        (1, "engine.csv/m.elbow", "engine.csv/m.elbow: cannot write"),
        (1, "/proc/m.elbow", "/proc/m.elbow: cannot write"),
        (2, "folder.elbow", "--out folder.elbow: is a folder"),
        (2, "types.elbow", "--out types.elbow: types.rs beside it"),
        (2, ".", "--out .: give a file name that ends in .elbow"),
        (2, "engine", "--out engine: give a file name that ends in .elbow"),
        (2, "engine.csv", "--out engine.csv: give a file name that ends in .elbow"),
        (2, ".elbow", "--out .elbow: give a file name that ends in .elbow"),
    ] {
        // before the work: a fit of all these epochs would not end
        bench.fails(code, &format!("fit engine.csv --out {out} --epochs 4000000000"), &[said]);
    }
    for (code, out, said) in [
        (1, "nowhere/scores.csv", "nowhere/scores.csv: cannot write"),
        (1, "engine.csv/scores.csv", "engine.csv/scores.csv: cannot write"),
        (2, "folder.elbow", "--out folder.elbow: is a folder"),
        (2, "engine.csv", "--out engine.csv: is what it would be made from"),
        (2, "./engine.elbow", "--out ./engine.elbow: is what it would be made from"),
    ] {
        bench.fails(code, &format!("score engine.elbow engine.csv --out {out}"), &[said]);
    }
}

#[test]
fn no_output_goes_over_another() {
    let bench = Bench::with_model();
    bench.write("run.toml", "epochs = 1\n");
    symlink("r.html", bench.path("link.html")).unwrap();
    fs::create_dir(bench.path("folder")).unwrap();
    let (fit, report) = (format!("fit engine.csv {QUICK}"), "report engine.elbow engine.csv");
    for (line, said) in [
        (
            format!("{fit} --out m.elbow --report m.elbow"),
            "--report m.elbow: is --out m.elbow too; give another",
        ),
        (format!("{fit} --out m.elbow --report ./m.rs"), "--report ./m.rs: is the type beside --out m.elbow"),
        (format!("{fit} --config run.toml --report run.toml"), "--report run.toml: is what it would be made"),
        (format!("{fit} --run r --report r/metrics.jsonl"), "r/metrics.jsonl: is a file of the run itself"),
        (format!("{fit} --run r --report folder"), "--report folder: is a folder"),
        (format!("{report} --out r.html --md r.html"), "--md r.html: is --out r.html too; give another name"),
        (format!("{report} --out r.html --md folder/../r.html"), "folder/../r.html: is --out r.html too"),
        (format!("{report} --out r.html --md link.html"), "--md link.html: is --out r.html too"),
        (format!("{report} --out r.html --md folder"), "--md folder: is a folder"),
        (
            "report engine.elbow *.csv --out later.csv".into(),
            "--out later.csv: is what it would be made from",
        ),
        (
            format!("{report} --out -"),
            "--out -: standard output is for rows of text; give a file name, or ./-",
        ),
        (
            "compress engine.elbow engine.csv ./engine.csv".into(),
            "./engine.csv: is what it would be made from",
        ),
        (
            "quantize engine.elbow --weights int8 --out engine.elbow".into(),
            "--out engine.elbow: is what it would",
        ),
    ] {
        let before = bench.files();
        let outcome = Outcome::new(&line, bench.as_typed(&line).arg("--force").output().unwrap());
        outcome.is_failure(2, &[said]);
        assert!(before == bench.files() && !bench.path("r").exists(), "{line}");
    }
    // what goes nowhere goes over nothing
    bench.good(&format!("{report} --out /dev/null --md /dev/null"));
}

#[test]
fn a_file_is_written_whoever_reads_the_rest() {
    let bench = Bench::with_model();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let line = "score engine.elbow engine.csv --out scores.csv --json";
    assert!(bench.command(line).stdout(writer).status().unwrap().success());
    let scores = bench.good("score engine.elbow engine.csv --out -");
    assert_eq!(String::from_utf8(bench.read("scores.csv")).unwrap(), scores);
    assert!(!bench.path("-").exists());
}

/// The names of 2,000 columns are more than is held back before anything is written.
#[test]
fn a_reader_may_leave_before_the_header() {
    let bench = Bench::new();
    bench.write("wide.npy", npy(&[60, 2_000], (0..120_000).map(|i| (i % 97 * (i % 89)) as f32)));
    bench.good("fit wide.npy --latent gaussian:1 --hidden 1 --epochs 1 --out wide.elbow");
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    bench.write("more.npy", npy(&[60, 2_000], (0..120_000).map(|i| (i % 83 * (i % 79)) as f32)));
    bench.good("calibrate wide.elbow more.npy --false-alarm 0.1 --samples 1");
    for line in ["sample wide.elbow --rows 2", "watch wide.elbow more.npy --format csv --why 0"] {
        let outcome =
            Outcome::new(line, bench.command(line).stdout(writer.try_clone().unwrap()).output().unwrap());
        assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""), "{outcome:?}");
    }
}

#[test]
fn a_folder_that_may_not_be_written() {
    let bench = Bench::with_engine();
    fs::create_dir(bench.path("locked")).unwrap();
    fs::set_permissions(bench.path("locked"), fs::Permissions::from_mode(0o555)).unwrap();
    if fs::write(bench.path("locked/probe"), "").is_ok() {
        println!("skipped: nothing is unwritable for this user");
        return;
    }
    bench.fails(1, "fit engine.csv --out locked/m.elbow", &["locked/m.elbow: cannot write"]);
}

/// `--out src/main.elbow` would put its type over `src/main.rs`.
#[test]
fn a_source_file_of_somebody_else_is_spared() {
    let bench = Bench::with_engine();
    bench.write("main.rs", "fn main() {}\n");
    bench.refuses(
        &format!("fit engine.csv --out main.elbow {QUICK}"),
        &["--out main.elbow: main.rs beside it", "another name"],
    );
    for _ in 0..2 {
        bench.good(&format!("fit engine.csv --out engine.elbow {QUICK}"));
    }
}

#[test]
fn a_good_model_survives_a_failed_fit() {
    let bench = Bench::with_model();
    bench.write("bad.csv", csv("a,b", 40, |i| if i == 39 { "1,x".into() } else { "1,2".into() }));
    bench.write("wild.csv", csv("a", 40, |i| format!("{}3.4e38", if i % 2 == 0 { "" } else { "-" })));
    let before = bench.files();
    for line in
        ["fit bad.csv", "fit none.csv", "fit engine.csv --lr 0", "fit engine.csv --likelihood bernoulli"]
    {
        assert_eq!(bench.run(&format!("{line} --out engine.elbow")).code, Some(2), "{line}");
        assert!(bench.files() == before, "{line}");
    }
}

/// A pipe or a device is written to, not replaced by a file: `--out /dev/stdout` must not harm /dev.
#[test]
fn what_is_no_file_stays_what_it_is() {
    let bench = Bench::with_model();
    let expected = bench.good("score engine.elbow engine.csv");
    let pipe = bench.path("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let mut reader = Command::new("cat").arg(&pipe).stdout(Stdio::piped()).spawn().unwrap();
    let outcome = bench.run("score engine.elbow engine.csv --out pipe");
    let is_pipe = fs::metadata(&pipe).unwrap().file_type().is_fifo();
    if !is_pipe {
        reader.kill().unwrap();
    }
    let read = reader.wait_with_output().unwrap().stdout;
    assert!(is_pipe && outcome.code == Some(0), "{outcome:?}");
    assert!(read == expected.as_bytes());
    // a model is read back, which a pipe would wait for without end
    assert!(Command::new("mkfifo").arg(bench.path("pipe.elbow")).status().unwrap().success());
    bench.refuses(
        &format!("fit engine.csv --out pipe.elbow {QUICK}"),
        &["--out pipe.elbow: is a pipe or a device"],
    );

    bench.write("real.csv", "old");
    symlink("real.csv", bench.path("link.csv")).unwrap();
    bench.good("score engine.elbow engine.csv --out link.csv");
    assert!(fs::symlink_metadata(bench.path("link.csv")).unwrap().is_symlink());
    assert_eq!(bench.read("real.csv"), expected.as_bytes());
}

/// `elbow score … | head -1`: a reader that has seen enough is no error.
#[test]
fn a_reader_that_goes_away() {
    let bench = Bench::with_model();
    for line in
        ["score engine.elbow engine.csv", "eval engine.elbow later.csv --json", "inspect engine.elbow"]
    {
        let mut child = bench.command(line).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let outcome = Outcome::new(line, child.wait_with_output().unwrap());
        assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""), "{outcome:?}");
    }
}

#[test]
fn a_full_disk() {
    let full = || fs::OpenOptions::new().write(true).open("/dev/full");
    // Where a write to it succeeds, it is not what it is called.
    if !full().is_ok_and(|mut full| full.write(b"x").is_err()) {
        println!("skipped: /dev/full is not there");
        return;
    }
    let bench = Bench::with_model();
    for line in
        ["score engine.elbow engine.csv", "eval engine.elbow later.csv", "inspect engine.elbow --json"]
    {
        let mut command = bench.command(line);
        let outcome = Outcome::new(line, command.stdout(full().unwrap()).output().unwrap());
        outcome.is_failure(1, &["cannot print the results"]);
    }
    // Notes that nobody can read are no reason to fail.
    let line = "score engine.elbow engine.csv --out scores.csv";
    let status = bench.command(line).stderr(full().unwrap()).status().unwrap();
    assert!(status.success(), "{status}");
}
