//! `docs/first-hour.md` says what the program says.

use std::fs;
use std::path::PathBuf;

use crate::bench::Bench;

/// What differs from run to run: figures behind these words, to the end of the line.
const VARIES: [&str; 2] = ["time  ", "rows/s"];

/// The pump's log, its next day and the day of the closed valve.
fn pump() -> Bench {
    let bench = Bench::new();
    for name in ["fh4_fit.csv", "fh4_test.csv"] {
        bench.case(name);
    }
    let text = |name: &str| String::from_utf8(bench.read(name)).unwrap();
    let (fit, test) = (text("fh4_fit.csv"), text("fh4_test.csv"));
    let lines: Vec<&str> = test.lines().collect();
    bench.write("pump.csv", fit);
    bench.write("normal.csv", lines[..111].join("\n") + "\n");
    bench.write("new.csv", [&lines[..1], &lines[111..]].concat().join("\n") + "\n");
    bench
}

/// The document with what the commands in it say now.
fn typed_again(document: &str, bench: &Bench) -> String {
    let (mut out, mut in_answer) = (String::new(), false);
    for line in document.lines() {
        if line.starts_with("```") {
            in_answer = false;
        }
        if in_answer {
            continue;
        }
        out += line;
        out.push('\n');
        if let Some(command) = line.strip_prefix("$ elbow ") {
            let outcome = bench.run(command);
            assert_eq!(outcome.code, Some(0), "{outcome:?}");
            (outcome.stderr + &outcome.stdout).lines().for_each(|said| out += &lasting(said));
            in_answer = true;
        }
    }
    out
}

/// A line with `…` for what differs from run to run.
fn lasting(line: &str) -> String {
    if VARIES.iter().any(|word| line.contains(word)) {
        let name = line.split_whitespace().next().unwrap_or_default();
        return format!("{name}  …\n");
    }
    line.trim_end().to_owned() + "\n"
}

/// Whether a document says of its commands what they say here; with `ELBOW_BLESS=1` it does then.
pub(crate) fn is_what_the_program_says(name: &str, bench: &Bench) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs").join(name);
    let document = fs::read_to_string(&path).unwrap();
    let now = typed_again(&document, bench);
    if std::env::var_os("ELBOW_BLESS").is_some() {
        fs::write(&path, &now).unwrap();
        return;
    }
    for (written, said) in document.lines().zip(now.lines()) {
        assert_eq!(written, said, "ELBOW_BLESS=1 writes down anew what the program says");
    }
    assert_eq!(document.lines().count(), now.lines().count());
}

#[test]
fn the_document_says_what_the_program_says() {
    let bench = pump();
    is_what_the_program_says("first-hour.md", &bench);
    // and the alarm comes with the valve: rows 11 to 50 of the new file
    let scores = String::from_utf8(bench.read("scores.csv")).unwrap();
    let alarm = |line: &str| line.split(',').nth(8).map(str::to_owned);
    let alarms: Vec<usize> = (1..)
        .zip(scores.lines().skip(1))
        .filter(|(_, line)| alarm(line).as_deref() == Some("1"))
        .map(|(row, _)| row)
        .collect();
    assert!(alarms.len() >= 30 && alarms.iter().all(|row| (13..=55).contains(row)), "{alarms:?}");
}
