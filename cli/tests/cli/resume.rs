//! A run that is written down: what its folder holds, and that it goes on
//! from there as if it had never been stopped.

use std::fs;
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use elbow_host::random::{Purpose, stream};
use rand_core::Rng as _;
use serde_json::Value;

use crate::bench::{Bench, QUICK};
use crate::interrupt::wait_until_listening;

/// Some hundred short epochs, with everything that a run carries along.
const LONG: &str = "--hidden 16 --latent gaussian:2 --objective iwae:4 --batch 16 --epochs 120 --patience \
                    120 --ema 0.99 \
                    --lr-schedule cosine:5 --input-mask 0.1 --posterior-norm 0.5";

/// What a finished run leaves, but for its times.
fn outcome(bench: &Bench, folder: &str) -> (Vec<u8>, Vec<Value>) {
    let lines = String::from_utf8(bench.read(&format!("{folder}/metrics.jsonl"))).unwrap();
    let mut metrics: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut before = 0.0;
    for line in &mut metrics {
        let seconds = line.as_object_mut().unwrap().remove("seconds").unwrap().as_f64().unwrap();
        assert!(seconds > before, "time goes on: {lines}");
        before = seconds;
    }
    (bench.read(&format!("{folder}/model.elbow")), metrics)
}

fn started(bench: &Bench, line: &str) -> Child {
    bench.command(line).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// Waits until a file of a run in the middle of its work is there.
fn wait_for(path: &Path, child: &mut Child) {
    wait_until(|| path.exists(), child);
}

/// Waits no longer than the process lives, or a minute.
fn wait_until(is_so: impl Fn() -> bool, child: &mut Child) {
    let start = Instant::now();
    while !is_so() && child.try_wait().unwrap().is_none() && start.elapsed() < Duration::from_secs(60) {
        sleep(Duration::from_millis(2));
    }
}

#[test]
fn a_folder_holds_all_of_a_run() {
    let bench = Bench::with_engine();
    let fit = bench.json(&format!("fit engine.csv --run run {QUICK} --seed 5"));
    assert_eq!((fit["run"].as_str(), fit["model"].as_str()), (Some("run"), Some("run/model.elbow")));
    let (model, metrics) = outcome(&bench, "run");
    let epochs: Vec<_> = metrics.iter().map(|line| line["epoch"].as_u64().unwrap()).collect();
    assert_eq!(epochs, [1, 2, 3]);
    assert_eq!(metrics[2]["valid_nats_per_row"], fit["valid_nats_per_row"]);
    assert_eq!(metrics[2]["step"].as_u64().unwrap() % 3, 0);
    let latent = &metrics[2]["latent"];
    let (kl, units) = (latent["kl"].as_f64().unwrap(), latent["kl_per_unit"].as_array().unwrap());
    let total: f64 = units.iter().map(|kl| kl.as_f64().unwrap()).sum();
    assert!(kl > 0.0 && (kl - total).abs() < 1e-4 * kl, "{latent}");
    assert!(metrics[2]["valid_nats_per_row_ci95"].as_f64().unwrap() > 0.0);
    for name in ["config.toml", "checkpoint.bin", "model.rs"] {
        assert!(!bench.read(&format!("run/{name}")).is_empty());
    }
    // the settings are complete
    bench.good("fit engine.csv --config run/config.toml --run again --snapshot-every 3");
    assert_eq!(outcome(&bench, "again"), (model.clone(), metrics));
    // the best epoch is the last
    assert!(
        bench.read("again/epoch-000003.elbow") == model && !bench.path("again/epoch-000002.elbow").exists()
    );
    // a finished run has nothing left to do
    bench.good("fit engine.csv --run run --resume");
    assert!(bench.read("run/model.elbow") == model);
    bench.good("eval run/model.elbow engine.csv");
}

#[test]
fn killed_at_any_moment() {
    goes_on_after_kills(LONG);
    // the spread is held against a prior that stays where it is
    goes_on_after_kills(&LONG.replace("--posterior-norm 0.5", "--prior gmm:3"));
}

fn goes_on_after_kills(settings: &str) {
    let bench = Bench::with_engine();
    let times = std::env::var("ELBOW_KILLS").map_or(5, |times| times.parse().unwrap());
    let start = Instant::now();
    bench.good(&format!("fit engine.csv --run whole {settings} --threads 1"));
    let lasted = start.elapsed();
    let mut rng = stream(11, Purpose::Noise, 0, 0);
    let mut line = format!("fit engine.csv --run killed {settings} --checkpoint-every 1");
    for kill in 0..times {
        // One thread or two: neither matters.
        let mut child = started(&bench, &format!("{line} --threads {}", 1 + kill % 2));
        let part = f64::from(rng.next_u32()) / f64::from(u32::MAX);
        sleep(lasted.mul_f64(1.5 * part / f64::from(times)));
        child.kill().unwrap();
        child.wait().unwrap();
        line = format!("fit engine.csv --run killed --resume {settings} --checkpoint-every 1");
    }
    bench.good(&line);
    assert!(outcome(&bench, "killed") == outcome(&bench, "whole"));
    let left = fs::read_dir(bench.path("killed")).unwrap().count();
    assert_eq!(left, 5, "config, metrics, checkpoint, model and its type");
}

#[test]
fn what_cannot_go_on_is_told() {
    let bench = Bench::with_engine();
    bench.good(&format!("fit engine.csv --run run {QUICK}"));
    bench.refuses(&format!("fit engine.csv --run run {QUICK}"), &["--run run", "--resume"]);
    bench.refuses("fit engine.csv --run run --resume --lr 0.5", &["--run run", "lr 0.001", "not 0.5"]);
    bench.write("other.csv", crate::bench::engine_csv(238));
    bench.refuses("fit other.csv --run run --resume", &["--run run", "rows of other.csv"]);
    let checkpoint = bench.path("run/checkpoint.bin");
    let sound = fs::read(&checkpoint).unwrap();
    for (at, said) in
        [(0, "is not a checkpoint"), (8, "version"), (100, "damaged"), (sound.len() - 1, "damaged")]
    {
        let mut bytes = sound.clone();
        bytes[at] ^= 0x40;
        fs::write(&checkpoint, bytes).unwrap();
        bench.refuses("fit engine.csv --run run --resume", &["checkpoint.bin", said]);
    }
    for len in [0, 11, 12, 15, 16, sound.len() / 2, sound.len() - 1] {
        fs::write(&checkpoint, &sound[..len]).unwrap();
        bench.refuses("fit engine.csv --run run --resume", &["checkpoint.bin"]);
    }
    bench.refuses("fit engine.csv --out a.elbow --resume", &["--run"]);
    bench.refuses("fit engine.csv --run a --checkpoint-every 0", &["--checkpoint-every"]);
    bench.refuses("fit engine.csv --run a --checkpoint-every 5d", &["60s"]);
}

/// The settings are the first file of a run: what a kill leaves without them is no run.
#[test]
fn a_part_of_a_run_is_none() {
    let bench = Bench::with_engine();
    bench.good(&format!("fit engine.csv --run run {QUICK}"));
    fs::remove_file(bench.path("run/config.toml")).unwrap();
    for name in ["checkpoint.bin", "metrics.jsonl"] {
        bench.refuses("fit engine.csv --run run --resume", &["--run run", "without its config.toml"]);
        bench.refuses(&format!("fit engine.csv --run run {QUICK}"), &["without its config.toml"]);
        fs::write(bench.path("run").join(name), "").unwrap();
        if name == "checkpoint.bin" {
            fs::remove_file(bench.path("run/checkpoint.bin")).unwrap();
        }
    }
    // begun, and killed before there was a checkpoint
    bench.good(&format!("fit engine.csv --run early {QUICK} --lr 0.5"));
    for name in ["checkpoint.bin", "metrics.jsonl", "model.elbow", "model.rs"] {
        fs::remove_file(bench.path("early").join(name)).unwrap();
    }
    bench.refuses("fit engine.csv --run early --resume --lr 0.25", &["lr 0.5", "not 0.25"]);
    bench.good("fit engine.csv --run early --resume");
    bench.good(&format!("fit engine.csv --out whole.elbow {QUICK} --lr 0.5"));
    let model = |name: &str| bench.json(&format!("eval {name} engine.csv"))["nats_per_row"].clone();
    assert_eq!(model("early/model.elbow"), model("whole.elbow"));
    bench.good(&format!("fit engine.csv --run new --resume {QUICK}"));
}

#[test]
fn other_names_and_longer_files_are_told() {
    let bench = Bench::with_engine();
    bench.good(&format!("fit engine.csv --run run {QUICK}"));
    let engine = String::from_utf8(bench.read("engine.csv")).unwrap();
    let (header, rows) = engine.split_once('\n').unwrap();
    let mut names: Vec<String> = header.split(',').map(str::to_owned).collect();
    names[0] += "_renamed";
    bench.write("renamed.csv", names.join(",") + "\n" + rows);
    bench.refuses("fit renamed.csv --run run --resume", &["rows of renamed.csv or its columns"]);
    // a byte more, under a checksum that is right
    let mut longer = bench.read("run/checkpoint.bin");
    let end = longer.len() - 4;
    longer.splice(end.., [0]);
    longer.extend(elbow::format::checksum(&longer).to_le_bytes());
    bench.write("run/checkpoint.bin", longer);
    bench.refuses("fit engine.csv --run run --resume", &["checkpoint.bin", "damaged"]);
}

#[cfg(unix)]
#[test]
fn a_name_with_a_newline_is_no_setting() {
    let bench = Bench::with_engine();
    let name = "engine\nseed = 7\n.csv";
    bench.write(name, bench.read("engine.csv"));
    let mut fit = bench.command("fit");
    fit.arg(name).args("--run run --seed 5".split(' ')).args(QUICK.split(' '));
    assert!(fit.output().unwrap().status.success());
    let config = String::from_utf8(bench.read("run/config.toml")).unwrap();
    assert_eq!(config.lines().filter(|line| line.starts_with("seed")).collect::<Vec<_>>(), ["seed = 5"]);
    bench.good("fit engine.csv --run run --resume");
}

#[test]
fn two_processes_do_not_share_a_folder() {
    let bench = Bench::with_engine();
    let endless = LONG.replace("120", "100000");
    let mut first = started(&bench, &format!("fit engine.csv --run run {endless}"));
    // the settings stand there before the folder is taken, an epoch's metrics behind that
    let epochs = bench.path("run/metrics.jsonl");
    wait_until(|| std::fs::metadata(&epochs).is_ok_and(|file| file.len() > 0), &mut first);
    bench.run("fit engine.csv --run run --resume").is_failure(2, &["another process"]);
    first.kill().unwrap();
    first.wait().unwrap();
}

#[test]
fn ctrl_c_before_the_first_epoch_is_a_pause() {
    let bench = Bench::with_engine();
    // an epoch of 194 long steps
    let settings = "--hidden 8 --latent gaussian:2 --batch 1 --objective iwae:20000 --epochs 1";
    let mut child = started(&bench, &format!("fit engine.csv --run run {settings}"));
    wait_for(&bench.path("run/config.toml"), &mut child);
    wait_until_listening(&child);
    let id = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(1));
    assert!(bench.path("run/checkpoint.bin").exists() && !bench.path("run/model.elbow").exists());
    bench.good("fit engine.csv --run run --resume");
    bench.good(&format!("fit engine.csv --run whole {settings}"));
    assert!(outcome(&bench, "run") == outcome(&bench, "whole"));
}
