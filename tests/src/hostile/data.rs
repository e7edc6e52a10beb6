//! Files of frames.

use elbow_reader::{Categorical, LoadOptions, load};

use super::in_a_file;

/// A file of frames, read as each kind and in several ways. The first byte chooses.
///
/// # Panics
/// There is no room for temporary files.
pub fn data(bytes: &[u8]) {
    let Some((first, bytes)) = bytes.split_first() else { return };
    let kinds = ["csv", "tsv", "npy", "npz", "idx3-ubyte", "csv.gz", "npy", "csv"];
    let words = Categorical { column: "x0".into(), words: None };
    let options = LoadOptions {
        window: 1 + usize::from(first >> 3 & 1),
        whole: first >> 4 & 1 == 1,
        normal: (first >> 5 & 1 == 1).then(|| "0".into()).into_iter().collect(),
        categorical: (first >> 6 & 1 == 1).then_some(words).into_iter().collect(),
        columns: (first >> 7 & 1 == 1).then(|| vec!["x1".into(), "x0".into()]),
        ..LoadOptions::default()
    };
    in_a_file(bytes, kinds[usize::from(first & 7)], |path| {
        let _ = load(path, &options);
    });
}
