use std::collections::HashMap;
use std::fs;
use std::sync::mpsc;
use std::thread;

use super::proc::{Snapshot, Texts, WIDTH, names};
use super::*;

const BEFORE: Texts = Texts {
    stat: "cpu  100 10 50 1000 20 1 4 5 0 0\ncpu0 100 10 50 1000 20 1 4 5 0 0\nintr 7000 1 2 3\nctxt 9000\n\
           btime 1\nprocesses 300\nprocs_running 2\nprocs_blocked 1\nsoftirq 5 1\n",
    loadavg: "0.25 0.50 0.75 2/91 7217\n",
    meminfo: "MemTotal:  4096 kB\nMemAvailable:  2048 kB\nDirty:  512 kB\nAnonPages:  1024 kB\n",
    vmstat: "nr_free_pages 9\npgfree 600\npgfault 400\npgmajfault 40\n",
    diskstats: "   7  0 loop0 9 9 9 9 9 9 9 9 0 9 9\n 254  0 vda 10 0 200 5 20 0 400 5 0 100 10\n \
                254  1 vda1 10 0 200 5 20 0 400 5 0 100 10\n 259 0 nvme0n1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 \
                0\n \
                259 1 nvme0n1p1 7 7 7 7 7 7 7 7 7 7 7\n",
};

const AFTER: Texts = Texts {
    stat: "cpu  130 20 70 1020 30 2 6 7 0 0\nintr 7200\nctxt 9100\nprocesses 310\nprocs_running \
           3\nprocs_blocked 0\n",
    loadavg: "1.25 0.50 0.75 2/93 7300\n",
    meminfo: "MemAvailable: 1024 kB\nDirty: 0 kB\nAnonPages: 2048 kB\n",
    vmstat: "pgfree 700\npgfault 420\npgmajfault 30\n",
    diskstats: "254 0 vda 14 0 240 5 26 0 480 5 0 600 10\n",
};

fn args(out: &Path) -> RecordArgs {
    RecordArgs {
        out: out.to_path_buf(),
        rate: 20.0,
        seconds: Some(0.2),
        label: "normal".into(),
        append: false,
        command: Vec::new(),
    }
}

fn shell(script: &str) -> Vec<String> {
    ["/bin/sh", "-c", script].map(String::from).to_vec()
}

fn record_quietly(args: &RecordArgs) -> Result<Recording, RecordError> {
    let (_open, stopped) = mpsc::channel();
    record(args, &stopped)
}

#[test]
fn a_row_holds_shares_rates_and_levels() {
    let (before, after) = (Snapshot::parse(&BEFORE).unwrap(), Snapshot::parse(&AFTER).unwrap());
    let row: HashMap<_, _> = names().zip(after.since(&before, 0.5)).collect();
    let expected = [
        ("cpu_user", 40.0 / 95.0),
        ("cpu_system", 23.0 / 95.0),
        ("cpu_iowait", 10.0 / 95.0),
        ("interrupts_per_s", 400.0),
        ("context_switches_per_s", 200.0),
        ("forks_per_s", 20.0),
        ("running", 3.0),
        ("blocked", 0.0),
        ("load1", 1.25),
        ("tasks", 93.0),
        ("mem_available_mib", 1.0),
        ("anon_mib", 2.0),
        ("dirty_mib", 0.0),
        ("pages_freed_per_s", 200.0),
        ("page_faults_per_s", 40.0),
        ("major_faults_per_s", 0.0), // it fell
        ("disk_read_kib_per_s", 40.0),
        ("disk_write_kib_per_s", 80.0),
        ("disk_ops_per_s", 20.0),
        ("disk_busy", 1.0),
    ];
    assert_eq!(expected.len(), WIDTH);
    for (name, value) in expected {
        assert!((row[name] - value).abs() < 1e-12, "{name}: {} is not {value}", row[name]);
    }
}

#[test]
fn a_counter_that_is_not_there_is_named() {
    let cases = [
        (Texts { stat: "cpu 1 2 3", ..BEFORE }, "/proc/stat", "cpu"),
        (Texts { loadavg: "", ..BEFORE }, "/proc/loadavg", "fields"),
        (Texts { meminfo: "MemTotal: 1 kB\n", ..BEFORE }, "/proc/meminfo", "MemAvailable"),
        (Texts { vmstat: "pgfree many\n", ..BEFORE }, "/proc/vmstat", "pgfree"),
        (Texts { diskstats: "254 0 vda 1 2 3\n", ..BEFORE }, "/proc/diskstats", "vda"),
    ];
    for (texts, file, key) in cases {
        let text = Snapshot::parse(&texts).unwrap_err().to_string();
        assert!(text.contains(file) && text.contains(key), "{text}");
    }
}

