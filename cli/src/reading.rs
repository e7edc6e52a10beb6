//! What the reader took a file for, told to the person who handed it over.

use elbow_reader::{Count, Dataset, Report};

/// As rows of a table; what there is nothing to say of has none.
pub(super) fn rows(report: &Report) -> Vec<(&'static str, String)> {
    let Report { columns, left_out, missing, rows_missing, dialect, .. } = report;
    let columns = columns.iter().map(String::as_str);
    let left_out = left_out.iter().map(|left| format!("{} ({})", left.column, left.reason));
    let mut rows = vec![("columns", listed(columns.map(str::to_owned).collect()))];
    rows.extend(dialect.iter().map(|dialect| ("text", dialect.clone())));
    rows.push(("left out", listed(left_out.collect())));
    rows.push(("missing", listed(missing.iter().map(counted).collect())));
    if *rows_missing > 0 {
        rows.push(("skipped", format!("{rows_missing} rows are in no frame")));
    }
    rows.extend(report.first_broken.iter().map(|first| {
        ("broken", format!("{} rows cannot be read and are left out; the first: {first}", report.rows_broken))
    }));
    rows.retain(|(_, text)| !text.is_empty());
    rows
}

fn counted(count: &Count) -> String {
    format!("{} {}", count.name, count.count)
}

/// The first few, and how many there are.
fn listed(names: Vec<String>) -> String {
    const SHOWN: usize = 8;
    let shown = names.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    match names.len() {
        0..=SHOWN => shown,
        many => format!("{shown}, … ({many})"),
    }
}

/// What is said of rows that are not independent.
pub(super) fn dependence(data: &Dataset) -> Vec<String> {
    let (rows, repeats, as_one) = (data.rows, data.repeats(), data.frames_as_one());
    let repeats = (repeats > 0).then(|| format!("{repeats} of {rows} frames repeat the one before"));
    let as_one = (as_one > 1.0).then(|| {
        let independent = (rows as f64 / as_one) as usize;
        format!(
            "{rows} frames count as about {independent}, as they overlap, repeat or follow one another \
             closely: held out are whole stretches"
        )
    });
    repeats.into_iter().chain(as_one).collect()
}

/// What is said of a column that the fit saw no change of.
pub(super) fn constant((name, value, change): &(String, f32, Option<f32>)) -> String {
    let seen = match change {
        Some(change) => format!("a change by {change} is seen"),
        None => "no change of it is seen".into(),
    };
    format!("constant: {name} ({value}): {seen}; --drop leaves columns out")
}
