//! What the rows of a report are like: taken in some at a time, and bounded.

use std::path::PathBuf;

use elbow::Score;
use elbow_host::score::alarms::Judged;
use elbow_host::score::evaluate::oddness;
use elbow_reader::Dataset;
use elbow_reader::time::TimeForms;

use super::sample::{Extremes, Moments, Sample};

/// All that is known of the frames.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// files, in order
    pub(super) files: Vec<PathBuf>,
    /// of the numbers, as CRC-32
    pub(super) fingerprint: u32,
    /// names of the numbers of a frame
    pub(super) names: Vec<String>,
    /// log p(x) of each frame
    pub(super) scores: Vec<f32>,
    /// numbers of each frame that are there
    pub(super) numbers: Vec<u32>,
    /// of a calibrated model: p-values, and whether there is an alarm
    pub(super) p_values: Vec<f32>,
    pub(super) alarms: Vec<bool>,
    /// where there are labels
    pub(super) anomalous: Option<Vec<bool>>,
    /// of each column of a row
    pub(super) columns: Vec<Moments>,
    pub(super) sample: Sample,
    pub(super) worst: Extremes,
    pub(super) best: Extremes,
    times: Times,
}

/// Cells of the column of times, as they come.
#[derive(Debug, Default)]
struct Times {
    text: Vec<u8>,
    ends: Vec<usize>,
    forms: TimeForms,
}

impl Findings {
    /// Takes in some frames, of which the first cell that is kept is a time.
    pub(super) fn take(&mut self, data: &Dataset, scores: &[Score], judged: &[Option<Judged>]) {
        if self.names.is_empty() {
            self.names.clone_from(&data.columns);
            self.columns = vec![Moments::default(); data.dims / data.window];
        }
        let files = std::iter::once(&data.path).chain(data.later_files.iter().map(|file| &file.path));
        for file in files {
            if self.files.last() != Some(file) {
                self.files.push(file.clone());
            }
        }
        let mut sum = crc32fast::Hasher::new_with_initial(self.fingerprint);
        data.values.iter().for_each(|x| sum.update(&x.to_le_bytes()));
        self.fingerprint = sum.finalize();
        for (at, value) in data.values.iter().enumerate() {
            let column = at % data.dims % self.columns.len();
            self.columns[column].push((*value).into());
        }
        for (row, score) in scores.iter().enumerate() {
            let at = self.scores.len() + row;
            let oddness = oddness(score.log_density.0, score.dims);
            self.worst.see(oddness, at, data, row);
            self.best.see(-oddness, at, data, row);
            self.times.push(data.kept.row(row));
        }
        self.sample.take(data);
        self.scores.extend(scores.iter().map(|score| score.log_density.0));
        self.numbers.extend(scores.iter().map(|score| score.dims));
        // a frame with gaps that there is no threshold for has neither
        self.p_values
            .extend(judged.iter().map(|judged| judged.map_or(f32::NAN, |judged| judged.full.p_value)));
        self.alarms
            .extend(judged.iter().map(|judged| judged.is_some_and(|judged| judged.early.is_anomalous())));
        if let Some(labels) = &data.labels {
            self.anomalous = Some(labels.anomalous.clone());
        }
    }

    /// Whether a frame is labelled anomalous.
    pub(super) fn is_anomalous(&self, frame: usize) -> bool {
        self.anomalous.as_ref().is_some_and(|anomalous| anomalous[frame])
    }

    /// Whether a frame lacks no number.
    pub(super) fn is_whole(&self, frame: usize) -> bool {
        self.numbers[frame] as usize == self.names.len()
    }

    /// Scores of the frames of a class, in order.
    pub(super) fn scores_of(&self, anomalous: bool) -> Vec<f64> {
        let of = |(frame, score): (usize, &f32)| {
            (self.is_anomalous(frame) == anomalous).then_some(f64::from(*score))
        };
        self.scores.iter().enumerate().filter_map(of).collect()
    }

    /// The time of each frame, in nanoseconds since 1970, where all have one.
    pub(super) fn times(&self) -> Option<Vec<i64>> {
        let form = self.times.forms.form()?;
        let cell = |at: usize| {
            let begin = if at == 0 { 0 } else { self.times.ends[at - 1] };
            form.parse(&self.times.text[begin..self.times.ends[at]])
        };
        (self.times.ends.len() == self.scores.len()).then(|| (0..self.scores.len()).map(cell).collect())?
    }
}

impl Times {
    fn push(&mut self, kept: &[String]) {
        if let Some(cell) = kept.first() {
            self.forms.see(cell.as_bytes());
            self.text.extend_from_slice(cell.as_bytes());
            self.ends.push(self.text.len());
        }
    }
}
