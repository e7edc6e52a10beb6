//! `elbow impute`: what was there stays, in its place and as it was written.

use crate::bench::{Bench, csv};

fn bench() -> Bench {
    let bench = Bench::new();
    let row = |i: usize| format!("{},{}.50,{}e-1", 1_700_000_000 + i, i * i % 17, i % 13);
    bench.write("fit.csv", csv("t,a,b", 200, row));
    bench.good("fit fit.csv --model gaussian --columns a,b --missing model --out m.elbow");
    bench
}

#[test]
fn rows_and_cells_stay() {
    let bench = bench();
    bench.write("gaps.csv", "t,a,b\n1,3.1234567891,7e-1\n2,,\n3,0.10,\n4,NA,nan\n5,16777217,+1.0\n6,,\n");
    let run = bench.run("impute m.elbow gaps.csv --keep t");
    let rows: Vec<Vec<&str>> = run.stdout.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(rows[0], ["t", "a", "b"]);
    assert_eq!(rows[1], ["1", "3.1234567891", "7e-1"]);
    assert_eq!([&rows[2], &rows[4], &rows[6]], [&["2", "", ""], &["4", "", ""], &["6", "", ""]]);
    assert_eq!(rows[3][..2], ["3", "0.10"]);
    assert!(rows[3][2].parse::<f32>().is_ok(), "{run:?}");
    assert_eq!(rows[5], ["5", "16777217", "+1.0"]);
    assert!(run.stderr.contains("3 rows have nothing in them"), "{run:?}");
    let told = bench.json("impute m.elbow gaps.csv --out full.csv");
    let counts = ["rows", "empty_rows", "rows_with_gaps", "filled"].map(|of| told[of].as_u64());
    assert_eq!(counts, [6, 3, 1, 1].map(Some), "{told}");
    let draws = bench.good("impute m.elbow gaps.csv --draws 2");
    assert_eq!((draws.lines().nth(3), draws.lines().count()), (Some("2,1,,"), 13), "{draws}");
}

#[test]
fn a_file_is_what_its_name_says() {
    let bench = bench();
    bench.write("gaps.csv", "t,a,b\n1,3,0.7\n2,4,\n");
    bench.good("impute m.elbow gaps.csv --out full.csv");
    for array in ["full.npy", "full.npz"] {
        bench.good(&format!("impute m.elbow gaps.csv --out {array}"));
        let scores = |name: &str| bench.good(&format!("score m.elbow {name}"));
        assert_eq!(scores(array), scores("full.csv"));
        bench.refuses(
            &format!("impute m.elbow gaps.csv --out {array} --keep t --force"),
            &["--keep t: an array has no place for text"],
        );
    }
    bench.refuses("impute m.elbow gaps.csv --out full.parquet", &["--out full.parquet", "endings"]);
    bench.refuses("impute m.elbow gaps.csv --json", &["--out -", "--json"]);
    assert_eq!(bench.good("impute m.elbow gaps.csv --out -"), bench.good("impute m.elbow gaps.csv"));
    assert!(!bench.path("-").exists());
}
