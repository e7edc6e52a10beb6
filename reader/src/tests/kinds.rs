//! What columns are taken for, where nobody says.

use super::*;
use crate::{Reason, Recognise, load_reported};

const ROWS: usize = 240;

/// A number of a sensor.
fn sensor(row: usize) -> String {
    format!("{:.2}", 20.0 + ((row * row * 7 + 3 * row) % 61) as f32 * 0.03)
}

/// Why a column of these cells is left out beside a sensor, by a fit of a model of numbers.
fn reason(name: &str, cell: impl Fn(usize) -> String) -> Option<Reason> {
    let rows = (0..ROWS).map(|row| format!("{};{}\n", sensor(row), cell(row)));
    left_out(&format!("a;{name}\n{}", rows.collect::<String>())).into_iter().next().map(|(_, reason)| reason)
}

fn left_out(text: &str) -> Vec<(String, Reason)> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("d.csv");
    fs::write(&path, text).expect("a temporary file");
    let recognise = Recognise::Kinds { words: false };
    let (_, report) = load_reported(&path, &LoadOptions { recognise, ..LoadOptions::default() }).unwrap();
    report.left_out.into_iter().map(|left| (left.column, left.reason)).collect()
}

fn is_odd(row: usize) -> usize {
    usize::from(row % 29 == 5)
}

#[test]
fn two_values_under_names_of_labels_in_many_languages_are_labels() {
    for name in [
        "fraud",
        "isFraud",
        "defect",
        "alarm",
        "Fehler",
        "Störung",
        "Anomalie",
        "anomalía",
        "ground_truth",
        "gt",
        "Pass/Fail",
        "broken",
        "error",
        "leak",
        "异常",
        "Machine failure",
        "y",
        "Ground Truth",
    ] {
        assert_eq!(reason(name, |row| is_odd(row).to_string()), Some(Reason::LooksLikeLabels), "{name}");
    }
    // what a machine does is a number of it
    for name in ["pump_on", "door", "light", "event", "valve 1", "normalized"] {
        assert_eq!(reason(name, |row| is_odd(row).to_string()), None, "{name}");
    }
    // nor are these flags
    assert_eq!(reason("error", |row| (row % 7).to_string()), None);
    assert_eq!(reason("fault_count", |row| (row % 7).to_string()), None);
    assert_eq!(reason("target", |row| (18 + row % 3).to_string()), None);
}

#[test]
fn words_for_good_and_bad_are_labels_whatever_the_name() {
    for words in
        [["gut", "schlecht"], ["i.O.", "n.i.O."], ["PASS", "FAIL"], ["sain", "défaut"], ["正常", "坏"]]
    {
        assert_eq!(reason("x", |row| words[is_odd(row)].into()), Some(Reason::LooksLikeLabels), "{words:?}");
    }
    let status = |words: [&'static str; 3]| {
        reason("status", move |row| words[if is_odd(row) == 0 { 0 } else { 1 + row % 2 }].into())
    };
    assert_eq!(status(["NORMAL", "BROKEN", "RECOVERING"]), Some(Reason::LooksLikeLabels));
    assert_eq!(status(["normal", "eco", "turbo"]), Some(Reason::Words));
    assert_eq!(reason("valve", |row| ["no", "yes"][is_odd(row)].into()), Some(Reason::Words));
}

#[test]
fn kinds_of_faults_are_labels() {
    let kind = |row| if is_odd(row) == 0 { 0 } else { 1 + row % 3 };
    assert_eq!(reason("fault_type", |row| kind(row).to_string()), Some(Reason::LooksLikeLabels));
    let words = ["No Failure", "Heat", "Power", "Wear"];
    assert_eq!(reason("failure_type", |row| words[kind(row)].into()), Some(Reason::LooksLikeLabels));
    assert_eq!(reason("Class", |row| (1 + row % 7).to_string()), Some(Reason::LooksLikeLabels));
}

