//! What the reader took a file for.

use std::fmt;

use serde::Serialize;

/// What the reader took a file for: what a person who hands it over should be told.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Report {
    /// rows of the file, with those that are left out
    pub rows: usize,
    /// columns that are read, in order
    pub columns: Vec<String>,
    /// columns that are not, in the file's order
    pub left_out: Vec<LeftOut>,
    /// how many cells are missing in which columns of those that are read
    pub missing: Vec<Count>,
    /// rows that are left out, as a cell of them is missing
    pub rows_missing: usize,
    /// rows that are frames with gaps
    #[serde(skip_serializing_if = "is_zero")]
    pub rows_with_gaps: usize,
    /// rows that are left out, as they cannot be read
    pub rows_broken: usize,
    /// what is wrong with the first of them
    pub first_broken: Option<String>,
    /// rows with a word that the model has never seen, or without one: their code is the one behind those
    /// that are known
    pub rows_unseen: usize,
    /// how the text is written
    pub dialect: Option<String>,
    /// what else was noticed, a sentence each
    pub notes: Vec<String>,
}

/// A column that is not read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// its name
    pub column: String,
    /// why
    pub reason: Reason,
}

/// Why a column is not read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Reason {
    /// asked for
    Dropped,
    /// not among the columns that are asked for, such as those of a model
    NotAsked,
    /// has no name and no values
    Empty,
    /// dates or times
    Time,
    /// numbers that only rise or only fall from row to row
    Counter,
    /// names: nearly every row has one of its own, or numbers that are called so
    Id,
    /// what is neither a number nor text, as lists are
    Type,
    /// the same word in all rows
    OneWord,
    /// words, which the model does not take
    Words,
    /// two values under a name that labels have
    LooksLikeLabels,
}

/// How often something stands in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Count {
    /// what
    pub name: String,
    /// how often
    pub count: usize,
}

/// A row that is in no frame, as a cell of it is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// the data row of its file, from 0
    pub row: usize,
    /// cells of it that are kept as text
    pub kept: Vec<String>,
    /// what is wrong with it, where it is broken
    pub problem: Option<String>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "as serde wants it")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Reason::Dropped => "as asked",
            Reason::NotAsked => "not among the columns that are read",
            Reason::Empty => "no values",
            Reason::Time => "times",
            Reason::Counter => "only rises or only falls: a counter or a time",
            Reason::Id => "names of rows or things",
            Reason::Type => "neither numbers nor text",
            Reason::OneWord => "the same word in all rows",
            Reason::Words => "words, and the model is of numbers",
            Reason::LooksLikeLabels => "looks like labels",
        })
    }
}
