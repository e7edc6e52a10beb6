//! `elbow calibrate`, and what a calibrated model says.

use crate::bench::{Bench, QUICK, column, engine_csv, later_csv};

/// A model of the first 240 rows, calibrated on rows that come after them.
fn calibrated(false_alarm: &str) -> Bench {
    let bench = Bench::with_model();
    bench.write("later.csv", later_csv(2000));
    bench.good(&format!("calibrate engine.elbow later.csv --false-alarm {false_alarm} --samples 16"));
    bench
}

#[test]
fn a_threshold_goes_into_the_file_and_changes_nothing_else() {
    let bench = Bench::with_model();
    bench.write("later.csv", later_csv(2000));
    let (model, scores) = (bench.read("engine.elbow"), bench.good("score engine.elbow later.csv"));
    let line = "calibrate engine.elbow later.csv --false-alarm 0.01 --samples 16";
    let made = bench.json(&format!("{line} --out alarm.elbow"));
    assert_eq!(bench.read("engine.elbow"), model);
    assert_eq!((&made["calibration_rows"], &made["anomalous_rows"]), (&1800.into(), &200.into()));
    // ⌊0.01·1801⌋ = 18 of 1801
    assert!((made["expected"].as_f64().unwrap() - 18.0 / 1801.0).abs() < 1e-8, "{made}");
    assert_eq!(bench.good("score alarm.elbow later.csv --samples 64"), scores);

    // in place, again, with any number of threads: the same bytes
    bench.good(&format!("{line} --threads 1"));
    let once = bench.read("engine.elbow");
    bench.good(line);
    assert_eq!(bench.read("engine.elbow"), once);
    // the name is the model's, not the file's, unless another is given
    let alias = String::from_utf8(bench.read("alarm.rs")).unwrap();
    assert!(alias.contains("pub type CalibratedEngine<'a> = elbow::Calibrated<'a, Engine<'a>>;"), "{alias}");
    assert!(alias.contains("ENGINE_SAMPLES: u32 = 16"), "{alias}");
    bench.good(&format!("{line} --out alarm.elbow --name alarm"));
    let alias = String::from_utf8(bench.read("alarm.rs")).unwrap();
    assert!(alias.contains("pub type CalibratedAlarm<'a> = elbow::Calibrated<'a, Alarm<'a>>;"), "{alias}");
    bench.refuses(&format!("{line} --out alarm.elbow --name \u{7}"), &["letters and digits"]);

    let told = bench.json("inspect engine.elbow");
    assert_eq!(told["alarm"]["threshold_nats"], made["threshold_nats"]);
    let words = bench.good("inspect engine.elbow --clock 64MHz");
    assert!(words.contains("0.01 of normal frames"), "{words}");
    assert!(words.contains(" ms) instructions a verdict"), "{words}");
    let core = &told["devices"][1];
    assert!(core["settled_instructions"].as_u64() < core["instructions"].as_u64(), "{core}");
    bench.refuses("inspect engine.elbow --clock 64", &["--clock", "such as 64MHz"]);
}

#[test]
fn verdicts_follow_the_threshold() {
    let bench = calibrated("0.01");
    let csv = bench.good("score engine.elbow later.csv --samples 16");
    let threshold = bench.json("inspect engine.elbow")["alarm"]["threshold_nats"].as_f64().unwrap() as f32;
    let nats = column(&csv, "log_density");
    let (p_values, alarms) = (column(&csv, "p_value"), column(&csv, "anomalous"));
    for ((nats, p), alarm) in nats.iter().zip(&p_values).zip(&alarms) {
        assert_eq!(*nats < threshold, *alarm == 1.0, "{nats}");
        assert_eq!(*p <= 0.01, *alarm == 1.0, "{p}");
    }
    // 17 of 1800 normal rows lie below the 18th; the faults are six standard deviations off
    let eval = bench.json("eval engine.elbow later.csv --samples 16");
    let alarms = &eval["alarms"];
    assert!((alarms["of_normal"].as_f64().unwrap() - 17.0 / 1800.0).abs() < 1e-9, "{alarms}");
    assert!(alarms["of_anomalous"].as_f64().unwrap() > 0.9, "{alarms}");
    assert!(alarms["samples"].as_f64().unwrap() < 8.0, "{alarms}");
    assert_eq!(alarms["agreement"], 1.0);
    assert!(bench.good("eval engine.elbow later.csv --samples 16").contains("of the normal rows, "));
    // scores with another K have no verdict
    assert!(!bench.good("score engine.elbow later.csv --samples 8").contains("p_value"));
}

