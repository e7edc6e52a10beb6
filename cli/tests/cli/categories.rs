//! Columns of words: their values become codes, and frames of both numbers and codes have a density.

use std::fmt::Write as _;

use elbow::decision::top;
use elbow::math::normal_quantile;
use elbow_host::model::ModelBytes;
use elbow_host::random::{Purpose, stream};
use elbow_reader::{LoadOptions, categories::as_fitted, load};
use rand_core::Rng as _;

use crate::bench::{Bench, column, npy, npz};

const MODES: [&str; 3] = ["idle", "run", "wash"];
const CODES: [u32; 3] = [0, 17, 42];
/// Enough for the fit to see what a mode means.
const FIT: &str = "--categorical mode,code --hidden 16 --latent gaussian:2 --epochs 100 --lr 0.005";

/// A machine's speed, current and temperature depend on its mode, and its code on nothing. Of the anomalous
/// rows, every fifth, the mode alone is wrong: each column by itself looks as always.
fn rows(rows: usize, seed: u64) -> Vec<([f32; 3], usize, usize, bool)> {
    let mut rng = stream(seed, Purpose::Rows, 0, 0);
    let mut row = |row: usize| {
        let (mode, code) = (rng.next_u32() as usize % 3, rng.next_u32() as usize % 3);
        let mut normal = || normal_quantile(rng.next_u32());
        let speed = [0.0, 40.0, 90.0][mode] + 10.0 * normal();
        let numbers = [speed, 0.1 * speed + [0.0, 2.0, -1.0][mode] + 0.5 * normal(), 20.0 + 2.0 * normal()];
        let anomalous = row % 5 == 4;
        (
            numbers,
            if anomalous { (mode + 1 + rng.next_u32() as usize % 2) % 3 } else { mode },
            code,
            anomalous,
        )
    };
    (0..rows).map(&mut row).collect()
}

fn csv(count: usize, seed: u64) -> String {
    let mut text = "speed,mode,current,code,temp,label\n".to_string();
    for ([speed, current, temp], mode, code, anomalous) in rows(count, seed) {
        let (mode, code) = (MODES[mode], CODES[code]);
        let _ = writeln!(text, "{speed},{mode},{current},{code},{temp},{}", u8::from(anomalous));
    }
    text
}

/// With a model, and rows that it was not fitted on.
fn machine() -> Bench {
    let bench = Bench::new();
    bench.write("machine.csv", csv(1500, 1));
    bench.write("later.csv", csv(1000, 2));
    bench.good(&format!("fit machine.csv --out machine.elbow {FIT}"));
    bench
}

fn auroc(bench: &Bench, model: &str) -> f64 {
    bench.json(&format!("eval {model} later.csv"))["auroc"].as_f64().unwrap()
}

#[test]
fn a_wrong_category_is_unlikely() {
    let bench = machine();
    let with = auroc(&bench, "machine.elbow");
    // the same without the words: nothing is left to be wrong
    bench.good(&format!("fit machine.csv --out numbers.elbow {} --drop mode", FIT.replace("mode,", "")));
    let without = auroc(&bench, "numbers.elbow");
    println!("AUROC {with:.4} with the mode, {without:.4} without");
    assert!(with > 0.98, "{with}");
    assert!((without - 0.5).abs() < 0.1, "{without}");
}

#[test]
fn the_model_knows_its_words() {
    let bench = machine();
    let inspected = bench.json("inspect machine.elbow");
    assert_eq!(inspected["columns"], serde_json::json!(["speed", "mode", "current", "code", "temp"]));
    let codes = serde_json::json!([
        { "column": "mode", "values": ["idle", "run", "wash"] },
        { "column": "code", "values": ["0", "17", "42"] },
    ]);
    assert_eq!(inspected["categories"], codes);
    assert!(bench.good("inspect machine.elbow").contains("mode: 0 idle, 1 run, 2 wash"));
    let alias = String::from_utf8(bench.read("machine.rs")).unwrap();
    assert!(alias.contains("(1, &[\"idle\", \"run\", \"wash\"])"), "{alias}");

    // rows in another order, columns too, whole numbers with a fraction: the
    // same codes, and so the same scores
    let lines = ["temp,code,current,mode,speed", "20,17.0,6,run,40", "20,0,0,\" idle \",0"];
    bench.write("some.csv", lines.join("\n"));
    bench.write("same.csv", "speed,mode,current,code,temp\n40,run,6,17,20\n0,idle,0,0,20\n");
    assert_eq!(bench.good("score machine.elbow some.csv"), bench.good("score machine.elbow same.csv"));
    let new = |cell: &str| format!("speed,mode,current,code,temp\n40,run,6,17,20\n40,{cell},6,17,20\n");
    for cell in ["sleep", "Run", "", "NA"] {
        bench.write("new.csv", new(cell));
        // a state that was never seen, or none, is an anomaly and no refusal
        let outcome = bench.run("score machine.elbow new.csv");
        assert_eq!(outcome.code, Some(0), "{outcome:?}");
        let scores = column(&outcome.stdout, "log_density");
        assert!(scores[1] < scores[0] - 40.0 && scores[1].is_finite(), "{outcome:?}");
        let note = "new.csv: 1 of 2 rows have a word that the model has never seen, or none";
        assert!(outcome.stderr.contains(note), "{outcome:?}");
        assert_eq!(bench.json("eval machine.elbow new.csv")["rows"], 2);
    }
    // where a flag says what becomes of missing cells it does
    let outcome = bench.run("score machine.elbow new.csv --missing drop");
    assert_eq!(outcome.stdout.lines().nth(2), Some("2,,,,"), "{outcome:?}");
    assert!(outcome.stderr.contains("1 of 2 rows have a missing cell (mode 1)"), "{outcome:?}");
    bench.refuses("score machine.elbow new.csv --missing refuse", &["row 2 (line 3), column `mode`"]);
}

