//! Commands that write, ended at any moment or without room: what was there is there, and nothing else.

use std::os::unix::process::CommandExt as _;
use std::process::{Command, Output, Stdio};
use std::thread::sleep;
use std::time::Duration;

use elbow_host::random::{Purpose, stream};
use rand_core::Rng as _;

use crate::bench::{Bench, QUICK, engine_csv};

/// Each command that writes, over files that are there.
fn writers() -> [String; 13] {
    [
        format!("fit engine.csv --out engine.elbow {QUICK} --seed 2"),
        "fit engine.csv --auto --out mixture.elbow".into(),
        "score engine.elbow engine.csv --out scores.csv".into(),
        "calibrate engine.elbow later.csv --false-alarm 0.1".into(),
        "quantize engine.elbow --weights int8 --out small.elbow".into(),
        "compress engine.elbow engine.csv engine.packets --bound 0 --resolution 0.01".into(),
        "decompress engine.elbow engine.packets back.csv".into(),
        "sample engine.elbow --rows 240 --out drawn.csv --force".into(),
        "encode engine.elbow engine.csv --out latents.csv --force".into(),
        "reconstruct engine.elbow engine.csv --out rebuilt.csv --force".into(),
        "impute mixture.elbow engine.csv --out full.csv --force".into(),
        "report mixture.elbow engine.csv --out page.html --force".into(),
        "sign mixture.elbow --key fleet.key --version 2".into(),
    ]
}

fn bench() -> Bench {
    let bench = Bench::with_model();
    // rows that no fit has seen
    let all = engine_csv(480);
    let lines: Vec<&str> = all.lines().collect();
    bench.write("later.csv", [&lines[..1], &lines[241..]].concat().join("\n") + "\n");
    bench.good("keygen fleet.key");
    for line in writers() {
        bench.good(&line);
    }
    bench
}

/// Whether every file is what a command leaves: models open, packets unpack, tables have all their rows.
fn assert_whole(bench: &Bench, after: &str) {
    for model in ["engine.elbow", "mixture.elbow", "small.elbow"] {
        bench.good(&format!("inspect {model}"));
    }
    for table in ["engine", "scores", "back", "drawn", "latents", "rebuilt", "full"] {
        let lines = bench.read(&format!("{table}.csv")).split(|byte| *byte == b'\n').count();
        assert_eq!(lines, 242, "{table}: {after}");
    }
    let page = bench.read("page.html");
    assert!(page.trim_ascii_end().ends_with(b"</html>"), "{after}");
}

/// Ends each command by each signal, so many times, at moments that a seed chooses.
fn end_at_any_moment(times: usize) {
    let bench = bench();
    let names = bench.files().into_keys().collect::<Vec<_>>();
    let mut rng = stream(17, Purpose::Noise, 0, 0);
    for line in writers().iter().cycle().take(times * writers().len()) {
        for signal in ["-INT", "-TERM", "-HUP", "-KILL"] {
            let mut command = bench.command(line);
            let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            sleep(Duration::from_micros(u64::from(rng.next_u32() % 60_000)));
            // it may have ended by itself
            drop(Command::new("kill").args([signal, &child.id().to_string()]).stderr(Stdio::null()).status());
            child.wait().unwrap();
            let after = format!("{signal} {line}");
            for name in bench.files().into_keys() {
                let is_litter = !names.contains(&name);
                let may_be = signal == "-KILL" && name.extension().is_some_and(|ending| ending == "tmp");
                assert!(!is_litter || may_be, "{after}: {}", name.display());
                if is_litter {
                    // nobody can tidy up behind a process that is killed
                    std::fs::remove_file(name).unwrap();
                }
            }
            assert_whole(&bench, &after);
        }
    }
}

#[test]
fn a_command_that_is_ended_leaves_what_was_there() {
    end_at_any_moment(1);
}

#[test]
#[ignore = "some minutes; the same, often"]
fn commands_that_are_ended_often_leave_what_was_there() {
    end_at_any_moment(36);
}

