//! The oddest and the most typical frames, what the model makes of them, and why.

use elbow::Explain as _;
use elbow_reader::categories::categories;

use crate::page::Report;
use crate::page::document::{Figure, Section};
use crate::page::sample::Extreme;
use crate::plot::{Axis, Chart, Ticks, Tone, number};
use crate::score::rows::causes_of;

/// Causes of a frame.
const CAUSES: usize = 3;
/// Numbers that get a dot each, and columns that get a name each.
const DOTS: usize = 60;
const NAMES: usize = 4;
/// Standard deviations beyond which a number stands at the edge.
const SHOWN: f64 = 10.0;

pub(in crate::page) fn section(report: &Report<'_>) -> Section {
    let findings = report.findings;
    let is_odd = |extreme: &&Extreme| findings.worst.0.iter().all(|other| other.at != extreme.at);
    let odd = findings.worst.0.iter().map(|extreme| ("odd", extreme));
    let typical = findings.best.0.iter().filter(is_odd).map(|extreme| ("typical", extreme));
    let (mut figures, mut rows) = (Vec::new(), Vec::new());
    for (kind, extreme) in odd.chain(typical) {
        // frames that were scored have a reconstruction
        let Ok(expected) = report.model.engine.reconstruct(&extreme.frame) else { continue };
        let score = findings.scores[extreme.at];
        let place = place(report, extreme);
        figures.push(Figure {
            chart: chart(report, &extreme.frame, &expected, &format!("{kind} frame, {place}")),
            caption: format!("{place}, {kind}: log p(x) {score:.3} nats"),
        });
        let label = match (&findings.anomalous, findings.is_anomalous(extreme.at)) {
            (None, _) => "–",
            (_, true) => "anomalous",
            (_, false) => "normal",
        };
        let causes = causes(report, &extreme.frame, &expected);
        rows.push(vec![place, kind.into(), label.into(), format!("{score:.3}"), causes]);
    }
    let head = ["frame", "is", "label", "log p(x)", "column: value (expected), −log p(column | others)"];
    Section::new("Oddest and most typical frames").figures(figures).table(
        "The columns that the others speak least for",
        &head,
        rows,
    )
}

/// Where a frame begins.
fn place(report: &Report<'_>, extreme: &Extreme) -> String {
    let row = format!("row {}", extreme.row);
    let file = extreme.file.file_name().map(|name| name.to_string_lossy().into_owned());
    match (report.findings.files.len(), file) {
        (2.., Some(file)) => format!("{file}, {row}"),
        _ => row,
    }
}

fn causes(report: &Report<'_>, frame: &[f32], expected: &[f32]) -> String {
    let mut surprises = vec![0.0; frame.len()];
    let explained = report.model.engine.explain_until(frame, report.samples, &mut surprises, |_, _| false);
    if explained.is_err() {
        return "–".into();
    }
    let categories = categories(report.model.metadata.columns);
    let columns = report.findings.columns.len();
    let value = |feature: usize, value: f32| {
        let category = categories.iter().find(|category| category.feature == feature % columns);
        let word = category.and_then(|category| category.words.get(value as usize).cloned());
        word.unwrap_or_else(|| number(value.into()))
    };
    let cause = |feature: usize, surprise: f32| {
        format!(
            "{}: {} ({}), {surprise:.1}",
            report.findings.names[feature],
            value(feature, frame[feature]),
            value(feature, expected[feature])
        )
    };
    let told =
        causes_of(frame, &mut surprises, CAUSES).into_iter().map(|(feature, nats)| cause(feature, nats));
    told.collect::<Vec<_>>().join("; ")
}

/// A frame and its reconstruction, column by column, each in its own unit.
fn chart(report: &Report<'_>, frame: &[f32], expected: &[f32], title: &str) -> Chart {
    let (columns, window) = (&report.findings.columns, frame.len() / report.findings.columns.len());
    let is_window = window > 1;
    let scaled = |numbers: &[f32], feature: usize| {
        let of = &columns[feature % columns.len()];
        let deviation = of.deviation();
        (f64::from(numbers[feature]) - of.mean) / if deviation > 0.0 { deviation } else { 1.0 }
    };
    // steps of a column side by side, and a gap between two columns
    let curve = |numbers: &[f32]| -> Vec<(f64, f64)> {
        let of_column = |column: usize| {
            let step = move |step: usize| {
                let x = (column * window + step) as f64;
                (x, scaled(numbers, step * columns.len() + column).clamp(-SHOWN, SHOWN))
            };
            let gap = is_window.then_some((f64::NAN, f64::NAN));
            (0..window).map(step).chain(gap)
        };
        (0..columns.len()).flat_map(of_column).collect()
    };
    let (seen, reconstructed) = (curve(frame), curve(expected));
    let middle = |column: usize| (column * window) as f64 + 0.5 * (window - 1) as f64;
    let name = |column: usize| {
        let name = &report.findings.names[column];
        let name = name.strip_suffix("@0").filter(|_| is_window).unwrap_or(name);
        let short: String = name.chars().take(12).collect();
        (middle(column), if short.len() < name.len() { short + "…" } else { short })
    };
    let few = columns.len().div_ceil(NAMES);
    let names = (0..columns.len()).step_by(few).map(name).collect();
    let x = Axis::new(
        if is_window { "columns, and steps of each" } else { "columns" },
        -0.5,
        frame.len() as f64 - 0.5,
    );
    let ends = seen.iter().chain(&reconstructed).map(|(_, y)| *y);
    let y = Axis::over("deviations from the mean", ends.chain([-1.0, 1.0]));
    let says = "The numbers of a frame and what the model would have expected, in standard deviations.";
    let chart = Chart::new(title, says, x.with(Ticks::Named(names)), y)
        .sized(470.0, 260.0)
        .line(Tone::Second, &reconstructed)
        .line(Tone::First, &seen)
        .told(Tone::First, "frame")
        .told(Tone::Second, "reconstruction");
    if frame.len() <= DOTS { chart.dots(Tone::First, seen) } else { chart }
}
