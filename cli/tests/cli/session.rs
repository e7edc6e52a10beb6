//! A person who has never seen the program: fifty lines, no dead end. What is refused names what to type
//! next, and that works.

use crate::bench::Bench;
use crate::exports::files;

/// A line, and what is said where it is refused; the line after it is what the refusal told to type.
const SESSION: [(&str, &str); 50] = [
    ("", "Usage: elbow"),
    ("--help", ""),
    ("fitt pump.csv", "'fit'"),
    ("fit --help", ""),
    ("fit", "<DATA>"),
    ("fit pump", "cannot be read"),
    ("fit pump.csv --epochs 20", ""),
    ("fit pump.csv --epochs 20", "--force"),
    ("fit pump.csv --epochs 20 --force", ""),
    ("fit pump.csv --labels fault --force", "has no column `fault`; choose among"),
    ("fit pump.csv --labels anomaly --auto --force", ""),
    ("inspect pump", "cannot read"),
    ("inspect pump.elbow", ""),
    ("inspect pump.csv", "not an Elbow model"),
    ("inspect pump.elbow --json", ""),
    ("eval pump.elbow", "<DATA>"),
    ("eval pump.elbow new.csv", ""),
    ("score pump.elbow new.csv", ""),
    ("score pump.elbow new.csv --alarm 3/5", "elbow calibrate pump.elbow NORMAL.csv --false-alarm 0.01"),
    ("calibrate pump.elbow normal.csv --false-alarm 0.01", ""),
    ("score pump.elbow new.csv --alarm 3/5", ""),
    ("score pump.elbow new.csv --alarm 3", "such as 3/5"),
    ("score pump.elbow new.csv --why 3", ""),
    ("score pump.elbow new.csv --keep time", "choose among `datetime`"),
    ("score pump.elbow new.csv --keep datetime", ""),
    ("score pump.elbow new.csv --out scores.npy", "ends in .csv"),
    ("score pump.elbow new.csv --out scores.csv", ""),
    ("score pump.elbow new.csv --out scores.csv", "--force"),
    ("score pump.elbow new.csv --out scores.csv --force", ""),
    ("calibrate pump.elbow normal.csv", "--false-alarm <RATE>"),
    ("calibrate pump.elbow normal.csv --false-alarm 5", "such as 0.001"),
    ("calibrate pump.elbow normal.csv --false-alarm 0.001", "give more rows or a larger rate"),
    ("calibrate pump.elbow normal.csv --false-alarm 0.01", ""),
    ("fit gaps.csv --auto", "--missing drop"),
    ("fit gaps.csv --auto --missing drop", ""),
    ("eval gaps.elbow gaps.csv", ""),
    ("score gaps.elbow gaps.csv --keep timestamp", ""),
    ("fit iot.csv --model gmm:500", "give M at most that"),
    ("fit iot.csv --model gmm:2", ""),
    ("fit iot.csv --model pca:9 --force", "give R at most that"),
    ("fit iot.csv --model pca:2 --force", ""),
    ("fit iot.csv --model kmeans", "choose vae, ae, gaussian"),
    ("fit iot.csv --epochs 20 --force", ""),
    ("quantize iot.elbow --weights int8", "--out <MODEL.elbow>"),
    ("quantize iot.elbow --weights int8 --out small.elbow", ""),
    ("eval small.elbow iot.csv", ""),
    ("compress iot.elbow iot.csv", "<OUTPUT>"),
    ("completions bash", ""),
    ("man", ""),
    ("score --help", ""),
];

#[test]
fn fifty_lines_without_a_dead_end() {
    let bench = Bench::new();
    for (case, name) in [
        ("fh4_fit.csv", "pump.csv"),
        ("fh4_test.csv", "new.csv"),
        ("fh1_labels_missing.csv", "gaps.csv"),
        ("fh2_iot_day1.csv", "iot.csv"),
    ] {
        bench.case(case);
        bench.write(name, bench.read(case));
    }
    let new = String::from_utf8(bench.read("new.csv")).unwrap();
    bench.write("normal.csv", new.lines().take(111).collect::<Vec<_>>().join("\n") + "\n");
    typed(&bench, &SESSION);
}

