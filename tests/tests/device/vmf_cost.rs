//! What a sample of each von Mises–Fisher sampler costs on a Cortex-M4F, in
//! instructions: the table of `docs/von-mises-fisher.md`.
//!
//! `cargo test -p elbow-tests --test device vmf_cost:: -- --ignored --nocapture` prints it.

use elbow_tests::qemu;

#[test]
#[ignore = "needs a cross toolchain and QEMU"]
fn default_sampler_takes_at_most_60_instructions_a_coordinate() {
    let printed = qemu::count("thumbv7em-none-eabihf", "vmf_cost", "mps2-an386", &[]);
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
