//! Ctrl-C during a fit: the best weights so far, or nothing at all.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::bench::{Bench, Outcome, QUICK};

/// Starts a fit; sends SIGINT this long after it has begun to listen for it.
fn interrupted(bench: &Bench, line: &str, after: Duration) -> Outcome {
    let child = bench.command(line).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    wait_until_listening(&child);
    sleep(after);
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    Outcome::new(line, child.wait_with_output().unwrap())
}

/// Linux says which signals a process catches; elsewhere a second must do.
fn wait_until_listening(child: &Child) {
    const SIGINT: u64 = 1 << 1;
    let status = PathBuf::from(format!("/proc/{}/status", child.id()));
    let listens = || {
        let status = fs::read_to_string(&status).ok()?;
        let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"))?;
        Some(u64::from_str_radix(caught.trim(), 16).ok()? & SIGINT != 0)
    };
    let start = Instant::now();
    while listens() == Some(false) && start.elapsed() < Duration::from_secs(20) {
        sleep(Duration::from_millis(5));
    }
    if listens().is_none() {
        sleep(Duration::from_secs(1));
    }
}

#[test]
fn the_best_weights_so_far_are_written() {
    let bench = Bench::with_engine();
    let line = "fit engine.csv --out engine.elbow --hidden 8 --latent gaussian:2 --epochs 4000000000 \
                --patience 4000000000 --json";
    let outcome = interrupted(&bench, line, Duration::from_millis(500));
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    assert!(outcome.stderr.starts_with("stopping; the best weights so far will be written"), "{outcome:?}");
    let fit: Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!(fit["stopped"], true);
    assert!(fit["best_epoch"].as_u64().unwrap() >= 1);
    assert_eq!(bench.files().len(), 3, "{:?}", bench.files().keys());
    bench.good("eval engine.elbow engine.csv");
}

#[test]
fn before_the_first_epoch_nothing_is_written() {
    let bench = Bench::with_engine();
    bench.good(&format!("fit engine.csv --out engine.elbow {QUICK}"));
    let before = bench.files();
    // one step is short, the epoch of 194 steps is not
    let line =
        "fit engine.csv --out engine.elbow --hidden 8 --latent gaussian:2 --batch 1 --objective iwae:100000";
    let outcome = interrupted(&bench, line, Duration::ZERO);
    assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(1), ""), "{outcome:?}");
    let last = outcome.stderr.lines().last();
    assert_eq!(last, Some("elbow: stopped before the first epoch was complete; nothing was written"));
    assert!(bench.files() == before);
}
