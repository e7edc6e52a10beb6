//! Labels, windows, splits.

use super::*;
use crate::{Split, shuffle};

fn labelled(labels: &[&str], options: LoadOptions) -> Result<Dataset, String> {
    let rows: String = labels.iter().enumerate().map(|(i, label)| format!("{i},{label}\n")).collect();
    csv_with(&format!("a,label\n{rows}"), &options)
}

fn anomalous(labels: &[&str]) -> Vec<bool> {
    labelled(labels, LoadOptions::default()).unwrap().labels.unwrap().anomalous
}

#[test]
fn reads_labels_as_numbers_or_words() {
    assert_eq!(anomalous(&["0", "1", "0.0", "2"]), [false, true, false, true]);
    assert_eq!(anomalous(&["normal", "storm", "Normal"]), [false, true, false]);
    assert_eq!(anomalous(&["False", "True"]), [false, true]);
    assert_eq!(anomalous(&["storm"]), [true], "one class alone may be all anomalies");

    let numbers = labelled(&["0", "1"], LoadOptions::default()).unwrap().labels.unwrap();
    assert_eq!(numbers.names, None);
    let words = labelled(&["normal", "storm"], LoadOptions::default()).unwrap().labels.unwrap();
    assert_eq!(words.names, Some(owned(&["normal", "storm"])));
}

#[test]
fn takes_the_users_word_for_what_is_normal() {
    let options = |normal: &str| LoadOptions { normal: vec![normal.into()], ..Default::default() };
    let judged =
        |labels: &[&str], normal| labelled(labels, options(normal)).unwrap().labels.unwrap().anomalous;
    assert_eq!(judged(&["-1", "1", "1.0"], "1"), [true, false, false]);
    assert_eq!(judged(&["idle", "storm"], "idle"), [false, true]);
    assert_eq!(
        labelled(&["2", "1"], LoadOptions::default()).unwrap_err(),
        "d.csv: none of the labels `2`, `1` reads as normal (0, false, normal, ok, …); \
         name the normal one with --normal"
    );
    // as detectors of scikit-learn have it, and the words of other people
    let usual =
        |labels: &[&str]| labelled(labels, LoadOptions::default()).map(|data| data.labels.unwrap().anomalous);
    assert_eq!(usual(&["-1", "1"]).unwrap(), [true, false]);
    for [normal, odd] in [["good", "bad"], ["no", "yes"], ["F", "T"], ["inlier", "outlier"], ["OK", "ng"]] {
        assert_eq!(usual(&[normal, odd]).unwrap(), [false, true], "{normal}");
    }
    let absent = labelled(&["idle", "storm"], options("calm")).unwrap_err();
    assert_eq!(
        absent,
        "d.csv: no row has the label `calm` that --normal names; the labels are `idle`, `storm`"
    );
}

#[test]
fn finds_the_label_column() {
    let text = "label,a,anomaly\n0,1,1\n";
    let by_name = LoadOptions { labels: Some("anomaly".into()), ..Default::default() };
    for (options, expected) in [(LoadOptions::default(), vec![1.0, 1.0]), (by_name, vec![1.0])] {
        let data = csv_with(text, &options).unwrap();
        assert_eq!(data.values, expected, "`label` is never a feature");
        assert_eq!(data.labels.unwrap().anomalous, [options.labels.is_some()]);
    }
    let unlabelled = LoadOptions { drop: owned(&["label"]), ..Default::default() };
    assert_eq!(csv_with(text, &unlabelled).unwrap().labels, None);
    assert_eq!(
        labelled(&["0", ""], LoadOptions::default()).unwrap_err(),
        "d.csv: row 2 (line 3), column `label`: the value is missing; fill it in or remove the row; in all 1 \
         cells are missing (label 1): --missing drop leaves their rows out"
    );
}

#[test]
fn joins_rows_to_windows() {
    let text = "a,b\n0,1\n2,3\n4,5\n6,7\n8,9\n";
    let data = csv_with(text, &LoadOptions { window: 2, ..Default::default() }).unwrap();
    assert_eq!((data.rows, data.dims), (2, 4));
    assert_eq!(data.columns, owned(&["a@0", "b@0", "a@1", "b@1"]));
    assert_eq!(data.values, [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]);
    assert_eq!(data.source_rows, [0, 2]);

    let data = csv_with(text, &LoadOptions { window: 3, hop: Some(1), ..Default::default() }).unwrap();
    assert_eq!(data.source_rows, [0, 1, 2]);
    assert_eq!(data.row(2), [4.0, 5.0, 6.0, 7.0, 8.0, 9.0]);

    let data = csv_with(text, &LoadOptions { window: 1, hop: Some(3), ..Default::default() }).unwrap();
    assert_eq!((data.source_rows, data.values), (vec![0, 3], vec![0.0, 1.0, 6.0, 7.0]));
}

