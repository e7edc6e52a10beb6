//! Other detectors' figures, among which a benchmark's are ranked.

use std::path::{Path, PathBuf};

use crate::error::Error;

/// Decimals of the figures that are compared: those of most tables. More
/// would break ties that such a table has.
const DECIMALS: f64 = 1e3;

/// AUROC of detectors, from a CSV with a column `set` and one for each detector.
#[derive(Debug)]
pub(super) struct Peers {
    path: PathBuf,
    pub(super) names: Vec<String>,
    /// name of the set, AUROC of each detector
    sets: Vec<(String, Vec<f64>)>,
}

impl Peers {
    /// # Errors
    /// [`elbow_trainer::Error::Config`] for a file that is no such table.
    pub(super) fn read(path: &Path) -> Result<Self, Error> {
        let wrong = |problem| Error::from(elbow_trainer::Error::Config { path: path.to_path_buf(), problem });
        let text = std::fs::read_to_string(path).map_err(Error::io("read", path))?;
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
        let header = reader.headers().map_err(|error| wrong(error.to_string()))?;
        let names: Vec<String> = header.iter().skip(1).map(String::from).collect();
        if header.get(0) != Some("set") || names.is_empty() {
            return Err(wrong("the first line is to be `set` and the detectors' names".into()));
        }
        let row = |record: Result<csv::StringRecord, csv::Error>| {
            let record = record.map_err(|error| wrong(error.to_string()))?;
            let set = record.get(0).unwrap_or_default();
            let figure = |cell: &str| {
                let figure = cell.parse().ok().filter(|auroc| (0.0..=1.0).contains(auroc));
                figure.ok_or_else(|| {
                    wrong(format!("set {set}: `{cell}` is no AUROC; give a number from 0 to 1"))
                })
            };
            Ok((set.to_string(), record.iter().skip(1).map(figure).collect::<Result<_, _>>()?))
        };
        let sets = reader.records().map(row).collect::<Result<_, Error>>()?;
        Ok(Peers { path: path.to_path_buf(), names, sets })
    }

    /// The detectors' AUROC of a set.
    ///
    /// # Errors
    /// [`elbow_trainer::Error::Config`] where they have none.
    pub(super) fn of(&self, set: &str) -> Result<&[f64], Error> {
        let found = self.sets.iter().find(|(name, _)| name == set);
        let missing = || {
            let problem = format!("has no set `{set}`; add its line, or leave the set out");
            elbow_trainer::Error::Config { path: self.path.clone(), problem }.into()
        };
        found.map(|(_, figures)| figures.as_slice()).ok_or_else(missing)
    }
}

/// The rank of each figure, 1 the largest; equal ones share the mean of their places.
pub(super) fn ranks(figures: &[f64]) -> Vec<f64> {
    let rounded: Vec<f64> = figures.iter().map(|figure| (figure * DECIMALS).round()).collect();
    let count = |holds: &dyn Fn(&f64) -> bool| rounded.iter().filter(|other| holds(other)).count() as f64;
    // itself is among the equal ones
    let rank = |figure: &f64| count(&|other| other > figure) + 0.5 * (count(&|other| other == figure) + 1.0);
    rounded.iter().map(rank).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_figures_share_their_places() {
        assert_eq!(ranks(&[0.9, 0.5004, 0.95, 0.5001, 0.4996]), [2.0, 4.0, 1.0, 4.0, 4.0]);
        assert_eq!(ranks(&[0.3]), [1.0]);
    }
}
