//! Mistakes in the type of a model: each is answered by a message that names the two things that do not meet.
//!
//! The models of `wrong.rs` are compiled by the test itself, with `--cfg mistakes`.
#![allow(unexpected_cfgs, reason = "a cfg of this test alone")]

#[cfg(mistakes)]
mod wrong;

use elbow::fingerprint::Fingerprint;
use elbow::{Dense, Gaussian, GaussianHead, LoadError, PassThrough, Standardize, Vae};
use std::{env, process::Command};

/// What the compiler says of `wrong.rs`, error by error.
fn errors() -> Vec<String> {
    let arguments =
        "rustc --quiet --package elbow --test mistakes --profile check --color never -- --cfg mistakes";
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(arguments.split(' '))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo starts");
    assert!(!output.status.success(), "the wrong models compile");
    let text = String::from_utf8_lossy(&output.stderr);
    text.split("\nerror").map(str::to_owned).collect()
}

/// The line of `wrong.rs` that an error is about.
fn line(error: &str) -> Option<usize> {
    let place = error.split_once("mistakes/wrong.rs:")?.1;
    place.split(':').next()?.parse().ok()
}

fn has_word(text: &str, word: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric()).any(|found| found == word)
}

#[test]
fn each_mistake_is_named() {
    let errors = errors();
    let lines: Vec<&str> = include_str!("wrong.rs").lines().collect();
    let starts = (0..lines.len()).filter(|i| lines[*i].contains(" ≠ ")).chain([lines.len()]);
    let starts: Vec<usize> = starts.collect();
    for place in starts.windows(2) {
        let (left, right) = lines[place[0]].trim_start_matches("/// ").split_once(" ≠ ").unwrap();
        let about =
            |error: &&String| line(error).is_some_and(|line| (place[0] + 1..=place[1]).contains(&line));
        let named = |error: &String| {
            let names =
                |line: &str| line.contains("expected") && has_word(line, left) && has_word(line, right);
            error.lines().any(names)
        };
        let found: Vec<&String> = errors.iter().filter(about).collect();
        let name = lines[place[0] + 1];
        assert!(found.iter().any(|error| named(error)), "{name} {left} {right} is not named: {found:#?}");
    }
    assert_eq!(starts.len(), 12 + 1);
}

/// The committed thermometer.
type Thermometer<'a> = Vae<(
    Standardize<'a, 1>,
    PassThrough<1>,
    GaussianHead<Dense<'a, 1, 1>, Dense<'a, 1, 1>>,
    PassThrough<1>,
    Gaussian<'a, Dense<'a, 1, 1>>,
)>;

/// A thermometer and a barometer.
type Weather<'a> = Vae<(
    Standardize<'a, 2>,
    PassThrough<2>,
    GaussianHead<Dense<'a, 2, 1>, Dense<'a, 2, 1>>,
    PassThrough<1>,
    Gaussian<'a, Dense<'a, 1, 2>>,
)>;

static MODEL: &[u8] = elbow::include_model!("../../examples/thermometer.elbow");

#[test]
fn a_file_of_another_shape_is_refused_by_both_fingerprints() {
    let (expected, found) = (Weather::FINGERPRINT, Thermometer::FINGERPRINT);
    let error = Weather::from_bytes(MODEL).unwrap_err();
    assert_eq!(error, LoadError::WrongShape { expected, found });
    let text = error.to_string();
    for fingerprint in [expected, found] {
        assert!(text.contains(&format!("{fingerprint:08x}")), "{text}");
    }
}
