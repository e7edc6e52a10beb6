//! Ctrl-C during a fit: the best weights so far, or nothing at all.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use elbow_host::random::{Purpose, stream};
use rand_core::Rng as _;
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
pub(crate) fn wait_until_listening(child: &Child) {
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
    assert_eq!(bench.files().len(), 4, "{:?}", bench.files().keys());
    bench.good("eval engine.elbow engine.csv");
}

fn signal(name: &str, child: &Child) {
    assert!(Command::new("kill").args([name, &child.id().to_string()]).status().unwrap().success());
}

/// A mixture is fitted in one go: there is nothing to keep of a half.
#[test]
fn a_mixture_ends_at_once() {
    let bench = Bench::new();
    let mut rng = stream(3, Purpose::Noise, 0, 0);
    let mut cell = || (f64::from(rng.next_u32()) / 1e9).to_string();
    let rows: Vec<String> = (0..60_000).map(|_| [cell(), cell(), cell(), cell()].join(",")).collect();
    bench.write("wide.csv", "a,b,c,d\n".to_owned() + &rows.join("\n") + "\n");
    let before = bench.files();
    for name in ["-INT", "-TERM", "-HUP"] {
        let line = "fit wide.csv --out m.elbow --model gmm:200 --threads 1";
        let mut child = bench.command(line).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        wait_until_listening(&child);
        signal(name, &child);
        assert_eq!(child.wait().unwrap().code(), Some(130), "{name}");
        assert!(bench.files() == before, "{name}");
    }
}

/// What a command has begun to write is gone when a signal has ended it.
#[cfg(unix)]
#[test]
fn no_temporary_file_is_left() {
    let bench = Bench::with_model();
    let before = bench.files();
    assert!(Command::new("mkfifo").arg(bench.path("rows.csv")).status().unwrap().success());
    let engine = String::from_utf8(bench.read("engine.csv")).unwrap();
    let is_temporary = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "tmp");
    for name in ["-INT", "-TERM", "-HUP"] {
        let line = "compress engine.elbow rows.csv rows.pk --bound 0 --resolution 0.001";
        let child = bench.command(line).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        // it waits for more rows until it is told to stop
        let mut rows = fs::OpenOptions::new().write(true).open(bench.path("rows.csv")).unwrap();
        rows.write_all(engine.as_bytes()).unwrap();
        let start = Instant::now();
        while !bench.files().keys().any(is_temporary) && start.elapsed() < Duration::from_secs(20) {
            sleep(Duration::from_millis(5));
        }
        signal(name, &child);
        let outcome = child.wait_with_output().unwrap();
        assert_eq!(outcome.status.code(), Some(130), "{name}: {}", String::from_utf8_lossy(&outcome.stderr));
        assert!(bench.files() == before, "{name}: {:?}", bench.files().keys());
    }
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
