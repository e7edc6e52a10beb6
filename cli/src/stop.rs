//! What Ctrl-C, SIGTERM and SIGHUP do: the program ends at once and leaves no temporary file, or a long
//! work that listens stops in good order, and only the second signal ends the program.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::{panic, process};

use elbow_host::file::temporary;

use crate::report;

/// Said when the work that listens is asked to stop.
static LISTENS: Mutex<Option<&str>> = Mutex::new(None);
static STOP: AtomicBool = AtomicBool::new(false);

/// As of a shell's for a program that SIGINT ended.
const INTERRUPTED: i32 = 130;

/// From here on the program leaves no temporary file, however it ends; but for SIGKILL.
pub(crate) fn clean_up() {
    // Fails only where there is a handler already, which is this one.
    let _ = ctrlc::set_handler(on_signal);
}

/// As [`clean_up`], and the first signal sets what is returned, with a note.
pub(crate) fn listen(note: &'static str) -> &'static AtomicBool {
    *LISTENS.lock().unwrap_or_else(PoisonError::into_inner) = Some(note);
    clean_up();
    &STOP
}

/// As [`clean_up`], for work that ends with the first signal: what is returned is never set.
pub(crate) fn never() -> &'static AtomicBool {
    clean_up();
    &STOP
}

/// A panic removes them too. Where it is a fault of a file that others decode, that is what is told.
pub fn clean_up_after_panics() {
    let tell = panic::take_hook();
    panic::set_hook(Box::new(move |what| match elbow_reader::fault_of_a_table(what.payload()) {
        // the reader catches it
        Some(_) if cfg!(panic = "unwind") => {}
        Some(error) => {
            temporary::remove_all();
            process::exit(report::failed(&error.into()).into());
        }
        None => {
            tell(what);
            temporary::remove_all();
        }
    }));
}

fn on_signal() {
    let listens = *LISTENS.lock().unwrap_or_else(PoisonError::into_inner);
    match listens {
        Some(note) if !STOP.swap(true, Ordering::Relaxed) => report::note(note),
        _ => {
            temporary::remove_all();
            process::exit(INTERRUPTED);
        }
    }
}
