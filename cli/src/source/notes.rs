//! What is said of files of frames on the way.

use std::path::Path;

use elbow::architecture::LatentKind;
use elbow::format::Metadata;
use elbow_reader::{Dataset, Names, Report};

use crate::report;

/// What is known of files when their first frames come.
pub(super) fn told_before(data: &Dataset, report: &Report) {
    let path = data.path.display();
    report.notes.iter().for_each(|note| report::note(&format!("{path}: {note}")));
    let is_kept = |name: &String| data.kept.columns.contains(name);
    let unused: Vec<String> = data.reading.left_out.iter().filter(|name| !is_kept(name)).cloned().collect();
    if !unused.is_empty() {
        report::note(&format!("{path}: not used: {}", Names(unused)));
    }
}

/// Which rows are in no frame, in one line each; broken ones may have been told as they came.
pub(super) fn told_after(path: &Path, report: &Report, are_broken_told: bool) {
    let columns = report.missing.iter().map(|count| format!("{} {}", count.name, count.count));
    let columns = columns.collect::<Vec<_>>().join(", ");
    let lacking = match report.rows_with_gaps {
        0 => format!("have a missing cell ({columns})"),
        _ => "have nothing but missing cells, or no label".into(),
    };
    let broken = report.first_broken.as_deref().unwrap_or_default();
    let broken_rows = if are_broken_told { 0 } else { report.rows_broken };
    for (rows, what) in [
        (broken_rows, format!("cannot be read and are left out; the first: {broken}")),
        (report.rows_with_gaps, format!("have gaps ({columns}): they are scored by what is there")),
        (report.rows_missing, lacking),
        (
            report.rows_unseen,
            "have a word that the model has never seen, or none: they count as anomalies".into(),
        ),
    ] {
        if rows > 0 {
            report::note(&format!("{}: {rows} of {} rows {what}", path.display(), report.rows));
        }
    }
}

/// Says where scores are no densities.
pub(super) fn note_point(metadata: &Metadata<'_>) {
    if let LatentKind::Point { .. } = metadata.architecture.latent {
        report::note("an autoencoder: scores are log likelihoods of reconstructions, not densities");
    }
}
