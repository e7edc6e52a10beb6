//! What `elbow new` writes builds outside of the workspace, and prints the scores of `elbow score`.

use elbow_host::file::project::{BOARDS, project};
use elbow_host::model::ModelBytes;
use elbow_tests::{hostile::MODELS, qemu};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// The frames of a project's own check.
fn frames(dims: usize) -> [Vec<f32>; 3] {
    [vec![0.0; dims], vec![1.0; dims], (0..dims).map(|i| (i % 2) as f32).collect()]
}

fn runs(board: &str, model: &[u8]) {
    let board = BOARDS.iter().find(|one| one.name == board).expect("a board");
    let bytes = ModelBytes::new(model);
    let model = bytes.open().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let elbow = root.join("core");
    for (path, bytes) in project(&model, bytes.as_bytes(), "pump", board, Some(&elbow)).unwrap() {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    // the same versions, without asking a registry for the newest
    fs::copy(root.join("Cargo.lock"), folder.path().join("Cargo.lock")).unwrap();
    let mut expected = String::new();
    for (i, frame) in frames(model.metadata.architecture.features as usize).iter().enumerate() {
        let score = model.engine.log_density(frame, model.samples()).unwrap();
        writeln!(expected, "{i},{}", score.log_density.0).unwrap();
    }
    assert_eq!(qemu::run_outside(board.target, folder.path()), expected, "{}", board.name);
}

#[test]
#[ignore = "needs a cross toolchain and QEMU: ./ci.sh runs it"]
fn on_a_cortex_m4f() {
    runs("mps2-an386", MODELS[0]);
}

#[test]
#[ignore = "needs a cross toolchain and QEMU: ./ci.sh runs it"]
fn on_a_cortex_m0() {
    runs("microbit", MODELS[3]);
}

#[test]
#[ignore = "needs a cross toolchain and QEMU: ./ci.sh runs it"]
fn a_mixture_on_riscv() {
    runs("riscv-virt", MODELS[8]);
}
