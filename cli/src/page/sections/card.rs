//! The card: what the model is, what it was looked at with, and what it is not for.

use elbow::architecture::LatentKind;

use crate::inspect;
use crate::page::Report;
use crate::page::document::Section;
use crate::plot::number;
use elbow_reader::categories::{categories, names};

/// Columns that are told one by one.
const COLUMNS: usize = 200;

pub(in crate::page) fn section(report: &Report<'_>) -> Section {
    let (metadata, findings) = (&report.model.metadata, report.findings);
    let files: Vec<_> = findings.files.iter().map(|path| path.display().to_string()).collect();
    let data = [
        ("files", files.join(", ")),
        (
            "data",
            format!("{} frames, CRC-32 of their numbers {:08x}", findings.scores.len(), findings.fingerprint),
        ),
    ];
    let seen = report.figures.seen.map_or(String::new(), |part| {
        let part = 100.0 * part;
        format!(" the fit saw about {part:.0} % of them, and their scores are better than those of new rows.")
    });
    let section = Section::new("Model card")
        .list(inspect::describe(report.model, report.bytes))
        .text(format!("These rows:{seen}"))
        .list(data.into_iter().chain(report.figures.rows()));
    let categories = categories(metadata.columns);
    let columns: Vec<_> = names(metadata.columns).into_iter().zip(&findings.columns).enumerate().collect();
    let row = |(feature, (name, of)): &(usize, (&str, &crate::page::sample::Moments))| {
        let numbers = [of.low, of.mean, of.high, of.deviation()].map(number);
        let is_coded = categories.iter().any(|category| category.feature == *feature);
        let name = if is_coded { format!("{name} (codes)") } else { (*name).to_owned() };
        std::iter::once(name).chain(numbers).collect()
    };
    let more = match columns.len().saturating_sub(COLUMNS) {
        0 => String::new(),
        more => format!("; {more} columns more are not told here"),
    };
    let rows = columns.iter().take(COLUMNS).map(row).collect();
    let head = ["column", "lowest", "mean", "highest", "standard deviation"];
    not_for(section.table(format!("Columns of these rows{more}"), &head, rows), metadata.architecture.latent)
}

/// What nobody should take the model for.
fn not_for(section: Section, latent: LatentKind) -> Section {
    let score = match latent {
        LatentKind::Point { .. } => {
            "Its score is the log likelihood of a reconstruction, not a density: do not compare it with that \
             of other models. "
        }
        _ => "",
    };
    section.text(format!(
        "What it is not for. {score}It says how likely a row is beside those it was fitted on, not what is \
         wrong, nor how bad. It knows nothing of machines, sensors and states that it has not seen: \
         fit again where they change. A rate of false alarms holds for new rows of the same kind as those of \
         the calibration. Do not let it alone decide where people may come to harm."
    ))
}