#[test]
fn too_few_rows_are_told_how_many_are_needed() {
    let bench = Bench::with_model();
    bench.write("later.csv", later_csv(50));
    let refuses = |line: &str, said: &[&str]| bench.refuses(&format!("calibrate {line}"), said);
    refuses("engine.elbow later.csv --false-alarm 0.01", &["45 normal rows", "0.01", "at least 99"]);
    refuses("engine.elbow later.csv --false-alarm 0.001", &["at least 999"]);
    refuses("engine.elbow later.csv --false-alarm 0", &["between 0 and 1"]);
    refuses("engine.elbow later.csv --false-alarm 1", &["between 0 and 1"]);
    refuses("engine.elbow later.csv", &["--false-alarm"]);
    refuses("engine.elbow none.csv --false-alarm 0.1", &["none.csv"]);
    refuses("engine.elbow later.csv --false-alarm 0.1 --out alarm.bin", &["ends in .elbow"]);
    bench.write("engine.rs", "fn main() {}");
    refuses("engine.elbow later.csv --false-alarm 0.1", &["engine.rs", "not Elbow's to replace"]);
}

#[test]
fn rows_of_the_fit_are_refused_whatever_the_model() {
    let bench = Bench::with_model();
    let both = engine_csv(240) + later_csv(240).split_once('\n').unwrap().1;
    bench.write("both.csv", both);
    let again = format!("{QUICK} --start engine.elbow");
    for (data, how) in [
        ("engine.csv", QUICK.into()),
        ("engine.csv", format!("--valid 0.3 --seed 7 {QUICK}")),
        ("engine.csv", format!("--ensemble 2 {QUICK}")),
        ("engine.csv", format!("--weights int8 {QUICK}")),
        ("engine.csv", "--auto".into()),
        ("engine.csv", "--model gmm:2".into()),
        ("later.csv", again),
    ] {
        bench.good(&format!("fit {data} --out seen.elbow {how}"));
        let line = |data| format!("calibrate seen.elbow {data} --false-alarm 0.1 --out alarm.elbow");
        for seen in ["engine.csv", "both.csv"] {
            bench.refuses(&line(seen), &[seen, "the fit saw about", "fit --false-alarm 0.1"]);
            assert!(
                bench.run(&format!("eval seen.elbow {seen}")).stderr.contains("the fit saw about"),
                "{how}"
            );
        }
        if data == "engine.csv" {
            bench.good(&line("later.csv"));
            assert!(!bench.run("eval seen.elbow later.csv").stderr.contains("the fit saw"), "{how}");
        }
    }
}

#[test]
fn a_fit_holds_back_the_rows_that_set_its_threshold() {
    let bench = Bench::with_model();
    bench.write("later.csv", later_csv(2000));
    for how in ["--auto", "--model gmm:2", "--model gaussian", QUICK] {
        let fit = format!("fit later.csv {how} --out alarm.elbow");
        let made = bench.json(&format!("{fit} --false-alarm 0.01"));
        // a quarter of the 1800 normal rows
        assert_eq!((&made["held_back_rows"], &made["alarm"]["calibration_rows"]), (&450.into(), &450.into()));
        let [fitted, valid] = ["rows", "valid_rows"].map(|key| made[key].as_u64().unwrap());
        assert_eq!(if how == QUICK { fitted + valid } else { fitted }, 1350, "{how}");
        let once = bench.read("alarm.elbow");
        bench.good(&format!("{fit} --false-alarm 0.01 --threads 1"));
        assert_eq!(bench.read("alarm.elbow"), once, "{how}");
        // new rows of the same law; four deviations of the rate that one calibration has
        let eval = bench.json("eval alarm.elbow engine.csv");
        assert!(eval["alarms"]["of_normal"].as_f64().unwrap() < 0.05, "{how} {eval}");
        assert!(bench.good(&format!("{fit} --false-alarm 0.2")).contains("50 held back to calibrate by"));
        assert!(String::from_utf8(bench.read("alarm.rs")).unwrap().contains("CalibratedAlarm"));
    }
    // what is asked for is in the settings of a run, and so of what goes on from it
    bench.good(&format!("fit later.csv {QUICK} --run run --false-alarm 0.05"));
    let whole = bench.read("run/model.elbow");
    bench.good("fit later.csv --run run --resume");
    assert_eq!(bench.read("run/model.elbow"), whole);
    bench.refuses(
        "fit later.csv --auto --out few.elbow --false-alarm 0.001",
        &["1800 normal rows", "half of 1998", "at least 0.00111"],
    );
    bench.refuses("fit later.csv --out few.elbow --false-alarm 1.5", &["--false-alarm", "between 0 and 1"]);
}

