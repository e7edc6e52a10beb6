//! What is kept though a command is told to write there.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

/// Whether a file is a secret key in PEM: what is signed by it cannot be signed again without it.
pub(super) fn holds_key(path: &Path) -> bool {
    let mut front = Vec::new();
    // a pipe would be waited for
    let is_read =
        path.is_file() && File::open(path).and_then(|file| file.take(64).read_to_end(&mut front)).is_ok();
    is_read && String::from_utf8_lossy(&front).contains("PRIVATE KEY-----")
}

/// Whether a file is source that Elbow wrote, which may be written anew.
pub(super) fn is_source(path: &Path) -> bool {
    let fronts = [b"// Written by elbow ".as_slice(), b"/* Written by elbow "];
    std::fs::read(path).is_ok_and(|text| fronts.iter().any(|front| text.starts_with(front)))
}
