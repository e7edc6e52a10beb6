//! What to read of a file, and how.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::categories::{Categorical, Unseen};
use crate::memory::Memory;
use crate::part::Part;

/// What to read and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadOptions {
    /// CSV column or `.npz` array that holds the labels; by default the column
    /// `label` or the array `y`, if any
    pub labels: Option<String>,
    /// whether a file may do without the labels that are named, as one has them that a model remembers
    pub labels_if_there: bool,
    /// whether a row may do without its label, as for scores, which need none
    pub unlabelled: bool,
    /// the only columns to use, in this order (x0, x1, … in files without names)
    pub columns: Option<Vec<String>>,
    /// where `columns` names none, lists of columns of which the first that is there is used
    pub one_of: Vec<Vec<String>>,
    /// columns to leave out; each must exist
    pub drop: Vec<String>,
    /// columns of a text file that are kept as text beside the frames, whatever they hold
    pub keep: Vec<String>,
    /// columns whose values are words, or numbers that are only names
    pub categorical: Vec<Categorical>,
    /// columns of numbers that are read whatever they look like
    pub numbers: Vec<String>,
    /// the array of an `.npz` file that holds the frames; by default `X`, or the only one
    pub key: Option<String>,
    /// how much may be held of a file at once
    pub memory: Memory,
    /// whether the columns are those of a model: an array that has no names then gives its columns by place
    pub is_fitted: bool,
    /// which rows, and where windows end
    pub part: Part,
    /// consecutive rows joined to one frame, all features of the first row
    /// before those of the second; 1 by default
    pub window: usize,
    /// rows from one window to the next; by default as many as a window has
    pub hop: Option<usize>,
    /// the labels of normal rows; where there are none, the usual words for it
    pub normal: Vec<String>,
    /// refuse a number that is an integer only once it is an f32, as models of integers need
    pub whole: bool,
    /// what becomes of rows in which a cell is missing
    pub missing: Missing,
    /// what becomes of words that are not those of a category
    pub unseen: Unseen,
    /// leave out rows that cannot be read, as a line is that a cable garbled, instead of refusing the file
    pub skip_broken: bool,
    /// how text is written, where it is known
    pub text: TextOptions,
    /// how text was written at the fit of a model; it holds for files that read by it
    pub remembered: TextOptions,
    /// leave out columns that say nothing of a frame, unless `columns` names them
    pub recognise: Recognise,
}

/// How text is written; what is `None` is found out from the first lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextOptions {
    /// what stands between two cells: a character, with a space for any number of them
    pub delimiter: Option<u8>,
    /// what stands before a number's fraction, `.` or `,`; where it is named, the other one parts thousands
    pub decimal: Option<u8>,
    /// whether the first line names the columns; false: they are x0, x1, …
    pub header: Option<bool>,
}

impl TextOptions {
    /// With what is known otherwise where nothing is said here.
    #[must_use]
    pub fn or(self, other: &TextOptions) -> Self {
        TextOptions {
            delimiter: self.delimiter.or(other.delimiter),
            decimal: self.decimal.or(other.decimal),
            header: self.header.or(other.header),
        }
    }
}

/// As people are told it; empty where nothing is known.
impl fmt::Display for TextOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimal = |byte: u8| format!("`{}` before fractions", char::from(byte).escape_debug());
        let header = (self.header == Some(false)).then(|| "no header".to_owned());
        let told = [self.delimiter.map(between), self.decimal.map(decimal), header];
        f.write_str(&told.into_iter().flatten().collect::<Vec<_>>().join(", "))
    }
}

/// What parts cells, for people.
pub(crate) fn between(delimiter: u8) -> String {
    match delimiter {
        b'\t' => "tabs between cells".into(),
        b' ' => "spaces between cells".into(),
        other => format!("`{}` between cells", char::from(other).escape_debug()),
    }
}

/// Whether a byte can stand between cells: what numbers, words in quotes and comments have in them cannot.
pub fn is_delimiter(byte: u8) -> bool {
    byte.is_ascii() && !byte.is_ascii_alphanumeric() && !b"\"\n\r.+-#".contains(&byte)
}

/// What becomes of rows in which a number or a word is missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Missing {
    /// the file is refused, with a count for each column
    #[default]
    Refuse,
    /// they are left out, and windows do not go across them
    Drop,
    /// the last value of the column stands in; rows before its first value are left out
    Hold,
    /// NaN stands in, for a model that takes frames with gaps; rows with nothing in them are left out
    Model,
    /// as [`Model`](Missing::Model), and a calibration sets thresholds of frames that lack one sensor
    One,
}

impl Missing {
    /// Each with the word for it.
    const WORDS: [(&'static str, Missing); 5] = [
        ("refuse", Missing::Refuse),
        ("drop", Missing::Drop),
        ("hold", Missing::Hold),
        ("model", Missing::Model),
        ("one", Missing::One),
    ];

    /// Of the word for it.
    pub fn of(word: &str) -> Option<Missing> {
        Missing::WORDS.into_iter().find(|(known, _)| *known == word).map(|(_, missing)| missing)
    }

    /// Whether frames may have gaps.
    pub fn keeps_gaps(self) -> bool {
        matches!(self, Missing::Model | Missing::One)
    }

    /// The word for it.
    pub fn word(self) -> &'static str {
        Missing::WORDS.into_iter().find(|(_, missing)| *missing == self).map_or("", |(word, _)| word)
    }
}

/// Which columns are left out though nobody said so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Recognise {
    /// none: what is no number is an error
    #[default]
    Nothing,
    /// times, counters, names of rows, constant words and what looks like labels; few words make a category
    /// where `words` allows it
    Kinds {
        /// whether the model takes categories
        words: bool,
    },
}

impl Default for LoadOptions {
    fn default() -> Self {
        LoadOptions {
            labels: None,
            labels_if_there: false,
            unlabelled: false,
            columns: None,
            one_of: Vec::new(),
            drop: Vec::new(),
            keep: Vec::new(),
            categorical: Vec::new(),
            numbers: Vec::new(),
            key: None,
            memory: Memory::default(),
            is_fitted: false,
            part: Part::default(),
            window: 1,
            hop: None,
            normal: Vec::new(),
            whole: false,
            missing: Missing::Refuse,
            unseen: Unseen::Refuse,
            text: TextOptions::default(),
            remembered: TextOptions::default(),
            skip_broken: false,
            recognise: Recognise::Nothing,
        }
    }
}
