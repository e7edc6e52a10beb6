//! `elbow bench step`.

use crate::bench::Bench;

#[test]
fn one_shape_and_its_rate() {
    let bench = Bench::new();
    let line = "bench step --shape 30,16,4 --batch 8 --samples 3 --threads 1";
    let points = bench.json(line)["points"].as_array().unwrap().clone();
    assert_eq!(points.len(), 1);
    let point = &points[0];
    assert_eq!(point["shape"], serde_json::json!([30, 16, 4]));
    assert_eq!((&point["batch"], &point["samples"], &point["threads"]), (&8.into(), &3.into(), &1.into()));
    // 6 operations for a weight and row: 30·16 + 16·8 of the encoder, three times 4·16 + 16·30 of the decoder
    let expected = 6.0 * 8.0 * (608.0 + 3.0 * 544.0);
    let found = point["ms"].as_f64().unwrap() * point["gflops"].as_f64().unwrap() * 1e6;
    assert!((found / expected - 1.0).abs() < 1e-9, "{found}");
    assert!(bench.good(line).contains("30-16-4"));
    bench.refuses("bench step --shape 30", &["--shape 30"]);
    bench.refuses("bench step --shape 30,0,4", &["--hidden 0"]);
    bench.refuses("bench step --batch 0", &["--batch"]);
    bench.refuses("bench step --activation gelu", &["--activation gelu"]);
}
