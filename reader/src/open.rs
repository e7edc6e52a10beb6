//! A file's bytes, unpacked where they are gzipped.

use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal, Read};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;

use crate::array_rows::ArrayRows;
use crate::error::Problem;
use crate::npy;

/// First bytes of what is packed.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Opens a file, or standard input where it is called `-`, unpacking it if its first bytes are those of
/// gzip, whatever it is called.
pub(crate) fn open(path: &Path) -> Result<Box<dyn BufRead>, Problem> {
    if is_stdin(path) {
        return Ok(Box::new(std::io::stdin().lock()));
    }
    let file = File::open(path)?;
    let mut file = BufReader::new(Line { is_terminal: file.is_terminal(), file });
    let gzipped = file.fill_buf()?.starts_with(&GZIP);
    Ok(if gzipped { Box::new(BufReader::new(MultiGzDecoder::new(file))) } else { Box::new(file) })
}

/// A file, or a serial line: where that is hung up it has no more to say, which is its end.
struct Line {
    file: File,
    /// which it says no more once it is hung up
    is_terminal: bool,
}

/// As Linux, macOS and the BSDs call it: a read of a line that was hung up.
const EIO: i32 = 5;

impl Read for Line {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        match self.file.read(to) {
            Err(error) if error.raw_os_error() == Some(EIO) && self.is_terminal => Ok(0),
            read => read,
        }
    }
}

/// An `.npy` file behind its header, which may be gzipped.
pub(crate) fn open_npy(path: &Path) -> Result<ArrayRows<Box<dyn BufRead>>, Problem> {
    let input = open(path)?;
    let mut begins = [0; 2];
    let is_plain = !is_live(path) && File::open(path)?.read(&mut begins)? == 2 && begins != GZIP;
    npy::open_file(input, is_plain.then_some(path))
}

pub(crate) fn open_npz(path: &Path) -> Result<npy::Npz<BufReader<File>>, Problem> {
    npy::Npz::open(BufReader::new(File::open(path)?))
}

/// Whether a path stands for standard input, which is CSV.
pub(crate) fn is_stdin(path: &Path) -> bool {
    path == Path::new("-")
}

/// Whether bytes come as somebody writes them: those of standard input, a pipe or a device.
pub(crate) fn is_live(path: &Path) -> bool {
    is_stdin(path) || path.metadata().is_ok_and(|metadata| !metadata.is_file())
}

/// What a file's name says of its format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    Text,
    Npy,
    Npz,
    /// a table of columns: Parquet or Arrow
    Columnar,
    Nothing,
}

/// The format that a file's name tells, with `.gz` behind it or without.
pub(crate) fn named(path: &Path) -> Named {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("csv" | "tsv" | "txt" | "dat" | "data" | "log" | "asc" | "prn" | "tab" | "psv" | "ssv") => {
            Named::Text
        }
        Some("npy") => Named::Npy,
        Some("npz") => Named::Npz,
        Some("parquet" | "pq" | "arrow" | "arrows" | "feather" | "ipc") => Named::Columnar,
        _ => Named::Nothing,
    }
}
