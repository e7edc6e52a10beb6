//! The page that a fit writes at its end.

use std::path::{Path, PathBuf};

use elbow_reader::is_stream;
use elbow_trainer::run_dir::Epoch;
use elbow_trainer::settings::Settings;

use crate::error::Error;
use crate::page::Job;
use crate::source::{SamplesArg, SourceArgs};

/// A model, and the files that it is fitted to.
#[derive(Clone, Copy)]
pub(crate) struct Fit<'a> {
    pub(crate) model: &'a Path,
    pub(crate) data: &'a [PathBuf],
}

impl Fit<'_> {
    /// Fails before the work where its frames cannot be read once more.
    pub(super) fn check(self, page: &Path) -> Result<(), Error> {
        if self.data.iter().any(|path| is_stream(path)) {
            let problem = "the frames of a stream are read but once; give files";
            return Err(Error::argument("report", page.display(), problem));
        }
        Ok(())
    }

    /// Writes the page.
    pub(crate) fn write(self, settings: &Settings, epochs: &[Epoch], page: &Path) -> Result<(), Error> {
        let (source, samples) = (SourceArgs::as_fitted(settings), SamplesArg::default());
        let job = Job { model: self.model, data: self.data, source: &source, samples, epochs };
        job.write(page, None).map(|_| ())
    }
}
