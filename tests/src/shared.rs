//! Data that the repository does not hold: measured on where it is there, said aloud where it is not.

use std::path::PathBuf;

/// A file of the folder `shared/data` beside the repository; `None`, with a note, where there is none.
pub fn data(name: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data").join(name);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: shared/data/{name} is not there; it is reference material that cannot be distributed");
    None
}