#[test]
fn alarms_name_the_category() {
    let bench = machine();
    bench.good("calibrate machine.elbow later.csv --false-alarm 0.01");
    let eval = bench.json("eval machine.elbow later.csv");
    let alarms = &eval["alarms"];
    assert!(alarms["of_anomalous"].as_f64().unwrap() > 0.6, "{alarms}");
    assert_eq!(alarms["agreement"], 1.0);
    // most verdicts take four samples
    assert!(alarms["samples"].as_f64().unwrap() < 16.0, "{alarms}");

    let bytes = ModelBytes::read(&bench.path("machine.elbow")).unwrap();
    let model = bytes.open().unwrap();
    let judge = model.calibrated().unwrap();
    let options = LoadOptions { categorical: as_fitted(model.metadata.columns), ..LoadOptions::default() };
    let data = load(&bench.path("later.csv"), &options).unwrap();
    let (mut found, mut named) = (0, 0);
    for row in (4..data.rows).step_by(5) {
        let mut surprises = [0.0; 5];
        if judge.judge_explained(data.row(row), &mut surprises).unwrap().is_anomalous() {
            found += 1;
            named += usize::from(top::<1>(&surprises)[0].feature == 1);
        }
    }
    assert!(found > 100 && 2 * named > found, "{named} of {found}");
}

#[test]
fn every_kind_of_network_takes_them() {
    let bench = machine();
    // a flag of `more` stands in place of that of the same name
    let fit = |more: &str| {
        let is_left =
            |flag: &&str| !more.contains(&format!("--{} ", flag.split(' ').next().unwrap_or_default()));
        let rest: String = FIT
            .split("--")
            .filter(|flag| !flag.is_empty())
            .filter(is_left)
            .map(|flag| format!("--{flag} "))
            .collect();
        bench.good(&format!("fit machine.csv --out other.elbow {rest} {more}"))
    };
    for (more, least) in [
        ("--weights int8", 0.97),
        ("--weights int8x8", 0.95),
        ("--ensemble 2 --epochs 50", 0.95),
        ("--latent vmf:3", 0.95),
        ("--scaling log", 0.97),
        ("--objective iwae:4", 0.97),
        ("--hidden none", 0.5),
    ] {
        fit(more);
        let found = auroc(&bench, "other.elbow");
        assert!(found > least, "{more}: {found}");
    }
    fit("--window 2");
    assert_eq!(bench.json("eval other.elbow later.csv")["dims"], 10);
    bench.good(&format!("fit machine.csv --out ae.elbow --model ae {}", FIT.replace("gaussian", "point")));
    assert!(auroc(&bench, "ae.elbow") > 0.8);
    bench.good(&format!("fit later.csv --start machine.elbow --out other.elbow {FIT}"));
}

#[test]
fn arrays_hold_numbers_that_are_names() {
    let bench = Bench::new();
    let numbers = |count, seed| {
        let of = |(_, mode, code, _): &([f32; 3], usize, usize, bool)| [*mode as f32, CODES[*code] as f32];
        rows(count, seed).iter().flat_map(|row| [row.0[0], of(row)[0], of(row)[1]]).collect::<Vec<f32>>()
    };
    let labels =
        |count, seed| rows(count, seed).iter().map(|row| f32::from(u8::from(row.3))).collect::<Vec<f32>>();
    for (name, seed) in [("machine.npz", 1), ("later.npz", 2)] {
        let arrays = [("X", npy(&[1000, 3], numbers(1000, seed))), ("y", npy(&[1000], labels(1000, seed)))];
        bench.write(name, npz(&arrays));
    }
    bench.good(&format!("fit machine.npz --out array.elbow {}", FIT.replace("mode,code", "x1,x2")));
    let eval = bench.json("eval array.elbow later.npz");
    assert!(eval["auroc"].as_f64().unwrap() > 0.95, "{eval}");
    assert_eq!(
        bench.json("inspect array.elbow")["categories"][1]["values"],
        serde_json::json!(["0", "17", "42"])
    );
    bench.write("new.npz", npz(&[("X", npy(&[1, 3], [0.0, 3.0, 17.0]))]));
    let scored = bench.run("score array.elbow new.npz");
    assert!(scored.stderr.contains("1 of 1 rows have a word that the model has never seen"), "{scored:?}");
}

