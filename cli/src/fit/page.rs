//! The page that a fit writes at its end.

use std::path::{Path, PathBuf};

use elbow_reader::is_stream;
use elbow_trainer::settings::Settings;

use super::{FitArgs, Summary};
use crate::error::Error;
use crate::page::Job;
use crate::source::{SamplesArg, SourceArgs};

/// Fails before the work where the page cannot be written, or its frames cannot be read once more.
pub(super) fn check_report(args: &FitArgs, page: &Path, out: &Path) -> Result<(), Error> {
    if args.data.iter().any(|path| is_stream(path)) {
        let problem = "the frames of a stream are read but once; give files";
        return Err(Error::argument("report", page.display(), problem));
    }
    let source = SourceArgs::as_fitted(&Settings::default());
    let job =
        Job { model: out, data: &args.data, source: &source, samples: SamplesArg::default(), epochs: &[] };
    job.check_out(page, args.overwrite)
}

/// Writes a page of a model that was fitted to these files.
pub(crate) fn write_report(
    summary: &Summary,
    data: &[PathBuf],
    settings: &Settings,
    page: &Path,
) -> Result<(), Error> {
    let source = SourceArgs::as_fitted(settings);
    let job = Job {
        model: &summary.model,
        data,
        source: &source,
        samples: SamplesArg::default(),
        epochs: &summary.history,
    };
    job.write(page, None).map(|_| ())
}
