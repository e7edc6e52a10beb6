//! The data sets kept beside the repository; skipped where they are not.

use std::path::PathBuf;

use super::*;

/// A file of `shared/data`, or `None` and a note.
fn shared(name: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data").join(name);
    let found = path.exists();
    if !found {
        println!("skipped: {} is not here", path.display());
    }
    found.then_some(path)
}

#[test]
fn reads_mnist() {
    let Some(path) = shared("mnist/t10k-images-idx3-ubyte.gz") else { return };
    let data = load(&path, &LoadOptions::default()).unwrap();
    assert_eq!((data.rows, data.dims), (10_000, 784));
    let mean = data.values.iter().map(|&value| f64::from(value)).sum::<f64>() / data.values.len() as f64;
    // by NumPy
    assert!((mean - 33.791224489795916).abs() < 1e-9, "{mean}");
}

#[test]
fn reads_adbench() {
    for (name, rows, dims, anomalies) in
        [("6_cardio", 1831, 21, 176), ("32_shuttle", 49097, 9, 3511), ("4_breastw", 683, 9, 239)]
    {
        let Some(path) = shared(&format!("adbench/{name}.npz")) else { return };
        let data = load(&path, &LoadOptions::default()).unwrap();
        assert_eq!((data.rows, data.dims), (rows, dims));
        let anomalous = data.labels.unwrap().anomalous;
        assert_eq!(anomalous.iter().filter(|&&anomalous| anomalous).count(), anomalies);
    }
}

#[test]
fn reads_skab() {
    let Some(path) = shared("skab/valve1/0.csv") else { return };
    let refused = load(&path, &LoadOptions::default()).unwrap_err().to_string();
    assert!(refused.ends_with(
        "row 1 (line 2), column `datetime`: `2020-03-09 10:14:33` is not a number; \
         correct it, leave such rows out with --skip-broken, drop the column with \
         --drop 'datetime', or fit its words as a category with --categorical 'datetime'"
    ));
    let drop = owned(&["datetime", "changepoint"]);
    let options = LoadOptions { labels: Some("anomaly".into()), drop, window: 10, ..Default::default() };
    let data = load(&path, &options).unwrap();
    assert_eq!((data.dims, data.columns[8].as_str()), (80, "Accelerometer1RMS@1"));
    assert_eq!(data.values[..2], [0.0265878, 0.0401113]);
    let anomalous = data.labels.unwrap().anomalous;
    assert!(anomalous.contains(&true) && anomalous.contains(&false));
}