#[test]
fn other_weights_are_another_model() {
    let bench = calibrated("0.05");
    bench.good("quantize engine.elbow --weights int8 --out small.elbow");
    assert!(bench.json("inspect small.elbow")["alarm"].is_null());
    bench.good("calibrate small.elbow later.csv --false-alarm 0.05");
    assert!(bench.json("inspect small.elbow")["alarm"].is_object());
}

/// One row in hundreds that is no normal one at all: the threshold goes far below every other row.
#[test]
fn a_fault_among_the_rows_is_told() {
    let bench = Bench::with_model();
    let line = "--false-alarm 0.001 --samples 16";
    bench.write("later.csv", later_csv(2000));
    let clean = bench.run(&format!("calibrate engine.elbow later.csv {line} --out clean.elbow --json"));
    assert!(clean.code == Some(0) && clean.stderr.is_empty(), "{clean:?}");
    bench.write("poisoned.csv", later_csv(2000) + "1e12,-1e12,1e12,0\n");
    let line = format!("calibrate engine.elbow poisoned.csv {line} --out alarm.elbow --json");
    let told = bench.run(&line);
    assert!(told.code == Some(0) && told.stderr.contains("--trim 1"), "{told:?}");
    let trimmed = bench.run(&format!("{line} --trim 1"));
    assert!(trimmed.code == Some(0) && trimmed.stderr.is_empty(), "{trimmed:?}");
    let json = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    assert_eq!(json(&told.stdout)["outlying_rows"], 1);
    let [clean, trimmed] = [clean, trimmed].map(|outcome| json(&outcome.stdout)["threshold_nats"].clone());
    assert_eq!(clean, trimmed);
}

#[test]
fn more_samples_than_a_device_draws_are_refused() {
    let bench = Bench::with_model();
    bench.write("later.csv", later_csv(200));
    let line = "calibrate engine.elbow later.csv --false-alarm 0.1 --samples";
    bench.refuses(&format!("{line} 4097"), &["--samples 4097", "4096"]);
}

/// How closely scores follow one another only the fit shows; it is not thrown away for that.
#[test]
fn a_fit_outlives_a_threshold_that_cannot_be_set() {
    let bench = Bench::new();
    let (mut state, mut slow) = (1_u32, 0.0);
    let row = |_| {
        let mut noise = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f64::from(state) / f64::from(u32::MAX) - 0.5
        };
        slow = 0.97 * slow + noise();
        format!("{slow:.4},{:.4}\n", noise())
    };
    bench.write("slow.csv", "a,b\n".to_owned() + &(0..600).map(row).collect::<String>());
    let fit = "fit slow.csv --auto --out slow.elbow --false-alarm";
    let outcome = bench.run(&format!("{fit} 0.01"));
    assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(2), ""), "{outcome:?}");
    for said in
        ["slow.elbow: written, without a threshold\nelbow: slow.csv: 300", "at least 99: give more rows"]
    {
        assert!(outcome.stderr.contains(said), "{outcome:?}");
    }
    assert!(bench.json("inspect slow.elbow")["alarm"].is_null());
    assert!(bench.path("slow.rs").exists());
    assert!(bench.json(&format!("{fit} 0.05"))["alarm"]["threshold_nats"].is_number());
}
