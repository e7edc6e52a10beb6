//! How files are read: flags that every command with data takes.

use elbow::architecture::LikelihoodKind;
use elbow_reader::{
    Categorical, Gap, Instant, LoadOptions, Memory, Missing, Part, Recognise, RowRange, TextOptions, Unseen,
    is_delimiter,
};
use serde::Serialize;

use super::Settings;
use crate::support::is_whole;

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
    /// What becomes of rows with a missing cell (empty, NaN, NA, `#N/A`, ?, -- …) or label: refuse; drop
    /// (left out, no window goes across); hold (the last value stands in); model (its density of what is
    /// there); one (of `calibrate`: thresholds of frames that lack a sensor too). Rows without a label are
    /// left out by all but the first
    #[arg(long, value_name = "WHAT", value_parser = missing)]
    pub(super) missing: Option<Missing>,
    /// Leave out rows that cannot be read, as sums at the end of a table and lines that a cable garbled; how
    /// many they are is said
    #[arg(long)]
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) skip_broken: bool,
    /// The array of an .npz file that holds the frames [default: X, or the only one]
    #[arg(long, value_name = "KEY")]
    pub(super) key: Option<String>,
    /// The column of times: it is no feature, and windows do not go across --gap
    #[arg(long, value_name = "COLUMN")]
    pub(super) time: Option<String>,
    /// The longest step of --time within a window, such as 90s, 10m or 1h
    #[arg(long, value_name = "SPAN")]
    pub(super) gap: Option<Gap>,
    /// Take these data rows of each file: 1:1000, 1001: or :1000
    #[arg(long, value_name = "A:B")]
    pub(super) rows: Option<RowRange>,
    /// Take the rows before this time of --time
    #[arg(long, value_name = "TIME")]
    pub(super) until: Option<Instant>,
    /// The most memory that frames may take, such as 8GiB [default: three quarters of what is free]
    #[arg(long, value_name = "SIZE")]
    pub(super) max_memory: Option<Memory>,
}

impl ReadingArgs {
    /// How text is written, as far as it is said.
    pub fn text(&self) -> TextOptions {
        text(self.delimiter.as_deref(), self.decimal.as_deref(), self.no_header)
    }

    /// Which rows are read, and where windows end.
    pub fn part(&self) -> Part {
        Part {
            time: self.time.clone(),
            time_if_there: false,
            gap: self.gap,
            rows: self.rows,
            until: self.until,
        }
    }

    /// The array of an `.npz` file, where it is named.
    pub fn key(&self) -> Option<String> {
        self.key.clone()
    }

    /// How much may be held of a file.
    pub fn memory(&self) -> Memory {
        self.max_memory.unwrap_or_default()
    }

    /// The same, with rows as they are where nothing is said of missing cells.
    #[must_use]
    pub fn keeping_gaps(self) -> Self {
        ReadingArgs { missing: self.missing.or(Some(Missing::Model)), ..self }
    }

    /// Whether rows that cannot be read are left out.
    pub fn skip_broken(&self) -> bool {
        self.skip_broken
    }

    /// What becomes of rows with a missing cell.
    pub fn missing(&self) -> Option<Missing> {
        self.missing
    }
}

impl Settings {
    /// How to read the data.
    pub fn load_options(&self) -> LoadOptions {
        LoadOptions {
            labels: self.labels.clone(),
            labels_if_there: false,
            unlabelled: false,
            columns: self.columns.clone(),
            one_of: Vec::new(),
            drop: self.drop.clone(),
            keep: Vec::new(),
            categorical: self.categorical.iter().map(|column| learned(column)).collect(),
            numbers: self.period.iter().filter_map(|part| Some(part.split_once('=')?.0.to_owned())).collect(),
            window: self.window,
            hop: self.hop,
            normal: self.normal.clone(),
            whole: is_whole(*self.likelihood, self.binarize),
            missing: self.missing,
            unseen: Unseen::Refuse,
            key: self.key.clone(),
            is_fitted: false,
            part: Part {
                time: self.time.clone(),
                time_if_there: false,
                gap: self.gap,
                rows: self.rows,
                until: self.until,
            },
            memory: self.max_memory.unwrap_or_default(),
            text: text(self.delimiter.as_deref(), self.decimal.as_deref(), self.no_header),
            remembered: TextOptions::default(),
            recognise: self.recognise(),
            skip_broken: self.skip_broken,
        }
    }

    /// The flags that read a file as the fit reads it; what a model remembers need not be said again.
    pub fn reading_again(&self) -> ReadingArgs {
        ReadingArgs {
            skip_broken: self.skip_broken,
            delimiter: self.delimiter.clone(),
            decimal: self.decimal.clone(),
            no_header: self.no_header,
            missing: Some(self.missing).filter(|missing| *missing != Missing::Refuse),
            key: self.key.clone(),
            time: self.time.clone(),
            gap: self.gap,
            rows: self.rows,
            until: self.until,
            max_memory: self.max_memory,
        }
    }

    /// About how many bytes a fit of so many numbers holds at most: its rows, those chosen of them and their
    /// features, in a mixture also in f64 (measured: 21 and 33 bytes a number of 10⁶ rows of four).
    pub fn memory_of(&self, numbers: u64) -> u64 {
        let each = if self.mixture().is_some() { 36 } else { 24 };
        numbers.saturating_mul(each)
    }

    /// Which columns are left out though nobody said so; words become categories where the model has them.
    fn recognise(&self) -> Recognise {
        let words = self.mixture().is_none() && *self.likelihood == LikelihoodKind::Gaussian;
        if self.all_columns { Recognise::Nothing } else { Recognise::Kinds { words } }
    }
}

/// A category whose values the data have.
fn learned(column: &str) -> Categorical {
    Categorical { column: column.to_string(), words: None }
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
    match text {
        "tab" | "\\t" => Ok("tab".into()),
        "space" => Ok(text.into()),
        _ if text.len() == 1 && text.bytes().all(is_delimiter) => Ok(text.into()),
        _ => Err("give one character such as `;`, or the word tab or space".into()),
    }
}

fn missing(text: &str) -> Result<Missing, String> {
    Missing::of(text).ok_or_else(|| "choose refuse, drop, hold or model, of calibrate also one".into())
}