#[test]
fn never_joins_rows_under_different_labels() {
    let options = LoadOptions { window: 2, hop: Some(1), ..Default::default() };
    let labels = ["normal", "normal", "normal", "disk", "cpu", "cpu", "normal", "normal"];
    let data = labelled(&labels, options).unwrap();
    assert_eq!(data.source_rows, [0, 1, 4, 6]);
    let found = data.labels.unwrap();
    assert_eq!(found.anomalous, [false, false, true, false]);
    assert_eq!(found.names, Some(owned(&["normal", "normal", "cpu", "normal"])));
}

#[test]
fn says_how_many_rows_a_window_needs() {
    let asked =
        |window, hop| labelled(&["0", "0", "1", "1", "1"], LoadOptions { window, hop, ..Default::default() });
    assert_eq!(
        asked(4, None).unwrap_err(),
        "d.csv: a window of 4 needs 4 consecutive rows under one label, and the longest stretch has 3; \
         record more \
         rows or shorten the window"
    );
    assert!(asked(usize::MAX, Some(usize::MAX)).unwrap_err().contains("the longest stretch has 3"));
    for (window, hop) in [(0, None), (0, Some(1)), (2, Some(0))] {
        let refused = asked(window, hop).unwrap_err();
        assert_eq!(refused, "d.csv: window and hop must be at least 1; leave them out to score single rows");
    }
}

#[test]
fn splits_by_seed() {
    let data = labelled(&["0"; 100], LoadOptions::default()).unwrap();
    let Split { train, valid } = data.split(0.1, 7);
    assert_eq!((train.len(), valid.len()), (90, 10));
    let mut all = [train.clone(), valid.clone()].concat();
    all.sort();
    assert_eq!(all, (0..100).collect::<Vec<_>>());
    assert_eq!(data.split(0.1, 7), Split { train: train.clone(), valid: valid.clone() });
    assert_ne!(data.split(0.1, 8).valid, valid);
    // Pinned: a model file depends on it.
    assert_eq!(valid, [65, 59, 62, 45, 85, 78, 13, 44, 41, 66]);

    for (fraction, expected) in
        [(0.0, 0), (0.001, 1), (0.5, 50), (1.0, 99), (7.0, 99), (-1.0, 0), (f64::NAN, 0)]
    {
        assert_eq!(data.split(fraction, 1).valid.len(), expected, "{fraction}");
    }
    let one = labelled(&["0"], LoadOptions::default()).unwrap();
    assert_eq!(one.split(0.5, 1), Split { train: vec![0], valid: vec![] });
}

#[test]
fn selects_rows_with_all_that_belongs_to_them() {
    let data = labelled(&["normal", "a", "b"], LoadOptions::default()).unwrap();
    let part = data.select(&[2, 0]);
    assert_eq!((part.rows, part.dims, part.values), (2, 1, vec![2.0, 0.0]));
    assert_eq!(part.source_rows, [2, 0]);
    let labels = part.labels.unwrap();
    assert_eq!((labels.anomalous, labels.names), (vec![true, false], Some(owned(&["b", "normal"]))));
    assert_eq!(data.select(&[]).rows, 0);
}

/// All 24 orders of four items, each within five standard deviations of its share of 48,000 draws.
#[test]
fn shuffles_fairly() {
    let mut rng = rand_pcg::Pcg32::new(3, 3);
    let mut counts = std::collections::HashMap::new();
    for _ in 0..48_000 {
        let mut items = [0, 1, 2, 3];
        shuffle(&mut items, &mut rng);
        *counts.entry(items).or_insert(0) += 1;
    }
    assert_eq!(counts.len(), 24);
    let sd = (2000.0f64 * 23.0 / 24.0).sqrt();
    assert!(counts.values().all(|&count| (f64::from(count) - 2000.0).abs() < 5.0 * sd), "{counts:?}");
}
