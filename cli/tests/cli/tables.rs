//! Tables as people have them: each is fitted with at most two flags, packed, and comes back cell by cell.
//!
//! | files of `tests/cases` | what is odd | held by |
//! |---|---|---|
//! | `c01`, `fh1` | missing cells | `cases`, here |
//! | `c02` | an index without a name | here |
//! | `c03_*` | labels under other names | `cases`, here |
//! | `c04`, `c05`, `c17`, `c30` | tight regimes, ties, far values, heavy tails | here |
//! | `c06`, `c18`, `c29` | wide, constant columns | `first_use`, `limits`, here |
//! | `c07`, `c08` | a byte-order mark and CRLF, Latin-1 | here |
//! | `c09_*` | decimal commas, thousands, trailing commas | here |
//! | `c10`, `c11` | times as text and as numbers | `cases`, here |
//! | `c12_*` | dialects | `cases`, here |
//! | `c13` | numbers in other spellings | here |
//! | `c16`, `c25` | rows that were fitted, windows | here |
//! | `c19` | counters | `cases`, here |
//! | `c21_*` | labels in other words | here |
//! | `c22_*`, `c28` | digits, outliers, exponents | here; arrays in the reader's tests |
//! | `c24_*` | states | `cases`, here |
//! | `fh1` to `fh4` | first-hour files | `cases`, here |
//! | `n_*` | arrays of NumPy | the reader's tests |

use crate::bench::Bench;

const ALL: &str = "c02_pandas_index c03_Outlier c03_anomaly c03_class c03_is_anomaly c03_target c03_y \
    c04_offset c04_two_points c05_quantised c05_ties c05_ties_more c06_wide c06_wide_test c07_bom_crlf \
    c07_bom_crlf_labelfirst c08_latin1 c08_latin1_two c09_german c09_trailing c10_nab c11_epoch_ms \
    c11_epoch_ms_later c12_comment c12_preamble c12_semicolon_comma_in_header c12_sep_line c12_tabs \
    c13_words c16_fit_200x8 c17_far c17_fit c18_const c18_const_test c19_counter c19_counter_small \
    c21_NormalSpace c21_TF c21_float c21_good c21_inlier c21_ok c21_pm1 c21_yesno c22_big c22_decimals \
    c22_forms c22_jump c22_outlier c22_twelfth c22_ulp c24_codes_fit c24_codes_float c24_missing_state \
    c25_ar_fit c25_ar_new c28_exponents c29_const_fit c30_heavy fh2_iot_day1 fh2_iot_day2 fh2_iot_day3 \
    fh3_wide fh4_fit fh4_test";
const WITH_A_FLAG: [(&str, &str); 6] = [
    ("c01_missing", "--missing drop"),
    ("fh1_labels_missing", "--missing hold"),
    ("c09_thousands", "--decimal ."),
    ("c12_noheader", "--no-header"),
    ("c21_12", "--normal 1"),
    ("c21_two_normal_labels", "--normal idle,run"),
];

/// A file's text, without what some systems put before it and at the ends of its lines.
fn text(bytes: &[u8]) -> String {
    let utf8 = String::from_utf8(bytes.to_vec());
    let text = utf8.unwrap_or_else(|_| bytes.iter().map(|byte| char::from(*byte)).collect());
    let text = text.trim_start_matches('\u{feff}').replace('\r', "");
    text.trim_end().to_owned() + "\n"
}

/// Cells are the same, or the same number otherwise written.
fn assert_same(file: &str, before: &str, after: &str) {
    assert_eq!(before.lines().count(), after.lines().count(), "{file}");
    for (row, (one, other)) in before.lines().zip(after.lines()).enumerate() {
        let number = |cell: &str| cell.replace(['"', ','], "").parse::<f64>().ok();
        let cells = |line: &str| {
            let parted = if line.contains('"') { "\0" } else { "," };
            line.split(parted).map(str::to_owned).collect::<Vec<_>>()
        };
        let same = |(one, other): (&String, &String)| {
            one == other || number(one).is_some() && number(one) == number(other)
        };
        let (ones, others) = (cells(one), cells(other));
        let is_comment = one.trim_start_matches(['#', ' ']) == other.trim_start_matches(['#', ' ']);
        let are = ones.len() == others.len() && ones.iter().zip(&others).all(same) || is_comment;
        let unparted = |line: &str| {
            let cells = line.split('"').enumerate();
            cells.map(|(at, part)| if at % 2 == 1 { part.replace(',', "") } else { part.into() }).collect()
        };
        let (one_, other_): (String, String) = (unparted(one), unparted(other));
        assert!(are || one_ == other_, "{file}, line {}: {one}, not {other}", row + 1);
    }
}

