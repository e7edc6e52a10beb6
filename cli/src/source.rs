//! The arguments that say which frames a command reads, and how.

mod blocks;
mod notes;
mod samples;

use std::path::{Path, PathBuf};

use elbow::format::Metadata;

use self::notes::{note_point, told_after, told_before};
pub(crate) use self::samples::SamplesArg;
pub(super) use self::samples::samples;
use crate::error::Error;
pub(crate) use elbow_host::model::DEFAULT_SAMPLES;
use elbow_host::model::{HostModel, ModelBytes};
use elbow_host::score::evaluate::check_dims;
use elbow_reader::categories::{as_fitted, names};
use elbow_reader::{Dataset, LoadOptions, Missing, Reading, Unseen, has_column, is_stream, load_files};
use elbow_trainer::binarize::Binarize;
use elbow_trainer::settings::{ReadingArgs, Settings};
use elbow_trainer::support::{is_whole, prepare};

/// How frames are read for a model that exists: its columns and windows are the model's.
#[derive(Clone, Debug, clap::Args)]
#[command(allow_negative_numbers = true)]
pub(crate) struct SourceArgs {
    /// CSV column or .npz array that holds the labels [default: `label` or `y`, where there is one]
    #[arg(long, value_name = "COLUMN|KEY")]
    pub(super) labels: Option<String>,
    /// Labels of normal rows [default: 0, false, normal and other words for it]
    #[arg(long, value_name = "LABEL,…", value_delimiter = ',')]
    pub(super) normal: Vec<String>,
    #[command(flatten)]
    pub(super) reading: ReadingArgs,
    /// Make bits of greyscale values, for models of bits
    #[arg(long, value_enum, default_value_t)]
    pub(super) binarize: Binarize,
    /// Seed of what is drawn, as by --binarize dynamic
    #[arg(long, default_value_t = 0)]
    pub(super) seed: u64,
    /// a row that cannot be read ends nothing
    #[arg(skip)]
    pub(super) skip_broken: bool,
}

