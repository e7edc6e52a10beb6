//! Outputs of an imported model beside those of the framework that it comes from.

use std::path::{Path, PathBuf};

use elbow_host::model::{Dispersion, Encoding, HostModel, LatentEngine};
use elbow_host::score::calibrate::each_row;
use elbow_reader::{Dataset, LoadOptions, load};
use elbow_trainer::import::Imported;
use serde::Serialize;

use crate::error::Error;

/// Largest relative difference that rounding makes.
const MOST: f64 = 1e-5;

/// What was compared, and how far apart it is.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Check {
    rows: usize,
    /// the worst `|a − b| / max(|b|, rms b)` of each part
    worst: Vec<(&'static str, f64)>,
}

/// Told where outputs are not what the import took them for.
const IN_FRAMES: &str = "has reconstructions in the frame's own units, and those of a network whose frames \
                         are standardised are taken to be in units of features; fold the standardisation \
                         into the first layer, so that the network takes frames as they are";

/// What a row of the framework's outputs may be: parts side by side.
const FORMS: [&[Part]; 4] = [
    &[Part::Frame],
    &[Part::Frame, Part::Latent, Part::LogVariance],
    &[Part::Latent, Part::LogVariance],
    &[Part::Frame, Part::Latent],
];

#[derive(Clone, Copy, PartialEq)]
enum Part {
    Frame,
    Latent,
    LogVariance,
}

/// Whose outputs are compared: a model that is not yet a file.
pub(super) struct Checked<'m> {
    pub(super) out: &'m Path,
    pub(super) model: &'m HostModel<'m>,
    pub(super) imported: &'m Imported,
}

impl Checked<'_> {
    /// Of the frames in the first file, and the outputs in the second.
    pub(super) fn check(&self, [x, y]: [&Path; 2]) -> Result<Check, Error> {
        let options = LoadOptions { unlabelled: true, window: 1, ..LoadOptions::default() };
        let (frames, outputs) = (load(x, &options)?, load(y, &options)?);
        let features = self.model.metadata.architecture.features as usize;
        if frames.dims != features || frames.rows != outputs.rows {
            let problem = format!(
                "has {} rows of {} numbers, {} has {} rows, and the model takes {features} numbers",
                frames.rows,
                frames.dims,
                y.display(),
                outputs.rows
            );
            return Err(Error::file(x, problem));
        }
        let form = self.form(&outputs, y)?;
        let latent = self.model.engine.latent();
        let latent = latent.ok_or_else(|| Error::file(self.out, "has no latent"))?;
        let given = each_row(&frames, |frame| {
            Ok([self.model.engine.reconstruct(frame)?, encoded(latent, frame)?].concat())
        })?;
        let (mut worst, mut begin) = (Vec::new(), 0);
        for (part, width) in form.iter().map(|part| (*part, self.width(*part))) {
            let ours: Vec<f32> =
                given.iter().flat_map(|row| &row[self.begin(part)..][..width]).copied().collect();
            let in_features = part == Part::Frame && !self.imported.are_raw;
            let ours = if in_features { self.imported.preprocessing.features(&ours) } else { ours };
            let theirs = (0..outputs.rows).flat_map(|row| &outputs.row(row)[begin..][..width]).copied();
            let theirs: Vec<f32> = theirs.collect();
            if in_features && self.are_frames(&frames, &theirs) {
                return Err(Error::file(y, IN_FRAMES));
            }
            worst.push((part.name(), difference(&ours, &theirs)));
            begin += width;
        }
        Ok(Check { rows: frames.rows, worst })
    }

    /// Whether reconstructions are of the frames themselves, where they were taken for those of features:
    /// they are near to them, and far nearer than to features.
    fn are_frames(&self, frames: &Dataset, theirs: &[f32]) -> bool {
        let features = |values: &[f32]| self.imported.preprocessing.features(values);
        let of_frames = features(&frames.values);
        let apart = |values: &[f32]| -> f64 {
            values.iter().zip(&of_frames).map(|(a, b)| f64::from(a - b).powi(2)).sum()
        };
        let columns = (0..frames.dims).map(|at| of_frames.iter().skip(at).step_by(frames.dims));
        let means = columns.map(|column| column.sum::<f32>() / frames.rows as f32).collect::<Vec<_>>();
        let of_means = apart(&means.repeat(frames.rows));
        let of_outputs = apart(&features(theirs));
        of_outputs < of_means / 2.0 && of_outputs < apart(theirs) / 4.0
    }

    fn form(&self, outputs: &Dataset, y: &Path) -> Result<&'static [Part], Error> {
        let width = |form: &[Part]| form.iter().map(|part| self.width(*part)).sum::<usize>();
        let is_gaussian = self.width(Part::LogVariance) > 0;
        let fits = |form: &&&[Part]| width(form) == outputs.dims && (is_gaussian || form.len() < 3);
        FORMS.iter().find(fits).copied().ok_or_else(|| {
            let [frame, latent] = [Part::Frame, Part::Latent].map(|part| self.width(part));
            let also = if is_gaussian { " (means, then log variances)" } else { "" };
            let problem = format!(
                "has {} columns; give the {frame} of a reconstruction, or with those of the latent{also}, {} \
                 in all, behind them",
                outputs.dims,
                frame + latent + self.width(Part::LogVariance)
            );
            Error::file(y, problem)
        })
    }

    fn width(&self, part: Part) -> usize {
        let shape = &self.model.metadata.architecture;
        match (part, shape.latent) {
            (Part::Frame, _) => shape.features as usize,
            (Part::LogVariance, elbow::architecture::LatentKind::Point { .. }) => 0,
            (Part::Latent | Part::LogVariance, latent) => latent.dims() as usize,
        }
    }

    /// Where it begins in a row of the model's.
    fn begin(&self, part: Part) -> usize {
        match part {
            Part::Frame => 0,
            Part::Latent => self.width(Part::Frame),
            Part::LogVariance => self.width(Part::Frame) + self.width(Part::Latent),
        }
    }
}

