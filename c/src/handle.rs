//! What a C program holds: a model, its calibration and its window of rows.

use crate::status::Status;
use core::mem::MaybeUninit;
use elbow::decision::MAX_SAMPLES;
use elbow::format::ModelFile;
use elbow::stream::BoundedWindow;
use elbow::{Bounded, Calibrated, Calibration, LoadError, Score};

/// Bit of `uses`: `elbow_explain` will be called.
pub(crate) const EXPLAIN: u32 = 1;
/// Bit of `uses`: `elbow_push` will be called.
pub(crate) const PUSH: u32 = 2;

/// `elbow_model`: a model in its arena.
#[derive(Debug)]
pub struct Handle<'a> {
    model: Bounded<'a>,
    calibration: Option<Calibration<'a>>,
    window: Option<BoundedWindow<'a>>,
    info: Info,
    /// of the arena
    bytes: usize,
    /// where the arena has the window's rows: behind what is written while a frame is read
    window_at: usize,
}

/// `elbow_info`: what a model takes.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct Info {
    /// numbers in a frame: `rows · columns`
    pub dims: u32,
    /// rows of a frame
    pub rows: u32,
    /// numbers in a row
    pub columns: u32,
    /// rows from one frame to the next
    pub hop: u32,
    /// samples of a verdict, 0 where there is no calibration
    pub samples: u32,
    /// bound of the rate of false alarms of a verdict
    pub false_alarm: f32,
    /// coordinates of the latent, 0 of a mixture
    pub latents: u32,
}

/// `elbow_result`: a score.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct Result {
    /// in nats
    pub log_density: f32,
    /// between 1 and `samples`
    pub effective_sample_size: f32,
    /// in nats
    pub standard_error: f32,
    /// K
    pub samples: u32,
}

/// `elbow_verdict`: a decision.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct Verdict {
    /// 1 for an alarm
    pub is_anomalous: i32,
    /// see [`elbow::Verdict::p_value`]
    pub p_value: f32,
    /// by the samples that were drawn
    pub score: Result,
}

impl From<Score> for Result {
    fn from(score: Score) -> Result {
        let Score { log_density, effective_sample_size, standard_error, samples, .. } = score;
        Result { log_density: log_density.0, effective_sample_size, standard_error, samples }
    }
}

impl From<elbow::Verdict> for Verdict {
    fn from(verdict: elbow::Verdict) -> Verdict {
        Verdict {
            is_anomalous: verdict.is_anomalous().into(),
            p_value: verdict.p_value,
            score: verdict.score.into(),
        }
    }
}

/// What a file needs for some uses: it was verified, once.
pub(crate) struct Plan<'a> {
    file: ModelFile<'a>,
    info: Info,
    /// numbers for the model
    scratch: usize,
    /// numbers for rows
    window: usize,
}

impl<'a> Plan<'a> {
    /// Verifies a file.
    #[inline(never)]
    pub(crate) fn of(file: &'a [u8], uses: u32) -> core::result::Result<Self, Status> {
        let file = ModelFile::parse(file)?;
        let metadata = file.metadata()?;
        let (dims, rows, hop) = (metadata.architecture.features, metadata.window, metadata.hop);
        if rows == 0 || hop == 0 || !dims.is_multiple_of(rows) {
            return Err(Status::Malformed);
        }
        let info = Info { dims, rows, columns: dims / rows, hop, ..Info::default() };
        let [for_scores, for_causes] = Bounded::scratch_len(&file)?;
        let scratch = if uses & EXPLAIN == 0 { for_scores } else { for_causes };
        let window = if uses & PUSH == 0 { Some(0) } else { (dims as usize).checked_mul(2) };
        Ok(Plan { file, info, scratch, window: window.ok_or(Status::Malformed)? })
    }