/// As a full disk: no file may grow beyond so many blocks.
#[test]
fn a_command_without_room_says_so_and_leaves_what_was_there() {
    let bench = bench();
    let before = bench.files();
    for line in writers() {
        let command = bench.command(&line);
        let typed = command.get_args().map(|arg| format!("'{}'", arg.to_string_lossy()));
        let script = format!(
            "trap '' XFSZ; ulimit -f 0; exec '{}' {}",
            command.get_program().to_string_lossy(),
            typed.collect::<Vec<_>>().join(" ")
        );
        let mut shell = Command::new("sh");
        shell.args(["-c", &script]).process_group(0).stdout(Stdio::piped()).stderr(Stdio::piped());
        if let Some(folder) = command.get_current_dir() {
            shell.current_dir(folder);
        }
        let outcome = shell.output().unwrap();
        // a model that is calibrated again the same way may have nothing to write
        assert_eq!(outcome.status.code(), Some(1), "{line}: {outcome:?}");
        assert!(bench.files() == before, "{line}: {:?}", bench.files().keys());
    }
}

/// A file system of its own for one command, which a mount prepares; `None` where mounts are not allowed.
fn in_a_world(bench: &Bench, line: &str, options: &str, then: &str) -> Option<Output> {
    let command = bench.command(line);
    let typed: Vec<_> = command.get_args().map(|arg| format!("'{}'", arg.to_string_lossy())).collect();
    let (program, world) = (command.get_program().to_string_lossy(), tempfile::tempdir().unwrap());
    let (here, world) = (command.get_current_dir().unwrap().display(), world.path().display());
    // 77: no mounts; 78: a file is not as it was, or one is left over
    let script = format!(
        "mount -t tmpfs -o {options} tmpfs '{world}' 2>/dev/null || exit 77
         cp '{here}'/* '{world}' && cd '{world}' \
         && {{ {then}; }}; '{program}' {}; code=$?; rm -f filler*
         for file in '{here}'/*; do cmp \"$file\" \"$(basename \"$file\")\" || exit 78; done
         [ \"$(ls -A)\" = \"$(ls -A '{here}')\" ] || exit 78; exit $code",
        typed.join(" ")
    );
    let outcome = Command::new("unshare").args(["--map-root-user", "--mount", "sh", "-c", &script]).output();
    outcome.ok().filter(|outcome| !matches!(outcome.status.code(), Some(77) | None) && !is_refused(outcome))
}

/// A container may allow no namespaces.
fn is_refused(outcome: &Output) -> bool {
    outcome.stderr.starts_with(b"unshare:")
}

#[test]
fn file_systems_that_are_full_or_read_only() {
    let bench = bench();
    let worlds = [
        ("no room for another file", "nr_inodes=60", "while touch filler$((n += 1)) 2>/dev/null; do :; done"),
        ("no room for another byte", "size=512k", "cat /dev/zero 2>/dev/null >filler"),
        ("read only", "size=64m", "mount -o remount,ro ."),
    ];
    for (world, options, then) in worlds {
        for line in writers() {
            let Some(outcome) = in_a_world(&bench, &line, options, then) else {
                eprintln!("skipped: {world}: this system lets nobody mount");
                return;
            };
            let said = String::from_utf8_lossy(&outcome.stderr);
            assert_eq!(outcome.status.code(), Some(1), "{world}: {line}: {said}");
            assert!(said.starts_with("elbow: ") || said.contains("\nelbow: "), "{world}: {line}: {said}");
        }
    }
}

/// What reads standard output may go away.
#[test]
fn a_pipe_that_closes_is_no_panic() {
    let bench = bench();
    let before = bench.files();
    for line in ["score engine.elbow engine.csv", "eval engine.elbow engine.csv", "inspect engine.elbow"] {
        let mut child = bench.as_typed(line).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let outcome = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&outcome.stderr).into_owned();
        assert!(!said.contains("panicked") && outcome.status.code().is_some(), "{line}: {said}");
        assert!(bench.files() == before, "{line}");
    }
}
