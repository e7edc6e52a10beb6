//! How files are read: flags that every command with data takes.

use elbow_reader::{Missing, TextOptions};
use serde::Serialize;

/// How text is written and what becomes of missing cells; what is not given is found out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, clap::Args)]
#[serde(rename_all = "kebab-case")]
pub struct ReadingArgs {
    /// What stands between the cells of a text file: a character, tab or space
    /// [default: as its first lines look]
    #[arg(long, value_name = "CHARACTER", value_parser = delimiter)]
    pub(super) delimiter: Option<String>,
    /// What stands before a fraction, `.` or `,`; the other one then parts thousands
    /// [default: as the cells look]
    #[arg(long, value_name = "CHARACTER", value_parser = [".", ","])]
    pub(super) decimal: Option<String>,
    /// The first line of the text file holds numbers, and columns are called x0, x1, …
    #[arg(long)]
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) no_header: bool,
    /// What becomes of rows with a missing cell (empty, NaN, NA, `#N/A`, ?, -- …): refuse; drop (left out,
    /// no window goes across); hold (the last value stands in)
    #[arg(long, value_name = "WHAT", value_parser = missing)]
    pub(super) missing: Option<Missing>,
}

impl ReadingArgs {
    /// How text is written, as far as it is said.
    pub fn text(&self) -> TextOptions {
        text(self.delimiter.as_deref(), self.decimal.as_deref(), self.no_header)
    }

    /// What becomes of rows with a missing cell.
    pub fn missing(&self) -> Option<Missing> {
        self.missing
    }
}

/// What the words stand for; those that stand for nothing are as if they were not there.
pub(super) fn text(delimiter: Option<&str>, decimal: Option<&str>, no_header: bool) -> TextOptions {
    let byte = |word: &str| match word {
        "tab" => Some(b'\t'),
        "space" => Some(b' '),
        _ => word.bytes().next().filter(|_| word.len() == 1),
    };
    TextOptions {
        delimiter: delimiter.and_then(byte),
        decimal: decimal.and_then(byte),
        header: no_header.then_some(false),
    }
}

fn delimiter(text: &str) -> Result<String, String> {
    let is_sound =
        |byte: &u8| byte.is_ascii() && !byte.is_ascii_alphanumeric() && !b"\"\n\r.+-#".contains(byte);
    match text {
        "tab" | "\\t" => Ok("tab".into()),
        "space" => Ok(text.into()),
        _ if text.len() == 1 && text.bytes().all(|byte| is_sound(&byte)) => Ok(text.into()),
        _ => Err("give one character such as `;`, or the word tab or space".into()),
    }
}

fn missing(text: &str) -> Result<Missing, String> {
    Missing::of(text).ok_or_else(|| "choose refuse, drop or hold".into())
}
