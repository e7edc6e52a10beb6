//! What a sender decides once for a file: how fine the latents' steps are,
//! and along what the differences run.

use elbow::codec::{Codec, Fidelity, PacketError, PacketPlan, Settings};

use super::predictor::HostPredictor;
use crate::model::{HostModel, Prediction};

/// Windows that are tried, at most.
pub(crate) const WINDOWS: usize = 64;
/// Scales that are tried for all latents alike: steps from four standard
/// deviations of the prior to 1/1024 of one.
const SCALES: std::ops::RangeInclusive<u8> = 0..=24;
/// The last of them.
const FINEST: f64 = 24.0;
/// Samples that tell the variance of a posterior.
const DRAWS: u32 = 64;

/// Which windows, and in which units.
#[derive(Clone, Copy, Debug)]
pub struct Trial<'a> {
    /// what predicts the windows
    pub model: &'a HostModel<'a>,
    /// its [`model_id`](elbow::codec::model_id)
    pub id: u32,
    /// the unit of each column's integers
    pub resolution: &'a [f32],
    /// windows of integers, one behind the other
    pub samples: &'a [i32],
    /// windows that share an envelope
    pub windows_per_packet: usize,
    /// what may be lost
    pub fidelity: Fidelity,
}

/// What was chosen.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// rows of a window as the codec sees it
    pub rows: usize,
    /// its channels
    pub channels: usize,
    /// the scale of each latent's steps
    pub latent_scales: Vec<u8>,
}

impl<'a> Trial<'a> {
    /// The plan that takes the fewest bits for the windows.
    ///
    /// Differences run from row to row in each channel. A row that is itself a series, such as a heartbeat,
    /// is better off as one channel: that is tried where a window is a single row of one resolution.
    ///
    /// # Errors
    /// [`PacketError::WrongShape`].
    pub fn best(self, rows: usize) -> Result<Plan, PacketError> {
        let channels = self.resolution.len();
        let uniform = self.resolution.windows(2).all(|pair| pair[0] == pair[1]);
        let along = (rows == 1 && channels > 1 && uniform).then_some((channels, 1));
        let layouts = std::iter::once((rows, channels)).chain(along);
        let tried = layouts.map(|layout| self.with_best_steps(layout)).collect::<Result<Vec<_>, _>>()?;
        tried.into_iter().min_by_key(|(_, bits)| *bits).map(|(plan, _)| plan).ok_or(PacketError::WrongShape)
    }

    /// The best steps for a layout, and what the windows cost: first one scale for all
    /// latents, then each for itself. Where only latents are sent nothing else gains by
    /// fine steps, and they are those of the posterior.
    ///
    /// # Errors
    /// [`PacketError::WrongShape`].
    pub fn with_best_steps(self, (rows, channels): (usize, usize)) -> Result<(Plan, u64), PacketError> {
        let latents = HostPredictor::latents_of(self.model);
        let mut plan = Plan { rows, channels, latent_scales: vec![0; latents] };
        if self.fidelity == Fidelity::Latents {
            plan.latent_scales = self.posterior_scales(latents);
            return self.bits(&plan).map(|bits| (plan, bits));
        }
        let mut least = self.bits(&plan)?;
        if latents == 0 {
            return Ok((plan, least));
        }
        let mut try_scales = |latent_scales: Vec<u8>, plan: &mut Plan| {
            let other = Plan { latent_scales, ..plan.clone() };
            let bits = self.bits(&other)?;
            if bits < least {
                (*plan, least) = (other, bits);
            }
            Ok::<(), PacketError>(())
        };
        SCALES.skip(1).try_for_each(|scale| try_scales(vec![scale; latents], &mut plan))?;
        for latent in 0..latents {
            let common = plan.latent_scales[latent];
            for scale in [common + 2, common + 1, common.saturating_sub(1), common.saturating_sub(3), 0] {
                let mut scales = plan.latent_scales.clone();
                scales[latent] = scale;
                try_scales(scales, &mut plan)?;
            }
        }
        Ok((plan, least))
    }

    /// The scales of steps Δ = √12·s, where a step's error adds the fewest bits to
    /// what it saves ([`VaePredictor`](elbow::codec::VaePredictor)). 1/s² is the mean
    /// over the windows of 1/variance of the posterior.
    fn posterior_scales(self, latents: usize) -> Vec<u8> {
        let mut precisions = vec![0.0; latents];
        let frames = self.samples.chunks_exact(self.model.metadata.architecture.features as usize);
        for window in frames.clone() {
            let units = self.resolution.iter().cycle();
            let frame: Vec<f32> = window.iter().zip(units).map(|(n, unit)| *n as f32 * unit).collect();
            let Some(Prediction::Latents(latent)) = self.model.engine.prediction() else { continue };
            let Ok(drawn) = latent.latents(&frame, DRAWS) else { continue };
            for (latent, precision) in precisions.iter_mut().enumerate() {
                let z = || drawn.iter().skip(latent).step_by(latents).map(|z| f64::from(*z));
                let mean = z().sum::<f64>() / f64::from(DRAWS);
                *precision += f64::from(DRAWS) / z().map(|z| (z - mean).powi(2)).sum::<f64>();
            }
        }
        let windows = frames.len() as f64;
        let scale = |precision: &f64| 4.0 - (12.0 * windows / precision).log2();
        precisions.iter().map(|precision| scale(precision).round().clamp(0.0, FINEST) as u8).collect()
    }

    /// What the windows cost.
    fn bits(self, plan: &Plan) -> Result<u64, PacketError> {
        let fidelity = self.fidelity;
        let codec = plan.codec(self.model, self.id, self.resolution, 0)?;
        let mut scratch = vec![0; codec.scratch_len(self.windows_per_packet)];
        let mut packet = vec![0; codec.max_packet_len::<i32>(self.windows_per_packet)];
        let packets = self.samples.chunks(self.windows_per_packet * codec.frame());
        let bits = packets.map(|samples| {
            let settings = Settings { sequence: 0, fidelity };
            codec.encode(samples, settings, &mut scratch, &mut packet).map(|encoded| u64::from(encoded.bits))
        });
        bits.sum()
    }
}

impl Plan {
    /// The plan in a model's file, where it is of this resolution of the columns.
    pub(crate) fn of_model(model: &HostModel<'_>, resolution: &[f32]) -> Option<Plan> {
        let PacketPlan { rows, channels, resolution: planned, latent_scales, .. } = model.extras.plan?;
        let latents = HostPredictor::latents_of(model);
        let latent_scales = latent_scales.iter().cycle().take(latents).copied().collect();
        let same = resolution.iter().zip(planned.iter().cycle()).all(|(one, other)| one == other);
        same.then_some(Plan { rows, channels, latent_scales })
    }

    /// The codec, given the resolution of each column, and of a sender the steps in which it refines the
    /// latents of a window: a receiver need not know.
    ///
    /// # Errors
    /// [`PacketError::WrongShape`].
    pub fn codec<'a>(
        &self,
        model: &'a HostModel<'_>,
        id: u32,
        resolution: &[f32],
        refine: u32,
    ) -> Result<Codec<HostPredictor<'a>>, PacketError> {
        let resolution = resolution.iter().copied().take(self.channels).collect();
        let predictor =
            HostPredictor::new(model, id, resolution, self.latent_scales.clone()).refining(refine);
        Codec::new(predictor, self.rows, self.channels)
    }
}
