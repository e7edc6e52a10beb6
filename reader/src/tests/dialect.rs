//! Text as spreadsheets, loggers, data frames and instruments write it.

use super::*;
use crate::{Recognise, Report, TextOptions, load_reported};

/// Writes a file of this name and loads it. A failure is given as its sentence.
fn reported(name: &str, bytes: &[u8], options: &LoadOptions) -> Result<(Dataset, Report), String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join(name);
    fs::write(&path, bytes).expect("a temporary file");
    load_reported(&path, options).map_err(|error| error.problem.to_string())
}

/// What a fit asks for.
fn as_fit(text: TextOptions) -> LoadOptions {
    LoadOptions { recognise: Recognise::Kinds { words: true }, text, ..LoadOptions::default() }
}

/// Loads as a fit does, and gives columns, values, and what was told of the dialect.
fn fitted(name: &str, bytes: &[u8], text: TextOptions) -> Result<(Vec<String>, Vec<f32>, String), String> {
    let (data, report) = reported(name, bytes, &as_fit(text))?;
    Ok((data.columns, data.values, report.dialect.unwrap_or_default()))
}

fn read(text: &str) -> (Vec<String>, Vec<f32>, String) {
    fitted("d.csv", text.as_bytes(), TextOptions::default()).unwrap()
}

#[test]
fn finds_out_what_parts_cells_and_what_commas_mean() {
    for (text, columns, values, told) in [
        ("a\tb\n1\t2.5\n3\t4\n", "a b", vec![1.0, 2.5, 3.0, 4.0], "tabs between cells"),
        ("a|b\n1|2.5\n3|4\n", "a b", vec![1.0, 2.5, 3.0, 4.0], "`|` between cells"),
        ("  a  b\n1.5   2\n 3 4.5\n", "a b", vec![1.5, 2.0, 3.0, 4.5], "spaces between cells"),
        (
            "a;b\n20,5;1015,00\n2;3,25\n",
            "a b",
            vec![20.5, 1015.0, 2.0, 3.25],
            "`;` between cells, decimal commas",
        ),
        (
            "a;b\n1.013,25;2\n1.014,5;3\n",
            "a b",
            vec![1013.25, 2.0, 1014.5, 3.0],
            "`;` between cells, decimal commas",
        ),
        ("a;b\n1,000;2\n1,250;3\n", "a b", vec![1.0, 2.0, 1.25, 3.0], "`;` between cells, decimal commas"),
        ("temp (C, raw);hum\n1;2\n3;4\n", "temp (C, raw) hum", vec![1.0, 2.0, 3.0, 4.0], "`;` between cells"),
        (
            "sep=;\na;b\n1;2\n3;4\n",
            "a b",
            vec![1.0, 2.0, 3.0, 4.0],
            "`;` between cells, the first line passed over",
        ),
        (
            "a,b\n\"1,013.5\",2\n\"2,000.25\",3\n",
            "a b",
            vec![1013.5, 2.0, 2000.25, 3.0],
            "commas between thousands",
        ),
        ("value\n1,5\n-2,25\n", "value", vec![1.5, -2.25], "`;` between cells, decimal commas"),
        (
            "Logger X1,serial 1\nStart,2024\n\na,b,c\n1,2,3.5\n4,5,6\n7,8,9\n",
            "a b c",
            vec![1.0, 2.0, 3.5, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0],
            "the first 3 lines passed over",
        ),
        (
            "# of the plant\n# second\na,b\n1,2.5\n# a pause\n3,4\n",
            "a b",
            vec![1.0, 2.5, 3.0, 4.0],
            "the first 2 lines passed over",
        ),
        (
            "# a,b\n1.5,2\n3,4\n",
            "a b",
            vec![1.5, 2.0, 3.0, 4.0],
            "the first line passed over, the header in a comment",
        ),
        ("a,b,\n1,2,\n3,4.5,\n", "a b", vec![1.0, 2.0, 3.0, 4.5], ""),
        ("a,b\n1,2,\n3,4.5,\n", "a b", vec![1.0, 2.0, 3.0, 4.5], ""),
        ("a,b,\n1,2\n3,4.5\n", "a b", vec![1.0, 2.0, 3.0, 4.5], ""),
    ] {
        let (found, numbers, dialect) = read(text);
        assert_eq!(
            (found.join(" ").as_str(), numbers, dialect.as_str()),
            (columns, values, told),
            "{text:?}"
        );
    }
}

