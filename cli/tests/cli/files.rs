//! Several files, times and parts, as they are typed.

use crate::bench::{Bench, QUICK, later_csv};

/// A day of two readings with a time; `hour` leaps so many hours at the middle.
fn day(day: u32, hour: u32) -> String {
    let row = |i: u32| {
        let minutes = i + if i < 60 { 0 } else { 60 * hour };
        let (a, b) = (f64::from(i * 7 % 13) / 4.0, f64::from(i * 5 % 11) / 3.0);
        format!("2024-03-{day:02} {:02}:{:02},{a:.3},{b:.3}\n", minutes / 60, minutes % 60)
    };
    "time,a,b\n".to_owned() + &(0..120).map(row).collect::<String>()
}

#[test]
fn files_and_patterns_and_gaps() {
    let bench = Bench::new();
    bench.write("day1.csv", day(1, 0));
    bench.write("day2.csv", day(2, 3));
    let fit = bench.good(&format!(
        "fit day1.csv day2.csv --time time --gap 10m --window 4 --hop 1 --out m.elbow --json {QUICK}"
    ));
    // 117 windows of the first day, 57 on each side of the gap of the second
    assert!(has(&fit, "rows", 178) && has(&fit, "valid_rows", 23), "{fit}");
    let inspect = bench.good("inspect m.elbow");
    assert!(inspect.contains("no window across 10m"), "{inspect}");
    // the model remembers both
    let eval = bench.good("eval m.elbow day*.csv --json");
    assert!(has(&eval, "rows", 231), "{eval}");
    let eval = bench.good("eval m.elbow day2.csv --rows 1:30 --json");
    assert!(has(&eval, "rows", 27), "{eval}");
    let eval = bench.good("eval m.elbow day1.csv --until 2024-03-01T00:10 --json");
    assert!(has(&eval, "rows", 7), "{eval}");
    bench.good("calibrate m.elbow day1.csv day2.csv --false-alarm 0.1 --out c.elbow");
}

#[test]
fn what_does_not_agree_is_named() {
    let bench = Bench::new();
    bench.write("day1.csv", day(1, 0));
    bench.write("other.csv", day(1, 0).replace("time,a,b", "time,a,c"));
    let fit = format!("--time time --out m.elbow {QUICK}");
    bench.refuses(&format!("fit day1.csv other.csv {fit}"), &["other.csv", "has no column `b`"]);
    bench.refuses(&format!("fit night*.csv {fit}"), &["night*.csv", "matches no file"]);
    bench.refuses(&format!("fit day1.csv {fit} --gap soon"), &["soon", "10m"]);
    bench.refuses(&format!("fit day1.csv {fit} --rows 9:2"), &["9:2", "1:1000"]);
    bench.refuses(&format!("fit day1.csv {fit} --until 2023-01-01"), &["no row is left"]);
    bench.refuses(
        &format!("fit day1.csv --drop time --gap 1h --out m.elbow {QUICK}"),
        &["name it with --time"],
    );
    bench.refuses(&format!("fit day1.csv {fit} --max-memory 500"), &["--max-memory"]);
}

#[test]
fn standard_input_is_a_file() {
    let bench = Bench::with_model();
    let from_file = bench.good("score engine.elbow engine.csv");
    let input = std::fs::File::open(bench.path("engine.csv")).unwrap();
    let output = bench.command("score engine.elbow -").stdin(input).output().expect("elbow starts");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(String::from_utf8(output.stdout).unwrap(), from_file);
}

#[test]
fn the_model_of_standard_input_has_a_name_that_can_be_typed() {
    let bench = Bench::with_engine();
    let input = std::fs::File::open(bench.path("engine.csv")).unwrap();
    let output = bench.command(&format!("fit - {QUICK}")).stdin(input).output().expect("elbow starts");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    bench.good("inspect stdin.elbow");
}

#[test]
fn names_of_files_do_not_act_on_a_terminal() {
    let bench = Bench::with_model();
    bench.write("\u{1b}[31m\nday.csv", later_csv(40).replace("label", "more"));
    for line in [
        "eval engine.elbow *day.csv",
        "calibrate engine.elbow *day.csv --false-alarm 0.1 --out \u{1b}[31mday.elbow",
        "eval engine.elbow *day.csv --labels class",
        "score engine.elbow engine.csv --out \u{1b}[31mday.scores",
    ] {
        let told = bench.run(line);
        let said = told.stderr.clone() + &told.stdout;
        assert!(!said.contains('\u{1b}') && said.contains("\\u{1b}[31m"), "{told:?}");
    }
    let told = bench.run("eval engine.elbow *day.csv");
    assert_eq!(told.stderr, "\\u{1b}[31m\\nday.csv: not used: `more`\n");
}

fn has(json: &str, name: &str, number: usize) -> bool {
    json.replace([' ', '\n'], "").contains(&format!("\"{name}\":{number},"))
}
