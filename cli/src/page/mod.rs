//! `elbow report`: what a model and its data are like, as a page to look at.

mod document;
mod findings;
mod html;
mod markdown;
mod sample;
mod sections;

use std::path::{Path, PathBuf};

use self::document::Section;
use self::findings::Findings;
use crate::error::Error;
use crate::eval::{Figures, Frames, examine};
use crate::out::{Outputs, Overwrite};
use crate::report;
use crate::source::{SamplesArg, SourceArgs};
use elbow_host::file::atomic_file::write_atomically;
use elbow_host::model::{HostModel, ModelBytes};
use elbow_reader::Reading;
use elbow_trainer::run_dir::{Epoch, METRICS, epochs};

/// The arguments of `elbow report`.
#[derive(Debug, clap::Args)]
pub(crate) struct ReportArgs {
    /// The model
    model: PathBuf,
    /// The frames
    #[arg(required = true, value_name = "DATA")]
    data: Vec<PathBuf>,
    /// Where to write the page, one file that needs nothing else
    #[arg(long, value_name = "HTML", default_value = "report.html")]
    out: PathBuf,
    /// Also write a model card in Markdown: texts and tables
    #[arg(long, value_name = "MD")]
    md: Option<PathBuf>,
    /// The folder of the fit's run, for its course
    #[arg(long, value_name = "FOLDER")]
    run: Option<PathBuf>,
    #[command(flatten)]
    overwrite: Overwrite,
    #[command(flatten)]
    source: SourceArgs,
    #[command(flatten)]
    samples: SamplesArg,
}

/// All that a report is made of.
struct Report<'a> {
    model: &'a HostModel<'a>,
    bytes: &'a ModelBytes,
    figures: &'a Figures,
    findings: &'a Findings,
    samples: u32,
    /// of the fit, where its run is known
    epochs: &'a [Epoch],
}

pub(super) fn run(args: &ReportArgs, json: bool) -> Result<(), Error> {
    let epochs = args.run.as_deref().map_or(Ok(Vec::new()), epochs)?;
    let course = args.run.as_ref().map(|folder| folder.join(METRICS));
    let job = Job {
        model: &args.model,
        data: &args.data,
        source: &args.source,
        samples: args.samples,
        epochs: &epochs,
    };
    let inputs = std::iter::once(&args.model).chain(&args.data).chain(&course);
    let mut outputs = Outputs::made_from(inputs.map(PathBuf::as_path));
    outputs.file("out", &args.out, args.overwrite)?;
    args.md.as_ref().map_or(Ok(()), |card| outputs.file("md", card, args.overwrite))?;
    let figures = job.write(&args.out, args.md.as_deref())?;
    if json { report::print_json(&figures) } else { report::print(&format!("{}\n", args.out.display())) }
}

/// What a report is made from.
pub(crate) struct Job<'a> {
    pub(crate) model: &'a Path,
    pub(crate) data: &'a [PathBuf],
    pub(crate) source: &'a SourceArgs,
    pub(crate) samples: SamplesArg,
    /// of the fit, where they are known
    pub(crate) epochs: &'a [Epoch],
}

impl Job<'_> {
    /// Writes the page and, where it is asked for, the card; gives the figures that are in them.
    pub(crate) fn write(&self, out: &Path, md: Option<&Path>) -> Result<Figures, Error> {
        let bytes = ModelBytes::read(self.model)?;
        let model = self.source.open(&bytes, self.model, false)?;
        let keep = self.time_column(&model)?;
        let Job { model: path, data, source, .. } = *self;
        let samples = self.samples.of(&model);
        let frames = Frames { path, data, source, samples, refine: 0, keep: &keep };
        let mut findings = Findings::default();
        let figures = examine(&model, &frames, &mut |data, scores, judged| {
            findings.take(data, scores, judged);
            Ok(())
        })?;
        let about = Report {
            model: &model,
            bytes: &bytes,
            figures: &figures,
            findings: &findings,
            samples,
            epochs: self.epochs,
        };
        let (title, sections) = (format!("{}: a report", model.metadata.name), about.sections());
        let numbers = serde_json::to_string(&figures).map_err(|error| Error::Print(error.into()))?;
        write_atomically(out, html::page(&title, &sections, &numbers).as_bytes())?;
        if let Some(path) = md {
            write_atomically(path, markdown::card(&title, &sections).as_bytes())?;
        }
        Ok(figures)
    }

    /// The column of times that flag or model name, where the files have it.
    fn time_column(&self, model: &HostModel<'_>) -> Result<Vec<String>, Error> {
        let named = self.source.reading.part().time.or(Reading::of(model.metadata.reading).time);
        Ok(match named {
            Some(name) if self.source.has_column(self.data, &model.metadata, &name)? => vec![name],
            _ => Vec::new(),
        })
    }
}

impl Report<'_> {
    /// In the order in which they are read.
    fn sections(&self) -> Vec<Section> {
        use sections::{card, course, frames, latent, loss, p_values, ranking, samples, scores};
        let parts = [
            Some(card::section(self)),
            Some(scores::section(self)),
            ranking::section(self),
            p_values::section(self),
            Some(course::section(self)),
            Some(frames::section(self)),
            latent::section(self),
            Some(samples::section(self)),
            loss::section(self.epochs),
        ];
        parts.into_iter().flatten().collect()
    }
}
