//! The command that runs beside a recording.

use std::io;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

use super::RecordError;

/// A running command; it and what it started end when this is dropped.
#[derive(Debug)]
pub(super) struct Job(Child);

impl Job {
    /// Starts the command, if there is one.
    pub(super) fn start(words: &[String]) -> Result<Option<Self>, RecordError> {
        let Some((name, rest)) = words.split_first() else { return Ok(None) };
        let mut command = Command::new(name);
        // stdout is for our own result.
        command.args(rest).stdin(Stdio::null()).stdout(Stdio::from(io::stderr()));
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        match command.spawn() {
            Ok(child) => Ok(Some(Self(child))),
            Err(source) => Err(RecordError::Start { command: name.clone(), source }),
        }
    }

    /// How the command ended, if it has.
    pub(super) fn ended(&mut self) -> Option<ExitStatus> {
        self.0.try_wait().ok().flatten()
    }

    /// Signals the whole process group: std signals single processes only, the shell's `kill` does both.
    fn signal(&self, name: &str) {
        let script = format!("kill -{name} -{}", self.0.id());
        let _ = Command::new("/bin/sh").args(["-c", &script]).stderr(Stdio::null()).status();
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        // A second to clean up after itself.
        self.signal("TERM");
        for _ in 0..20 {
            if self.ended().is_some() {
                break;
            }
            thread::sleep(Duration::from_millis(50));
        }
        self.signal("KILL");
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
