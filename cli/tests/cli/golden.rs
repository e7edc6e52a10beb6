//! A board's own check: frames with the bits of their scores, compiled and run.

use std::process::Command;

use crate::bench::{Bench, column};

fn text(bench: &Bench, file: &str) -> String {
    String::from_utf8(bench.read(file)).unwrap()
}

#[test]
fn the_bits_are_those_of_the_scores() {
    let bench = Bench::with_model();
    let json = bench.json("score engine.elbow engine.csv --golden 5 --out golden.rs");
    assert_eq!((json["frames"].as_u64(), json["samples"].as_u64()), (Some(5), Some(64)));
    let rust = text(&bench, "golden.rs");
    bench.good("score engine.elbow engine.csv --golden 5 --out golden.h");
    let c = text(&bench, "golden.h");
    let scores = column(&bench.good("score engine.elbow engine.csv"), "log_density");
    for nats in &scores[..5] {
        let bits = format!("{:#010x}", nats.to_bits());
        assert!(rust.contains(&bits) && c.contains(&bits), "{bits}\n{rust}\n{c}");
    }
    assert!(rust.contains("pub static ENGINE_GOLDEN: [([f32; 3], u32); 5]"), "{rust}");
    // without a file it is Rust on standard output
    assert_eq!(bench.good("score engine.elbow engine.csv --golden 5"), rust);
    // the samples are those of the calibration, or those asked for
    assert!(bench.good("score engine.elbow engine.csv --golden 1 --samples 7").contains("by 7 samples"));
    let few = bench.run("score engine.elbow engine.csv --golden 1024");
    assert!(few.code == Some(0) && few.stderr.contains("has no more than 240 frames"), "{few:?}");
}

#[test]
fn what_no_board_can_check_is_refused() {
    let bench = Bench::with_model();
    bench.write("none.csv", "temp,rpm,volt\n");
    bench.write("gaps.csv", "temp,rpm,volt\n,1,2\n3,,4\n");
    bench.refuses("score engine.elbow none.csv --golden 3 --out golden.rs", &["none.csv"]);
    bench.refuses("score engine.elbow gaps.csv --golden 3 --out golden.rs", &["gaps.csv"]);
    bench.refuses("score engine.elbow engine.csv --golden 3 --out golden.csv", &["ends in .rs or .h"]);
    bench.refuses("score engine.elbow engine.csv --golden 0", &["1..=1024"]);
    bench.refuses("score engine.elbow engine.csv --golden 3 --alarm 3/5", &["--alarm"]);
    bench.write("golden.rs", "fn mine() {}");
    let outcome =
        bench.as_typed("score engine.elbow engine.csv --golden 3 --out golden.rs").output().unwrap();
    assert_eq!(outcome.status.code(), Some(2));
    assert_eq!(text(&bench, "golden.rs"), "fn mine() {}");
}

/// The header is read by both languages, and finds what differs.
#[test]
fn the_header_is_c_and_finds_what_differs() {
    let bench = Bench::with_model();
    bench.good("score engine.elbow engine.csv --golden 3 --out golden.h");
    // the library in small: scores whose bits are the sums of the frames', the second one's off
    let header = text(&bench, "golden.h");
    let bits: Vec<&str> =
        header.split("expected[ENGINE_GOLDEN] = {").nth(1).unwrap().split(',').take(3).collect();
    let program = format!(
        "#include \"golden.h\"
        #include <string.h>
        static int calls, off;
        elbow_status elbow_score(elbow_model *model, const float *frame, size_t len, uint32_t k,
                                 elbow_result *score) {{
            static const uint32_t bits[3] = {{{}, {}, {}}};
            uint32_t b = bits[calls] ^ (uint32_t)(calls == off);
            (void)model; (void)frame;
            calls++;
            memcpy(&score->log_density, &b, sizeof b);
            return len == 3 && k == 64 ? ELBOW_OK : ELBOW_NULL;
        }}
        int main(void) {{
            off = -1;
            if (engine_differs(0) != ENGINE_GOLDEN) return 1;
            calls = 0; off = 1;
            return engine_differs(0) == 1 ? 0 : 2;
        }}\n",
        bits[0], bits[1], bits[2]
    );
    bench.write("check.c", program.replace("elbow_status elbow_score", "EXTERN elbow_status elbow_score"));
    let include = concat!("-I", env!("CARGO_MANIFEST_DIR"), "/../c/include");
    let strict = ["-Wall", "-Wextra", "-Wpedantic", "-Werror", include, "-I.", "-o", "check"];
    for (compiler, standard, external) in
        [("cc", ["-std=c99", "-xc"], "-DEXTERN="), ("c++", ["-std=c++17", "-xc++"], "-DEXTERN=extern \"C\"")]
    {
        let mut command = Command::new(compiler);
        command.args(standard).arg(external).args(strict).arg("check.c").current_dir(bench.path(""));
        let Ok(compiled) = command.output() else { return eprintln!("skipped: no {compiler}") };
        assert!(compiled.status.success(), "{compiler}: {}", String::from_utf8_lossy(&compiled.stderr));
        assert_eq!(Command::new(bench.path("check")).status().unwrap().code(), Some(0), "{compiler}");
    }
}

#[test]
fn a_check_goes_over_nobodys_own_source() {
    let bench = Bench::with_model();
    bench.write("main.rs", "fn main() {}");
    let line = "score engine.elbow engine.csv --golden 2 --out";
    bench.refuses(&format!("{line} main.rs"), &["not Elbow's to replace"]);
    bench.refuses(&format!("{line} engine.rs"), &["is the model's type"]);
    bench.write("engine.h", "int mine;");
    bench.refuses("export engine.elbow --c", &["not Elbow's to replace"]);
    bench.good(&format!("{line} golden.rs"));
    bench.good(&format!("{line} golden.rs"));
    bench.refuses("export engine.elbow --safetensors weights", &["ends in .safetensors"]);
}
