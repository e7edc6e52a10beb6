//! What JavaScript asks of a model, and what it answers.

use alloc::format;
use alloc::string::{String, ToString};

use elbow::{Explain as _, FrameError, VerdictKind};

use crate::describe::describe;
use crate::file::{Opened, Read};

/// What JavaScript holds: a model or none, and the last text for people.
#[derive(Debug)]
pub struct Model {
    opened: Option<Opened>,
    pub(crate) text: String,
}

/// What is told of a row.
pub(crate) type Told = [f32; 6];

const NO_SCORE: Told = [0.0, f32::NAN, f32::NAN, f32::NAN, f32::NAN, f32::NAN];

impl Model {
    pub(crate) fn new(bytes: &[u8]) -> Model {
        match Opened::new(bytes) {
            Ok(opened) => Model { text: opened.with(describe), opened: Some(opened) },
            Err(error) => Model { text: error.to_string(), opened: None },
        }
    }

    pub(crate) fn is_model(&self) -> bool {
        self.opened.is_some()
    }

    pub(crate) fn dims(&self) -> usize {
        self.opened.as_ref().map_or(0, |opened| opened.with(|read| read.dims()))
    }

    /// None of a model without a network.
    pub(crate) fn latent_dims(&self) -> usize {
        self.opened.as_ref().map_or(0, |opened| opened.with(|read| read.latent_dims()))
    }

    pub(crate) fn score(&self, rows: &[f32], samples: u32, to: &mut [Told]) {
        let (Some(opened), dims) = (&self.opened, self.dims().max(1)) else { return };
        opened.with(|read| {
            let judge = read.judge(samples);
            for (row, to) in rows.chunks_exact(dims).zip(to) {
                let told = match &judge {
                    Some(judge) => judge.judge_in_full(row).map(|verdict| match verdict.kind {
                        VerdictKind::Uncalibrated => told(&verdict.score, f32::NAN, f32::NAN),
                        _ => {
                            let is_anomalous = f32::from(u8::from(verdict.is_anomalous()));
                            told(&verdict.score, verdict.p_value, is_anomalous)
                        }
                    }),
                    None => {
                        read.engine.log_density(row, samples).map(|score| told(&score, f32::NAN, f32::NAN))
                    }
                };
                *to = told.unwrap_or(NO_SCORE);
            }
        });
    }

    pub(crate) fn explain(&mut self, row: &[f32], samples: u32, to: &mut [f32]) -> bool {
        let (expected, surprises) = to.split_at_mut(row.len());
        self.answer(|read| {
            read.engine.reconstruct(row, expected)?;
            match read.judge(samples) {
                Some(judge) => judge.judge_explained(row, surprises).map(|_| ()),
                None => read.engine.explain_until(row, samples, surprises, |_, _| false).map(|_| ()),
            }
        })
    }

    pub(crate) fn encode(&mut self, row: &[f32], to: &mut [f32]) -> bool {
        self.answer(|read| match read.latent_dims() {
            0 => Ok(()),
            _ => read.engine.encode(0, row, to),
        })
    }

    pub(crate) fn decode(&mut self, z: &[f32], to: &mut [f32]) -> bool {
        self.answer(|read| match read.latent_dims() {
            0 => Ok(()),
            _ => read.engine.decode(0, z, to),
        })
    }

    /// Whether it went well; otherwise the text says why not.
    fn answer(&mut self, work: impl FnOnce(&Read<'_>) -> Result<(), FrameError>) -> bool {
        match self.opened.as_ref().map(|opened| opened.with(work)) {
            Some(Ok(())) => true,
            Some(Err(error)) => {
                self.text = format!("{error}");
                false
            }
            None => false,
        }
    }
}

fn told(score: &elbow::Score, p_value: f32, is_anomalous: f32) -> Told {
    [1.0, score.log_density.0, p_value, is_anomalous, score.standard_error, score.effective_sample_size]
}
