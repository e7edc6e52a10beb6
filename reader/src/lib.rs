//! Files of sensor frames as people have them: read, checked, cut into windows, split.
//!
//! Text (`.csv`, `.tsv`, `.txt`, in the dialects of spreadsheets, loggers and data frames), `.npy`, `.npz`
//! (arrays `X` and, where there are labels, `y`) and IDX, each also gzipped save `.npz`. Every value is a
//! finite f32, or the file is refused with the row and the column at fault.
//!
//! With the feature `arrow` also Parquet and Arrow (`.parquet`, `.arrow`, `.feather`): numbers, decimals,
//! truths, words, dictionaries of them and times, nulls as missing cells. A table gives the frames that the
//! same table as text gives. Memory grows with the largest batch of a file; of Parquet with its largest page.

#![forbid(unsafe_code)]

mod array;
mod array_columns;
mod array_rows;
mod array_table;
mod blocks;
mod capped;
pub mod categories;
mod cell;
#[cfg(feature = "arrow")]
mod columnar;
mod columns;
mod csv;
mod dataset;
mod dependence;
mod dialect;
mod digits;
mod encoding;
mod error;
mod expected;
mod files;
mod gaps;
mod idx;
mod kinds;
mod labels;
mod layout;
mod literal;
mod load;
mod memory;
mod merges;
mod names;
mod npy;
mod numbers;
mod open;
mod options;
mod part;
mod pauses;
mod reading;
mod report;
mod rows;
mod split;
mod stand_ins;
mod stream;
mod table;
#[cfg(test)]
mod tests;
mod text_table;
pub mod time;
mod times;
mod window;

pub use array::{Array, Kind, of_half};
pub use blocks::{has_column, is_labelled, is_stream, load_blocks};
pub use categories::{Categorical, Category, Unseen};
pub use dataset::{Dataset, FileRows, Kept, Labels};
pub use dependence::{Places, correlation_time};
pub use digits::Digits;
pub use error::{DataError, Fault, Names, Place, Problem};
pub use expected::expected_numbers;
pub use files::expand;
pub use load::{array_names, load, load_array, load_files, load_reported};
pub use memory::Memory;
pub use options::{LoadOptions, Missing, Recognise, TextOptions, is_delimiter};
pub use part::{Gap, Instant, Part, RowRange};
pub use reading::Reading;
pub use report::{Count, LeftOut, Reason, Report, Skipped};
pub use split::{Split, shuffle};
pub use stream::{Format, Row, RowSink, Source, digits, stream};
pub use text_table::TextTable;

/// What a panic in this thread says of the Parquet or Arrow file that it decodes; none where it decodes none.
/// Where panics unwind it becomes that error; where they abort, a panic hook that asks here can tell it.
pub fn fault_of_a_table(panic: &(dyn std::any::Any + Send)) -> Option<DataError> {
    #[cfg(feature = "arrow")]
    return columnar::fault(panic);
    #[cfg(not(feature = "arrow"))]
    {
        let _ = panic;
        None
    }
}
