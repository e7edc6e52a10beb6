//! Frames with gaps: scores of what is there, and thresholds of sensors that are dead.

use std::fmt::Write as _;
use std::fs;

use crate::bench::Bench;

/// 400 rows of four numbers that go together; in every tenth some cells are missing.
fn bench() -> Bench {
    let bench = Bench::new();
    let row = |i: usize| {
        let part = |a: f64| (a * i as f64).fract();
        let (u, v) = (part(0.618_033_988_749_895), part(0.414_213_562_373_095));
        [u + v, 10.0 * u - v, 3.0 + v, 100.0 + u * v].map(|x| format!("{x:.4}"))
    };
    let (mut whole, mut gaps) = ("a,b,c,d\n".to_owned(), "a,b,c,d\n".to_owned());
    for i in 0..800 {
        let mut cells = row(i);
        let text = if i < 400 { &mut whole } else { &mut gaps };
        if i >= 400 && i % 10 == 3 {
            cells[i / 10 % 4] = ["", "NaN", "NA", "?"][i / 10 % 4].to_owned();
        }
        if i >= 400 && i % 50 == 27 {
            (cells[0], cells[2]) = (String::new(), "nan".into());
        }
        writeln!(text, "{}", cells.join(",")).expect("a string grows");
    }
    fs::write(bench.path("whole.csv"), whole).expect("the folder is writable");
    fs::write(bench.path("gaps.csv"), gaps).expect("the folder is writable");
    bench
}

#[test]
fn a_row_with_gaps_has_the_score_of_what_is_there() {
    let bench = bench();
    for model in
        ["--auto", "--model gmm:2", "--latent gaussian:2 --hidden 8 --epochs 3", "--ensemble 2 --epochs 1"]
    {
        bench.good(&format!("fit whole.csv {model} --out m.elbow"));
        let plain = bench.json("score m.elbow gaps.csv");
        let scores = bench.json("score m.elbow gaps.csv --missing model");
        for (row, (plain, with_gaps)) in
            plain["scores"].as_array().unwrap().iter().zip(scores["scores"].as_array().unwrap()).enumerate()
        {
            let missing =
                [(row % 10 == 3, 1), (row % 50 == 27, 2)].iter().filter(|m| m.0).map(|m| m.1).sum::<u64>();
            assert_eq!(with_gaps["missing"].as_u64().unwrap_or(0), missing, "{with_gaps}");
            assert!(with_gaps["log_density"].as_f64().unwrap().is_finite(), "{with_gaps}");
            if missing == 0 {
                assert_eq!(plain, with_gaps, "of a whole row every bit is as without");
            }
        }
        let eval = bench.json("eval m.elbow gaps.csv --missing model");
        assert_eq!((eval["rows"].as_u64(), eval["rows_with_gaps"].as_u64()), (Some(400), Some(48)), "{eval}");
        bench.refuses("eval m.elbow gaps.csv", &["--missing"]);
    }
}

#[test]
fn what_is_missing_is_no_cause() {
    let bench = bench();
    bench.good("fit whole.csv --auto --out m.elbow");
    bench.good("calibrate m.elbow gaps.csv --missing one --false-alarm 0.05");
    let scores = bench.json("score m.elbow gaps.csv --missing model --why 4");
    let gaps = String::from_utf8(bench.read("gaps.csv")).unwrap();
    for (row, line) in scores["scores"].as_array().unwrap().iter().zip(gaps.lines().skip(1)) {
        let there = ["a", "b", "c", "d"].into_iter().zip(line.split(','));
        let mut there: Vec<_> = there
            .filter(|(_, cell)| cell.parse::<f32>().is_ok_and(f32::is_finite))
            .map(|(name, _)| name)
            .collect();
        let mut causes: Vec<_> =
            row["causes"].as_array().unwrap().iter().map(|cause| cause["column"].as_str().unwrap()).collect();
        there.sort_unstable();
        causes.sort_unstable();
        assert_eq!(causes, there, "{row}");
    }
}

#[test]
fn verdicts_are_for_sensors_that_were_calibrated() {
    let bench = bench();
    bench.good("fit whole.csv --auto --out m.elbow");
    bench.good("calibrate m.elbow gaps.csv --missing model --false-alarm 0.05 --out whole.elbow");
    bench.good("calibrate m.elbow gaps.csv --missing one --false-alarm 0.05 --out each.elbow");
    for (model, judged) in [("whole", [true, false, false]), ("each", [true, true, false])] {
        let scores = bench.json(&format!("score {model}.elbow gaps.csv --missing model --alarm 3/5"));
        for row in scores["scores"].as_array().unwrap() {
            let missing = row["missing"].as_u64().unwrap_or(0) as usize;
            assert_eq!(row["anomalous"].is_boolean(), judged[missing], "{row}");
        }
        let eval = bench.json(&format!("eval {model}.elbow gaps.csv --missing model"));
        let unjudged = if judged[1] { None } else { Some(48) };
        assert!(eval["alarms"]["uncalibrated"].as_u64().is_some_and(|n| n >= 8), "{eval}");
        assert!(unjudged.is_none_or(|n| eval["alarms"]["uncalibrated"] == n), "{eval}");
    }
    // a plan of packets leaves them be, another calibration takes them away
    let inspection = bench.json("inspect each.elbow");
    assert_eq!(inspection["alarm"]["sensors_that_may_be_dead"], 4, "{inspection}");
    bench.good("calibrate each.elbow gaps.csv --missing drop --false-alarm 0.05");
    assert!(bench.json("inspect each.elbow")["alarm"]["sensors_that_may_be_dead"].is_null());
}