/// Another person, with files as machines and offices export them.
const OTHERS: [(&str, &str); 57] = [
    ("fit tabs.tsv --auto", ""),
    ("score tabs.elbow tabs.tsv --keep zeit", "choose among `Zeit`"),
    ("score tabs.elbow tabs.tsv --keep Zeit", ""),
    ("fit units.csv --auto --false-alarm 0.05", ""),
    ("eval units.elbow units.csv", ""),
    ("score units.elbow percent.csv --alarm 3/5 --why 1", ""),
    ("compress units.elbow units.csv units.packets", ""),
    ("decompress units.elbow units.packets units.npy", "give a name that ends in .csv"),
    ("decompress units.elbow units.packets units_back.csv", ""),
    ("fit words.csv --auto", "--skip-broken"),
    ("fit words.csv --auto --skip-broken", ""),
    ("eval words.elbow words.csv", "--skip-broken"),
    ("eval words.elbow words.csv --skip-broken", ""),
    ("score words.elbow words.csv", "--skip-broken"),
    ("score words.elbow words.csv --skip-broken", ""),
    ("fit gone.csv --auto", "--missing drop"),
    ("fit gone.csv --auto --missing drop", ""),
    ("score gone.elbow gone.csv", ""),
    ("fit sums.csv --auto", "--skip-broken"),
    ("fit sums.csv --auto --skip-broken", ""),
    ("compress sums.elbow sums.csv sums.packets", "--skip-broken"),
    ("compress sums.elbow sums.csv sums.packets --skip-broken", ""),
    ("fit verdict.csv --auto", ""),
    ("fit verdict.csv --auto --labels Status --force", ""),
    ("eval verdict.elbow verdict.csv", ""),
    ("fit c09_thousands.csv --auto", "--decimal ."),
    ("fit c09_thousands.csv --auto --decimal .", ""),
    ("fit c12_noheader.csv --auto", "--no-header"),
    ("fit c12_noheader.csv --auto --no-header", ""),
    ("fit c21_12.csv --auto", "--normal"),
    ("fit c21_12.csv --auto --normal 1", ""),
    ("fit c21_missing.csv --auto", "--missing drop"),
    ("fit c21_missing.csv --auto --missing drop", ""),
    ("score c21_missing.elbow c21_missing.csv", ""),
    ("fit some_days.csv --auto --time date --gap 10m", ""),
    ("fit some_days.csv --auto --time day --gap 10m --force", "choose among `date`"),
    ("fit some_days.csv --auto --gap 10m --force", "name it with --time"),
    ("fit c10_nab.csv --window auto --time timestamp --model gaussian", "such as 16"),
    ("fit c10_nab.csv --window 16 --time timestamp --model gaussian", ""),
    ("fit n_train.npz --auto", "--key"),
    ("fit n_train.npz --auto --key X_train", ""),
    ("eval n_train.elbow n_train.npz", "--key"),
    ("eval n_train.elbow n_train.npz --key X_test", ""),
    ("fit n_y_float_nan.npz --auto", "--missing drop"),
    ("fit n_y_float_nan.npz --auto --missing drop", ""),
    ("compress n_y_float_nan.elbow n_y_float_nan.npz n.packets", "--resolution 0.001 --bound 0"),
    ("compress n_y_float_nan.elbow n_y_float_nan.npz n.packets --resolution 0.001 --bound 0", ""),
    ("decompress n_y_float_nan.elbow n.packets n.csv", "give a name that ends in .npy"),
    ("decompress n_y_float_nan.elbow n.packets n.npy", ""),
    ("fit book.csv --auto", "save it as CSV"),
    ("fit states.csv --auto", "--categorical"),
    ("fit states.csv --categorical state --epochs 2", ""),
    ("fit twice.csv unsorted.csv --auto", ""),
    ("fit tabs.tsv units.csv --auto --force", "--columns"),
    ("fit tabs.tsv units.csv --auto --force --columns a,b", ""),
    ("fit *.txt --auto --out pipe.elbow", ""),
    ("score --help", ""),
];

#[test]
fn another_session_without_a_dead_end() {
    let bench = Bench::new();
    for (name, text, _) in files() {
        bench.write(name, text);
    }
    for case in [
        "c09_thousands.csv",
        "c10_nab.csv",
        "c12_noheader.csv",
        "c21_12.csv",
        "c21_missing.csv",
        "n_train.npz",
        "n_y_float_nan.npz",
    ] {
        bench.case(case);
    }
    bench.write("book.csv", b"PK\x03\x04\x14\0");
    let state = |i: usize| format!("2024-03-01 10:{:02},{}\n", i, ["on", "off", "idle"][i % 3]);
    bench.write("states.csv", "time,state\n".to_owned() + &(0..60).map(state).collect::<String>());
    typed(&bench, &OTHERS);
}

/// Types lines, of which those must be refused that have something to say.
fn typed(bench: &Bench, lines: &[(&str, &str)]) {
    for (line, said) in lines {
        let outcome = bench.as_typed(line).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let told = text(&outcome.stderr) + &text(&outcome.stdout);
        assert_eq!(outcome.status.success(), said.is_empty(), "elbow {line}\n{told}");
        assert!(told.contains(said), "elbow {line}\n`{said}` is not in: {told}");
        assert!(!told.contains("panicked"), "{told}");
    }
}
