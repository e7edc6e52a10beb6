//! Tables in whatever way they are written have the same columns, rows and numbers.

use crate::bench::Bench;
use crate::exports::{ROWS, clock, files, plain, table};

#[test]
fn a_table_is_the_same_in_whatever_way_it_is_written() {
    let bench = Bench::new();
    bench.write("plain.csv", table("a,b", |_, [a, b]| format!("{},{}", plain(a), plain(b))));
    bench.good("fit plain.csv --model gaussian --out plain.elbow");
    let scores = |told: String| {
        let score = |line: &str| line.split(',').nth(1).map(str::to_owned).filter(|score| !score.is_empty());
        told.lines().filter_map(score).collect::<Vec<_>>()
    };
    let expected = scores(bench.good("score plain.elbow plain.csv"));
    assert_eq!(expected.len(), ROWS + 1);
    for (name, text, flags) in files() {
        bench.write(name, text);
        let told = bench.json(&format!("fit {name} {flags} --model gaussian --out m.elbow"));
        assert_eq!(told["reading"]["columns"], serde_json::json!(["a", "b"]), "{name} {told}");
        assert_eq!(told["rows"], ROWS, "{name}");
        let skip = if flags == "--skip-broken" { flags } else { "" };
        assert_eq!(scores(bench.good(&format!("score m.elbow {name} {skip}"))), expected, "{name}");
    }
}

#[test]
fn what_is_packed_comes_back_in_the_way_it_was_written() {
    let bench = Bench::new();
    for (name, text, _) in files() {
        bench.write(name, &text);
        bench.good(&format!("fit {name} --model gaussian --missing drop --skip-broken --out m.elbow"));
        bench.good(&format!("compress m.elbow {name} m.packets --skip-broken"));
        bench.good("decompress m.elbow m.packets back.csv");
        let read = |file: &str| {
            let told = bench
                .json(&format!("fit {file} --model gaussian --missing drop --skip-broken --out n.elbow"));
            (told["rows"].clone(), told["reading"]["columns"].clone(), told["train_nats_per_row"].clone())
        };
        assert_eq!(read("back.csv"), read(name), "{name}");
    }
}

#[test]
fn units_are_packed_with_their_numbers_and_come_back() {
    let bench = Bench::new();
    let german = |hundredths: i64| plain(hundredths).replace('.', ",");
    let text = table("t;a;b;c;d", |i, [a, b]| {
        let odd = if i == 110 { "off".into() } else { format!("{} m/s2", plain(a)).replace('.', ",") };
        format!("{};{} °C;{}\u{a0}[hPa];€ {};{odd}", clock(i), german(a), german(b), german(a))
    });
    bench.write("u.csv", &text);
    bench.good("fit u.csv --model gaussian --skip-broken --out m.elbow");
    let told = bench.json("compress m.elbow u.csv u.packets");
    assert_eq!((&told["columns"], &told["escaped"]), (&4.into(), &1.into()), "{told}");
    bench.good("decompress m.elbow u.packets back.csv");
    assert_eq!(String::from_utf8(bench.read("back.csv")).unwrap(), text);
}

#[test]
fn times_with_months_by_name_end_windows() {
    let bench = Bench::new();
    let month = |i: usize| if i < 60 { "Feb" } else { "Mar" };
    bench.write(
        "m.csv",
        table("when,a,b", |i, [a, b]| {
            format!("\"{} 1, 2024 {}\",{},{}", month(i), clock(i), plain(a), plain(b))
        }),
    );
    let fit = "fit m.csv --model gaussian --window 7 --hop 1 --out m.elbow";
    // 120 − 6 windows, and without those across the change of months 6 fewer
    for (flags, windows) in
        [("", 114), ("--time when --gap 10m", 108), ("--time when --until 2024-02-28", 54)]
    {
        assert_eq!(bench.json(&format!("{fit} {flags}"))["rows"], windows, "{flags}");
    }
}

