//! The examples do what they say: each checks itself, and ends with an error where it is wrong.

use std::path::PathBuf;
use std::process::Command;

#[test]
fn examples_run() {
    // beside the folder of this test, where cargo puts them
    let folder =
        std::env::current_exe().ok().and_then(|test| Some(test.parent()?.parent()?.join("examples")));
    let folder: PathBuf = folder.expect("a test lies in target/PROFILE/deps");
    for name in ["score", "alarm", "stream", "packets"] {
        let example = folder.join(name);
        if !example.exists() {
            println!("skipped: {name} is not built, as by cargo test --test: run cargo test -p elbow");
            continue;
        }
        let output = Command::new(example).output().expect("it starts");
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(!output.stdout.is_empty(), "{name} prints nothing");
    }
}