#[test]
fn every_table_comes_back_cell_by_cell() {
    let bench = Bench::new();
    let files = ALL.split_whitespace().map(|file| (file, "")).chain(WITH_A_FLAG);
    for (file, flag) in files {
        let file = format!("{file}.csv");
        bench.case(&file);
        bench.good(&format!("fit {file} {flag} --model gaussian --out m.elbow"));
        bench.good(&format!("compress m.elbow {file} m.packets"));
        bench.good("decompress m.elbow m.packets back.csv");
        assert_same(&file, &text(&bench.read(&file)), &text(&bench.read("back.csv")));
        // and again from there, byte for byte
        bench.good("compress m.elbow back.csv again.packets");
        bench.good("decompress m.elbow again.packets again.csv");
        assert_same(&file, &text(&bench.read("back.csv")), &text(&bench.read("again.csv")));
    }
}

#[test]
fn a_broken_cell_costs_itself_and_not_the_file() {
    let bench = Bench::new();
    bench.case("c22_decimals.csv");
    let whole = text(&bench.read("c22_decimals.csv"));
    for fit in ["--auto", "--hidden 8 --latent gaussian:2 --epochs 3"] {
        bench.good(&format!("fit c22_decimals.csv {fit} --out m.elbow"));
        let size = |file: &str| {
            let told = bench.json(&format!("compress m.elbow {file} m.packets"));
            (told["bytes_out"].as_u64().unwrap(), told["escaped"].as_u64().unwrap())
        };
        let (sound, none) = size("c22_decimals.csv");
        for glitch in ["1e9", "-1e30", "NaN", "", "broken", "12.34567890123", "1e-300"] {
            let mut lines: Vec<String> = whole.lines().map(str::to_owned).collect();
            let (_, rest) = lines[40].split_once(',').expect("two columns");
            lines[40] = format!("{glitch},{rest}");
            bench.write("glitch.csv", lines.join("\n") + "\n");
            let (bytes, escaped) = size("glitch.csv");
            assert!(bytes <= sound + 60 && escaped <= none + 1, "{glitch}: {bytes}, not {sound}");
            bench.good("decompress m.elbow m.packets back.csv");
            assert_eq!(text(&bench.read("glitch.csv")), text(&bench.read("back.csv")), "{glitch}");
        }
    }
}

#[test]
fn labels_are_read_in_the_words_that_people_write() {
    let bench = Bench::new();
    let plain = "NormalSpace TF float good inlier ok pm1 yesno".split(' ').map(|file| (file, ""));
    for (file, flag) in plain.chain([("12", "--normal 1"), ("two_normal_labels", "--normal idle,run")]) {
        let anomalous = if file == "two_normal_labels" { 30 } else { 10 };
        let file = format!("c21_{file}.csv");
        bench.case(&file);
        let told = bench.json(&format!("fit {file} {flag} --model gaussian --out m.elbow"));
        assert_eq!(
            (told["rows"].as_u64(), told["anomalous_rows"].as_u64()),
            (Some(90), Some(anomalous)),
            "{file} {told}"
        );
    }
    bench.refuses("fit c21_12.csv --auto --out m.elbow", &["`2`, `1`", "--normal"]);
    bench.case("c21_missing.csv");
    bench.refuses("fit c21_missing.csv --auto --out m.elbow", &["row 1", "`label`", "missing"]);
}

#[test]
fn encodings_dialects_and_dates_are_found_out() {
    let bench = Bench::new();
    for (file, columns, rows) in [
        ("c02_pandas_index", &["temp", "hum", "volt"][..], 200),
        ("c07_bom_crlf", &["temp", "hum"], 190),
        ("c07_bom_crlf_labelfirst", &["temp", "hum"], 190),
        ("c08_latin1", &["acc m/s²", "temp °C"], 192),
        ("c09_german", &["Temperatur", "Druck"], 240),
        ("c09_trailing", &["a", "b", "c"], 100),
        ("c10_nab", &["value"], 300),
        ("c12_comment", &["temp", "hum"], 100),
        ("c12_sep_line", &["b"], 30),
        ("c12_tabs", &["a", "b", "c"], 100),
        ("c13_words", &["a", "b"], 60),
    ] {
        let file = format!("{file}.csv");
        bench.case(&file);
        let told = bench.json(&format!("fit {file} --model gaussian --out m.elbow"));
        assert_eq!(told["rows"], rows, "{file} {told}");
        assert_eq!(bench.json("inspect m.elbow")["columns"], serde_json::json!(columns), "{file}");
        // the same numbers in plain English text have the same scores
        assert!(bench.json(&format!("eval m.elbow {file}"))["nats_per_row"].is_number(), "{file}");
    }
    bench.case("c09_thousands.csv");
    bench.refuses("fit c09_thousands.csv --auto --out m.elbow", &["two meanings", "--decimal ."]);
    bench.case("c12_noheader.csv");
    bench.refuses("fit c12_noheader.csv --auto --out m.elbow", &["--no-header"]);
}
