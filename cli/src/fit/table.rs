//! What a fit gave, for people.

use super::{Epochs, Summary};
use crate::alarm::Alarm;
use crate::out::cost_rows;
use crate::{reading, report};

pub(super) fn table(summary: &Summary) -> String {
    let left_out =
        summary.anomalous_rows.map_or(String::new(), |rows| format!(", {rows} anomalous left out"));
    let held_back =
        summary.held_back_rows.map_or(String::new(), |rows| format!(", {rows} held back to calibrate by"));
    let mut rows = vec![
        ("model", format!("{} ({} bytes)", summary.model.display(), summary.file_bytes)),
        ("type", summary.model.with_extension("rs").display().to_string()),
        ("shape", summary.architecture.clone()),
    ];
    rows.extend(summary.reading.iter().flat_map(reading::rows));
    let epochs_at = rows.len() + 1;
    rows.extend([
        ("rows", format!("{} fitted, {} held out{held_back}{left_out}", summary.rows, summary.valid_rows)),
        (
            "−log p(x)",
            format!(
                "{:.3} nats per row at fitting (its objective), {:.3} held out",
                summary.train_nats_per_row, summary.valid_nats_per_row
            ),
        ),
        ("time", format!("{:.1} s", summary.seconds)),
    ]);
    if let Some(Epochs { epochs, best_epoch, stopped }) = summary.epochs {
        let stopped = if stopped { ", stopped by Ctrl-C" } else { "" };
        rows.insert(epochs_at, ("epochs", format!("{epochs}, the best {best_epoch}{stopped}")));
    }
    rows.extend(
        summary.valid_bits_per_row.map(|bits| ("rate", format!("about {bits:.1} bits per row held out"))),
    );
    rows.extend(summary.quantization.iter().flat_map(cost_rows));
    rows.extend(summary.alarm.iter().flat_map(Alarm::rows));
    let model = report::typed(&summary.model);
    rows.push((
        "next",
        match &summary.alarm {
            Some(_) => format!("elbow score {model} NEW.csv tells p-values and alarms"),
            None => format!("elbow calibrate {model} NORMAL.csv --false-alarm 0.01, by rows of their own"),
        },
    ));
    report::table(&rows)
}
