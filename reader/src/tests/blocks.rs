//! Some frames at a time are the frames of all at once.

use std::io::Write;
use std::sync::mpsc::channel;
use std::time::Duration;

use rand_core::Rng;
use rand_pcg::Pcg32;

use super::*;
use crate::{Categorical, DataError, Missing, Part, load_blocks, load_files};

/// Rows with a time that leaps now and then, a cell that is missing, a state, a label that changes.
fn text(rng: &mut Pcg32, rows: u32) -> String {
    let mut time = 1_700_000_000;
    let row = |i: u32| {
        time += if rng.next_u32().is_multiple_of(9) { 700 } else { 60 };
        let (state, label) = (rng.next_u32() % 3, u32::from(rng.next_u32().is_multiple_of(11)));
        let number = if rng.next_u32().is_multiple_of(13) { String::new() } else { i.to_string() };
        format!("{time},{number},s{state},{label}\n")
    };
    "t,a,state,label\n".to_owned() + &(0..rows).map(row).collect::<String>()
}

/// Blocks of files that are large enough for several, or of a pipe, one row each.
#[test]
fn blocks_are_the_whole() {
    let folder = tempfile::tempdir().unwrap();
    let paths = [folder.path().join("a.csv"), folder.path().join("b.csv")];
    let mut rng = Pcg32::new(3, 14);
    for case in 0..60 {
        let long = case % 20 == 19;
        for path in &paths {
            let rows = if long { 70_000 } else { rng.next_u32() % 60 + 1 };
            fs::write(path, text(&mut rng, rows)).unwrap();
        }
        let gap = if case % 2 == 0 { "5m".parse().ok() } else { None };
        let rows = if case % 3 == 0 { "7:69000".parse().ok() } else { None };
        let until = if case % 5 == 0 { "2023-11-15".parse().ok() } else { None };
        let state = Categorical { column: "state".into(), words: Some(owned(&["s0", "s1", "s2"])) };
        let options = LoadOptions {
            window: rng.next_u32() as usize % 5 + 1,
            hop: Some(rng.next_u32() as usize % 7 + 1),
            part: Part { time: Some("t".into()), gap, rows, until, ..Part::default() },
            categorical: vec![state],
            keep: owned(&["t", "label"]),
            missing: [Missing::Drop, Missing::Hold, Missing::Refuse][case % 3],
            ..Default::default()
        };
        let whole = load_files(&paths, &options);
        let mut blocks = Vec::new();
        let result = load_blocks::<DataError>(&paths, &options, &mut |data, _| {
            blocks.push(data);
            Ok(())
        });
        let (Ok((whole, told)), Ok(report)) = (&whole, &result) else {
            let (whole, blocks) = (whole.unwrap_err().to_string(), result.unwrap_err().to_string());
            assert_eq!(whole, blocks, "case {case}");
            continue;
        };
        assert!(!long || blocks.len() > 2, "case {case}: {}", blocks.len());
        assert_eq!(report, told, "case {case}");
        let start = |data: &Dataset| match data.path == whole.path {
            true => 0,
            false => whole.later_files[0].first,
        };
        let values = blocks.iter().flat_map(|data| &data.values).copied();
        assert!(values.eq(whole.values.iter().copied()), "case {case}");
        let source = blocks.iter().flat_map(|data| data.source_rows.iter().map(|row| row + start(data)));
        assert!(source.eq(whole.source_rows.iter().copied()), "case {case}");
        assert!(blocks.iter().flat_map(|data| &data.kept.cells).eq(&whole.kept.cells), "case {case}");
        let skipped = blocks
            .iter()
            .flat_map(|data| data.skipped.iter().map(|skipped| (skipped.row + start(data), &skipped.kept)));
        let all = whole.skipped.iter().map(|skipped| (skipped.row, &skipped.kept));
        assert!(skipped.eq(all), "case {case}");
    }
}

#[test]
fn what_is_wrong_later_comes_after_what_was_right() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("d.csv");
    fs::write(&path, "a\n".to_owned() + &"1\n".repeat(40_000) + "x\n").unwrap();
    let mut seen = 0;
    let result = load_blocks::<DataError>(&[path], &LoadOptions::default(), &mut |data, _| {
        seen += data.rows;
        Ok(())
    });
    assert_eq!(seen, 32_768);
    assert!(result.unwrap_err().to_string().contains("row 40001 (line 40002), column `a`"));
}

/// A writer that waits for each answer before it goes on: of a row nothing may wait for the next one.
#[cfg(unix)]
#[test]
fn rows_of_a_pipe_come_one_by_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pipe.csv");
    let made = std::process::Command::new("mkfifo").arg(&path).status();
    if !made.is_ok_and(|status| status.success()) {
        println!("no mkfifo here: passed over");
        return;
    }
    let (answer, answered) = channel();
    let options = LoadOptions { columns: Some(owned(&["a", "b"])), ..Default::default() };
    let writer = {
        let path = path.clone();
        std::thread::spawn(move || {
            let mut pipe = fs::OpenOptions::new().write(true).open(path).unwrap();
            pipe.write_all(b"a;b\nm/s2;\xb0C\n").unwrap();
            for row in 0..5 {
                std::thread::sleep(Duration::from_millis(20));
                pipe.write_all(format!("{row},5;{row}\n").as_bytes()).unwrap();
                assert_eq!(answered.recv_timeout(Duration::from_secs(20)), Ok(row), "row {row} waits");
            }
        })
    };
    load_blocks::<DataError>(&[path], &options, &mut |data, report| {
        assert_eq!((data.rows, report.notes.len()), (1, 1));
        answer.send(data.source_rows[0]).unwrap();
        Ok(())
    })
    .unwrap();
    writer.join().unwrap();
}
