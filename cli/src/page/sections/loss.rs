//! The course of the fit: what each epoch came to.

use elbow_trainer::run_dir::Epoch;

use crate::page::document::Section;
use crate::plot::{Axis, Chart, Tone, number};

/// Epochs that are drawn, at most.
const DRAWN: usize = 600;

pub(in crate::page) fn section(epochs: &[Epoch]) -> Option<Section> {
    let valid = |epoch: &&Epoch| epoch.valid_nats_per_row.is_finite();
    let best = epochs.iter().filter(valid);
    let best = best.min_by(|one, other| one.valid_nats_per_row.total_cmp(&other.valid_nats_per_row))?;
    let last = epochs.last()?;
    let drawn: Vec<&Epoch> = epochs.iter().step_by(epochs.len().div_ceil(DRAWN)).collect();
    let curve = |of: fn(&Epoch) -> f64| drawn.iter().map(|e| (e.epoch as f64, of(e))).collect::<Vec<_>>();
    let (train, valid) = (curve(|e| e.train_nats_per_row), curve(|e| e.valid_nats_per_row));
    // the first epochs of a fit are far off, and hide the others
    let settled = train.iter().chain(&valid).filter(|(epoch, _)| *epoch > 0.1 * last.epoch as f64);
    let ends = valid.iter().chain(settled).map(|(_, nats)| *nats).filter(|nats| nats.is_finite());
    let width =
        |e: &Epoch| if e.valid_nats_per_row_ci95.is_finite() { e.valid_nats_per_row_ci95 } else { 0.0 };
    let band: Vec<_> = drawn
        .iter()
        .map(|e| (e.epoch as f64, e.valid_nats_per_row - width(e), e.valid_nats_per_row + width(e)))
        .collect();
    let says = format!(
        "Over {} epochs. Held out, the best is {} nats a row in epoch {}.",
        epochs.len(),
        number(best.valid_nats_per_row),
        best.epoch
    );
    let x = Axis::new("epoch", 1.0, last.epoch as f64);
    let chart = Chart::new("Loss by epoch", says, x, Axis::over("−log p(x), nats a row", ends))
        .area_between(Tone::First, &band)
        .line(Tone::Second, &train)
        .line(Tone::First, &valid)
        .upright(Tone::Rule, best.epoch as f64, "best")
        .told(Tone::First, "held out, with its 95 % interval")
        .told(Tone::Second, "at fitting: the objective");
    // a fit without a folder does not say
    let steps = match last.step {
        0 => String::new(),
        steps => format!(" {steps} steps in {:.1} s.", last.seconds),
    };
    let caption = format!(
        "The weights are those of epoch {}: {:.3} ± {:.3} nats a row held out.{steps}",
        best.epoch, best.valid_nats_per_row, best.valid_nats_per_row_ci95
    );
    Some(Section::new("Course of the fit").figure(chart, caption))
}
