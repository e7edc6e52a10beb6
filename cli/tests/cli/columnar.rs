//! Parquet and Arrow, as pandas and Polars wrote them: the numbers of the CSV files that they were made of.
//!
//! `fh2_iot_day1.parquet` and `.feather` are pandas 3.1's `to_parquet` and `to_feather` (with times as such
//! and `state` as a category), `fh1_labels_missing.parquet` Polars 2.1's `write_parquet`, `fh4_fit.arrow` and
//! `.arrows` its `write_ipc` and `write_ipc_stream`.

use crate::bench::Bench;

const TABLES: [(&str, &str, &str); 5] = [
    ("fh2_iot_day1.csv", "fh2_iot_day1.parquet", ""),
    ("fh2_iot_day1.csv", "fh2_iot_day1.feather", ""),
    ("fh1_labels_missing.csv", "fh1_labels_missing.parquet", "--missing drop"),
    ("fh4_fit.csv", "fh4_fit.arrow", "--labels anomaly"),
    ("fh4_fit.csv", "fh4_fit.arrows", "--labels anomaly"),
];

#[cfg(feature = "arrow")]
#[test]
fn a_table_is_fitted_and_scored_as_its_text_is() {
    let bench = Bench::new();
    for (text, table, flags) in TABLES {
        bench.case(text);
        bench.case(table);
        for model in ["--auto", "--epochs 3"] {
            let fit = |file: &str, out: &str| {
                let told = bench.json(&format!("fit {file} {flags} {model} --false-alarm 0.05 --out {out}"));
                (told["reading"]["columns"].clone(), told["reading"]["left_out"].clone(), bench.read(out))
            };
            let (of_text, of_table) = (fit(text, "m.elbow"), fit(table, "m.elbow"));
            assert!(of_text == of_table, "{table} {model}: {:?}, not {:?}", of_table.1, of_text.1);
            for line in ["score m.elbow FILE --why 2 --alarm 3/5", "eval m.elbow FILE --samples 8"] {
                let told = |file: &str| {
                    let told = bench.good(&line.replace("FILE", file));
                    told.lines().filter(|line| !line.starts_with("time ")).collect::<Vec<_>>().join("\n")
                };
                assert_eq!(told(table), told(text), "{table} {line}");
            }
        }
    }
    let told = bench.good("score m.elbow fh4_fit.arrow --keep datetime");
    assert!(told.lines().nth(1).is_some_and(|line| line.starts_with("1,2024-03-09 14:00:00,")), "{told}");
}

#[cfg(feature = "arrow")]
#[test]
fn what_a_table_is_not_taken_for_is_named() {
    let bench = Bench::new();
    bench.case("fh2_iot_day1.parquet");
    let fit = "fit fh2_iot_day1.parquet --out m.elbow";
    bench.refuses(
        &format!("{fit} --columns temp_c,time"),
        &["row 1, column `time`: `2024-03-01T00:00:00Z` is not a number"],
    );
    bench.refuses(
        &format!("{fit} --labels fault"),
        &["has no column `fault`; choose among `time`, `device_id`"],
    );
    bench.good(&format!("{fit} --auto"));
    bench.refuses("compress m.elbow fh2_iot_day1.parquet m.packets", &["convert it to one of them"]);
    bench.write("broken.parquet", &bench.read("fh2_iot_day1.parquet")[..900]);
    bench.refuses("fit broken.parquet --auto", &["broken.parquet: is not a sound Parquet file"]);
    bench.write("text.parquet", "a,b\n1,2\n");
    bench.refuses("fit text.parquet --auto", &["is not a sound Parquet or Arrow file: it begins as neither"]);
}

#[cfg(not(feature = "arrow"))]
#[test]
fn a_program_without_them_says_how_to_build_one_with_them() {
    let bench = Bench::new();
    for (_, table, flags) in TABLES {
        bench.case(table);
        bench.refuses(
            &format!("fit {table} {flags} --auto --out m.elbow"),
            &["is a table of Parquet or Arrow", "build it with `--features arrow`", "write the table as CSV"],
        );
    }
}