#[test]
fn parts_of_a_date_are_a_time_together_and_numbers_alone() {
    let rows = |row: usize| format!("{};2026;{};{};{}\n", sensor(row), 1 + row / 200, 1 + row / 24, row % 24);
    let text = format!("a;year;month;day;hour\n{}", (0..ROWS).map(rows).collect::<String>());
    let parts: Vec<String> = left_out(&text).into_iter().map(|(column, _)| column).collect();
    assert_eq!(parts, ["year", "month", "day", "hour"]);
    assert_eq!(reason("hour", |row| (row % 24).to_string()), None);
}

#[test]
fn counters_pause_and_begin_again() {
    let tenths = |tenths: usize| format!("{}.{}", tenths / 10, tenths % 10);
    assert_eq!(reason("x", |row| tenths(1234 + row / 3)), Some(Reason::Counter));
    assert_eq!(reason("energy_kWh", |row| tenths(row % 180 * 14)), Some(Reason::Counter));
    assert_eq!(reason("x", |row| tenths(row % 180 * 14)), None, "a tank fills and is emptied");
    assert_eq!(reason("total", sensor), None, "and what goes up and down is none");
}

#[test]
fn numbers_that_name_things_are_names() {
    assert_eq!(reason("machine_id", |row| (1 + row % 4).to_string()), Some(Reason::Id));
    assert_eq!(reason("serial_number", |_| "73519".into()), Some(Reason::Id));
    assert_eq!(reason("idle", |row| (row % 4).to_string()), None);
}

#[test]
fn dates_and_clocks_of_all_kinds_are_times() {
    let minute = |row: usize| format!("{:02}:{:02}", 14 + row / 60, row % 60);
    assert_eq!(reason("x", |row| format!("30 Nov 2026 {}", minute(row))), Some(Reason::Time));
    assert_eq!(reason("x", |row| format!("Nov-30-2026 {}", minute(row))), Some(Reason::Time));
    assert_eq!(reason("x", minute), Some(Reason::Time));
    assert_eq!(
        reason("x", |row| format!("202611301{:05}", 40_000 + row / 60 * 100 + row % 60)),
        Some(Reason::Time)
    );
}

#[test]
fn columns_of_arrays_are_looked_at_too() {
    let column = |at: usize, row: usize| match at {
        0 => row as f64,
        1 => 1_700_000_000.0 + 60.0 * row as f64,
        _ => f64::from((row * row * 7 % 61) as u32),
    };
    let bytes: Vec<u8> =
        (0..ROWS).flat_map(|row| (0..3).flat_map(move |at| column(at, row).to_le_bytes())).collect();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("d.npy");
    for (descr, shape, columns, first) in [
        ("<f8", "(240, 3)", ["x0", "x1", "x2"], Reason::Counter),
        ("[('id', '<f8'), ('at', '<f8'), ('load', '<f8')]", "(240,)", ["id", "at", "load"], Reason::Id),
    ] {
        fs::write(&path, npy(descr, false, shape, &bytes)).expect("a temporary file");
        let recognise = Recognise::Kinds { words: false };
        let (data, report) =
            load_reported(&path, &LoadOptions { recognise, ..LoadOptions::default() }).unwrap();
        let left: Vec<_> = report.left_out.iter().map(|left| (&*left.column, &left.reason)).collect();
        assert_eq!(left, [(columns[0], &first), (columns[1], &Reason::Time)]);
        assert_eq!((&data.columns[..], data.row(2)), (&owned(&columns[2..])[..], &[28.0][..]));
    }
}

/// What is said of a column `b` of these cells beside a sensor.
fn notes(options: &LoadOptions, cell: &dyn Fn(usize) -> String) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("d.csv");
    let rows = (0..ROWS).map(|row| format!("{};{}\n", sensor(row), cell(row)));
    fs::write(&path, format!("a;b\n{}", rows.collect::<String>())).expect("a temporary file");
    let options = LoadOptions { recognise: Recognise::Kinds { words: false }, ..options.clone() };
    load_reported(&path, &options).unwrap().1.notes
}

