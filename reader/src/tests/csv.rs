use std::io::Write;

use super::*;

#[test]
fn reads_columns_in_file_order_or_in_the_order_asked_for() {
    let text = "a,b,c\n1,2.5,-3e2\n 4 ,+5,.5\n";
    let data = csv(text).unwrap();
    assert_eq!((data.rows, data.dims, &data.columns), (2, 3, &owned(&["a", "b", "c"])));
    assert_eq!(data.values, [1.0, 2.5, -300.0, 4.0, 5.0, 0.5]);
    assert_eq!((data.labels, data.source_rows), (None, vec![0, 1]));

    let options = LoadOptions { columns: Some(owned(&["c", "a"])), ..Default::default() };
    let data = csv_with(text, &options).unwrap();
    assert_eq!((data.columns, data.values), (owned(&["c", "a"]), vec![-300.0, 1.0, 0.5, 4.0]));
}

#[test]
fn accepts_what_spreadsheets_and_windows_write() {
    let data = csv("\u{feff}\"a, b\";\"c\"\r\n1;2\r\n\r\n3;4\r\n").unwrap();
    assert_eq!((data.columns, data.values), (owned(&["a, b", "c"]), vec![1.0, 2.0, 3.0, 4.0]));
    assert_eq!(csv("only\n1\n2").unwrap().values, [1.0, 2.0]);
    assert_eq!(csv("\"flow\nl/s\",\u{1b}b\n1,2\n").unwrap().columns, owned(&["flow l/s", "b"]));
}

#[test]
fn reads_gzip_whatever_the_name_says() {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(b"a,b\n1,2\n").unwrap();
    let gzip = gzip.finish().unwrap();
    let options = LoadOptions::default();
    for name in ["d.csv.gz", "d.CSV.GZ", "d.csv"] {
        assert_eq!(load_as(name, &gzip, &options).unwrap().values, [1.0, 2.0]);
    }
    assert_eq!(load_as("d.csv.gz", b"a,b\n1,2\n", &options).unwrap().values, [1.0, 2.0]);
    let cut = load_as("d.csv.gz", &gzip[..gzip.len() - 9], &options).unwrap_err();
    assert!(cut.starts_with("d.csv.gz: cannot be read: "), "{cut}");
}

#[test]
fn drops_columns_unread() {
    let options = LoadOptions { drop: owned(&["when"]), ..Default::default() };
    assert_eq!(csv_with("when,a\n2020-03-09 10:14:33,1\n,2\n", &options).unwrap().values, [1.0, 2.0]);
}

#[test]
fn names_the_row_the_line_and_the_column_at_fault() {
    for (cell, fault) in [
        (
            "x",
            "`x` is not a number; correct it, leave such rows out with --skip-broken, drop the column with \
             --drop 'b', or fit its words as a \
             category with --categorical 'b'",
        ),
        (
            "1 2",
            "`1 2` is not a number; correct it, leave such rows out with --skip-broken, drop the column with \
             --drop 'b', or fit its words as a \
             category with --categorical 'b'",
        ),
        ("", "the value is missing; fill it in or remove the row"),
        ("N/A", "the value is missing; fill it in or remove the row"),
        ("NaN", "`NaN` is not a finite number; fill it in or remove the row"),
        ("-inf", "`-inf` is not a finite number; fill it in, or leave such rows out with --skip-broken"),
        ("1e39", "`1e39` is beyond ±3.4e38, the range of a 32-bit float; rescale the column, or leave"),
        (
            "\u{1b}[2J",
            "`\\u{1b}[2J` is not a number; correct it, leave such rows out with --skip-broken, drop the \
             column with --drop 'b', or fit its words as \
             a category with --categorical 'b'",
        ),
    ] {
        // A blank line counts as a line, not as a row; a quoted line break ends a line, not a row.
        for end in ["\n", "\r\n"] {
            let text = ["a,b", "1,2", "\"2\n\",3", "", &format!("4,{cell}"), "5,6"].join(end);
            let said = csv(&text).unwrap_err();
            assert!(said.starts_with(&format!("d.csv: row 3 (line 6), column `b`: {fault}")), "{said}");
            let text = ["a,b", &format!("1,{cell}")].join(end);
            let said = csv(&text).unwrap_err();
            assert!(said.starts_with(&format!("d.csv: row 1 (line 2), column `b`: {fault}")), "{said}");
        }
    }
    let long = csv(&format!("a\n{}\n", "z".repeat(1000))).unwrap_err();
    assert!(long.contains(&format!("`{}…`", "z".repeat(40))), "{long}");
    assert_eq!(csv("a\n3.4028235e38\n-3.4028235e38\n").unwrap().values, [f32::MAX, f32::MIN]);
}

