//! What stands around the rows of a text file.

/// A text file's columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextTable {
    /// the names of all columns, as the header has them
    pub names: Vec<String>,
    /// the lines before the header, or before the rows where there is none
    pub preamble: String,
    /// rows of units below the header
    pub units: Vec<Vec<String>>,
    /// whether there is a header
    pub has_header: bool,
    /// the places of the columns that are read
    pub features: Vec<usize>,
    /// of each of these what stands before its numbers and behind them, as units do
    pub around: Vec<Option<[Vec<u8>; 2]>>,
    /// what stands before a fraction
    pub decimal: u8,
}