#[test]
fn leaves_out_the_index_of_a_data_frame() {
    let rows: String = (0..20).map(|row| format!("{row},{}.5\n", row * 7 % 5)).collect();
    for header in [",a\n", "Unnamed: 0,a\n", "a\n"] {
        let (columns, values, _) = read(&(header.to_owned() + &rows));
        assert_eq!((columns, values.len()), (owned(&["a"]), 20), "{header:?}");
    }
}

#[test]
fn asks_which_it_is_where_a_comma_may_be_two_things() {
    let text = "a,b\n900,\"1,000\"\n925.5,\"1,013\"\n";
    let with = |decimal| TextOptions { decimal: Some(decimal), ..TextOptions::default() };
    assert_eq!(
        fitted("d.csv", text.as_bytes(), TextOptions::default()).unwrap_err(),
        "row 1 (line 2), column `b`: the comma of `1,000` has two meanings; give --decimal , where it stands \
         before a fraction, --decimal . where it parts thousands"
    );
    assert_eq!(fitted("d.csv", text.as_bytes(), with(b'.')).unwrap().1, [900.0, 1000.0, 925.5, 1013.0]);
    let text = text.replace("925.5", "925");
    assert_eq!(fitted("d.csv", text.as_bytes(), with(b',')).unwrap().1, [900.0, 1.0, 925.0, 1.013]);
}

#[test]
fn takes_the_users_word_for_delimiter_and_header() {
    let text = TextOptions { header: Some(false), ..TextOptions::default() };
    let (columns, values, _) = fitted("d.csv", b"1.5,2\n3,4\n", text).unwrap();
    assert_eq!((columns, values), (owned(&["x0", "x1"]), vec![1.5, 2.0, 3.0, 4.0]));
    let text = TextOptions { delimiter: Some(b':'), ..TextOptions::default() };
    assert_eq!(fitted("d.txt", b"a:b\n1:2\n", text).unwrap().1, [1.0, 2.0]);
    assert_eq!(fitted("d.tsv", b"a\tb\n1\t2\n", TextOptions::default()).unwrap().1, [1.0, 2.0]);
}

#[test]
fn a_line_that_names_a_delimiter_is_not_obeyed_blindly() {
    // an escape is shown as text
    let (_, values, told) = read("sep=\u{1b}\na\u{1b}b\n1\u{1b}2\n");
    let shown = "`\\u{1b}` between cells, the first line passed over";
    assert_eq!((values, told.as_str()), (vec![1.0, 2.0], shown));
    // what names and numbers have in them parts nothing
    for sign in ['a', '1', '.', '"'] {
        let (_, values, told) = read(&format!("sep={sign}\na,b\n1,2.5\n3,4\n"));
        assert_eq!(
            (values, told.as_str()),
            (vec![1.0, 2.5, 3.0, 4.0], "the first line passed over"),
            "{sign}"
        );
    }
}

#[test]
fn reads_utf_16_and_latin_1() {
    let text = "x m/s²,x m/s³\n1,2.5\n3,4\n";
    let columns = owned(&["x m/s²", "x m/s³"]);
    let latin: Vec<u8> = text.chars().map(|letter| letter as u8).collect();
    let wide = |unit: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(unit).collect::<Vec<u8>>();
    let (little, big) = (wide(u16::to_le_bytes), wide(u16::to_be_bytes));
    let marked = [&[0xff, 0xfe][..], &little].concat();
    for bytes in [text.as_bytes(), &latin, &little, &big, &marked] {
        let (found, values, _) = fitted("d.csv", bytes, TextOptions::default()).unwrap();
        assert_eq!((found, values), (columns.clone(), vec![1.0, 2.5, 3.0, 4.0]));
    }
}