#[test]
fn what_is_missing_or_infinite_makes_no_column_of_an_array_strange() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("d.npy");
    let load = |odd: f64| {
        let at = |at: usize| if at == 40 { odd } else { f64::from((at * at * 7 % 61) as u32) };
        let bytes: Vec<u8> = (0..ROWS).flat_map(|i| at(i).to_le_bytes()).collect();
        fs::write(&path, npy("<f8", false, "(120, 2)", &bytes)).expect("a temporary file");
        let recognise = Recognise::Kinds { words: false };
        let options = LoadOptions { recognise, missing: crate::Missing::Drop, ..LoadOptions::default() };
        load_reported(&path, &options).map(|(data, _)| (data.rows, data.dims))
    };
    assert_eq!(load(f64::NAN).unwrap(), (119, 2));
    let said = load(f64::INFINITY).unwrap_err().to_string();
    assert!(said.contains("row 21, column `x0`: `inf` is not a finite number"), "{said}");
}

#[test]
fn numbers_that_stand_for_none_are_said() {
    let notes = |cell: &dyn Fn(usize) -> String| notes(&LoadOptions::default(), cell);
    for word in ["-999", "-9999.0", "65535", "-127"] {
        let notes = notes(&|row| if row % 40 == 9 { word.into() } else { sensor(row) });
        let number: f64 = word.parse().unwrap();
        assert!(notes[0].starts_with(&format!("`b` is {number} in 6 of the rows")), "{word} {notes:?}");
    }
    // a number among others, and flags
    assert_eq!(notes(&|row| format!("{}", 900 + row * 7 % 200)), [""; 0]);
    assert_eq!(notes(&|row| if row % 3 == 0 { "0".into() } else { "99".into() }), [""; 0]);
}

#[test]
fn pauses_that_windows_go_across_are_said() {
    let minute = |row: usize| if row < 100 { row } else { row + 600 };
    let time = |row: usize| format!("2024-03-01 {:02}:{:02}", minute(row) / 60, minute(row) % 60);
    let windows = LoadOptions { window: 8, ..LoadOptions::default() };
    assert_eq!(
        notes(&windows, &time),
        ["`b` goes on by 1m as a rule; steps far longer, 10h 1m at most, or backwards: 1. Windows go \
             across them: --time 'b' --gap 2m ends them there"]
    );
    assert_eq!(notes(&LoadOptions::default(), &time), [""; 0]);
    assert_eq!(notes(&windows, &|row| format!("{:02}:{:02}", row / 60, row % 60)), [""; 0]);
}

#[test]
fn sensors_below_each_other_are_said() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("d.csv");
    let noted = |minutes: usize| {
        let row = |row: usize| {
            let (minute, name) = (row / 2 * 2 + row % 2 * minutes, ["flow", "temp"][row % 2]);
            format!("2024-03-01 12:{minute:02},{name},{}\n", sensor(row))
        };
        let text = format!("time,sensor,value\n{}", (0..48).map(row).collect::<String>());
        fs::write(&path, text).expect("a temporary file");
        let recognise = Recognise::Kinds { words: false };
        load_reported(&path, &LoadOptions { recognise, ..LoadOptions::default() }).unwrap().1.notes
    };
    let notes = noted(0);
    assert!(notes[0].starts_with("each time of `time` stands in several rows, which `sensor`"), "{notes:?}");
    assert_eq!(noted(1), [""; 0], "a state of one");
}

#[test]
fn a_word_among_numbers_is_no_category_where_the_model_takes_none() {
    let text = (0..ROWS).map(|row| if row == 150 { "ten\n".into() } else { sensor(row) + "\n" });
    let text = "a\n".to_owned() + &text.collect::<String>();
    for (words, remedy) in [(true, "--categorical 'a'"), (false, "or the column with --drop 'a'")] {
        let recognise = Recognise::Kinds { words };
        let said = csv_with(&text, &LoadOptions { recognise, ..LoadOptions::default() }).unwrap_err();
        assert!(said.contains("row 151 (line 152), column `a`: `ten` is not a number"), "{said}");
        assert!(said.ends_with(remedy), "{said}");
    }
}
