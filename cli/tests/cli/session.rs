//! A person who has never seen the program: fifty lines, no dead end. What is refused names what to type
//! next, and that works.

use crate::bench::Bench;

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
    for (line, said) in SESSION {
        let outcome = bench.as_typed(line).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let told = text(&outcome.stderr) + &text(&outcome.stdout);
        assert_eq!(outcome.status.success(), said.is_empty(), "elbow {line}\n{told}");
        assert!(told.contains(said), "elbow {line}\n`{said}` is not in: {told}");
        assert!(!told.contains("panicked"), "{told}");
    }
}
