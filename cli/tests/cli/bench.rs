//! A folder to type commands in, and the files that one would have there.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Write as _};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use elbow::math::normal_quantile;
use elbow_host::random::{Purpose, stream};
use rand_core::Rng as _;
use serde_json::Value;
use tempfile::TempDir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Settings of a fit that takes milliseconds.
pub(crate) const QUICK: &str = "--hidden 8 --latent gaussian:2 --epochs 3";

pub(crate) struct Bench(TempDir);

impl Bench {
    pub(crate) fn new() -> Self {
        Bench(tempfile::tempdir().expect("a temporary folder"))
    }

    /// With `engine.csv`: three coupled sensors, 240 rows, every tenth labelled 1 and six standard deviations
    /// off; and `later.csv`: the 240 rows that come after them.
    pub(crate) fn with_engine() -> Self {
        let bench = Bench::new();
        bench.write("engine.csv", engine_csv(240));
        bench.write("later.csv", later_csv(240));
        bench
    }

    /// With `engine.elbow` beside it.
    pub(crate) fn with_model() -> Self {
        let bench = Bench::with_engine();
        bench.good(&format!("fit engine.csv --out engine.elbow {QUICK}"));
        bench
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, contents: impl AsRef<[u8]>) {
        fs::write(self.path(name), contents).expect("a file in the temporary folder");
    }

