//! A model that was opened, and what it answers.

use alloc::format;
use alloc::string::{String, ToString};

use elbow::Explain as _;
use elbow::{FrameError, VerdictKind};
use elbow_host::Model;
use elbow_host::model::{HostModel, LANES};

use crate::describe::describe;

/// What JavaScript holds: a model or none, and the last text for people.
#[derive(Debug)]
pub struct Opened {
    model: Option<Model>,
    pub(crate) text: String,
}

/// What is told of a row.
pub(crate) type Told = [f32; 6];

const NO_SCORE: Told = [0.0, f32::NAN, f32::NAN, f32::NAN, f32::NAN, f32::NAN];

impl Opened {
    pub(crate) fn new(bytes: &[u8]) -> Opened {
        // of a frame without gaps all is as without them
        match Model::open_with_gaps(bytes) {
            Ok(model) => Opened { text: describe(model.get()), model: Some(model) },
            Err(error) => Opened { text: error.to_string(), model: None },
        }
    }

    pub(crate) fn is_model(&self) -> bool {
        self.model.is_some()
    }

    fn get(&self) -> Option<&HostModel<'_>> {
        self.model.as_ref().map(Model::get)
    }

    pub(crate) fn dims(&self) -> usize {
        self.get().map_or(0, |model| model.metadata.architecture.features as usize)
    }

    /// None of a model without a network.
    pub(crate) fn latent_dims(&self) -> usize {
        self.get().map_or(0, latent_dims)
    }

    pub(crate) fn score(&self, rows: &[f32], samples: u32, to: &mut [Told]) {
        let (Some(model), dims) = (self.get(), self.dims()) else { return };
        if dims == 0 {
            return;
        }
        let judge = model.calibrated().filter(|judge| judge.calibration().samples == samples);
        if let Some(judge) = judge {
            for (row, to) in rows.chunks_exact(dims).zip(to) {
                *to = judge.judge_in_full(row).map_or(NO_SCORE, |verdict| match verdict.kind {
                    VerdictKind::Uncalibrated => told(&verdict.score, f32::NAN, f32::NAN),
                    _ => told(&verdict.score, verdict.p_value, f32::from(u8::from(verdict.is_anomalous()))),
                });
            }
            return;
        }
        // frames side by side have the same bits, sooner
        let engine = &*model.engine;
        let mut blocks = rows.chunks_exact(dims * LANES);
        let mut rooms = to.chunks_exact_mut(LANES);
        for (block, room) in blocks.by_ref().zip(rooms.by_ref()) {
            let frames = core::array::from_fn(|lane| &block[lane * dims..(lane + 1) * dims]);
            for (score, to) in engine.log_densities(frames, samples).into_iter().zip(room) {
                *to = score.map_or(NO_SCORE, |score| told(&score, f32::NAN, f32::NAN));
            }
        }
        for (row, to) in blocks.remainder().chunks_exact(dims).zip(rooms.into_remainder()) {
            *to = engine.log_density(row, samples).map_or(NO_SCORE, |score| told(&score, f32::NAN, f32::NAN));
        }
    }

    pub(crate) fn explain(&mut self, row: &[f32], samples: u32, to: &mut [f32]) -> bool {
        let (expected, surprises) = to.split_at_mut(row.len());
        self.answer(|model| {
            expected.copy_from_slice(&model.engine.reconstruct(row)?);
            match model.calibrated().filter(|judge| judge.calibration().samples == samples) {
                Some(judge) => judge.judge_explained(row, surprises).map(|_| ()),
                None => model.engine.explain_until(row, samples, surprises, |_, _| false).map(|_| ()),
            }
        })
    }

    pub(crate) fn encode(&mut self, row: &[f32], to: &mut [f32]) -> bool {
        self.answer(|model| match model.engine.latent() {
            Some(latent) => latent.encode(row).map(|encoding| to.copy_from_slice(&encoding.mode)),
            None => Ok(()),
        })
    }

    pub(crate) fn decode(&mut self, z: &[f32], to: &mut [f32]) -> bool {
        self.answer(|model| match model.engine.latent() {
            Some(latent) => latent.decode(z).map(|frame| to.copy_from_slice(&frame)),
            None => Ok(()),
        })
    }

    /// Whether it went well; otherwise the text says why not.
    fn answer(&mut self, work: impl FnOnce(&HostModel<'_>) -> Result<(), FrameError>) -> bool {
        let done = self.get().map(work);
        match done {
            Some(Ok(())) => true,
            Some(Err(error)) => {
                self.text = format!("{error}");
                false
            }
            None => false,
        }
    }
}

pub(crate) fn latent_dims(model: &HostModel<'_>) -> usize {
    let has_one = model.engine.latent().is_some();
    if has_one { model.metadata.architecture.latent_dims() as usize } else { 0 }
}

fn told(score: &elbow::Score, p_value: f32, is_anomalous: f32) -> Told {
    [1.0, score.log_density.0, p_value, is_anomalous, score.standard_error, score.effective_sample_size]
}
