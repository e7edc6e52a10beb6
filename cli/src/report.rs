//! What people and programs read: results on stdout, progress on stderr.

use std::borrow::Cow;
use std::io::{ErrorKind, IsTerminal, Write};
use std::path::Path;
use std::time::Duration;

use elbow::format::is_control;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use crate::error::Error;

/// Prints a result; a reader that has gone away is no error.
///
/// # Errors
/// [`Error::Print`] where stdout cannot be written for another reason.
pub fn print(text: &str) -> Result<(), Error> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Error::Print(error)),
        _ => Ok(()),
    }
}

/// Prints one JSON object.
///
/// # Errors
/// As [`print`](fn@print).
pub fn print_json(value: &impl Serialize) -> Result<(), Error> {
    let text = serde_json::to_string_pretty(value).map_err(|error| Error::Print(error.into()))?;
    print(&(text + "\n"))
}

/// A note for the person at the terminal; where nobody can read it, that is no reason to stop.
pub fn note(text: &str) {
    let _ = writeln!(std::io::stderr(), "{}", shown(text));
}

/// Tells why the program ends; gives its exit code.
pub(crate) fn failed(error: &Error) -> u8 {
    note(&format!("elbow: {error}"));
    error.exit_code()
}

/// One line, with what would act on a terminal made visible: whoever names a file may be a stranger.
pub(crate) fn shown(text: &str) -> Cow<'_, str> {
    let visible = |c: char| if is_control(c) { c.escape_default().to_string() } else { c.to_string() };
    if text.contains(is_control) { text.chars().map(visible).collect() } else { text.into() }
}

/// A path as it is typed in a shell, for commands that are told.
pub(crate) fn typed(path: &Path) -> String {
    let text = path.display().to_string();
    let is_plain = |c: char| c.is_alphanumeric() || "/._-+=:,@%".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        text
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}

/// A bar on stderr; nothing where stderr is no terminal.
pub fn bar(length: u64, template: &'static str) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(length);
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("━╸ "));
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

/// Rows that were done, where nobody knows how many there are.
pub fn rows_bar(what: &'static str) -> ProgressBar {
    let bar = bar(0, "{msg}: {human_pos} rows, {elapsed}");
    bar.set_message(what);
    bar
}

/// Rows of two columns, the first padded.
pub fn table(rows: &[(&str, String)]) -> String {
    let width = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    rows.iter().map(|(name, value)| format!("{name:width$}  {}\n", shown(value))).collect()
}
