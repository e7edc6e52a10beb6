//! Builds the firmware for a target and runs it in QEMU, by `cross.sh`, whose message names what is missing.

use crate::image::Image;
use std::{
    ffi::OsStr,
    path::Path,
    process::{Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

/// Links one of the firmware's bins.
///
/// # Panics
/// It does not build, or the firmware not without a warning.
pub fn build(target: &str, bin: &str) -> Image {
    build_with(target, bin, &[])
}

/// As [`build`], with variables of the environment.
///
/// # Panics
/// As [`build`].
pub fn build_with(target: &str, bin: &str, variables: &[(&str, &OsStr)]) -> Image {
    let path = cross(&["build", target, bin], variables);
    Image::read(root().join(path.lines().last().expect("`cross.sh build` ends with the image's path")))
}

/// Compiles the library alone.
///
/// # Panics
/// It does not compile.
pub fn check(target: &str) {
    cross(&["check", target], &[]);
}

/// Runs one of the firmware's bins and returns what it printed.
///
/// # Panics
/// It does not build, or exits with another status than 0.
pub fn run(target: &str, bin: &str) -> String {
    cross(&["run", target, bin], &[])
}

/// Builds and runs a project that lies outside of the workspace, and returns what it printed.
///
/// # Panics
/// As [`run`].
pub fn run_outside(target: &str, folder: &Path) -> String {
    cross(&["outside", target, folder.to_str().expect("a path in letters")], &[])
}

/// Links a bin that counts instructions, with variables of the environment, runs it on a board whose core
/// runs its code, and returns what it printed.
///
/// # Panics
/// As [`run`].
pub fn count(target: &str, bin: &str, machine: &str, variables: &[(&str, &OsStr)]) -> String {
    let image = build_with(target, bin, variables);
    // with -icount time is instructions: the same figures on every machine
    let options = format!(
        "-machine {machine} -nographic -monitor none -serial none -icount shift=8 \
         -semihosting-config enable=on,target=native -kernel"
    );
    let mut command = Command::new("qemu-system-arm");
    let Output { status, stdout, .. } =
        finish(command.args(options.split_whitespace()).arg(image.path()).current_dir(root()));
    assert!(status.success(), "{bin} ends with {status}");
    String::from_utf8(stdout).expect("the firmware prints text")
}

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("this package is a folder of the workspace")
}

fn cross(arguments: &[&str], variables: &[(&str, &OsStr)]) -> String {
    let mut command = Command::new("./cross.sh");
    let command = command.args(arguments).envs(variables.iter().copied()).current_dir(root());
    let Output { status, stdout, stderr } = finish(command);
    let stderr = String::from_utf8_lossy(&stderr);
    assert!(status.success(), "./cross.sh {} ends with {status}:\n{stderr}", arguments.join(" "));
    // The bare-metal half is compiled here only: the host's clippy never sees its warnings.
    assert!(!stderr.contains("firmware-example/"), "./cross.sh {} warns:\n{stderr}", arguments.join(" "));
    String::from_utf8(stdout).expect("the firmware prints text")
}

/// Waits for a command, but not for ever: firmware that hangs in QEMU would hold up the tests.
pub(crate) fn finish(command: &mut Command) -> Output {
    let deadline = Instant::now() + Duration::from_secs(600);
    let command = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program is there");
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
