//! What a sample of each von Mises–Fisher sampler costs on a Cortex-M4F, in
//! instructions: the table of `docs/von-mises-fisher.md`.
//!
//! `cargo test -p elbow-tests --test device vmf_cost:: -- --ignored --nocapture` prints it.

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

    let (mut scanned, mut most) = (0, 0);
    for row in printed.lines() {
        let (case, count) = row.rsplit_once(',').expect("a row of values");
        if case.starts_with("default,8,") || case.starts_with("scan,8,") {
            let count = count.parse::<u32>().expect("a number");
            assert!((1..=60 * 8).contains(&count), "{case}: {count} instructions");
            (scanned, most) = (scanned + 1, most.max(count));
        }
    }
    println!("at most {most} at d = 8");
    assert_eq!(scanned, 5 + 25);
}
