//! What is written of each frame, a line each and all of it at once.

use std::fmt::Write as _;
use std::io::{self, Stdout, Write};

use super::live::Live;
use crate::report::shown;
use crate::score::rows::Row;
use crate::score::table::{Columns, Table};

/// How a frame is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Form {
    /// for people; in a terminal odd frames alone, above a line that lives
    #[default]
    Text,
    /// as `elbow score` writes it
    Csv,
    /// a JSON object a line
    Jsonl,
    /// InfluxDB's line protocol, the time left to who receives it
    Influx,
}

/// Where lines go.
pub(super) enum Lines {
    Text(Option<Live>),
    Csv(Box<Table<Stdout>>),
    Jsonl,
    /// the measurement with its tags
    Influx(String),
}

impl Lines {
    /// Writes what stands before the first line.
    pub(super) fn begin(
        form: Form,
        model: &str,
        keep: &[String],
        (stuck, causes): (bool, usize),
        is_terminal: bool,
    ) -> io::Result<Self> {
        Ok(match form {
            Form::Text => Lines::Text(is_terminal.then(Live::default)),
            Form::Csv => {
                let columns = Columns { kept: keep.to_vec(), verdicts: true, alarm: true, stuck, causes };
                let mut table = Table::begin(io::stdout(), columns)?;
                table.write(&[])?;
                Lines::Csv(Box::new(table))
            }
            Form::Jsonl => Lines::Jsonl,
            Form::Influx => Lines::Influx(format!("elbow,model={}", tag(model))),
        })
    }

    /// Writes a frame, whose state is new or not.
    pub(super) fn write(&mut self, row: &Row, is_new: bool) -> io::Result<()> {
        let line = match self {
            Lines::Csv(table) => return table.write(std::slice::from_ref(row)),
            Lines::Text(Some(live)) => {
                let is_told = is_new || row.decision.is_some_and(|decision| decision.anomalous);
                live.next(row.log_density, &text(row), is_told)
            }
            Lines::Text(None) => text(row) + "\n",
            Lines::Jsonl => serde_json::to_string(row).map_err(io::Error::from)? + "\n",
            Lines::Influx(start) => format!("{start} {}\n", fields(row)),
        };
        let mut out = io::stdout().lock();
        out.write_all(line.as_bytes())?;
        out.flush()
    }
}

/// For people.
fn text(row: &Row) -> String {
    let mut line = format!("row {}", row.row);
    for kept in &row.kept {
        let _ = write!(line, "  {kept}");
    }
    if row.log_density.is_nan() {
        line += "  no frame";
    } else {
        let _ = write!(line, "  {:.2} nats", row.log_density);
    }
    for sensor in &row.stuck {
        let _ = write!(line, "  {sensor} stuck");
    }
    if row.missing > 0 {
        let _ = write!(line, "  {} missing", row.missing);
    }
    if let Some(decision) = row.decision.filter(|decision| !decision.p_value.is_nan()) {
        let _ = write!(line, "  p {:.4}", decision.p_value);
    }
    if row.decision.is_some_and(|decision| decision.anomalous) {
        line += "  anomalous";
    }
    if let Some(stream) = row.stream {
        line += if stream.alarm { "  ALARM" } else { "" };
        stream.drift.iter().for_each(|drift| line += &format!("  drift {drift}"));
    }
    if row.decision.is_some_and(|decision| decision.anomalous) {
        for cause in &row.causes {
            let _ = write!(line, "  {} {:.1}", cause.column, cause.surprise);
        }
    }
    shown(&line).into_owned()
}

/// Fields of the line protocol: a number that is none is no field.
fn fields(row: &Row) -> String {
    let mut fields = format!("row={}i", row.row);
    let mut number = |name: &str, value: f32| {
        if value.is_finite() {
            let _ = write!(fields, ",{name}={value}");
        }
    };
    number("log_density", row.log_density);
    row.decision.iter().for_each(|decision| number("p_value", decision.p_value));
    for (n, cause) in row.causes.iter().enumerate() {
        number(&format!("surprise_{}", n + 1), cause.surprise);
    }
    for (n, cause) in row.causes.iter().enumerate() {
        let _ = write!(fields, ",cause_{}={}", n + 1, quoted(&cause.column));
    }
    if let Some(decision) = row.decision {
        let _ = write!(fields, ",anomalous={}", decision.anomalous);
    }
    if !row.stuck.is_empty() {
        let _ = write!(fields, ",stuck={}", quoted(&row.stuck.join(" ")));
    }
    if let Some(stream) = row.stream {
        let _ = write!(fields, ",alarm={},drift=\"{}\"", stream.alarm, stream.drift.unwrap_or(""));
    }
    fields
}

/// The value of a tag.
fn tag(text: &str) -> String {
    let mut tag = String::new();
    for c in shown(text).chars() {
        if matches!(c, ',' | '=' | ' ') {
            tag.push('\\');
        }
        tag.push(c);
    }
    // neither may be empty, nor end by what escapes the space behind it
    let tag = tag.trim_end_matches('\\');
    if tag.is_empty() { "unnamed".into() } else { tag.into() }
}

/// A string of a field.
fn quoted(text: &str) -> String {
    format!("\"{}\"", shown(text).replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_breaks_a_line_of_the_protocol() {
        assert_eq!(tag("pump 3,a=b"), "pump\\ 3\\,a\\=b");
        assert_eq!((tag(""), tag("a\\").as_str()), ("unnamed".into(), "a"));
        assert!(!tag("a\nb").contains('\n') && !quoted("a\nb").contains('\n'));
        assert_eq!(quoted("a\"b\\"), "\"a\\\"b\\\\\"");
    }
}
