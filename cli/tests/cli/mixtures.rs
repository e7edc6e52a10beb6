//! Models without a network, and the benchmark of anomalies.

use std::fs;

use crate::bench::{Bench, column, engine, npy, npz};

#[test]
fn from_a_csv_to_a_score() {
    let bench = Bench::with_engine();
    let models = ["auto", "auto --scaling log", "gaussian", "gmm:3", "gmm:auto", "pca:1"];
    for model in models.map(|model| format!("--model {model}")).iter().map(String::as_str).chain(["--auto"]) {
        let fit = bench.json(&format!("fit engine.csv {model} --out m.elbow"));
        assert_eq!((fit["rows"].as_u64(), fit["anomalous_rows"].as_u64()), (Some(216), Some(24)), "{fit}");
        assert!(fit["epochs"].is_null() && fit["valid_nats_per_row"].as_f64().unwrap().is_finite(), "{fit}");
        let alias = String::from_utf8(bench.read("m.rs")).unwrap();
        assert!(alias.contains("pub type M<'a> = elbow::Mixture<elbow::"), "{alias}");
        assert!(alias.contains("M_SAMPLES: u32 = 1;"), "{alias}");
        let eval = bench.json("eval m.elbow engine.csv");
        assert!(eval["auroc"].as_f64().unwrap() > 0.99 && eval["latent"].is_null(), "{model} {eval}");
        let score = bench.json("score m.elbow engine.csv");
        assert_eq!(score["scores"].as_array().unwrap().len(), 240);
        let inspection = bench.json("inspect m.elbow");
        for device in inspection["devices"].as_array().filter(|devices| !devices.is_empty()).unwrap() {
            // one pass over all components, whatever K
            assert_eq!(device["settled_instructions"], device["instructions"], "{device}");
            // frames so narrow were not counted
            assert!(device["is_bound"] == false && device["stack_bytes"].as_u64() > Some(24), "{device}");
        }
        for command in ["inspect m.elbow", "eval m.elbow engine.csv", "score m.elbow engine.csv"] {
            bench.good(command);
        }
    }
}

#[test]
fn an_autoencoder_by_name() {
    let bench = Bench::with_engine();
    let fit =
        bench.json("fit engine.csv --model ae --latent gaussian:2 --hidden 8 --epochs 2 --out ae.elbow");
    assert!(fit["architecture"].as_str().unwrap().contains("point:2"), "{fit}");
}

#[test]
fn the_number_of_threads_changes_no_score() {
    let bench = Bench::with_engine();
    for threads in [1, 3] {
        bench.good(&format!("--threads {threads} fit engine.csv --auto --out m{threads}.elbow"));
    }
    let [one, three] = ["m1", "m3"].map(|name| bench.good(&format!("score {name}.elbow engine.csv")));
    assert_eq!(one, three);
}

#[test]
fn what_cannot_be() {
    let bench = Bench::with_model();
    for (line, said) in [
        ("fit engine.csv --model gmm:0 --out m.elbow", "(M, R from 1"),
        ("fit engine.csv --model gmm --out m.elbow", "--model gmm"),
        ("fit engine.csv --model forest --out m.elbow", "choose vae, ae, gaussian"),
        ("fit engine.csv --auto --latent gaussian:2 --out m.elbow", "has no network"),
        ("fit engine.csv --auto --model vae --out m.elbow", "--auto"),
        ("fit engine.csv --model gaussian --run r", "in one go"),
        ("fit engine.csv --model ae --latent vmf:3 --out m.elbow", "point:D"),
        ("bench anomaly nowhere", "nowhere: cannot read"),
        ("bench anomaly .", "holds no folders"),
        ("bench anomaly . --model forest", "choose vae"),
    ] {
        bench.refuses(line, &[said]);
    }
    bench.good("fit engine.csv --model gaussian --out g.elbow");
    bench.refuses("quantize g.elbow --weights int8 --out q.elbow", &["no layers to quantise"]);
}

#[test]
fn ensembles() {
    let bench = Bench::with_engine();
    let quick = "--ensemble 2 --hidden 8 --latent gaussian:2 --epochs 3";
    let fitted = bench.json(&format!("fit engine.csv {quick} --out e.elbow"));
    assert!(fitted["architecture"].as_str().unwrap().starts_with("2 × 3-8 tanh"), "{fitted}");
    assert!(fitted["valid_nats_per_row"].is_f64() && fitted["epochs"].is_null(), "{fitted}");
    let alias = String::from_utf8(bench.read("e.rs")).unwrap();
    assert!(alias.contains("elbow::Ensemble<elbow::Vae<(") && alias.contains(")>, 2>;"), "{alias}");
    assert_eq!(bench.json("inspect e.elbow")["members"], 2);
    let measured = bench.json("eval e.elbow engine.csv");
    assert!(measured["auroc"].as_f64().unwrap() > 0.5 && measured["latent"].is_null(), "{measured}");
    for (line, said) in [
        ("fit engine.csv --ensemble 65 --out m.elbow", "65"),
        ("fit engine.csv --ensemble 2 --auto --out m.elbow", "has no network"),
        ("fit engine.csv --ensemble 2 --run r", "in one go"),
        ("fit engine.csv --start e.elbow --hidden 8 --latent gaussian:2 --out m.elbow", "is an ensemble"),
        ("quantize e.elbow --weights int8 --out q.elbow", "give --weights to elbow fit"),
    ] {
        bench.refuses(line, &[said]);
    }
    bench.good("calibrate e.elbow later.csv --false-alarm 0.05");
    assert!(bench.good("score e.elbow engine.csv").contains("p_value"));
}

