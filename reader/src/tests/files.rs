//! Several files, times and gaps, parts.

use std::path::PathBuf;

use super::*;
use crate::{Categorical, Part, Problem, load_files};

/// Writes files and loads them by the names that are given.
fn files(files: &[(&str, &str)], asked: &[&str], options: &LoadOptions) -> Result<Dataset, String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    files.iter().for_each(|(name, text)| fs::write(folder.path().join(name), text).expect("a file"));
    let paths: Vec<PathBuf> = asked.iter().map(|name| folder.path().join(name)).collect();
    let within = folder.path().join("").to_string_lossy().into_owned();
    load_files(&paths, options).map(|(data, _)| data).map_err(|error| error.to_string().replace(&within, ""))
}

fn windows(window: usize) -> LoadOptions {
    LoadOptions { window, hop: Some(1), ..Default::default() }
}

fn timed(gap: Option<&str>, until: Option<&str>) -> Part {
    let (gap, until) = (gap.map(|text| text.parse().unwrap()), until.map(|text| text.parse().unwrap()));
    Part { time: Some("t".into()), gap, until, ..Part::default() }
}

const DAYS: [(&str, &str); 2] = [("day1.csv", "a,b\n1,2\n3,4\n"), ("day2.csv", "b,a\n6,5\n8,7\n10,9\n")];

#[test]
fn columns_agree_by_name_and_no_window_goes_across_files() {
    let data = files(&DAYS, &["day1.csv", "day2.csv"], &LoadOptions::default()).unwrap();
    assert_eq!(data.values, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0]);
    let place = |frame| {
        let (path, row) = data.source(frame);
        (path.file_name().unwrap().to_str().unwrap(), row)
    };
    assert_eq!(
        [place(0), place(1), place(2), place(4)],
        [("day1.csv", 0), ("day1.csv", 1), ("day2.csv", 0), ("day2.csv", 2)]
    );
    let data = files(&DAYS, &["day1.csv", "day2.csv"], &windows(2)).unwrap();
    assert_eq!((data.rows, &data.source_rows), (3, &vec![0, 2, 3]));
    let some = data.select(&[2, 0]);
    assert_eq!((some.source(0).1, some.source(1).1), (1, 0));
    let few = files(&DAYS, &["day1.csv", "day1.csv"], &windows(3)).unwrap_err();
    assert!(few.contains("the longest stretch has 2"), "{few}");
}

#[test]
fn patterns_name_files_in_order_and_what_they_miss_is_said() {
    let data = files(&DAYS, &["day*.csv"], &LoadOptions::default()).unwrap();
    assert_eq!((data.rows, data.later_files.len()), (5, 1));
    let none = files(&DAYS, &["night*.csv"], &LoadOptions::default()).unwrap_err();
    assert_eq!(none, "night*.csv: matches no file; correct the pattern");
    let data = files(&[("a*.csv", "a\n1\n")], &["a*.csv"], &LoadOptions::default()).unwrap();
    assert_eq!(data.rows, 1, "a name is itself first");
}

#[test]
fn the_file_that_differs_is_named() {
    let with = |text: &str, options: &LoadOptions| {
        files(&[DAYS[0], ("other.csv", text)], &["day1.csv", "other.csv"], options).map(|data| data.rows)
    };
    let plain = LoadOptions::default();
    assert_eq!(
        with("a,c\n1,2\n", &plain).unwrap_err(),
        "other.csv: has no column `b`; choose among `a`, `c`"
    );
    assert_eq!(
        with("a,b,c\n1,2,3\n", &plain).unwrap_err(),
        "other.csv: has a column `c`, which day1.csv lacks; make the columns of all files agree, or name \
         those to read with --columns"
    );
    let asked = LoadOptions { columns: Some(owned(&["b", "a"])), ..Default::default() };
    assert_eq!(with("c,b,a\n1,2,3\n", &asked), Ok(3));
    assert_eq!(
        with("a,b,label\n1,2,0\n", &plain).unwrap_err(),
        "other.csv: has labels, and day1.csv has none; give all files labels, or none"
    );
    assert_eq!(
        with("a,b\n1,2\n3,x\n", &plain).unwrap_err(),
        "other.csv: row 2 (line 3), column `b`: `x` is not a number; correct it, leave such rows out with \
         --skip-broken, drop the column with --drop \
         'b', or fit its words as a category with --categorical 'b'"
    );
}

#[test]
fn words_have_one_code_in_all_files() {
    let texts = [("1.csv", "s,label\nrun,ok\nidle,bad\n"), ("2.csv", "s,label\nrun,ok\nboot,worse\n")];
    let words = Categorical { column: "s".into(), words: None };
    let options = LoadOptions { categorical: vec![words], normal: owned(&["ok"]), ..Default::default() };
    let data = files(&texts, &["1.csv", "2.csv"], &options).unwrap();
    assert_eq!(data.categories[0].words, owned(&["boot", "idle", "run"]));
    assert_eq!(data.values, [2.0, 1.0, 2.0, 0.0]);
    let labels = data.labels.unwrap();
    assert_eq!(labels.anomalous, [false, true, false, true]);
    assert_eq!(labels.names.unwrap(), owned(&["ok", "bad", "ok", "worse"]));
}

const GAPPED: &str = "t,a\n2024-03-01 00:00,1\n2024-03-01 00:05,2\n2024-03-01 00:10,3\n\
                      2024-03-01 01:00,4\n2024-03-01 01:05,5\n";