#[test]
fn what_takes_no_categories_says_so() {
    let bench = machine();
    let refuses = |line: &str, said: &[&str]| bench.refuses(line, said);
    refuses("fit machine.csv --out a.elbow --auto --categorical mode", &["mode", "numbers only", "--drop"]);
    refuses("fit machine.csv --out a.elbow --model gmm:3 --categorical mode", &["--model vae"]);
    let line = "fit machine.csv --out a.elbow --categorical mode";
    for likelihood in ["student-t", "bernoulli", "discretized-logistic", "gaussian-per-output"] {
        refuses(&format!("{line},code --likelihood {likelihood}"), &["--likelihood gaussian"]);
    }
    refuses(&format!("{line},code --resolution 0.1"), &["resolution", "category"]);
    refuses("fit machine.csv --out a.elbow --categorical nod", &["no column `nod`", "`mode`"]);
    refuses("fit machine.csv --out a.elbow --drop mode --categorical mode", &["no column `mode`"]);
    // words are found without a flag, where the model takes them
    assert!(
        bench.good("fit machine.csv --out a.elbow --drop code --epochs 2").contains("gaussian-categorical")
    );
    for flags in ["", "--bound 0", "--bound 3"] {
        bench.good(&format!("compress machine.elbow later.csv packets {flags}"));
        bench.good("decompress machine.elbow packets back.csv");
        let [before, after] =
            ["later.csv", "back.csv"].map(|file| String::from_utf8(bench.read(file)).unwrap());
        let words = |text: &str| {
            let header: Vec<&str> = text.lines().next().unwrap().split(',').collect();
            let at = header.iter().position(|name| *name == "mode").unwrap();
            text.lines().map(|line| line.split(',').nth(at).unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(words(&before), words(&after));
        assert!(!flags.is_empty() || before == after);
    }
    bench.write("other.csv", csv(1000, 2).replace("wash", "clean"));
    refuses(&format!("fit other.csv --start machine.elbow --out a.elbow {FIT}"), &["start", "other values"]);
    let many = (0..1100).fold("a,b\n".to_string(), |text, i| text + &format!("{i},w{i}\n"));
    bench.write("many.csv", many);
    refuses("fit many.csv --out a.elbow --categorical b", &["`b` has 1100 values", "--drop 'b'"]);
    let names = (0..40).fold("a,b\n".to_string(), |text, i| text + &format!("{i},w{}\n", i % 30));
    bench.write("names.csv", names);
    let said = ["`b` has 30 values in 40 rows: names of rows or times", "--drop 'b'"];
    refuses("fit names.csv --out a.elbow --categorical b", &said);
}

#[test]
fn categories_alone_become_a_log_and_come_back_as_words() {
    let bench = Bench::new();
    let row = |i: usize| {
        let mode = i * i % 7 % 3;
        let valve = ["\"shut, hot\"", "open"][i % 5 / 4];
        format!("{},{},{valve},{}", MODES[mode], CODES[(mode + i % 9 / 8) % 3], 7 * i % 50)
    };
    let table = |rows: usize| {
        format!("mode,code,valve,step\n{}\n", (0..rows).map(row).collect::<Vec<_>>().join("\n"))
    };
    bench.write("words.csv", table(400));
    let fit = "--hidden 8 --latent gaussian:2 --epochs 5";
    bench.good(&format!("fit words.csv --out words.elbow --categorical mode,code,valve,step {fit}"));
    for samples in [1, 4] {
        let packed = bench.json(&format!("compress words.elbow words.csv words.log --bits-back {samples}"));
        // two bits, two, one and six
        assert_eq!(packed["bytes_as_bits"], 400 * 11 / 8);
        assert_eq!(bench.json("decompress words.elbow words.log back.csv")["rows"], 400);
        assert_eq!(bench.read("back.csv"), bench.read("words.csv"));
    }
    bench.write("other.csv", format!("{}fly,0,open,0\n", table(3)));
    bench.refuses("compress words.elbow other.csv x.log --bits-back 1", &["row 4", "column `mode`", "`fly`"]);
    bench.good("compress words.elbow other.csv x.packets");
    bench.good("decompress words.elbow x.packets back.csv");
    assert_eq!(bench.read("back.csv"), bench.read("other.csv"));

    bench.write("machine.csv", csv(200, 1));
    bench.good(&format!("fit machine.csv --out machine.elbow --categorical mode,code {fit}"));
    bench.refuses(
        "compress machine.elbow machine.csv x.log --bits-back 1",
        &["numbers beside categories", "`speed`", "--drop"],
    );
    bench.refuses("decompress machine.elbow words.log x.csv", &["words.log", "has a density"]);
    assert!(!bench.path("x.csv").exists() && !bench.path("x.log").exists());
}