/// The latent's mean and log variance.
fn encoded(latent: &dyn LatentEngine, frame: &[f32]) -> Result<Vec<f32>, elbow::FrameError> {
    let Encoding { mode, dispersion, .. } = latent.encode(frame)?;
    let log_variance = match dispersion {
        Dispersion::Scale(scale) => scale.iter().map(|scale| 2.0 * elbow::math::ln(*scale)).collect(),
        Dispersion::Concentration(_) | Dispersion::Point => Vec::new(),
    };
    Ok([mode, log_variance].concat())
}

/// The worst of `|a − b| / max(|b|, rms b)`: near 0 a number's own size says nothing of rounding.
fn difference(ours: &[f32], theirs: &[f32]) -> f64 {
    let squares: f64 = theirs.iter().map(|b| f64::from(*b).powi(2)).sum();
    let rms = (squares / theirs.len().max(1) as f64).sqrt();
    let of = |(a, b): (&f32, &f32)| {
        let (a, b) = (f64::from(*a), f64::from(*b));
        (a - b).abs() / b.abs().max(rms).max(f64::MIN_POSITIVE)
    };
    ours.iter().zip(theirs).map(of).fold(0.0, f64::max)
}

impl Part {
    fn name(self) -> &'static str {
        match self {
            Part::Frame => "reconstruction",
            Part::Latent => "latent",
            Part::LogVariance => "log variance",
        }
    }
}

impl Check {
    /// As one line.
    pub(super) fn told(&self) -> String {
        let parts: Vec<String> =
            self.worst.iter().map(|(part, worst)| format!("{part} {worst:.1e}")).collect();
        format!("{} rows, worst relative difference: {}", self.rows, parts.join(", "))
    }

    /// Whether it is the same network.
    pub(super) fn passed(&self, y: &Path) -> Result<(), Error> {
        match self.worst.iter().all(|(_, worst)| *worst <= MOST) {
            true => Ok(()),
            false => Err(Error::Unlike { path: PathBuf::from(y), found: self.told(), most: MOST }),
        }
    }
}
