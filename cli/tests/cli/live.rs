//! Rows that come one by one: each has its score before the next is there.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::Stdio;
use std::sync::mpsc::channel;
use std::time::Duration;

use crate::bench::{Bench, engine_csv};

#[test]
fn each_row_has_its_score_before_the_next_is_there() {
    let bench = Bench::with_model();
    let text = engine_csv(12);
    let (header, rows) = text.split_once('\n').unwrap();
    let mut child =
        bench.command("score engine.elbow -").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let (said, told) = channel();
    let reader = std::thread::spawn(move || lines.try_for_each(|line| said.send(line.unwrap())));
    let mut rows_in = child.stdin.take().unwrap();
    // a row of units, and another line that says nothing
    write!(rows_in, "{header}\n{}\n\n", header.split(',').map(|_| "V").collect::<Vec<_>>().join(","))
        .unwrap();
    let next = || told.recv_timeout(Duration::from_secs(20)).expect("a line before the next row");
    let mut scores = Vec::new();
    for (at, row) in rows.lines().enumerate() {
        writeln!(rows_in, "{row}").unwrap();
        if at == 0 {
            assert!(next().starts_with("row,log_density"));
        }
        scores.push(next());
        assert!(scores[at].starts_with(&format!("{},", at + 1)), "{scores:?}");
    }
    drop(rows_in);
    assert!(child.wait().unwrap().success());
    let _ = reader.join();
    // and it is the score of the file
    bench.write("some.csv", text.clone());
    let whole = bench.good("score engine.elbow some.csv");
    assert!(whole.lines().skip(1).eq(scores.iter().map(String::as_str)), "{whole}");
}

/// A file that is read in several blocks; standard input is read whole.
#[test]
fn an_evaluation_of_blocks_is_that_of_the_whole() {
    let bench = Bench::with_model();
    let unlabelled = |rows: usize| {
        let cut = |line: &str| line.rsplit_once(',').map_or(String::new(), |(row, _)| row.to_owned() + "\n");
        engine_csv(rows).lines().map(cut).collect::<String>()
    };
    bench.write("long.csv", unlabelled(40_000));
    bench.good("calibrate engine.elbow long.csv --false-alarm 0.1 --out c.elbow --samples 4");
    let file = bench.json("eval c.elbow long.csv --samples 4");
    let long = std::fs::File::open(bench.path("long.csv")).unwrap();
    let whole = bench.command("eval c.elbow - --samples 4 --json").stdin(long).output().unwrap();
    let whole: serde_json::Value = serde_json::from_slice(&whole.stdout).unwrap();
    let told = |of: &serde_json::Value| {
        let mut of = of.clone();
        of.as_object_mut().unwrap().remove("seconds");
        of
    };
    assert_eq!(told(&file), told(&whole));
    assert_eq!((file["rows"].as_u64(), file["alarms"].is_object()), (Some(40_000), true), "{file}");
}