#[test]
fn names_that_are_there_twice_are_told_apart() {
    let bench = Bench::new();
    bench.write(
        "d.csv",
        table("a,a,a.1,b", |i, [a, b]| format!("{},{},{},{}", plain(a), plain(b), i % 7, i % 5)),
    );
    let told = bench.run("fit d.csv --auto --out m.elbow");
    assert!(told.stderr.contains("the column `a` is there twice: one is called `a.2` here"), "{told:?}");
    assert_eq!(bench.json("inspect m.elbow")["columns"], serde_json::json!(["a", "a.2", "a.1", "b"]));
    bench.good("score m.elbow d.csv");
    bench.write("d.csv", table("0,1,2", |i, [a, b]| format!("{},{},{}", plain(a), plain(b), i % 7)));
    let told = bench.json("fit d.csv --auto --out m.elbow");
    assert_eq!(
        (&told["rows"], &told["reading"]["columns"]),
        (&ROWS.into(), &serde_json::json!(["0", "1", "2"]))
    );
}

#[test]
fn rows_that_cannot_be_read_are_counted() {
    let bench = Bench::new();
    let (_, text, _) = files().into_iter().find(|(name, ..)| *name == "words.csv").unwrap();
    bench.write("words.csv", text);
    bench.refuses(
        "fit words.csv --auto --out m.elbow",
        &["row 121 (line 122), column `a`: `Bad`", "--skip-broken"],
    );
    let told = bench.json("fit words.csv --auto --skip-broken --out m.elbow");
    assert_eq!(told["reading"]["rows_broken"], 3);
    bench.refuses("eval m.elbow words.csv", &["--skip-broken"]);
    let told = bench.run("score m.elbow words.csv --skip-broken");
    assert!(
        told.stderr.contains("3 of 123 rows cannot be read and are left out; the first: row 121"),
        "{told:?}"
    );
    assert_eq!(told.stdout.lines().count(), 124);
    bench.write("all.csv", "a,b\nx,1\n");
    bench.refuses("eval m.elbow all.csv --skip-broken", &["none of its rows can be read; the first: row 1"]);
}

#[test]
fn units_that_change_are_refused() {
    let bench = Bench::new();
    let unit = |row: usize| if row == 110 { "mV" } else { "V" };
    bench.write("d.csv", table("a,b", |i, [a, b]| format!("{} {},{}", plain(a), unit(i), plain(b))));
    let said = ["row 111 (line 112), column `a`: `", " mV` is not written with `V`", "--skip-broken"];
    bench.refuses("fit d.csv --auto --out m.elbow", &said);
}

#[test]
fn what_is_no_text_is_called_by_its_name() {
    let bench = Bench::new();
    for (bytes, what) in [
        (&b"PK\x03\x04\x14\0\x06\0"[..], "a ZIP archive, such as .xlsx"),
        (b"<!DOCTYPE html>\n<html><body>404</body></html>\n", "HTML or XML"),
        (b"{\"a\": 1, \"b\": 2}\n{\"a\": 3, \"b\": 4}\n", "JSON"),
        (b"PAR1\0\0\0\0", "a Parquet table, which is called .parquet"),
        (b"SQLite format 3\0", "an SQLite database"),
    ] {
        bench.write("d.csv", bytes);
        bench.refuses("fit d.csv --auto --out m.elbow", &[&format!("d.csv: is {what}"), "save it as CSV"]);
    }
}

#[test]
fn columns_none_of_which_is_a_number_are_named() {
    let bench = Bench::new();
    bench.write(
        "d.csv",
        table("time,state", |i, _| format!("2024-03-01 {},{}", clock(i), ["on", "off", "idle"][i % 3])),
    );
    bench.refuses(
        "fit d.csv --auto --out m.elbow",
        &["nothing is left to fit: `time` (times), `state` (words, and the model is of numbers)"],
    );
    bench.good("fit d.csv --epochs 2 --out m.elbow");
}
