//! The machine under the bins when they run on the host: the same
//! functions as on bare metal, by the standard library.

extern crate std;

use crate::{Cost, Failure, Memory};
use core::fmt;
use std::{env, fs, io::Write as _, process};

/// Standard output.
#[derive(Debug)]
pub struct Console(std::io::Stdout);

impl fmt::Write for Console {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.write_all(text.as_bytes()).map_err(|_| fmt::Error)
    }
}

/// Runs the program's body and exits: 0 if it succeeded, 1 if not.
pub fn run(body: impl FnOnce(&mut Console) -> Result<(), Failure>) -> ! {
    match body(&mut Console(std::io::stdout())) {
        Ok(()) => process::exit(0),
        Err(failure) => {
            std::eprintln!("{failure}");
            process::exit(1)
        }
    }
}

/// Nothing: a host's stack tells nothing about a microcontroller's.
pub fn memory() -> Option<Memory> {
    None
}

/// Does `work`, of which a host says no stack.
pub fn stack_of<R>(work: impl FnOnce() -> R) -> (R, usize) {
    (work(), 0)
}

/// Takes `bits` of the result of `work`, and counts nothing.
pub fn measure<R>(work: impl FnOnce() -> R, bits: impl FnOnce(&R) -> u32) -> Cost {
    Cost { bits: bits(&work()), ..Cost::default() }
}

/// A model file that the command line names.
pub fn model(place: usize) -> &'static [u8] {
    env::args().nth(1 + place).and_then(|path| fs::read(path).ok()).unwrap_or_default().leak()
}
