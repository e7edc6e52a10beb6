//! Where text goes.

use std::io::{self, Stdout, Write};
use std::path::Path;

use elbow_host::file::atomic_file::AtomicFile;

use crate::error::Error;

/// A file that is whole or not there, stdout, or nowhere, where JSON goes to stdout instead.
pub(crate) enum Destination {
    File(AtomicFile),
    Stdout(Stdout),
    Nowhere,
}

impl Destination {
    pub(crate) fn open(path: Option<&Path>, json: bool) -> Result<Self, Error> {
        Ok(match path {
            Some(path) => Destination::File(AtomicFile::create(path)?),
            None if json => Destination::Nowhere,
            None => Destination::Stdout(io::stdout()),
        })
    }

    /// When all is written.
    pub(crate) fn commit(self) -> Result<(), Error> {
        match self {
            Destination::File(file) => Ok(file.commit()?),
            Destination::Stdout(_) | Destination::Nowhere => Ok(()),
        }
    }
}

impl Write for Destination {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Destination::File(file) => file.write(bytes),
            Destination::Stdout(stdout) => stdout.write(bytes),
            Destination::Nowhere => Ok(bytes.len()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Destination::File(file) => file.flush(),
            Destination::Stdout(stdout) => stdout.flush(),
            Destination::Nowhere => Ok(()),
        }
    }
}