    /// Copies a file of `tests/cases`, where files are as people have them.
    pub(crate) fn case(&self, name: &str) {
        let cases = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
        let bytes = fs::read(cases.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        self.write(name, bytes);
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// `elbow LINE` in this folder, not yet started; tests write over their own files.
    pub(crate) fn command(&self, line: &str) -> Command {
        const WRITERS: [&str; 7] =
            ["fit", "score", "import", "calibrate", "quantize", "compress", "decompress"];
        let mut command = self.as_typed(line);
        if line.split_whitespace().next().is_some_and(|first| WRITERS.contains(&first)) {
            command.arg("--force");
        }
        command
    }

    /// As [`command`](Self::command), and nothing is written over.
    pub(crate) fn as_typed(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_elbow"));
        command.args(line.split_whitespace()).current_dir(self.0.path()).stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, line: &str) -> Outcome {
        Outcome::new(line, self.command(line).output().expect("elbow starts"))
    }

    /// Runs what must succeed; gives stdout.
    pub(crate) fn good(&self, line: &str) -> String {
        let outcome = self.run(line);
        assert_eq!(outcome.code, Some(0), "{outcome:?}");
        outcome.stdout
    }

    /// Runs what must succeed, with `--json`.
    pub(crate) fn json(&self, line: &str) -> Value {
        let text = self.good(&format!("{line} --json"));
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{line}: {error}\n{text}"))
    }

    /// Runs what must be refused, with code 2, in one sentence that contains all of `said`.
    pub(crate) fn refuses(&self, line: &str, said: &[&str]) {
        self.fails(2, line, said);
    }

    /// Runs what must fail with this code, in one sentence that contains all of `said`, and change no file.
    pub(crate) fn fails(&self, code: i32, line: &str, said: &[&str]) {
        let before = self.files();
        let outcome = self.run(line);
        outcome.is_failure(code, said);
        assert!(before == self.files(), "{outcome:?} changed {:?}", self.files().keys());
    }

    /// Every file here, subfolders left out.
    pub(crate) fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let entries = fs::read_dir(self.0.path()).expect("the temporary folder");
        let files = entries.map(|entry| entry.expect("an entry").path()).filter(|path| path.is_file());
        files.map(|path| (path.clone(), fs::read(path).unwrap_or_default())).collect()
    }
}

/// How a command ended.
#[derive(Debug)]
#[allow(dead_code, reason = "the line is for the messages of assertions")]
pub(crate) struct Outcome {
    pub(crate) line: String,
    /// `None` where a signal ended it
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Outcome {
    pub(crate) fn new(line: &str, output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("text");
        let (stdout, stderr) = (text(output.stdout), text(output.stderr));
        Outcome { line: line.to_string(), code: output.status.code(), stdout, stderr }
    }

    /// One sentence on stderr, nothing on stdout.
    pub(crate) fn is_failure(&self, code: i32, said: &[&str]) {
        assert_eq!(self.code, Some(code), "{self:?}");
        assert_eq!(self.stdout, "", "{self:?}");
        let sentence = self.stderr.strip_prefix("elbow: ").and_then(|text| text.strip_suffix('\n'));
        let sentence = sentence.unwrap_or_else(|| panic!("{self:?}"));
        assert!(!sentence.contains('\n') && !sentence.contains("panicked"), "{self:?}");
        for part in said {
            assert!(sentence.contains(part), "`{part}` is not in: {sentence}");
        }
    }
}

/// `rows` rows of three sensors that one hidden quantity moves, and whether the row is anomalous.
pub(crate) fn engine(rows: usize) -> Vec<([f32; 3], bool)> {
    let mut rng = stream(0, Purpose::Rows, 0, 0);
    let mut normal = || normal_quantile(rng.next_u32());
    let row = |row| {
        let (load, anomalous) = (normal(), row % 10 == 9);
        let fault = if anomalous { 6.0 } else { 0.0 };
        let sensors = [
            20.0 + load + fault + 0.2 * normal(),
            900.0 + 30.0 * load + 3.0 * normal(),
            5.0 - 0.1 * load + 0.02 * normal(),
        ];
        (sensors, anomalous)
    };
    (0..rows).map(row).collect()
}

pub(crate) fn engine_csv(rows: usize) -> String {
    let row = |([temp, rpm, volt], anomalous): ([f32; 3], bool)| {
        format!("{temp},{rpm},{volt},{}\n", u8::from(anomalous))
    };
    engine(rows).into_iter().map(row).fold("temp,rpm,volt,label\n".into(), |text, row| text + &row)
}

/// Rows of the engine behind the first 240.
pub(crate) fn later_csv(rows: usize) -> String {
    let all = engine_csv(240 + rows);
    let mut lines = all.lines();
    let header = lines.next().unwrap_or_default();
    lines.skip(240).fold(format!("{header}\n"), |text, line| text + line + "\n")
}

/// CSV of one header and numbers that a function of the row gives.
pub(crate) fn csv(header: &str, rows: usize, row: impl Fn(usize) -> String) -> String {
    (0..rows).fold(format!("{header}\n"), |text, i| text + &row(i) + "\n")
}

/// What `numpy.save` writes of an array of f32.
pub(crate) fn npy(shape: &[usize], values: impl IntoIterator<Item = f32>) -> Vec<u8> {
    let extents: String = shape.iter().map(|extent| format!("{extent},")).collect();
    let header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({extents}), }}\n");
    let mut file = b"\x93NUMPY\x01\x00".to_vec();
    file.extend((header.len() as u16).to_le_bytes());
    file.extend(header.bytes());
    file.extend(values.into_iter().flat_map(f32::to_le_bytes));
    file
}

/// What `numpy.savez_compressed` writes.
pub(crate) fn npz(arrays: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, array) in arrays {
        archive.start_file(format!("{name}.npy"), SimpleFileOptions::default()).expect("a member");
        archive.write_all(array).expect("memory");
    }
    archive.finish().expect("memory").into_inner()
}

/// The engine as arrays `X` and `y`.
pub(crate) fn engine_npz(rows: usize) -> Vec<u8> {
    let engine = engine(rows);
    let labels = engine.iter().map(|(_, anomalous)| f32::from(u8::from(*anomalous)));
    let frames = engine.iter().flat_map(|(sensors, _)| *sensors);
    npz(&[("X", npy(&[rows, 3], frames)), ("y", npy(&[rows], labels))])
}

/// The numbers in one column of CSV that `elbow` wrote.
pub(crate) fn column(csv: &str, name: &str) -> Vec<f32> {
    let mut lines = csv.lines().map(|line| line.split(','));
    let at = lines.next().and_then(|mut header| header.position(|column| column == name));
    let at = at.unwrap_or_else(|| panic!("no column {name} in {csv}"));
    lines.map(|mut cells| cells.nth(at).and_then(|cell| cell.parse().ok()).expect("a number")).collect()
}
