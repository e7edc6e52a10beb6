//! Files that are no sound model.

use std::fs;

use elbow::format::{ModelFile, checksum};

use crate::bench::Bench;

fn nobody_takes(bench: &Bench, model: &str, said: &[&str]) {
    for line in [
        format!("eval {model} engine.csv"),
        format!("score {model} engine.csv --json"),
        format!("score {model} engine.csv --out scores.csv"),
        format!("inspect {model}"),
    ] {
        bench.refuses(&line, said);
    }
}

#[test]
fn files_that_are_no_model() {
    let bench = Bench::with_model();
    let sound = bench.read("engine.elbow");
    fs::create_dir(bench.path("folder.elbow")).unwrap();
    nobody_takes(&bench, "none.elbow", &["none.elbow: cannot read"]);
    nobody_takes(&bench, "folder.elbow", &["folder.elbow: cannot read"]);
    nobody_takes(&bench, "engine.csv", &["engine.csv: not an Elbow model"]);
    for length in [0, 1, 31, 36, 100, sound.len() - 1] {
        bench.write("m.elbow", &sound[..length]);
        nobody_takes(&bench, "m.elbow", &[&format!("m.elbow: the model has {length} bytes")]);
    }
    bench.write("m.elbow", [sound.as_slice(), &[0; 16]].concat());
    nobody_takes(&bench, "m.elbow", &["m.elbow: the model has"]);
    let noise: Vec<u8> = (0..4096_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    bench.write("m.elbow", noise);
    nobody_takes(&bench, "m.elbow", &["m.elbow: not an Elbow model"]);
}

#[test]
fn models_that_are_damaged() {
    let bench = Bench::with_model();
    let damaged = |at: usize, said: &str| {
        let mut bytes = bench.read("engine.elbow");
        bytes[at] ^= 0x10;
        bench.write("m.elbow", bytes);
        nobody_takes(&bench, "m.elbow", &["m.elbow: ", said]);
    };
    damaged(8, "model format");
    damaged(10, "numeric profile");
    damaged(60, "checksum");
    damaged(bench.read("engine.elbow").len() - 60, "checksum");

    // a weight that is not finite, under a checksum that is right
    let mut bytes = bench.read("engine.elbow");
    let end = bytes.len() - 4;
    // the parameters are the last of the fields
    let weights = end - ModelFile::parse(&bytes).unwrap().parameters().len();
    bytes[weights..weights + 4].copy_from_slice(&f32::NAN.to_le_bytes());
    let sum = checksum(&bytes[..end]);
    bytes[end..].copy_from_slice(&sum.to_le_bytes());
    bench.write("m.elbow", bytes);
    nobody_takes(&bench, "m.elbow", &["m.elbow: ", "NaN or infinite"]);
}
