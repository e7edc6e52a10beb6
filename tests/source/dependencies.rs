//! What others' code may be part of this.

use std::process::Command;

use serde_json::Value;

/// Licences under which code may be linked into firmware that is sold.
const LICENCES: [&str; 7] = ["MIT", "Apache-2.0", "Zlib", "ISC", "BSD-3-Clause", "CC0-1.0", "Unicode-3.0"];
const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// All packages that any part of the workspace may be built with, here or on another platform.
fn packages() -> Vec<Value> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--locked", "--format-version", "1", "--all-features"])
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    metadata["packages"].as_array().expect("packages").clone()
}

/// Each part of an expression offers a licence of the list.
fn is_allowed(expression: &str) -> bool {
    let offers = |part: &str| {
        let part = part.trim_matches(['(', ')']).replace('/', " OR ");
        part.split(" OR ").any(|licence| LICENCES.contains(&licence.trim()))
    };
    expression.split(" AND ").all(offers)
}

#[test]
fn licences_allow_firmware_that_is_sold() {
    assert!(is_allowed("(MIT OR Apache-2.0) AND Unicode-3.0") && is_allowed("MIT/Apache-2.0"));
    assert!(!is_allowed("GPL-3.0-only") && !is_allowed("MIT AND GPL-2.0-only") && !is_allowed(""));
    let packages = packages();
    assert!(packages.len() > 50, "{} packages", packages.len());
    for package in &packages {
        let licence = package["license"].as_str().unwrap_or_default();
        assert!(is_allowed(licence), "{} is under {licence:?}", package["name"]);
    }
}

#[test]
fn code_comes_from_here_or_from_the_registry() {
    for package in packages() {
        let source = package["source"].as_str();
        assert!(matches!(source, None | Some(CRATES_IO)), "{} comes from {source:?}", package["name"]);
    }
}