#[test]
fn rows_with_nothing_in_them_are_left_out() {
    let bench = bench();
    bench.good("fit whole.csv --auto --out m.elbow");
    fs::write(bench.path("empty.csv"), "a,b,c,d\n1,5,3,100\n,,,\n1,,3,100\n").unwrap();
    let scores = bench.json("score m.elbow empty.csv --missing model");
    let numbers: Vec<_> =
        scores["scores"].as_array().unwrap().iter().map(|row| row["log_density"].is_null()).collect();
    assert_eq!(numbers, [false, true, false], "{scores}");
    fs::write(bench.path("nothing.csv"), "a,b,c,d\n,,,\n,,,\n").unwrap();
    bench.refuses("eval m.elbow nothing.csv --missing model", &["nothing.csv", "missing"]);
}

#[test]
fn what_is_missing_is_filled_in_and_the_rest_stays() {
    let bench = bench();
    let models = ["--model gaussian", "--auto", "--latent gaussian:2 --hidden 8 --epochs 3 --hide 0.2"];
    for model in models {
        bench.good(&format!("fit gaps.csv {model} --missing model --out m.elbow"));
        let told = bench.json("impute m.elbow gaps.csv --out full.csv --force");
        assert_eq!((told["rows"].as_u64(), told["rows_with_gaps"].as_u64()), (Some(400), Some(48)), "{told}");
        let (gaps, full) = (bench.read("gaps.csv"), bench.read("full.csv"));
        let rows = |text: &[u8]| -> Vec<Vec<Option<f32>>> {
            let text = String::from_utf8_lossy(text).into_owned();
            text.lines().skip(1).map(|line| line.split(',').map(|cell| cell.parse().ok()).collect()).collect()
        };
        let (gaps, full) = (rows(&gaps), rows(&full));
        assert_eq!(gaps.len(), full.len());
        for (gaps, full) in gaps.iter().flatten().zip(full.iter().flatten()) {
            let full = full.expect("a number in every cell");
            assert!(full.is_finite() && gaps.is_none_or(|x| x.is_nan() || x == full), "{gaps:?} {full}");
        }
        let told = bench.json("impute m.elbow gaps.csv --out draws.csv --draws 3 --force");
        assert_eq!((told["draws"].as_u64(), told["filled"].as_u64()), (Some(3), Some(56)), "{told}");
        let draws = String::from_utf8(bench.read("draws.csv")).unwrap();
        assert_eq!(draws.lines().count(), 1 + 3 * 400);
        let of_row = |row: &str| draws.lines().filter(|line| line.starts_with(row)).collect::<Vec<_>>();
        let [one, two, three] = of_row("4,")[..] else { panic!("three draws of a row") };
        let numbers = [one, two, three].map(|line| line.split(',').skip(2).collect::<Vec<_>>().join(","));
        assert!(numbers[0] != numbers[1] && numbers[1] != numbers[2], "{numbers:?}");
        assert_eq!(bench.read("draws.csv"), {
            bench.good("--threads 1 impute m.elbow gaps.csv --out again.csv --draws 3 --force");
            bench.read("again.csv")
        });
    }
    bench.refuses("impute m.elbow gaps.csv --out gaps.csv --force", &["--out gaps.csv", "another name"]);
}

#[test]
fn what_cannot_be_fitted() {
    let bench = bench();
    bench.write("hole.csv", crate::bench::csv("a,b", 40, |i| format!("{},", i * i % 7)));
    bench.refuses(
        "fit hole.csv --model gaussian --missing model --columns a,b --out m.elbow",
        &["`b`", "every cell", "--drop"],
    );
    bench.refuses("fit whole.csv --auto --hide 0.1 --out m.elbow", &["--hide", "no network"]);
    bench.refuses("fit whole.csv --hide 1.5 --out m.elbow", &["--hide", "below 1"]);
    bench.refuses("fit whole.csv --auto --missing keep --out m.elbow", &["hold or model"]);
}

