//! The metrics of a run: a line of JSON for each epoch.

use std::path::Path;

use elbow_host::score::latent_use::LatentUse;
use serde::{Deserialize, Deserializer, Serialize};

use crate::error::Error;
use crate::fit::EpochRecord;

/// The file in a run's folder.
pub const METRICS: &str = "metrics.jsonl";

/// How a fit stood after an epoch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Epoch {
    /// from 1
    pub epoch: usize,
    /// steps up to here
    pub step: u64,
    /// the objective's, negated; NaN where it was not finite
    #[serde(deserialize_with = "number")]
    pub train_nats_per_row: f64,
    /// −log p(x) of the rows held out
    #[serde(deserialize_with = "number")]
    pub valid_nats_per_row: f64,
    /// half the width of its 95 % interval
    #[serde(deserialize_with = "number")]
    pub valid_nats_per_row_ci95: f64,
    /// of its last step
    pub learning_rate: f32,
    /// since the fit began
    pub seconds: f64,
    /// what the latent carries of the rows held out
    pub latent: Option<LatentUse>,
}

impl Epoch {
    /// The `epoch`-th, from 1, after so many steps and seconds.
    pub fn of(epoch: usize, record: &EpochRecord, step: u64, seconds: f64) -> Epoch {
        Epoch {
            epoch,
            step,
            train_nats_per_row: -record.train_nats,
            valid_nats_per_row: -record.valid_nats,
            valid_nats_per_row_ci95: record.valid_ci95,
            learning_rate: record.learning_rate,
            seconds,
            latent: record.latent.clone(),
        }
    }
}

/// What is no number is written as `null`.
fn number<'d, D: Deserializer<'d>>(from: D) -> Result<f64, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or(f64::NAN))
}

/// The epochs of the run in a folder; a last line that is cut off, as of a process that was killed, is none.
///
/// # Errors
/// [`Io`](elbow_host::Error::Io) where there is no such file; [`Argument`](elbow_host::Error::Argument) where
/// a line is none of a run's.
pub fn epochs(folder: &Path) -> Result<Vec<Epoch>, Error> {
    let path = folder.join(METRICS);
    let text = std::fs::read_to_string(&path).map_err(Error::io("read", &path))?;
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    let line = |(at, line): (usize, &str)| {
        let problem = |error| {
            let problem =
                format!("line {} of {METRICS} is no epoch ({error}); name the folder of a run", at + 1);
            Error::argument("run", folder.display(), problem)
        };
        serde_json::from_str(line).map_err(problem)
    };
    whole.lines().enumerate().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let epoch = Epoch {
            epoch: 1,
            step: 10,
            train_nats_per_row: 1.5,
            valid_nats_per_row: f64::NEG_INFINITY,
            valid_nats_per_row_ci95: 0.25,
            learning_rate: 1e-3,
            seconds: 0.5,
            latent: None,
        };
        let line = serde_json::to_string(&epoch).unwrap();
        let write = |text: String| std::fs::write(folder.path().join(METRICS), text).unwrap();
        write(format!("{line}\n{}", &line[..9]));
        let read = epochs(folder.path()).unwrap();
        assert!(read.len() == 1 && read[0].valid_nats_per_row.is_nan());
        assert_eq!(Epoch { valid_nats_per_row: epoch.valid_nats_per_row, ..read[0].clone() }, epoch);
        write(format!("{line}\n{{}}\n"));
        assert!(epochs(folder.path()).unwrap_err().to_string().contains("line 2"));
        assert!(epochs(&folder.path().join("none")).is_err());
    }
}
