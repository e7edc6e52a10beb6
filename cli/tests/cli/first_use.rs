//! Fit, evaluate, score, inspect: what is in the README, on every kind of file and of model.

use elbow_host::model::ModelBytes;
use elbow_host::score::evaluate::score_all;
use elbow_reader::{LoadOptions, load};
use serde_json::Value;

use crate::bench::{Bench, QUICK, column, csv, engine_npz, npy, npz};

fn has(object: &Value, fields: &[&str]) {
    for field in fields {
        assert!(object.get(field).is_some_and(|value| !value.is_null()), "no `{field}` in {object}");
    }
}

#[test]
fn the_whole_way_from_csv() {
    let bench = Bench::with_engine();
    let fit = bench.json("fit engine.csv --out engine.elbow --hidden 16 --latent gaussian:2 --epochs 60");
    has(&fit, &["model", "architecture", "rows", "valid_rows", "epochs", "best_epoch", "seconds"]);
    has(&fit, &["train_nats_per_row", "valid_nats_per_row", "file_bytes", "stopped", "anomalous_rows"]);
    assert_eq!(fit["rows"].as_u64().zip(fit["valid_rows"].as_u64()), Some((194, 22)));
    assert_eq!(fit["file_bytes"].as_u64(), Some(bench.read("engine.elbow").len() as u64));
    assert!(
        String::from_utf8(bench.read("engine.rs")).unwrap().contains("pub type Engine<'a> = elbow::Vae<(")
    );

    let eval = bench.json("eval engine.elbow engine.csv --samples 16");
    has(&eval, &["rows", "dims", "samples", "nats_per_row", "bits_per_dim", "auroc", "auprc"]);
    has(&eval, &["bits_per_row", "bits_per_row_ci95"]);
    has(&eval["latent"], &["kl", "aggregate_kl", "mutual_information", "active_units", "kl_per_unit"]);
    assert_eq!(
        ["rows", "dims", "samples", "anomalous_rows"].map(|key| eval[key].as_u64().unwrap()),
        [240, 3, 16, 24]
    );
    assert!(eval["auroc"].as_f64().unwrap() > 0.95, "{eval}");

    let scores = bench.json("score engine.elbow engine.csv --samples 16");
    has(&scores, &["rows", "dims", "samples"]);
    has(
        &scores["scores"][239],
        &["row", "log_density", "bits_per_dim", "effective_sample_size", "standard_error"],
    );

    let inspect = bench.json("inspect engine.elbow");
    has(
        &inspect,
        &["name", "architecture", "shape", "fingerprint", "window", "hop", "objective", "rows", "seed"],
    );
    has(
        &inspect,
        &[
            "valid_nats",
            "version",
            "file_bytes",
            "parameter_bytes",
            "multiply_adds",
            "activation_bytes",
            "devices",
        ],
    );
    assert_eq!(inspect["columns"], serde_json::json!(["temp", "rpm", "volt"]));

    // and for people
    for line in ["eval engine.elbow later.csv", "score engine.elbow engine.csv", "inspect engine.elbow"] {
        let outcome = bench.run(line);
        assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""), "{outcome:?}");
        assert!(outcome.stdout.lines().count() > 3, "{outcome:?}");
    }
    assert!(
        bench.good(&format!("fit engine.csv --out other.elbow {QUICK}")).contains("24 anomalous left out")
    );
}

#[test]
fn scores_are_those_of_the_library() {
    let bench = Bench::with_model();
    let printed = bench.good("score engine.elbow engine.csv --samples 21");
    assert_eq!(bench.good("score engine.elbow engine.csv --samples 21 --out scores.csv"), "");
    assert_eq!(bench.read("scores.csv"), printed.as_bytes());

    let bytes = ModelBytes::read(&bench.path("engine.elbow")).unwrap();
    let data = load(&bench.path("engine.csv"), &LoadOptions::default()).unwrap();
    let scores = score_all(&*bytes.open().unwrap().engine, &data, 21, |_| ()).unwrap();
    let bits = |numbers: Vec<f32>| numbers.into_iter().map(f32::to_bits).collect::<Vec<_>>();
    let expected = scores.iter().map(|score| score.log_density.0).collect();
    assert_eq!(bits(column(&printed, "log_density")), bits(expected));
    let expected = scores.iter().map(|score| score.standard_error).collect();
    assert_eq!(bits(column(&printed, "standard_error")), bits(expected));

    let json = bench.json("score engine.elbow engine.csv --samples 21");
    let json =
        json["scores"].as_array().unwrap().iter().map(|row| row["log_density"].as_f64().unwrap() as f32);
    assert_eq!(bits(json.collect()), bits(column(&printed, "log_density")));
    assert_eq!(column(&printed, "row"), (1..=240_u16).map(f32::from).collect::<Vec<_>>());
}

