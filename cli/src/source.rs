//! The arguments that say which frames a command reads, and how.

use std::path::{Path, PathBuf};

use elbow::architecture::LatentKind;
use elbow::format::Metadata;

use crate::error::Error;
use crate::report;
pub(crate) use elbow_host::model::DEFAULT_SAMPLES;
use elbow_host::model::HostModel;
use elbow_host::score::evaluate::check_dims;
use elbow_reader::categories::{as_fitted, names};
use elbow_reader::{
    Dataset, LoadOptions, Missing, Names, Reading, Recognise, Report, Skipped, Why, load_files,
};
use elbow_trainer::binarize::Binarize;
use elbow_trainer::settings::ReadingArgs;
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
    /// Samples K of a score [default: those of the calibration, or 64]
    #[arg(long, value_name = "K", value_parser = samples())]
    pub(super) samples: Option<u32>,
    /// Seed of --binarize dynamic
    #[arg(long, default_value_t = 0)]
    pub(super) seed: u64,
}

/// Numbers of samples that end within reason.
pub(super) fn samples() -> impl clap::builder::TypedValueParser<Value = u32> {
    clap::value_parser!(u32).range(1..=1_000_000)
}

impl SourceArgs {
    /// Samples of a score by this model.
    pub(super) fn samples(&self, model: &HostModel<'_>) -> u32 {
        self.samples.unwrap_or_else(|| model.samples())
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
        self.load_with(paths, model, metadata, &[], Missing::Refuse).map(|(data, _)| data)
    }

    /// As [`load`](Self::load), with some columns as text beside the frames, what becomes of missing cells
    /// where neither flag nor model says, and what was read.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub(super) fn load_with(
        &self,
        paths: &[PathBuf],
        model: &Path,
        metadata: &Metadata<'_>,
        keep: &[String],
        unless_told: Missing,
    ) -> Result<(Dataset, Report), Error> {
        let columns: Vec<String> = names(metadata.columns).into_iter().map(str::to_string).collect();
        let Reading { labels, normal, missing, time, gap, written, .. } = Reading::of(metadata.reading);
        let options = LoadOptions {
            labels: self.labels.clone().or(labels),
            labels_if_there: self.labels.is_none(),
            columns: Some(columns),
            drop: Vec::new(),
            keep: keep.to_vec(),
            categorical: as_fitted(metadata.columns),
            window: metadata.window as usize,
            hop: Some(metadata.hop as usize),
            normal: if self.normal.is_empty() { normal } else { self.normal.clone() },
            whole: is_whole(metadata.architecture.likelihood, self.binarize),
            missing: self.reading.missing().unwrap_or(if missing == Missing::Refuse {
                unless_told
            } else {
                missing
            }),
            key: self.reading.key(),
            is_fitted: true,
            part: self.reading.part().or(time, gap),
            memory: self.reading.memory(),
            text: self.reading.text(),
            remembered: written,
            recognise: Recognise::Nothing,
        };
        let (mut data, report) = load_files(paths, &options)?;
        told(&data.path, &report);
        let is_kept = |name: &String| keep.contains(name);
        let unused: Vec<String> =
            data.reading.left_out.iter().filter(|name| !is_kept(name)).cloned().collect();
        if !unused.is_empty() {
            report::note(&format!("{}: not used: {}", data.path.display(), Names(unused)));
        }
        check_dims(&data, model, metadata.architecture.features)?;
        prepare(&mut data, metadata.architecture.likelihood, self.binarize)?;
        if self.binarize == Binarize::Dynamic {
            Binarize::draw_all(&mut data, self.seed);
        }
        if let LatentKind::Point { .. } = metadata.architecture.latent {
            report::note("an autoencoder: scores are log likelihoods of reconstructions, not densities");
        }
        Ok((data, report))
    }
}

/// Which rows are in no frame, in one line.
fn told(path: &Path, report: &Report) {
    report.notes.iter().for_each(|note| report::note(&format!("{}: {note}", path.display())));
    let count = |why: Why| report.skipped.iter().filter(|Skipped { why: of, .. }| *of == why).count();
    let columns = report.missing.iter().map(|count| format!("{} {}", count.name, count.count));
    let columns = columns.collect::<Vec<_>>().join(", ");
    for (rows, what) in [
        (count(Why::Missing), format!("have a missing cell ({columns})")),
        (
            count(Why::UnknownWord),
            "have a word that the model has never seen: anomalies without a number".into(),
        ),
    ] {
        if rows > 0 {
            report::note(&format!("{}: {rows} of {} rows {what}", path.display(), report.rows));
        }
    }
}
