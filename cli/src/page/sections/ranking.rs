//! How well scores find what is labelled anomalous: ROC, precision and recall, and what is found at
//! the stated rate of false alarms.

use elbow_host::score::evaluate::oddness;
use elbow_host::score::metrics::{Ranking, detection};

use crate::page::Report;
use crate::page::document::{Figure, Section};
use crate::plot::{Axis, Chart, Tone};

/// Steps of a curve along its axes, at most.
const STEPS: f64 = 500.0;
/// False alarms where no calibration says how many.
const RATE: f64 = 0.01;

/// Nothing where a class is missing.
pub(in crate::page) fn section(report: &Report<'_>) -> Option<Section> {
    let (findings, evaluation) = (report.findings, &report.figures.evaluation);
    let anomalous = findings.anomalous.as_deref()?;
    let ranked = findings.scores.iter().zip(&findings.numbers);
    let scores: Vec<f64> = ranked.map(|(score, numbers)| oddness(*score, *numbers)).collect();
    let ranking = Ranking::new(&scores, anomalous)?;
    let (auroc, auprc) = (evaluation.auroc?, evaluation.auprc?);
    let [low, high] = evaluation.auroc_ci95?;
    let rate = report.model.extras.calibration.map_or(RATE, |calibration| calibration.false_alarm.into());
    let found = detection(&scores, anomalous, rate)?;
    let prevalence = anomalous.iter().filter(|label| **label).count() as f64 / anomalous.len() as f64;

    let axis = |label| Axis::new(label, 0.0, 1.0);
    let roc = thinned(ranking.roc());
    let roc = Chart::new(
        "ROC curve",
        format!(
            "Part of the anomalous rows found, by the part of normal rows that are alarms. AUROC {auroc:.4}."
        ),
        axis("false alarms, of the normal rows"),
        axis("found, of the anomalous rows"),
    )
    .sized(420.0, 400.0)
    .line(Tone::Rule, &[(0.0, 0.0), (1.0, 1.0)])
    .line(Tone::First, &roc);
    let precision = Chart::new(
        "Precision and recall",
        format!("Part of the alarms that are right, by the part of anomalous rows found. AUPRC {auprc:.4}."),
        axis("found, of the anomalous rows (recall)"),
        axis("right, of the alarms (precision)"),
    )
    .sized(420.0, 400.0)
    .line(Tone::Rule, &[(0.0, prevalence), (1.0, prevalence)])
    .line(Tone::First, &thinned(ranking.precision_recall()));
    let figures = vec![
        Figure {
            chart: roc,
            caption: format!("AUROC {auroc:.4}, {low:.4} to {high:.4} (95 %). Dashed: guessing."),
        },
        Figure {
            chart: precision,
            caption: format!("AUPRC {auprc:.4} (average precision). Dashed: guessing, {prevalence:.4}."),
        },
    ];
    let alarms = report.figures.alarms.as_ref();
    let by_threshold = alarms.and_then(|alarms| alarms.of_normal.zip(alarms.of_anomalous));
    let by_threshold = by_threshold.map_or(String::new(), |(normal, anomalous)| {
        format!(
            " The threshold in the model finds {:.2} % of them, with {:.2} % false alarms.",
            100.0 * anomalous,
            100.0 * normal
        )
    });
    let text = format!(
        "With at most {:.3} % false alarms among these normal rows, {:.2} % of the anomalous rows are found.\
         {by_threshold} Intervals take rows for independent.",
        100.0 * rate,
        100.0 * found
    );
    Some(Section::new("Finding anomalies").text(text).figures(figures))
}

/// Points of a curve that are far enough apart to be seen, and those before a long step.
fn thinned(points: impl Iterator<Item = (f64, f64)>) -> Vec<(f64, f64)> {
    let mut kept: Vec<(f64, f64)> = Vec::new();
    let mut last = None;
    let distance = |one: (f64, f64), other: (f64, f64)| (one.0 - other.0).abs() + (one.1 - other.1).abs();
    for point in points {
        match (kept.last(), last) {
            (Some(before), Some(skipped)) if distance(*before, point) >= 1.0 / STEPS => {
                if distance(*before, skipped) > 0.0 {
                    kept.push(skipped);
                }
                kept.push(point);
                last = None;
            }
            (Some(_), _) => last = Some(point),
            (None, _) => kept.push(point),
        }
    }
    kept.extend(last);
    kept
}