/// From row 100 on the second sensor gives the same number; the third is rounded and repeats by itself.
#[test]
fn a_stuck_sensor_is_told_apart() {
    let bench = Bench::new();
    let row = |i: usize, stuck: bool| {
        let part = |a: f64| (a * i as f64).fract();
        let (u, v) = (part(0.618_033_988_749_895), part(0.414_213_562_373_095));
        let second = if stuck { 9.5 } else { 10.0 * u - v };
        format!("{:.4},{second:.4},{:.0},{:.4}", u + v, 2.0 * v, 100.0 + u * v)
    };
    bench.write("fit.csv", crate::bench::csv("a,b,c,d", 400, |i| row(i, false)));
    bench.write("later.csv", crate::bench::csv("a,b,c,d", 400, |i| row(400 + i, false)));
    bench.write("stuck.csv", crate::bench::csv("a,b,c,d", 200, |i| row(800 + i, i >= 100)));
    bench.good("fit fit.csv --auto --out m.elbow");
    for line in ["score m.elbow stuck.csv --stuck", "watch m.elbow stuck.csv --stuck"] {
        bench.refuses(line, &["--stuck", "calibrate", "--missing one"]);
    }
    bench.good("calibrate m.elbow later.csv --false-alarm 0.02");
    bench.refuses("score m.elbow stuck.csv --stuck", &["--stuck", "--missing one"]);
    bench.good("calibrate m.elbow later.csv --missing one --false-alarm 0.02");
    let alarms = |rows: &serde_json::Value| {
        let rows = rows["scores"].as_array().unwrap();
        rows[110..].iter().filter(|row| row["anomalous"] == true).count()
    };
    let plain = bench.json("score m.elbow stuck.csv");
    let scores = bench.json("score m.elbow stuck.csv --stuck");
    for (i, row) in scores["scores"].as_array().unwrap().iter().enumerate() {
        // five rows of a number that never repeats
        let expected = if i >= 104 { vec!["b"] } else { Vec::new() };
        let stuck: Vec<_> = row["stuck"].as_array().into_iter().flatten().collect();
        assert_eq!(stuck, expected, "{i}: {row}");
        assert!(row["anomalous"].is_boolean());
    }
    assert!(alarms(&plain) > 60 && alarms(&scores) < 8, "{} {}", alarms(&plain), alarms(&scores));
    let table = bench.good("score m.elbow stuck.csv --stuck");
    assert!(
        table.starts_with(
            "row,log_density,bits_per_dim,effective_sample_size,standard_error,p_value,anomalous,stuck\n"
        ),
        "{table}"
    );
    let watched = bench.good("watch m.elbow stuck.csv --stuck");
    assert!(watched.lines().last().is_some_and(|line| line.contains("b stuck")), "{watched}");
}

/// What a refused file's message offers is then taken.
#[test]
fn the_way_through_gaps_that_is_told_is_one() {
    let bench = bench();
    for model in ["net", "other"] {
        let seed = model.len();
        let fit = "fit whole.csv --latent gaussian:2 --hidden 8 --epochs 3";
        bench.good(&format!("{fit} --seed {seed} --out {model}.elbow"));
    }
    for line in [
        "encode net.elbow gaps.csv",
        "reconstruct net.elbow gaps.csv",
        "interpolate net.elbow gaps.csv --between 4,28",
        "compare net.elbow other.elbow gaps.csv --draws 10",
    ] {
        bench.refuses(line, &["gaps.csv: row 4 (line 5)", "--missing model goes by what is there"]);
        let told = bench.good(&format!("{line} --missing model"));
        assert!(!told.contains("NaN") && !told.contains(",,"), "{line}: {told}");
        assert!(!line.starts_with("encode") || told.lines().count() == 401, "{line}: {told}");
    }
    bench.refuses("encode net.elbow gaps.csv --missing model --refine 2", &["--refine 2", "--missing drop"]);
    bench.write("counts.csv", crate::bench::csv("u,v", 200, |i| format!("{},{}", i * i % 7, i % 5)));
    bench.write("holes.csv", "u,v\n1,2\n,3\n");
    bench.good("fit counts.csv --latent gaussian:2 --epochs 2 --likelihood negative-binomial --out c.elbow");
    let log = bench.run("compress c.elbow holes.csv log --bits-back 4");
    log.is_failure(2, &["holes.csv: row 2 (line 3)", "elbow impute"]);
    assert!(!log.stderr.contains("--missing"), "no flag of compress: {log:?}");
}

/// A model that remembers gaps: what cannot use them says so or leaves their rows out.
#[test]
fn other_commands_of_a_model_with_gaps() {
    let bench = bench();
    bench.good("fit gaps.csv --latent gaussian:2 --hidden 8 --epochs 2 --missing model --out m.elbow");
    let eval = bench.json("eval m.elbow gaps.csv");
    assert_eq!(eval["rows_with_gaps"].as_u64(), Some(48), "remembered: {eval}");
    bench.good("quantize m.elbow --weights int8 --calibration gaps.csv --out small.elbow");
    bench.good("eval small.elbow gaps.csv");
    bench.refuses("compress m.elbow gaps.csv gaps.log --bits-back 4", &["gaps.csv: row 4", "elbow impute"]);
    bench.good("compress m.elbow gaps.csv gaps.packets --resolution 0.0001");
    bench.good("decompress m.elbow gaps.packets back.csv");
    assert_eq!(bench.read("back.csv").iter().filter(|byte| **byte == b'\n').count(), 401);
}
