//! `elbow watch`: rows as they come.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::Stdio;
use std::sync::mpsc::channel;
use std::time::Duration;

use serde_json::Value;

use crate::bench::Bench;
use crate::verdicts::{cells, with_alarm};

fn calibrated() -> Bench {
    let bench = with_alarm();
    bench.refuses("watch m.elbow new.csv", &["m.elbow: has no alarm threshold", "--false-alarm 0.01"]);
    bench.good("calibrate m.elbow calm.csv --false-alarm 0.01");
    bench
}

fn objects(lines: &str) -> Vec<Value> {
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn it_says_what_score_says_of_the_file() {
    let bench = calibrated();
    let scored = bench.good("score m.elbow new.csv --keep time --alarm 3/5 --why 2");
    assert_eq!(bench.good("watch m.elbow new.csv --keep time --drift --why 2 --format csv"), scored);
    let rows = objects(&bench.good("watch m.elbow new.csv --format jsonl"));
    let alarms: Vec<_> = rows.iter().map(|row| if row["alarm"] == true { "1" } else { "0" }).collect();
    assert_eq!(alarms, cells(&scored, "alarm"));
    let text = bench.good("watch m.elbow new.csv");
    assert_eq!(text.lines().filter(|line| line.contains("ALARM")).count(), 4);
    assert!(text.lines().nth(101).unwrap().contains("anomalous  b "), "{text}");
    let influx = bench.good("watch m.elbow new.csv --format influx");
    let odd = influx.lines().nth(102).unwrap();
    assert!(odd.starts_with("elbow,model=") && odd.contains(",alarm=true,drift=\"\""), "{odd}");
}

/// A line that a cable garbled is noted and left out, and no other verdict changes.
#[test]
fn each_verdict_comes_before_the_next_row_and_broken_lines_end_nothing() {
    let bench = calibrated();
    let text = std::fs::read_to_string(bench.path("new.csv")).unwrap();
    let mut child = bench
        .command("watch m.elbow --format jsonl")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let (said, told) = channel();
    let reader = std::thread::spawn(move || lines.try_for_each(|line| said.send(line.unwrap())));
    let mut rows_in = child.stdin.take().unwrap();
    let mut rows = text.lines();
    writeln!(rows_in, "{}", rows.next().unwrap()).unwrap();
    let mut alarms = 0;
    for (at, row) in rows.enumerate() {
        match at {
            20 => writeln!(rows_in, "2024-03-0\u{1b}[2J").unwrap(),
            40 => writeln!(rows_in, "x,0.3,1..4,y").unwrap(),
            _ => {}
        }
        writeln!(rows_in, "{row}").unwrap();
        let next = || -> Value {
            let line = told.recv_timeout(Duration::from_secs(20)).expect("a line before the next row");
            serde_json::from_str(&line).unwrap()
        };
        let found = loop {
            let found = next();
            if !found["log_density"].is_null() {
                break found;
            }
        };
        alarms += usize::from(found["alarm"] == true);
    }
    drop(rows_in);
    let mut notes = String::new();
    child.stderr.take().unwrap().read_to_string(&mut notes).unwrap();
    assert!(child.wait().unwrap().success());
    let _ = reader.join();
    assert_eq!(alarms, 4);
    assert_eq!(notes.matches("left out").count(), 2, "{notes}");
    assert!(!notes.contains('\u{1b}') && notes.contains("1..4"), "{notes}");
}

#[test]
fn a_command_is_told_of_each_change_by_its_environment_alone() {
    let bench = calibrated();
    let line = "watch m.elbow new.csv --exec";
    let outcome = bench.command(line).arg("echo \"$ELBOW_STATE $ELBOW_ROW $ELBOW_CAUSE\"").output().unwrap();
    assert!(outcome.status.success());
    let told = std::str::from_utf8(&outcome.stderr).unwrap().lines();
    let mut told: Vec<_> = told.filter(|line| !line.contains("not used")).collect();
    told.sort_unstable();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].starts_with("alarm 103 b") && told[1].starts_with("steady 107 "), "{told:?}");
}
