//! What to do about a cell that cannot be read.

use super::Fault;

impl Fault {
    /// What becomes of a cell of this column.
    pub(super) fn remedy(&self, column: &str) -> String {
        match self {
            Fault::NotFinite(text) if !text.eq_ignore_ascii_case("nan") => {
                "fill it in, or leave such rows out with --skip-broken".into()
            }
            Fault::Missing | Fault::NotFinite(_) => "fill it in or remove the row".into(),
            Fault::Word(_) => {
                format!(
                    "correct it, leave its row out with --skip-broken, or the column with --drop '{column}'"
                )
            }
            Fault::Text(_) => format!(
                "correct it, leave such rows out with --skip-broken, drop the column with --drop '{column}', \
                 or fit its words as a category with --categorical '{column}'"
            ),
            Fault::UnknownWord { .. } => "correct it, or fit again with rows that hold it".into(),
            Fault::NoTime(_) => "write all as in 2024-03-01T12:00:00Z, or leave out --time".into(),
            Fault::DecimalComma(_) => "say so with --decimal ,".into(),
            Fault::Thousands(_) => "say so with --decimal .".into(),
            Fault::CommaUnclear(_) => {
                "give --decimal , where it stands before a fraction, --decimal . where it parts thousands"
                    .into()
            }
            Fault::OtherUnit(_) => format!(
                "write all in one unit, leave such rows out with --skip-broken, or drop the column with \
                 --drop '{column}'"
            ),
            Fault::Type(_) => format!("leave the column out with --drop '{column}'"),
            Fault::OutOfRange(_) => "rescale the column, or leave such rows out with --skip-broken".into(),
            Fault::Rounded(_) => "scale it to whole steps and round it".into(),
            Fault::BetweenSteps { .. } => {
                "name its own with --resolution, or allow rounding with --bound 0".into()
            }
            Fault::TooManySteps { .. } => "name a coarser one with --resolution".into(),
        }
    }
}
