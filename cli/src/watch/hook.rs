//! What is done where the state of the stream changes: a command of the user's.

use std::io;
use std::process::{Child, Command, Stdio};

use crate::report;
use crate::score::rows::Row;

/// Commands that may run at once: a stream that flickers must not fill the machine.
const MOST: usize = 8;

/// Runs a command, and does not wait for it. Nothing of a row or a model stands in its text: all that it is
/// told is in its environment.
#[derive(Debug)]
pub(super) struct Hook {
    command: Option<String>,
    running: Vec<Child>,
}

impl Hook {
    pub(super) fn new(command: Option<String>) -> Self {
        Hook { command, running: Vec::new() }
    }

    /// Runs it for a state and the row that brought it.
    pub(super) fn tell(&mut self, state: &str, row: &Row) {
        let Some(text) = &self.command else { return };
        self.running.retain_mut(|child| matches!(child.try_wait(), Ok(None)));
        if self.running.len() >= MOST {
            report::note(&format!("row {}: {MOST} commands of --exec still run: not told {state}", row.row));
            return;
        }
        let cause = row.causes.first().map_or("", |cause| &cause.column).replace('\0', "");
        let (shell, flag) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
        let started = Command::new(shell)
            .arg(flag)
            .arg(text)
            .env("ELBOW_STATE", state)
            .env("ELBOW_ROW", row.row.to_string())
            .env("ELBOW_LOG_DENSITY", row.log_density.to_string())
            .env("ELBOW_CAUSE", cause)
            .stdin(Stdio::null())
            // standard output is the stream's
            .stdout(io::stderr())
            .spawn();
        match started {
            Ok(child) => self.running.push(child),
            Err(error) => report::note(&format!("row {}: --exec: {error}", row.row)),
        }
    }

    /// Waits for those that still run.
    pub(super) fn finish(self) {
        for mut child in self.running {
            let _ = child.wait();
        }
    }
}