#[test]
fn csv_and_npz_of_the_same_numbers_fit_the_same_model() {
    let bench = Bench::with_model();
    bench.write("engine.npz", engine_npz(240));
    bench.good(&format!("fit engine.npz --out array.elbow {QUICK}"));
    let scores = |line| column(&bench.good(line), "log_density");
    let expected = scores("score engine.elbow engine.csv");
    assert_eq!(scores("score array.elbow engine.npz"), expected);
    // what has no names is taken in order
    assert_eq!(scores("score engine.elbow engine.npz"), expected);
    assert_eq!(bench.json("eval array.elbow engine.npz")["anomalous_rows"], 24);
}

#[test]
fn every_latent_likelihood_and_objective() {
    let bench = Bench::with_engine();
    let bit = |i: usize| f32::from(u8::from(i * i % 7 < 3));
    bench.write("bits.npz", npz(&[("X", npy(&[60, 5], (0..300).map(bit)))]));
    bench.write("adc.npz", npz(&[("X", npy(&[60, 5], (0..300).map(|i| (i * i % 4099) as f32 - 2000.0)))]));
    bench.write("grey.npz", npz(&[("X", npy(&[60, 5], (0..300).map(|i| (i * i % 256) as f32)))]));
    let mut latents =
        ["gaussian:2", "vmf:3", "gaussian:1", "vmf:3,kappa=5", "vmf:3,kappa=5,table"].iter().cycle();
    for objective in ["elbo", "elbo:3", "elbo:2,beta=0.5", "iwae:3", "dreg:3", "stl:3", "rws:3"] {
        let likelihoods = [
            ("engine.csv", "--likelihood gaussian"),
            ("engine.csv", "--likelihood gaussian-per-output --activation relu"),
            ("engine.csv", "--likelihood gaussian --hidden none"),
            ("bits.npz", "--likelihood bernoulli --decoder-hidden 4,3"),
            ("grey.npz", "--likelihood bernoulli --binarize threshold"),
            ("grey.npz", "--likelihood bernoulli --binarize dynamic"),
            ("adc.npz", "--likelihood discretized-logistic"),
            ("engine.csv", "--likelihood student-t"),
            ("grey.npz", "--likelihood beta-binomial:255"),
        ];
        for ((data, likelihood), latent) in likelihoods.into_iter().zip(&mut latents) {
            let hidden = if likelihood.contains("--hidden") { "" } else { "--hidden 8" };
            let fit = format!("fit {data} --out m.elbow --latent {latent} --epochs 2 {hidden} {likelihood}");
            bench.good(&format!("{fit} --objective {objective}"));
            let binarize = likelihood.find("--binarize").map_or("", |at| &likelihood[at..]);
            let eval = bench.json(&format!("eval m.elbow {data} --samples 8 {binarize}"));
            assert!(eval["nats_per_row"].as_f64().unwrap().is_finite(), "{fit}: {eval}");
            let inspect = bench.json("inspect m.elbow");
            assert_eq!(inspect["objective"], *objective);
            assert!(inspect["architecture"].as_str().unwrap().contains(latent), "{fit}: {inspect}");
        }
    }
}

#[test]
fn windows_of_csv_and_of_npz() {
    let bench = Bench::with_engine();
    bench.write("plain.csv", csv("a,b", 61, |i| format!("{},{}", i * i % 17, i * 5 % 11)));
    let values = (0..61).flat_map(|i| [(i * i % 17) as f32, (i * 5 % 11) as f32]);
    bench.write("plain.npz", npz(&[("X", npy(&[61, 2], values))]));
    let fit = |data, out| bench.json(&format!("fit {data} --out {out} --window 4 --hop 2 {QUICK}"));
    assert_eq!(fit("plain.csv", "csv.elbow")["rows"], 24);
    assert_eq!(fit("plain.npz", "npz.elbow")["rows"], 24);
    let scores = bench.good("score csv.elbow plain.csv");
    // (61 − 4) / 2 + 1 windows, named by the row at which they begin
    assert_eq!(column(&scores, "row"), (0..29_u16).map(|i| f32::from(1 + 2 * i)).collect::<Vec<_>>());
    assert_eq!(scores, bench.good("score npz.elbow plain.npz"));
    let inspect = bench.json("inspect csv.elbow");
    assert_eq!(
        (&inspect["columns"], &inspect["window"], &inspect["hop"]),
        (&serde_json::json!(["a", "b"]), &4.into(), &2.into())
    );
    assert_eq!(inspect["shape"]["features"], 8);
}

