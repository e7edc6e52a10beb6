//! `elbow watch`: rows as they come.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use elbow::stream::State;
use elbow_firmware::demo::DEMO_COLUMNS;
use elbow_firmware::watch::{Guard, Judged, rows};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
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

/// The model and the rows of the firmware example: what it says of each frame it says by the same code, but a
/// reader, a terminal and a protocol further on.
#[test]
fn it_alarms_where_the_firmware_does() {
    let bench = Bench::new();
    let model = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../firmware-example/model/demo.elbow");
    fs::copy(model, bench.path("demo.elbow")).unwrap();
    let line =
        |row: [f32; DEMO_COLUMNS.len()]| row.iter().map(f32::to_string).collect::<Vec<_>>().join(",") + "\n";
    let text: String = rows().map(line).collect();
    bench.write("rows.csv", DEMO_COLUMNS.join(",") + "\n" + &text);
    let told = objects(&bench.good("watch demo.elbow rows.csv --drift --why 3 --format jsonl"));
    let mut guard = Guard::new().ok().unwrap();
    let judged: Vec<Judged> = rows().filter_map(|row| guard.push(&row).ok().unwrap()).collect();
    assert_eq!(told.len(), judged.len());
    for (at, (told, Judged { verdict, state, causes })) in told.iter().zip(&judged).enumerate() {
        assert_eq!(told["anomalous"], verdict.is_anomalous(), "frame {at}");
        assert_eq!(told["alarm"], *state == State::Fault, "frame {at}");
        let drift = match state {
            State::DriftLow => Some("low"),
            State::DriftHigh => Some("high"),
            State::Steady | State::Fault => None,
        };
        assert_eq!(told["drift"].as_str(), drift, "frame {at}");
        for (told, cause) in told["causes"].as_array().unwrap().iter().zip(causes) {
            let step = cause.feature / DEMO_COLUMNS.len();
            let column = format!("{}@{step}", DEMO_COLUMNS[cause.feature % DEMO_COLUMNS.len()]);
            assert_eq!(told["column"], column.as_str(), "frame {at}");
            assert_eq!(told["surprise"].as_f64().map(|surprise| surprise as f32), Some(cause.surprise));
        }
    }
    assert!(judged.iter().any(|judged| judged.state == State::Fault), "the stream has a fault");
}

/// As a serial port hands them on: each verdict is there before the next row, and the end is a clean one.
#[test]
fn a_serial_port_has_each_verdict_before_the_next_row() {
    let bench = calibrated();
    // a child that had this end too would wait for itself to hang up
    let port = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
    grantpt(&port).unwrap();
    unlockpt(&port).unwrap();
    let name = ptsname(&port, Vec::new()).unwrap().into_string().unwrap();
    let device = File::options().read(true).write(true).open(&name).unwrap();
    let mut line = tcgetattr(&device).unwrap();
    line.make_raw();
    tcsetattr(&device, OptionalActions::Now, &line).unwrap();
    let mut child = bench
        .command(&format!("watch m.elbow {name} --keep time --format jsonl"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let (said, told) = channel();
    let reader = std::thread::spawn(move || lines.try_for_each(|line| said.send(line.unwrap())));
    let text = fs::read_to_string(bench.path("new.csv")).unwrap();
    let mut port = File::from(port);
    let mut rows = text.lines();
    // what senders of lines end them with
    write!(port, "{}\r\n", rows.next().unwrap()).unwrap();
    let (mut alarms, mut longest) = (Vec::new(), Duration::ZERO);
    for row in rows {
        let sent = Instant::now();
        write!(port, "{row}\r\n").unwrap();
        let line = told.recv_timeout(Duration::from_secs(20)).expect("a verdict before the next row");
        longest = longest.max(sent.elapsed());
        let found: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(found["kept"][0].as_str(), row.split(',').next());
        alarms.push(found["alarm"] == true);
    }
    println!("the slowest verdict came after {longest:?}");
    drop((port, device));
    let status = child.wait().unwrap();
    let mut notes = String::new();
    child.stderr.take().unwrap().read_to_string(&mut notes).unwrap();
    assert!(status.success(), "{status}: {notes}");
    let _ = reader.join();
    let scored = bench.good("score m.elbow new.csv --alarm 3/5");
    assert_eq!(alarms, cells(&scored, "alarm").iter().map(|cell| *cell == "1").collect::<Vec<_>>());
}