#[test]
fn rows_carry_five_digits() {
    let row = line(1.25, &[0.0, 1.0 / 3.0, 123_456.7, 23_648.2], "normal");
    assert_eq!(row, "1.250,0,0.33333,123460,23648,normal\n");
}

#[test]
#[cfg(target_os = "linux")]
fn a_recording_is_a_table_at_the_rate() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("host.csv");
    let recording = record_quietly(&args(&out)).unwrap();
    let text = fs::read_to_string(&out).unwrap();
    let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(rows.len(), recording.rows + 1);
    // A loaded machine may miss a deadline, never add one.
    assert!((1..=4).contains(&recording.rows), "{recording}");
    for row in &rows[1..] {
        assert_eq!(row.len(), WIDTH + 2);
        assert!(row[..=WIDTH].iter().all(|x| x.parse::<f64>().unwrap().is_finite()));
        assert_eq!(row[WIDTH + 1], "normal");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn an_output_is_continued_only_when_asked_and_when_it_fits() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("host.csv");
    let more = RecordArgs { append: true, label: "cpu_hog".into(), ..args(&out) };
    record_quietly(&more).unwrap();
    assert!(matches!(record_quietly(&args(&out)), Err(RecordError::Exists(_))));
    record_quietly(&more).unwrap();
    let text = fs::read_to_string(&out).unwrap();
    assert_eq!(text.matches("time_s").count(), 1);

    fs::write(&out, text.trim_end()).unwrap();
    assert!(matches!(record_quietly(&more), Err(RecordError::CutOff(_))));
    fs::write(&out, "time_s,temperature\n1,2\n").unwrap();
    let error = record_quietly(&more).unwrap_err();
    assert!(matches!(error, RecordError::Columns(_)) && error.exit_code() == 2);
}

#[test]
#[cfg(target_os = "linux")]
fn wrong_arguments_leave_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let good = args(&folder.path().join("host.csv"));
    let wrong = [
        RecordArgs { rate: 0.0, ..good.clone() },
        RecordArgs { rate: f64::NAN, ..good.clone() },
        RecordArgs { seconds: Some(-1.0), ..good.clone() },
        RecordArgs { label: "a,b".into(), ..good.clone() },
        RecordArgs { label: " ".into(), ..good.clone() },
        RecordArgs { out: folder.path().join("none/host.csv"), ..good.clone() },
        RecordArgs { command: vec!["/no/such/command".into()], ..good.clone() },
    ];
    for args in wrong {
        assert_eq!(record_quietly(&args).unwrap_err().exit_code(), 2);
        assert!(!args.out.exists(), "{args:?}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn the_command_is_ended_with_all_that_it_started() {
    let folder = tempfile::tempdir().unwrap();
    let mark = folder.path().join("mark");
    let script = format!("(trap '' TERM; while :; do echo >>{}; sleep 0.05; done) & wait", mark.display());
    record_quietly(&RecordArgs { command: shell(&script), ..args(&folder.path().join("host.csv")) }).unwrap();
    let lines = fs::read_to_string(&mark).unwrap().len();
    thread::sleep(Duration::from_millis(300));
    assert_eq!(fs::read_to_string(&mark).unwrap().len(), lines);
}

#[test]
#[cfg(target_os = "linux")]
fn a_recording_ends_with_its_command_and_reports_its_failure() {
    let folder = tempfile::tempdir().unwrap();
    let forever = RecordArgs { seconds: None, ..args(&folder.path().join("host.csv")) };
    record_quietly(&RecordArgs { command: shell("exit 0"), ..forever.clone() }).unwrap();
    let failing = RecordArgs { append: true, command: shell("exit 3"), ..forever };
    let error = record_quietly(&failing).unwrap_err();
    assert!(matches!(error, RecordError::Command { .. }) && error.exit_code() == 1, "{error}");
}

#[test]
#[cfg(target_os = "linux")]
fn ctrl_c_ends_it_with_whole_rows() {
    let folder = tempfile::tempdir().unwrap();
    let forever = RecordArgs { seconds: None, ..args(&folder.path().join("host.csv")) };
    let (stop, stopped) = mpsc::channel();
    let interrupt = thread::spawn(move || {
        thread::sleep(Duration::from_millis(230));
        stop.send(()).unwrap();
        stop // an open channel, as Ctrl-C's is
    });
    let recording = record(&forever, &stopped).unwrap();
    interrupt.join().unwrap();
    let text = fs::read_to_string(&forever.out).unwrap();
    assert!(recording.rows >= 1 && text.ends_with(",normal\n"));
}