#[test]
fn windows_end_where_time_leaps() {
    let with = |part: Part, window| csv_with(GAPPED, &LoadOptions { part, ..windows(window) });
    let data = with(timed(Some("10m"), None), 2).unwrap();
    assert_eq!((data.source_rows, data.columns), (vec![0, 1, 3], owned(&["a@0", "a@1"])));
    assert_eq!(with(timed(None, None), 2).unwrap().source_rows, [0, 1, 2, 3]);
    assert_eq!(with(timed(Some("5m"), None), 2).unwrap().source_rows, [0, 1, 3], "the step itself is no gap");
    let back = "t,a\n1700000060,1\n1700000000,2\n1700000060,3\n";
    let data = csv_with(back, &LoadOptions { part: timed(Some("2m"), None), ..windows(2) }).unwrap();
    assert_eq!(data.source_rows, [1], "nor across a step back");
}

#[test]
fn a_part_is_taken_and_its_rows_keep_their_numbers() {
    let with = |part: Part| csv_with(GAPPED, &LoadOptions { part, ..windows(1) });
    let rows = |text: &str| Part { rows: Some(text.parse().unwrap()), ..Part::default() };
    assert_eq!(
        with(rows("2:3")).unwrap_err(),
        "d.csv: row 2 (line 3), column `t`: `2024-03-01 00:05` is not a number; correct it, leave such rows \
         out with --skip-broken, drop \
         the column with --drop 't', or fit its words as a category with --categorical 't'"
    );
    let part = |text: &str| with(Part { rows: rows(text).rows, ..timed(None, None) });
    assert_eq!(part("2:3").unwrap().source_rows, [1, 2]);
    assert_eq!(part("4:").unwrap().values, [4.0, 5.0]);
    assert_eq!(part(":1").unwrap().source_rows, [0]);
    assert_eq!(part("6:").unwrap_err(), "d.csv: no row is left by --rows and --until; take more");
    let until = |time| with(timed(None, Some(time)));
    assert_eq!(until("2024-03-01T01:00Z").unwrap().values, [1.0, 2.0, 3.0]);
    assert_eq!(until("2024-02-01").unwrap_err(), "d.csv: no row is left by --rows and --until; take more");
    // what is not taken is not judged
    let faulty = LoadOptions { part: rows(":1"), ..Default::default() };
    assert_eq!(csv_with("a\n1\nx\n", &faulty).unwrap().rows, 1);
    for text in ["", "5", "0:3", "3:2", "a:b", "-1:"] {
        assert!(text.parse::<crate::RowRange>().is_err(), "{text}");
    }
}

#[test]
fn parts_of_arrays_and_their_labels() {
    let part = Part { rows: "2:3".parse().ok(), ..Part::default() };
    let options = LoadOptions { part, ..Default::default() };
    let file = npy("|u1", false, "(4, 2)", &[1, 2, 3, 4, 5, 6, 7, 8]);
    let data = load_as("d.npy", &file, &options).unwrap();
    assert_eq!((data.values, data.source_rows), (vec![3.0, 4.0, 5.0, 6.0], vec![1, 2]));
    let time = Part { time: Some("x0".into()), gap: "2s".parse().ok(), ..Part::default() };
    let seconds: Vec<u8> =
        [0u32, 1, 2, 9, 10].iter().flat_map(|s| [1_700_000_000 + s, *s]).flat_map(u32::to_le_bytes).collect();
    let data =
        load_as("d.npy", &npy("<u4", false, "(5, 2)", &seconds), &LoadOptions { part: time, ..windows(2) });
    assert_eq!(data.unwrap().source_rows, [0, 1, 3]);
}

#[test]
fn times_that_are_none_say_where() {
    let with = |text: &str, part: Part| csv_with(text, &LoadOptions { part, ..Default::default() });
    let problem = with("t,a\n2024-03-01,1\nnoon,2\n", timed(None, None)).unwrap_err();
    assert_eq!(
        problem,
        "d.csv: row 2 (line 3), column `t`: `noon` is not a time, or written in another way than those \
         before it; write all as in 2024-03-01T12:00:00Z, or leave out --time"
    );
    let days = "t,a\n01/02/2024,1\n02/03/2024,2\n";
    let problem = with(days, timed(None, Some("2024-05-01"))).unwrap_err();
    assert!(problem.starts_with("d.csv: column `t`: nobody can tell its days from its months"), "{problem}");
    // steps are told by the reading in which less time goes by
    let windows = with("t,a\n01/02/2024,1\n01/03/2024,2\n", timed(Some("3d"), None));
    assert_eq!(windows.unwrap().rows, 2);
    let other = Part { time: Some("when".into()), ..timed(None, None) };
    assert_eq!(
        with("t,a\n1,2\n", other.clone()).unwrap_err(),
        "d.csv: has no column `when`; choose among `t`, `a`"
    );
    let remembered = Part { time_if_there: true, ..other };
    assert_eq!(with("t,a\n1,2\n", remembered).unwrap().dims, 2);
    let no_time = Part { time: None, ..timed(Some("1h"), None) };
    assert_eq!(with("t,a\n1,2\n", no_time).unwrap_err(), format!("d.csv: {}", Problem::NoTimeColumn));
}

/// A row without an end, or a cell: gzipped a few KiB.
#[test]
fn a_row_has_an_end() {
    use std::io::Write;
    for begin in ["a\n1", "a\n\"1\n"] {
        let mut zip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        zip.write_all(begin.as_bytes()).unwrap();
        (0..70).for_each(|_| {
            zip.write_all(&vec![if begin.contains('"') { b'\n' } else { b'1' }; 1 << 20]).unwrap()
        });
        assert_eq!(
            load_as("d.csv.gz", &zip.finish().unwrap(), &LoadOptions::default()).unwrap_err(),
            "d.csv.gz: cannot be read: a row of it is longer than 64 MiB; end rows with newlines"
        );
    }
}
