//! What a sample of each von Mises–Fisher sampler costs on a Cortex-M4F, in instructions: the table of `docs/von-mises-fisher.md`.
//!
//! `cargo test -p elbow-tests --test vmf_cost -- --ignored --nocapture` prints it.

use std::path::Path;
use std::process::Command;

#[test]
#[ignore = "needs a cross toolchain and QEMU"]
fn default_sampler_takes_at_most_60_instructions_a_coordinate() {
    let root =
        Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("this package is a folder of the workspace");
    let build = Command::new("./cross.sh")
        .args(["build", "thumbv7em-none-eabihf", "vmf_cost"])
        .current_dir(root)
        .output();
    let build = build.expect("cross.sh starts");
    assert!(build.status.success(), "{}", String::from_utf8_lossy(&build.stderr));
    let image = String::from_utf8(build.stdout).expect("a path");
    let image = root.join(image.lines().last().expect("`cross.sh build` ends with the image's path"));

    // with -icount time is instructions: the same figures on every machine
    let options = "-machine mps2-an386 -nographic -monitor none -serial none -icount shift=8 \
                   -semihosting-config enable=on,target=native -kernel";
    let run = Command::new("qemu-system-arm").args(options.split_whitespace()).arg(image).output();
    let printed = String::from_utf8(run.expect("QEMU starts").stdout).expect("text");
    print!("{printed}");

    let instructions = |row: &str| {
        let row = printed.lines().find_map(|line| line.strip_prefix(row)).expect("a row a case");
        row.parse::<u32>().expect("a number")
    };
    for kappa in [0, 1, 10, 100] {
        let count = instructions(&format!("default,8,{kappa},"));
        assert!((1..=60 * 8).contains(&count), "κ = {kappa}: {count} instructions");
    }
    // where it rejects most
    assert!(instructions("default,8,3,") <= 64 * 8);
}
