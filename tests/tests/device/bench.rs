//! The device benchmark stays under its bars, and no count has risen. A count is the same on every host: what
//! is above its ceiling is slower or larger than it was.

use elbow_tests::bench;

#[test]
#[ignore = "needs a cross toolchain and QEMU: ./ci.sh runs it"]
fn nothing_became_slower() {
    let measured = bench::measure();
    print!("{}", measured.markdown());
    for bar in measured.bars() {
        assert!(bar.measured <= bar.limit, "{}: {:.2}, at most {}", bar.name, bar.measured, bar.limit);
    }
    assert_eq!(measured.above_ceilings(), [""; 0]);
}