#[test]
fn refuses_files_of_the_wrong_form() {
    for (text, problem) in [
        ("", "is empty; a line of column names and rows of numbers are needed"),
        ("\n\n", "is empty; a line of column names and rows of numbers are needed"),
        ("a,b\n", "holds no data rows; at least one is needed"),
        (
            "1,2\n3,4\n",
            "has no header: its first line holds numbers only; --no-header reads it as a row and calls the \
             columns x0, x1, …, or put a line of column names above it",
        ),
        ("a,,c\n1,2,3\n", "column 2 has no name in the header; name it or remove the column"),
        ("a,b,a\n1,2,3\n", "the column `a` is named twice; each name may stand only once"),
        (
            "a,b\n1,2\n3\n",
            "row 2 (line 3): the number of cells is 1 and the header's is 2; make them agree, or leave such \
             rows out with --skip-broken",
        ),
        (
            "a,b\n1,2,3\n",
            "row 1 (line 2): the number of cells is 3 and the header's is 2; make them agree, or leave such \
             rows out with --skip-broken",
        ),
        ("label\n0\n", "no feature is left: every column is dropped or holds labels; drop fewer columns"),
    ] {
        assert_eq!(csv(text).unwrap_err(), format!("d.csv: {problem}"), "{text:?}");
    }
}

#[test]
fn refuses_columns_that_do_not_exist_or_hold_labels() {
    let refused = |options: LoadOptions| csv_with("a,b,label\n1,2,0\n", &options).unwrap_err();
    let missing = "d.csv: has no column `z`; choose among `a`, `b`, `label`";
    assert_eq!(refused(LoadOptions { labels: Some("z".into()), ..Default::default() }), missing);
    assert_eq!(refused(LoadOptions { columns: Some(owned(&["a", "z"])), ..Default::default() }), missing);
    assert_eq!(refused(LoadOptions { drop: owned(&["z"]), ..Default::default() }), missing);
    assert_eq!(
        refused(LoadOptions { columns: Some(owned(&["a", "label"])), ..Default::default() }),
        "d.csv: the column `label` holds labels and cannot be a feature; leave it out of the columns"
    );
    assert_eq!(
        refused(LoadOptions { columns: Some(owned(&["a", "a"])), ..Default::default() }),
        "d.csv: the column `a` is named twice; each name may stand only once"
    );
    let many = csv_with(
        &format!("{}\n", (0..100).map(|c| format!("c{c}")).collect::<Vec<_>>().join(",")),
        &LoadOptions { drop: owned(&["z"]), ..Default::default() },
    );
    assert!(many.unwrap_err().ends_with("`c14`, `c15`, … (100 in all)"));
}

#[test]
fn names_a_path_that_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["none.csv", "none.npz", "none.npy", "none-idx3-ubyte", "."] {
        let path = folder.path().join(name);
        let error = load(&path, &LoadOptions::default()).unwrap_err().to_string();
        assert!(error.starts_with(&format!("{}: cannot be read: ", path.display())), "{error}");
    }
}

#[test]
fn survives_any_bytes() {
    use rand_core::Rng;
    let mut rng = rand_pcg::Pcg32::new(1, 1);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("d.csv");
    let sound = b"a,b,label\n1,2.5,normal\n\"3\",4,storm\n";
    for _ in 0..2000 {
        let mut bytes = sound.to_vec();
        for _ in 0..3 {
            let at = rng.next_u32() as usize % bytes.len();
            bytes[at] = b",;\"\n\r\0\xff\x1b9e-"[rng.next_u32() as usize % 11];
        }
        fs::write(&path, bytes).unwrap();
        if let Ok(data) = load(&path, &LoadOptions::default()) {
            assert!(data.values.iter().all(|value| value.is_finite()));
            assert_eq!(data.values.len(), data.rows * data.columns.len());
        }
    }
}
