//! `elbow new`: a project is whole or not there, and what is told can be typed.

use crate::bench::Bench;

/// The longest path of the system ends a project after its first file.
#[test]
fn a_fault_leaves_nothing_of_a_project() {
    const LONGEST: usize = 4095;
    let bench = Bench::with_model();
    // behind it there is room for `/Cargo.toml` under its temporary name, and for no file in a folder
    let folder: String = (1..=LONGEST - 25).map(|at| if at % 200 == 0 { '/' } else { 'a' }).collect();
    bench.fails(1, &format!("new {folder} --model engine.elbow --board microbit"), &["cannot write"]);
    assert!(!bench.path("a".repeat(199).as_str()).exists(), "nothing is left");
    std::fs::create_dir_all(bench.path("there")).unwrap();
    bench.good("new there --model engine.elbow --board microbit");
}

#[test]
fn the_commands_that_are_told_can_be_typed() {
    let bench = Bench::with_model();
    let mut command = bench.command("new --model engine.elbow --board microbit");
    let told = command.arg("our pump's").output().unwrap();
    let told = String::from_utf8(told.stdout).unwrap();
    assert!(told.contains(r"cd 'our pump'\''s' && cargo run"), "{told}");
    std::fs::copy(bench.path("engine.elbow"), bench.path("my model.elbow")).unwrap();
    let refused = bench.command("score --why 1").args(["my model.elbow", "engine.csv"]).output().unwrap();
    let refused = String::from_utf8(refused.stderr).unwrap();
    assert!(refused.contains("elbow calibrate 'my model.elbow' NORMAL.csv"), "{refused}");
}
