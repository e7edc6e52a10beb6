//! Calibration: p-values of normal rows against the uniform law.

use crate::page::Report;
use crate::page::document::Section;
use crate::plot::{Axis, Chart, Tone, number};

/// Places at which the curve is drawn.
const PLACES: usize = 200;
/// Of the largest distance between the distribution of n numbers and its law, times √n: exceeded by 5 %
/// (Kolmogorov's limit; Smirnov 1948).
const KOLMOGOROV_95: f64 = 1.358;

/// Nothing of a model without a calibration.
pub(in crate::page) fn section(report: &Report<'_>) -> Option<Section> {
    let (findings, calibration) = (report.findings, report.model.extras.calibration?);
    let normal = findings.p_values.iter().enumerate().filter(|(frame, _)| !findings.is_anomalous(*frame));
    // the law is that of whole frames
    let told = normal.filter(|(frame, _)| findings.is_whole(*frame)).map(|(_, p)| f64::from(*p));
    let mut p_values: Vec<f64> = told.filter(|p| !p.is_nan()).collect();
    if p_values.is_empty() {
        return None;
    }
    p_values.sort_by(f64::total_cmp);
    let n = p_values.len() as f64;
    let part = |p: f64| p_values.partition_point(|value| *value <= p) as f64 / n;
    let curve: Vec<_> = (0..=PLACES).map(|i| i as f64 / PLACES as f64).map(|p| (p, part(p))).collect();
    let slack = KOLMOGOROV_95 / n.sqrt();
    let band = [0.0, slack.min(1.0), (1.0 - slack).max(0.0), 1.0]
        .map(|p| (p, (p - slack).max(0.0), (p + slack).min(1.0)));
    let excess = p_values.iter().map(|p| part(*p) - p).fold(0.0, f64::max);
    let rate = f64::from(calibration.false_alarm);
    let of = if findings.anomalous.is_some() { "normal rows" } else { "rows" };
    let chart = Chart::new(
        "p-values against the uniform law",
        format!("The part of the {of} whose p-value is at most p, by p. The largest excess is {excess:.4}."),
        Axis::new("p", 0.0, 1.0),
        Axis::new(format!("part of the {of} with a p-value up to p"), 0.0, 1.0),
    )
    .sized(420.0, 400.0)
    .area_between(Tone::Rule, &band)
    .line(Tone::Rule, &[(0.0, 0.0), (1.0, 1.0)])
    .line(Tone::First, &curve)
    .told(Tone::First, format!("these {of}"))
    .told(Tone::Rule, "uniform, with 95 % of such curves of as many independent rows");
    let verdict = if excess > slack {
        "More of them are low than chance explains: these rows are not like those of the calibration, and \
         alarms are more frequent than stated."
    } else {
        "No more of them are low than chance explains."
    };
    let caption = format!(
        "A curve on or below the diagonal keeps what it promises. {:.3} % have a p-value of at most {}. \
         {verdict}",
        100.0 * part(rate),
        number(rate)
    );
    Some(Section::new("Calibration").figure(chart, caption))
}
