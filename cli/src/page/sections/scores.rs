//! How scores are spread, and where the threshold lies among them.

use crate::page::Report;
use crate::page::document::Section;
use crate::plot::{Axis, Chart, Tone, histogram, number};

const BINS: usize = 80;
/// Deviations from the median of the normal rows beyond which scores are gathered at the edge.
const SHOWN: f64 = 12.0;

pub(in crate::page) fn section(report: &Report<'_>) -> Section {
    let findings = report.findings;
    let (normal, anomalous) = (findings.scores_of(false), findings.scores_of(true));
    let threshold = report.model.extras.calibration.map(|calibration| f64::from(calibration.threshold));
    let (low, high) =
        range(if normal.is_empty() { &anomalous } else { &normal }, &findings.scores, threshold);
    let share = |scores: &[f64]| -> Vec<f64> {
        let counts = histogram(scores.iter().copied(), low, high, BINS);
        counts.into_iter().map(|count| 100.0 * count as f64 / scores.len() as f64).collect()
    };
    let bars: Vec<_> = [(Tone::First, &normal), (Tone::Second, &anomalous)]
        .into_iter()
        .filter(|(_, scores)| !scores.is_empty())
        .map(|(tone, scores)| (tone, share(scores)))
        .collect();
    let top = bars.iter().flat_map(|(_, heights)| heights).copied().fold(0.0, f64::max);
    let says = format!(
        "Scores of {} normal and {} anomalous rows between {} and {} nats.",
        normal.len(),
        anomalous.len(),
        number(low),
        number(high)
    );
    let x = Axis::new("log p(x), nats: low is anomalous", low, high);
    let mut chart = Chart::new("Histogram of scores", says, x, Axis::new("% of the rows", 0.0, 1.05 * top));
    let is_labelled = findings.anomalous.is_some();
    for (tone, heights) in bars {
        let word = match (tone, is_labelled) {
            (Tone::Second, _) => "labelled anomalous",
            (_, true) => "normal",
            (_, false) => "all rows",
        };
        chart = chart.bars(tone, &heights).told(tone, word);
    }
    if let Some(threshold) = threshold {
        chart =
            chart.upright(Tone::Alarm, threshold, "threshold").told(Tone::Alarm, "alarm to the left of it");
    }
    let beyond = findings.scores.iter().filter(|score| f64::from(**score) < low).count();
    let beyond = match beyond {
        0 => String::new(),
        rows => format!(" {rows} rows that are lower still stand in the first bar."),
    };
    Section::new("Scores")
        .figure(chart, format!("How log p(x) is spread; each kind of rows adds up to 100 %.{beyond}"))
}

/// From where to where scores are shown: all of them, but for those far below what is usual.
fn range(usual: &[f64], all: &[f32], threshold: Option<f64>) -> (f64, f64) {
    let mut sorted = usual.to_vec();
    sorted.sort_by(f64::total_cmp);
    let quantile = |part: f64| sorted[(part * (sorted.len() - 1) as f64) as usize];
    let spread = (quantile(0.75) - quantile(0.25)) / 1.35;
    let lowest = all.iter().copied().fold(f32::INFINITY, f32::min);
    let highest = all.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    // rows of one score have no spread: what is about as high is shown beside them
    let room = SHOWN * spread.max(1e-3 * quantile(0.5).abs()).max(0.1);
    let low = f64::from(lowest).max(quantile(0.5) - room);
    let beside = |threshold: f64| threshold - 0.02 * (f64::from(highest) - low).abs();
    let low =
        threshold.map(beside).filter(|at| *at > quantile(0.5) - 3.0 * room).map_or(low, |at| low.min(at));
    let axis = Axis::new("", low, highest.into());
    (axis.low, axis.high)
}