#[test]
fn passes_over_units_below_the_header_and_says_so() {
    let note = |units: &str| format!("a row below the header is passed over as units: {units}");
    for (text, rows, notes) in [
        ("Logger X1,9\n\na,b\ns,%\n1,2.5\n3,4\n5,6\n", 3, vec![note("`s`, `%`")]),
        ("a,b\n\"\",C\nAvg,Max\n1,2\n", 1, vec![note("``, `C`"), note("`Avg`, `Max`")]),
        ("a;b\n-;m/s\n# later\n1,5;2\n", 1, vec![note("`-`, `m/s`")]),
    ] {
        let (data, report) = reported("d.csv", text.as_bytes(), &as_fit(TextOptions::default())).unwrap();
        assert_eq!((data.rows, data.columns.len(), &report.notes), (rows, 2, &notes), "{text:?}");
        let as_scored = LoadOptions { columns: Some(owned(&["a", "b"])), ..LoadOptions::default() };
        let (data, report) = reported("d.csv", text.as_bytes(), &as_scored).unwrap();
        assert_eq!((data.rows, report.notes), (rows, notes), "{text:?}");
    }
    // a number among the words, words over words, words that nothing follows, gaps alone
    for text in ["a,b\nx,2\n3,4\n", "w,a\non,err\noff,1\n", "a,b\nx,y\n", "a,b\n-,\n1,2\n"] {
        let found = load_as("d.csv", text.as_bytes(), &LoadOptions::default());
        assert!(found.clone().is_err_and(|told| told.contains("row 1 (line 2)")), "{text:?} {found:?}");
    }
}

#[test]
fn counts_lines_from_the_first_of_the_file() {
    let text = "made,by,a logger,X\n\na,b\n1,2\n3,4\n5,x6\n7,8\n";
    let refused = fitted("d.csv", text.as_bytes(), TextOptions::default()).unwrap_err();
    assert!(refused.starts_with("row 3 (line 6), column `b`: `x6` is not a number"), "{refused}");
}

#[test]
fn names_of_groups_stand_above_those_of_sensors() {
    let (columns, values, _) = read("plant,plant,room\nflow,pressure,temp\n1,2,3\n4,5,6\n");
    assert_eq!(columns, ["plant flow", "plant pressure", "room temp"]);
    assert_eq!(values, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    let (columns, ..) = read("A,,B\nflow,pressure,temp\n1,2,3\n4,5,6\n");
    assert_eq!(columns, ["A flow", "pressure", "B temp"]);
    // units do not tell two columns of a name apart
    let (columns, ..) = read("t,t\n°C,°C\n1,2\n4,5\n");
    assert_eq!(columns, ["t", "t.1"]);
}

#[test]
fn units_may_stand_in_brackets_and_another_unit_is_refused_where_it_stands() {
    let (_, values, _) = read("a,b\n1.5 [V],2 (bar)\n2.5 [V],3 (bar)\n");
    assert_eq!(read("a,b\n1.5\u{a0}%,2\n2.5\u{a0}%,3\n").1, [1.5, 2.0, 2.5, 3.0]);
    assert_eq!(values, [1.5, 2.0, 2.5, 3.0]);
    let refused = |text: &str| fitted("d.csv", text.as_bytes(), TextOptions::default()).unwrap_err();
    let bare = refused("a,b\n1,13.1\n2,13.2 V\n3,13.3 V\n4,13.4 V\n");
    assert!(bare.starts_with("row 1 (line 2), column `b`: `13.1` is not written with `V`"), "{bare}");
    let other = refused("a,b\n1,13 V\n2,14 V\n3,15 mV\n4,16 V\n");
    assert!(other.starts_with("row 3 (line 4), column `b`: `15 mV` is not written with `V`"), "{other}");
}

#[test]
fn letters_that_nobody_can_know_are_said() {
    let noted = |header: &[u8]| {
        let text = [header, b",b\n1,2\n3,5\n"].concat();
        reported("d.csv", &text, &as_fit(TextOptions::default())).unwrap().1.notes
    };
    let notes = noted(b"\xf0\xe0\xf1\xf5\xee\xe4");
    assert!(notes[0].starts_with("the name `ðàñõîä` is not UTF-8 and is read as Windows-1252"), "{notes:?}");
    assert_eq!(noted(b"acc m/s\xb2"), [""; 0]);
}

#[test]
fn text_may_have_other_endings_and_what_is_none_is_called_by_its_name() {
    for name in ["d.dat", "d.data", "d.log", "d.asc", "d.prn.gz"] {
        let (_, values, _) = fitted(name, b"a b\n1 2\n3 5\n", TextOptions::default()).unwrap();
        assert_eq!(values, [1.0, 2.0, 3.0, 5.0], "{name}");
    }
    let refused = fitted("d.xlsx", b"PK\x03\x04 and more", TextOptions::default()).unwrap_err();
    assert!(refused.starts_with("is a ZIP archive, such as .xlsx or .npz"), "{refused}");
}