    /// Bytes of an arena: a handle, then numbers.
    pub(crate) fn bytes(&self) -> core::result::Result<usize, Status> {
        let numbers = self.scratch.checked_add(self.window).and_then(|all| all.checked_mul(size_of::<f32>()));
        numbers.and_then(|bytes| bytes.checked_add(size_of::<Handle<'_>>())).ok_or(Status::Malformed)
    }

    /// Opens the model in the numbers of an arena, at its place: a handle is too large to be moved about on a
    /// device's stack.
    pub(crate) fn open(
        self,
        memory: &'a mut [f32],
        place: &mut MaybeUninit<Handle<'a>>,
    ) -> core::result::Result<(), Status> {
        let Plan { file, info, scratch, .. } = self;
        let bytes = self.bytes()?;
        let window_at = bytes.saturating_sub(self.window * size_of::<f32>());
        let calibration = match Calibration::of(&file, MAX_SAMPLES) {
            Err(LoadError::NotCalibrated) => None,
            other => Some(other?),
        };
        let (samples, false_alarm) = calibration.map_or((0, 0.0), |c| (c.samples, c.false_alarm));
        let info = Info { samples, false_alarm, ..info };
        let (scratch, rows) = memory.split_at_mut_checked(scratch).ok_or(Status::ArenaTooShort)?;
        let window = match self.window {
            0 => None,
            _ => {
                let [of_rows, columns, hop] = [info.rows, info.columns, info.hop].map(|n| n as usize);
                Some(BoundedWindow::new(of_rows, columns, hop, rows).ok_or(Status::ArenaTooShort)?)
            }
        };
        let model = Bounded::new(&file, scratch)?;
        let info = Info { latents: model.latent_dims() as u32, ..info };
        place.write(Handle { model, calibration, window, info, bytes, window_at });
        Ok(())
    }
}

impl<'a> Handle<'a> {
    pub(crate) fn info(&self) -> Info {
        self.info
    }

    pub(crate) fn score(&self, frame: &[f32], samples: u32) -> core::result::Result<Result, Status> {
        Ok(self.model.log_density(frame, samples)?.into())
    }

    /// Bytes of the arena, which begins with the handle.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Of those the first, in which no frame lies: behind them are the window's rows.
    pub(crate) fn window_at(&self) -> usize {
        self.window_at
    }

    fn judge_by(&self) -> core::result::Result<Calibrated<'a, &Bounded<'a>>, Status> {
        Ok(Calibrated::new(&self.model, self.calibration.ok_or(Status::NotCalibrated)?))
    }

    pub(crate) fn judge(&self, frame: &[f32]) -> core::result::Result<Verdict, Status> {
        Ok(self.judge_by()?.judge(frame)?.into())
    }

    pub(crate) fn explain(
        &self,
        frame: &[f32],
        surprises: &mut [f32],
    ) -> core::result::Result<Verdict, Status> {
        if surprises.len() != self.model.dims() {
            return Err(Status::WrongFrame);
        }
        Ok(self.judge_by()?.judge_explained(frame, surprises)?.into())
    }

    pub(crate) fn encode(&self, frame: &[f32], latent: &mut [f32]) -> core::result::Result<(), Status> {
        Ok(self.model.encode(frame, latent)?)
    }

    pub(crate) fn reconstruct(
        &self,
        frame: &[f32],
        expected: &mut [f32],
    ) -> core::result::Result<(), Status> {
        Ok(self.model.reconstruct(frame, expected)?)
    }

    /// Takes a row; a frame where one is due.
    pub(crate) fn push(&mut self, row: &[f32]) -> core::result::Result<Option<&[f32]>, Status> {
        let window = self.window.as_mut().ok_or(Status::NotAsked)?;
        if row.len() != window.channels() {
            return Err(Status::WrongFrame);
        }
        Ok(window.push(row))
    }

    pub(crate) fn reset(&mut self) -> core::result::Result<(), Status> {
        self.window.as_mut().ok_or(Status::NotAsked)?.reset();
        Ok(())
    }
}