impl SourceArgs {
    /// Opens a model, for frames with gaps where flag or model say so, or `gaps` does.
    ///
    /// # Errors
    /// [`elbow_host::Error::Model`].
    pub(super) fn open<'a>(
        &self,
        bytes: &'a ModelBytes,
        path: &Path,
        gaps: bool,
    ) -> Result<HostModel<'a>, Error> {
        let model = bytes.open().map_err(Error::model(path))?;
        match gaps || self.keeps_gaps(&model.metadata) {
            true => bytes.open_with_gaps().map_err(Error::model(path)),
            false => Ok(model),
        }
    }

    /// Whether flag or model say that frames may have gaps.
    pub(super) fn keeps_gaps(&self, metadata: &Metadata<'_>) -> bool {
        self.missing(metadata).is_some_and(Missing::keeps_gaps)
    }

    /// What becomes of missing cells, where flag or model say so.
    pub(super) fn missing(&self, metadata: &Metadata<'_>) -> Option<Missing> {
        let of_model = Reading::of(metadata.reading).missing;
        self.reading.missing().or(Some(of_model).filter(|missing| *missing != Missing::Refuse))
    }

    /// As a fit of these settings read its files.
    pub(super) fn as_fitted(settings: &Settings) -> Self {
        SourceArgs {
            labels: None,
            normal: Vec::new(),
            reading: settings.reading_again(),
            binarize: settings.binarize,
            seed: settings.seed,
            skip_broken: false,
        }
    }

    /// Reads the frames that a model takes.
    ///
    /// # Errors
    /// [`Data`](elbow_host::Error::Data), [`Dims`](elbow_host::Error::Dims).
    pub(super) fn load(
        &self,
        paths: &[PathBuf],
        model: &Path,
        metadata: &Metadata<'_>,
    ) -> Result<Dataset, Error> {
        note_point(metadata);
        self.load_all(paths, model, metadata, self.options(metadata, &[], Missing::Refuse))
    }

    /// As [`load`](Self::load), without the rows that have gaps.
    pub(super) fn load_whole(
        &self,
        path: &Path,
        model: &Path,
        metadata: &Metadata<'_>,
    ) -> Result<Dataset, Error> {
        let options = without_gaps(self.options(metadata, &[], Missing::Refuse), Missing::Drop);
        self.load_all(&[path.to_path_buf()], model, metadata, options)
    }

    /// As [`load`](Self::load); a word that the model has never seen is an error, and so is a gap, for which
    /// there is no flag.
    pub(super) fn load_known(
        &self,
        path: &Path,
        model: &Path,
        metadata: &Metadata<'_>,
    ) -> Result<Dataset, Error> {
        let options = without_gaps(self.options(metadata, &[], Missing::Refuse), Missing::Refuse);
        let options = LoadOptions { unseen: Unseen::Refuse, ..options };
        let loaded = self.load_all(&[path.to_path_buf()], model, metadata, options);
        loaded.map_err(|error| error.without_flags("correct it; elbow impute fills in what is missing"))
    }

    fn load_all(
        &self,
        paths: &[PathBuf],
        model: &Path,
        metadata: &Metadata<'_>,
        options: LoadOptions,
    ) -> Result<Dataset, Error> {
        let (mut data, report) = load_files(paths, &options)?;
        told_before(&data, &report);
        told_after(&data.path, &report, self.skip_broken);
        self.prepare(&mut data, model, metadata)?;
        Ok(data)
    }

    /// Whether files have a column of this name that can be kept as text; of a stream nobody knows before
    /// it is read.
    pub(super) fn has_column(
        &self,
        paths: &[PathBuf],
        metadata: &Metadata<'_>,
        name: &str,
    ) -> Result<bool, Error> {
        let options = self.options(metadata, &[], Missing::Refuse);
        Ok(!paths.iter().any(|path| is_stream(path)) && has_column(paths, &options, name)?)
    }

    /// How files are read for a model; what becomes of missing cells where neither flag nor model says.
    fn options(&self, metadata: &Metadata<'_>, keep: &[String], unless_told: Missing) -> LoadOptions {
        let columns: Vec<String> = names(metadata.columns).into_iter().map(str::to_string).collect();
        let Reading { labels, normal, time, gap, written, .. } = Reading::of(metadata.reading);
        let told = self.missing(metadata);
        LoadOptions {
            labels: self.labels.clone().or(labels),
            labels_if_there: self.labels.is_none(),
            unlabelled: false,
            columns: Some(columns),
            keep: keep.to_vec(),
            categorical: as_fitted(metadata.columns),
            window: metadata.window as usize,
            hop: Some(metadata.hop as usize),
            normal: if self.normal.is_empty() { normal } else { self.normal.clone() },
            whole: is_whole(metadata.architecture.likelihood, self.binarize),
            missing: told.unwrap_or(unless_told),
            unseen: Unseen::Code { missing: told.is_none() },
            key: self.reading.key(),
            is_fitted: true,
            part: self.reading.part().or(time, gap),
            memory: self.reading.memory(),
            text: self.reading.text(),
            remembered: written,
            skip_broken: self.skip_broken || self.reading.skip_broken(),
            ..LoadOptions::default()
        }
    }

    /// Makes of frames what a model takes.
    fn prepare(&self, data: &mut Dataset, model: &Path, metadata: &Metadata<'_>) -> Result<(), Error> {
        check_dims(data, model, metadata.architecture.features)?;
        prepare(data, metadata.architecture.likelihood, self.binarize)?;
        if self.binarize == Binarize::Dynamic {
            Binarize::draw_all(data, self.seed);
        }
        Ok(())
    }
}

/// With something else where rows would be kept with gaps.
fn without_gaps(options: LoadOptions, instead: Missing) -> LoadOptions {
    let missing = if options.missing.keeps_gaps() { instead } else { options.missing };
    LoadOptions { missing, ..options }
}
