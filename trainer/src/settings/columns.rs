//! What the columns of the data are, and the shape of a model of them.

use elbow::architecture::{Architecture, LikelihoodKind, MAX_WIDTH};
use elbow_reader::Dataset;
use elbow_reader::categories::levels;

use super::{Scaling, Settings};
use crate::columns::{Angles, Columns};
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
    /// [`Argument`](elbow_host::Error::Argument) for periods that are none, or of columns that are not there.
    pub fn columns_of(&self, data: &Dataset) -> Result<Columns, Error> {
        let wrong = |problem: String| Error::argument("period", self.period.join(","), problem);
        self.check_period()?;
        if self.period.is_empty() {
            return Ok(Columns::categories(levels(&data.categories, data.dims)));
        }
        let of_row = Angles::periods_of(&self.period, &self.row_columns(data)).map_err(wrong)?;
        Ok(Columns::Angles(Angles::of_rows(of_row.repeat(self.window), &data.values)))
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
        self.check_period()?;
        let levels = if self.categorical.is_empty() { Vec::new() } else { vec![2] };
        self.architecture_of(1, &Columns::categories(levels)).map(drop)
    }

    /// Refuses periods of no angle, and angles without a period.
    fn check_period(&self) -> Result<(), Error> {
        let wrong = |problem: &str| Err(Error::argument("period", self.period.join(","), problem));
        let has_angles = matches!(*self.likelihood, LikelihoodKind::VonMises { .. });
        if has_angles && self.period.is_empty() {
            let problem = "say how long a turn is, in the unit of the column: --period 360 where every \
                           column is an angle, --period dir=360,hour=24 where some are";
            return Err(Error::argument("likelihood", &self.likelihood, problem));
        }
        if self.period.is_empty() {
            return Ok(());
        }
        if !has_angles {
            return wrong("only for --likelihood von-mises; add that, or leave the period out");
        }
        if !self.categorical.is_empty() {
            return wrong("angles do not stand beside categories; leave --period or --categorical out");
        }
        if *self.scaling == Scaling::Common {
            let problem = "angles have a unit of their own beside the others; leave it out, or give log";
            return Err(Error::argument("scaling", &self.scaling, problem));
        }
        Angles::check(&self.period).or_else(|problem| wrong(&problem))
    }
}
