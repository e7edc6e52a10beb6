//! The page that a fit writes at its end.

use std::path::{Path, PathBuf};

use elbow_reader::is_stream;
use elbow_trainer::run_dir::Epoch;
use elbow_trainer::settings::Settings;

use crate::error::Error;
use crate::out::Overwrite;
use crate::page::Job;
use crate::source::{SamplesArg, SourceArgs};

/// A model, and the files that it is fitted to.
#[derive(Clone, Copy)]
pub(crate) struct Fit<'a> {
    pub(crate) model: &'a Path,
    pub(crate) data: &'a [PathBuf],
}

impl Fit<'_> {
    /// Fails before the work where the page cannot be written, or its frames cannot be read once more.
    pub(super) fn check(self, page: &Path, overwrite: Overwrite) -> Result<(), Error> {
        if self.data.iter().any(|path| is_stream(path)) {
            let problem = "the frames of a stream are read but once; give files";
            return Err(Error::argument("report", page.display(), problem));
        }
        let source = SourceArgs::as_fitted(&Settings::default());
        self.job(&source, &[]).check_out(page, overwrite)
    }

    /// Writes the page.
    pub(crate) fn write(self, settings: &Settings, epochs: &[Epoch], page: &Path) -> Result<(), Error> {
        let source = SourceArgs::as_fitted(settings);
        self.job(&source, epochs).write(page, None).map(|_| ())
    }

    fn job<'a>(self, source: &'a SourceArgs, epochs: &'a [Epoch]) -> Job<'a>
    where
        Self: 'a,
    {
        Job { model: self.model, data: self.data, source, samples: SamplesArg::default(), epochs }
    }
}
