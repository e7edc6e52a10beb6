//! What the columns of the data are, and the shape of a model of them.

use elbow::architecture::{Architecture, MAX_WIDTH};
use elbow_reader::Dataset;
use elbow_reader::categories::levels;

use super::Settings;
use crate::columns::Columns;
use crate::error::Error;

impl Settings {
    /// The names of the columns of a row.
    pub fn row_columns<'a>(&self, data: &'a Dataset) -> Vec<&'a str> {
        // The columns of a window are those of its first row, each with `@0` behind it.
        let behind = if (self.window, self.hop.unwrap_or(self.window)) == (1, 1) { "" } else { "@0" };
        let columns = data.columns[..data.dims / self.window].iter();
        columns.map(|name| name.strip_suffix(behind).unwrap_or(name)).collect()
    }

    /// What the numbers of a frame are.
    ///
    /// # Errors
    /// [`Argument`](elbow_host::Error::Argument) for settings that do not fit the data.
    pub fn columns_of(&self, data: &Dataset) -> Result<Columns, Error> {
        Ok(Columns::categories(levels(&data.categories, data.dims)))
    }

    /// As [`architecture`](Self::architecture), for frames of which some numbers are no mere numbers.
    ///
    /// # Errors
    /// As there.
    pub fn architecture_of(&self, features: usize, columns: &Columns) -> Result<Architecture, Error> {
        let numbers = self.architecture(features)?;
        let wrong = |problem: &str| Error::argument("categorical", self.categorical.join(","), problem);
        let likelihood = columns.likelihood(numbers.likelihood).map_err(wrong)?;
        let architecture = Architecture { likelihood, ..numbers };
        if architecture.is_sound() {
            Ok(architecture)
        } else {
            Err(wrong(&format!("numbers and values of categories are {MAX_WIDTH} at most")))
        }
    }

    /// Refuses what cannot be the shape of a model, whatever the data are.
    ///
    /// # Errors
    /// As [`architecture`](Self::architecture).
    pub fn check_shape(&self) -> Result<(), Error> {
        let levels = if self.categorical.is_empty() { Vec::new() } else { vec![2] };
        self.architecture_of(1, &Columns::categories(levels)).map(drop)
    }
}
