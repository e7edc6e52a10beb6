//! `elbow bench score`.

use crate::bench::Bench;

#[test]
fn four_points() {
    let bench = Bench::new();
    let points = bench.json("bench score --seconds 0.01 --threads 2")["points"].as_array().unwrap().clone();
    let cases: Vec<_> =
        points.iter().map(|point| (point["shape"][0].as_u64(), point["samples"].as_u64())).collect();
    let expected = [(140, 1), (140, 16), (140, 64), (9, 16)];
    assert_eq!(cases, expected.map(|(dims, samples)| (Some(dims), Some(samples))));
    for point in &points {
        assert_eq!((&point["rows"], &point["threads"]), (&2048.into(), &2.into()));
        for figure in ["one_thread_rows_per_second", "rows_per_second", "single_row_us"] {
            assert!(point[figure].as_f64().is_some_and(|figure| figure > 0.0), "{point}");
        }
    }
    assert!(bench.good("bench score --seconds 0").contains("140-64-32-8"));
    bench.refuses("bench score --seconds=-1", &["--seconds"]);
    bench.refuses("bench score --seconds x", &["--seconds", "0 to 3600"]);
}