/// A model keeps the names of its columns: which ones, in which order.
#[test]
fn a_model_finds_its_columns_again() {
    let bench = Bench::with_engine();
    bench.write("engine.npz", engine_npz(240));
    bench.good(&format!("fit engine.csv --out some.elbow --columns volt,temp {QUICK}"));
    assert_eq!(bench.json("eval some.elbow engine.csv")["dims"], 2);
    for choice in ["--columns x2,x0", "--drop x1"] {
        bench.good(&format!("fit engine.npz --out some.elbow {choice} {QUICK}"));
        assert_eq!(bench.json("eval some.elbow engine.npz")["dims"], 2, "{choice}");
    }
    bench.write("at.csv", csv("a@0,b@1", 40, |i| format!("{},{}", i * i % 17, i)));
    for window in ["", "--window 1 --hop 2", "--window 3"] {
        bench.good(&format!("fit at.csv --out at.elbow {window} {QUICK}"));
        bench.good("eval at.elbow at.csv");
    }
}

#[test]
fn columns_that_tell_nothing_and_numbers_at_the_limits() {
    let bench = Bench::new();
    let wave = |i: usize| (i * i % 17) as f32 - 8.0;
    for (name, text) in [
        ("constant", csv("a,b", 40, |_| "2.5,-1e30".into())),
        ("one constant", csv("a,b", 40, |i| format!("{},7", wave(i)))),
        ("twice the same", csv("a,b", 40, |i| format!("{0},{0}", wave(i)))),
        ("huge", csv("a,b", 40, |i| format!("{}e37,{}", wave(i), wave(i + 1)))),
        ("tiny", csv("a,b", 40, |i| format!("{}e-40,{}", wave(i), wave(i + 1)))),
        ("one outlier", csv("a,b", 40, |i| format!("{},{}", wave(i), if i == 9 { 3.4e38 } else { 0.5 }))),
        ("ten rows", csv("a", 10, |i| wave(i).to_string())),
    ] {
        bench.write("d.csv", text);
        let fit = bench.json(&format!("fit d.csv --out m.elbow {QUICK}"));
        let eval = bench.json("eval m.elbow d.csv");
        for nats in [&fit["train_nats_per_row"], &fit["valid_nats_per_row"], &eval["nats_per_row"]] {
            assert!(nats.as_f64().is_some_and(f64::is_finite), "{name}: {fit} {eval}");
        }
    }
}

#[test]
fn demo_and_record_speak_json_too() {
    let bench = Bench::new();
    let label = |i: usize| if i < 240 { "normal" } else { "hog" };
    let row = |i: usize| format!("{i},{},{},{}", i * i % 17, i * 7 % 11 + i / 240 * 40, label(i));
    bench.write("telemetry.csv", csv("time_s,cpu,io,label", 320, row));
    let demo = bench.json("demo --data telemetry.csv --out demo");
    has(&demo, &["model", "file_bytes", "threshold_nats", "kinds", "auroc"]);
    assert!(bench.path("demo/demo.elbow").exists() && bench.path("demo/demo.rs").exists());
    bench.json("eval demo/demo.elbow telemetry.csv");
    // the counters are whole numbers
    assert!(demo["packets"]["ratio"].as_f64().is_some_and(|ratio| ratio > 1.0), "{demo}");
    assert_eq!(bench.json("inspect demo/demo.elbow")["packets"]["bound"], 2);
    assert_eq!(bench.json("decompress demo/demo.elbow demo/demo.packets back.csv")["rows"], 320);
    // steps so fine that no integer holds the numbers: all else is done
    let fine =
        |i: usize| format!("{i},{}.1234567,{},{}", 900_000 + i * i % 17, i * 7 % 11 + i / 240 * 40, label(i));
    bench.write("fine.csv", csv("time_s,cpu,io,label", 320, fine));
    let demo = bench.json("demo --data fine.csv --out fine");
    has(&demo, &["model", "auroc"]);
    assert!(demo["packets"].is_null() && bench.json("inspect fine/demo.elbow")["packets"].is_null());
    if cfg!(target_os = "linux") {
        has(&bench.json("record counters.csv --seconds 0.5 --rate 4"), &["rows"]);
        bench.good(&format!("fit telemetry.csv --out t.elbow --drop time_s {QUICK}"));
    }
}
