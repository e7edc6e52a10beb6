//! Lines and files stay short enough to be read: rustfmt leaves comments and strings alone.

use crate::{root, rust_files};
use std::fs;
use std::path::Path;

/// Characters of a line, as in `rustfmt.toml`.
const LINE: usize = 110;
/// Lines of a file.
const FILE: usize = 299;

/// The folders with code that people write. `firmware-example/model` is the trainer's work.
const FOLDERS: &str = "core reader host trainer cli c firmware-example/src tests fuzz python wasm";

/// Names and texts of the files of Rust.
fn files() -> Vec<(String, String)> {
    let folders = FOLDERS.split(' ').map(|name| root().join(name));
    let files = folders.flat_map(|folder| rust_files(&folder));
    let named = |path: &Path| path.strip_prefix(root()).expect("below the root").display().to_string();
    files.map(|path| (named(&path), fs::read_to_string(&path).expect("text"))).collect()
}

#[test]
fn lines_are_short() {
    let mut long = Vec::new();
    for (name, text) in files() {
        let lines = text.lines().enumerate().filter(|(_, line)| line.chars().count() > LINE);
        long.extend(lines.map(|(i, _)| format!("{name}:{}", i + 1)));
    }
    assert!(long.is_empty(), "more than {LINE} characters: {long:#?}");
}

#[test]
fn files_are_short() {
    let long: Vec<String> =
        files().into_iter().filter(|(_, text)| text.lines().count() > FILE).map(|(name, _)| name).collect();
    assert!(long.is_empty(), "more than {FILE} lines: {long:#?}");
}
