//! Builds the firmware for a target and runs it in QEMU, by `cross.sh`, whose message names what is missing.

use std::{
    path::Path,
    process::{Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

/// A linked firmware image.
#[derive(Debug)]
pub struct Image(Vec<u8>);

/// Links one of the firmware's bins.
///
/// # Panics
/// It does not build, or the firmware not without a warning.
pub fn build(target: &str, bin: &str) -> Image {
    let path = cross(&["build", target, bin]);
    let path = path.lines().last().expect("`cross.sh build` ends with the image's path");
    Image(std::fs::read(root().join(path)).expect("the image was just linked"))
}

/// Compiles the library alone.
///
/// # Panics
/// It does not compile.
pub fn check(target: &str) {
    cross(&["check", target]);
}

/// Runs one of the firmware's bins and returns what it printed.
///
/// # Panics
/// It does not build, or exits with another status than 0.
pub fn run(target: &str, bin: &str) -> String {
    cross(&["run", target, bin])
}

impl Image {
    /// Bytes that the image takes in flash: the file's parts that are loaded.
    ///
    /// # Panics
    /// The image is no 32-bit little-endian ELF file.
    pub fn flash(&self) -> usize {
        let bytes =
            |at: usize, len| self.0[at..at + len].iter().rev().fold(0, |n, &b| n << 8 | usize::from(b));
        assert_eq!(self.0[..6], *b"\x7fELF\x01\x01", "a 32-bit little-endian ELF file");
        let (table, size, count) = (bytes(28, 4), bytes(42, 2), bytes(44, 2));
        let load = |header: &usize| bytes(*header, 4) == 1;
        (0..count).map(|i| table + i * size).filter(load).map(|header| bytes(header + 16, 4)).sum()
    }

    /// Whether a symbol of this name, or one whose mangled name contains it, was linked.
    pub fn names(&self, symbol: &str) -> bool {
        self.0.windows(symbol.len()).any(|window| window == symbol.as_bytes())
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("this package is a folder of the workspace")
}

fn cross(arguments: &[&str]) -> String {
    let Output { status, stdout, stderr } =
        finish(Command::new("./cross.sh").args(arguments).current_dir(root()));
    let stderr = String::from_utf8_lossy(&stderr);
    assert!(status.success(), "./cross.sh {} ends with {status}:\n{stderr}", arguments.join(" "));
    // The bare-metal half is compiled here only: the host's clippy never sees its warnings.
    assert!(!stderr.contains("firmware-example/"), "./cross.sh {} warns:\n{stderr}", arguments.join(" "));
    String::from_utf8(stdout).expect("the firmware prints text")
}

/// Waits for a command, but not for ever: firmware that hangs in QEMU would hold up the tests.
fn finish(command: &mut Command) -> Output {
    let deadline = Instant::now() + Duration::from_secs(600);
    let command = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("cross.sh starts");
    // What the child prints is read beside the wait: a full pipe would stop it.
    let (mut out, mut err) = (child.stdout.take().expect("piped"), child.stderr.take().expect("piped"));
    let read = |from: &mut dyn std::io::Read| {
        let mut bytes = Vec::new();
        from.read_to_end(&mut bytes).map(|_| bytes).expect("a pipe is read")
    };
    thread::scope(|scope| {
        let (stdout, stderr) = (scope.spawn(move || read(&mut out)), scope.spawn(move || read(&mut err)));
        let status = loop {
            if let Some(status) = child.try_wait().expect("a child is waited for") {
                break status;
            }
            if Instant::now() > deadline {
                child.kill().expect("a child is stopped");
            }
            thread::sleep(Duration::from_millis(20));
        };
        let join = |reader: thread::ScopedJoinHandle<'_, Vec<u8>>| reader.join().expect("a pipe is read");
        Output { status, stdout: join(stdout), stderr: join(stderr) }
    })
}
