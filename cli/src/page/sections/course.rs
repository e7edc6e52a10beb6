//! The course of the score over time, and where alarms are.

use crate::page::Report;
use crate::page::document::Section;
use crate::plot::{Axis, Chart, Ticks, Tone};

/// Stretches of rows that are drawn, at most.
const STRETCHES: usize = 500;
/// Deviations below the median beyond which a score stands at the foot.
const SHOWN: f64 = 15.0;

/// Some rows that follow one another.
struct Stretch {
    at: f64,
    low: f64,
    middle: f64,
    high: f64,
    has_alarm: bool,
}

pub(in crate::page) fn section(report: &Report<'_>) -> Section {
    let findings = report.findings;
    let times = findings.times().filter(|times| times.windows(2).all(|pair| pair[0] <= pair[1]));
    let at = |frame: usize| times.as_ref().map_or(frame as f64 + 1.0, |times| times[frame] as f64);
    let length = findings.scores.len().div_ceil(STRETCHES);
    let stretch = |(n, scores): (usize, &[f32])| {
        let mut sorted = scores.to_vec();
        sorted.sort_by(f32::total_cmp);
        let alarms = findings.alarms.get(n * length..n * length + scores.len()).unwrap_or_default();
        Stretch {
            at: at(n * length + scores.len() / 2),
            low: sorted[0].into(),
            middle: sorted[sorted.len() / 2].into(),
            high: sorted[sorted.len() - 1].into(),
            has_alarm: alarms.contains(&true),
        }
    };
    let stretches: Vec<Stretch> = findings.scores.chunks(length).enumerate().map(stretch).collect();
    let mut middles: Vec<f64> = stretches.iter().map(|stretch| stretch.middle).collect();
    middles.sort_by(f64::total_cmp);
    let quantile = |part: f64| middles[(part * (middles.len() - 1) as f64) as usize];
    let foot = quantile(0.5) - SHOWN * (quantile(0.75) - quantile(0.25)).max(0.5);
    let ends = stretches.iter().flat_map(|stretch| [stretch.low.max(foot), stretch.high]);
    let y = Axis::over("log p(x), nats", ends);
    let x = match &times {
        Some(times) => Axis::new("time (UTC)", times[0] as f64, at(times.len() - 1)).with(Ticks::Times),
        None => Axis::new("row", 1.0, findings.scores.len() as f64),
    };
    let (low, alarms) = (y.low, findings.alarms.iter().filter(|alarm| **alarm).count());
    let calibration = report.model.extras.calibration;
    let raised = calibration.map_or(String::new(), |_| format!(", of which {alarms} raise an alarm"));
    let says = format!("Over {} rows{raised}.", findings.scores.len());
    let band: Vec<_> = stretches.iter().map(|s| (s.at, s.low.max(low), s.high)).collect();
    let line: Vec<_> = stretches.iter().map(|s| (s.at, s.middle.max(low))).collect();
    let odd = stretches.iter().filter(|stretch| stretch.has_alarm).map(|s| (s.at, s.low.max(low)));
    let mut chart = Chart::new("Course of the score", says, x, y)
        .sized(960.0, 300.0)
        .area_between(Tone::First, &band)
        .line(Tone::First, &line)
        .told(Tone::First, if length > 1 { "median, and from lowest to highest" } else { "score" });
    if let Some(calibration) = calibration {
        let ends = stretches.first().zip(stretches.last());
        let threshold = f64::from(calibration.threshold).max(low);
        let line = ends.map(|(first, last)| vec![(first.at, threshold), (last.at, threshold)]);
        chart = chart
            .line(Tone::Rule, &line.unwrap_or_default())
            .dots(Tone::Alarm, odd)
            .told(Tone::Rule, "threshold")
            .told(Tone::Alarm, format!("alarms ({alarms} rows)"));
    }
    let each = if length > 1 { format!(" Each place stands for {length} rows.") } else { String::new() };
    let order = if times.is_some() { "" } else { " Rows are in the order of the files." };
    Section::new("Course of the score")
        .figure(chart, format!("Scores in their order.{each}{order} What is far lower stands at the foot."))
}