#[test]
fn mixtures_and_ensembles_pack_too() {
    let bench = Bench::with_engine();
    let fits = ["--auto", "--model gmm:2", "--ensemble 2 --hidden 8 --latent gaussian:2 --epochs 3"];
    for fit in fits {
        bench.good(&format!("fit engine.csv {fit} --out m.elbow"));
        for (bound, most) in [("--bound 0", 0.005), ("--bound 2", 0.025)] {
            let flags = format!("{bound} --resolution 0.01");
            let packed = bench.json(&format!("compress m.elbow engine.csv engine.packets {flags}"));
            assert!(packed["coded"]["model"].as_f64() > Some(0.5), "{fit}: {packed}");
            bench.good("decompress m.elbow engine.packets back.csv");
            let [before, after] = ["engine.csv", "back.csv"].map(|file| {
                let text = String::from_utf8(bench.read(file)).unwrap();
                ["temp", "rpm", "volt"].map(|name| column(&text, name)).concat()
            });
            let near = |(x, y): (&f32, &f32)| (x - y).abs() < most + 1e-4;
            assert!(before.len() == after.len() && before.iter().zip(&after).all(near), "{fit} {bound}");
        }
        bench.good("calibrate m.elbow engine.csv --packets --bound 2 --resolution 0.01");
        assert_eq!(bench.json("compress m.elbow engine.csv p.packets --bound 2")["planned"], true, "{fit}");
    }
}

#[test]
fn constant_and_repeated_columns_are_named() {
    let bench = Bench::new();
    let rows: String = (0..40).map(|i| format!("{},7,{i},{}\n", i % 7, i % 7)).collect();
    bench.write("flat.csv", format!("a,b,c,d\n{rows}"));
    for model in ["--auto", "--hidden 4 --latent gaussian:2 --epochs 2"] {
        let outcome = bench.run(&format!("fit flat.csv {model} --out m.elbow"));
        assert_eq!(outcome.code, Some(0), "{outcome:?}");
        let said = |text: &str| outcome.stderr.contains(text);
        assert!(said("constant: b (7): a change by ") && said("repeats: d (of a); "), "{outcome:?}");
    }
}

#[test]
fn anomalies_over_sets() {
    let bench = Bench::new();
    let rows = engine(300);
    let array = |rows: &[&([f32; 3], bool)]| npy(&[rows.len(), 3], rows.iter().flat_map(|row| row.0));
    let normal: Vec<_> = rows.iter().filter(|row| !row.1).collect();
    let (fitted, others) = normal.split_at(135);
    let test: Vec<_> = others.iter().copied().chain(rows.iter().filter(|row| row.1)).collect();
    let labels = test.iter().map(|row| f32::from(u8::from(row.1)));
    for place in ["a/0", "a/1", "b/0"] {
        fs::create_dir_all(bench.path("splits").join(place)).unwrap();
        bench.write(&format!("splits/{place}/train.npz"), npz(&[("X", array(fitted))]));
        let test = [("X", array(&test)), ("y", npy(&[test.len()], labels.clone()))];
        bench.write(&format!("splits/{place}/test.npz"), npz(&test));
    }
    let report = bench.json("bench anomaly splits");
    let sets = report["sets"].as_array().unwrap();
    assert_eq!(sets.iter().map(|set| set["set"].as_str().unwrap()).collect::<Vec<_>>(), ["a", "b"]);
    for set in sets.iter().chain([&report]) {
        let measure = |name: &str| set[name].as_f64().or(set[format!("mean_{name}")].as_f64()).unwrap();
        assert!(measure("auroc") > 0.99 && measure("auprc") > 0.99, "{report}");
    }
    assert!(sets[0]["fit_s"].is_f64() && sets[0]["score_us"].is_f64() && sets[0]["model_bytes"].is_u64());
    let table = bench.good("bench anomaly splits --model gaussian");
    assert!(table.lines().last().unwrap().starts_with("mean"), "{table}");

    bench.write("peers.csv", "set,KNN,guess\nb,1.0,0.5\na,0.2,0.5\n");
    let report = bench.json("bench anomaly splits --peers peers.csv");
    let number = |value: &serde_json::Value| value.as_f64().unwrap();
    let is_perfect = number(&report["sets"][1]["auroc"]) > 0.9995;
    // the best on `a`; on `b` it shares the first place with a peer of AUROC 1 only where its own is 1
    assert_eq!(number(&report["sets"][0]["rank"]), 1.0);
    assert_eq!(number(&report["sets"][1]["rank"]), if is_perfect { 1.5 } else { 2.0 });
    let ranks = [&report["mean_rank"], &report["peers"][0]["mean_rank"], &report["peers"][1]["mean_rank"]];
    assert_eq!(ranks.map(number).iter().sum::<f64>(), 6.0, "{report}");
    assert_eq!(
        (&report["peers"][1]["name"], number(&report["peers"][1]["mean_auroc"])),
        (&"guess".into(), 0.5)
    );
    let table = bench.good("bench anomaly splits --peers peers.csv");
    assert!(table.contains("rank") && table.lines().last().unwrap().starts_with("guess"), "{table}");
    for (text, said) in [
        ("set,KNN\na,0.5\n", "no set `b`"),
        ("set,KNN\na,0.5\nb,1.5\n", "`1.5` is no AUROC"),
        ("set,KNN\na\n", "peers.csv"),
        ("sets,KNN\n", "the first line"),
        ("", "the first line"),
    ] {
        bench.write("peers.csv", text);
        bench.refuses("bench anomaly splits --peers peers.csv", &[said]);
    }
    bench.refuses("bench anomaly splits --peers nowhere.csv", &["nowhere.csv: cannot read"]);

    // the labels are those of the test
    bench.write("splits/a/0/test.npz", npz(&[("X", array(others))]));
    bench.refuses("bench anomaly splits", &["needs labels"]);
}
