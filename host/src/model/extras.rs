//! What a model file holds beside the model: what a score does not need.

use elbow::architecture::{Architecture, LatentKind};
use elbow::codec::PacketPlan;
use elbow::decision::MAX_SAMPLES;
use elbow::format::ModelFile;
use elbow::format::fields::{CALIBRATION, GAP_THRESHOLDS, PACKET_PLAN, PARAMETERS};
use elbow::{Calibration, LoadError};

/// Calibration and plan of packets, where there are any, and their bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Extras<'a> {
    /// what alarms rest on
    pub calibration: Option<Calibration<'a>>,
    /// what packets are made of
    pub plan: Option<PacketPlan<'a>>,
    /// the calibration's sections
    pub calibration_bytes: &'a [u8],
    /// the plan's
    pub plan_bytes: &'a [u8],
    /// those of thresholds of frames that lack a sensor
    pub gap_bytes: &'a [u8],
}

impl<'a> Extras<'a> {
    /// Takes them from a file.
    pub(super) fn read(shape: &Architecture, file: &ModelFile<'a>) -> Result<Self, LoadError> {
        let mut sections = file.calibration();
        let all = sections.rest();
        let calibration = match Calibration::read(&mut sections, MAX_SAMPLES) {
            Err(LoadError::NotCalibrated) => None,
            other => Some(other?.with_gaps(file, shape.features as usize)?),
        };
        let gap_bytes = file.field(GAP_THRESHOLDS).unwrap_or_default();
        if let Some(calibration) = &calibration {
            calibration.check_parameters(file)?;
        }
        let calibration_bytes = &all[..all.len() - sections.rest().len()];
        let mut sections = PacketPlan::sections(file)?;
        let all = sections.rest();
        let plan = match PacketPlan::read(&mut sections) {
            Err(LoadError::NoPacketPlan) => None,
            other => Some(other?),
        };
        let plan_bytes = &all[..all.len() - sections.rest().len()];
        let is_whole = |key, bytes| file.field(key).is_none_or(|field| field == bytes);
        if !is_whole(CALIBRATION, calibration_bytes) || !is_whole(PACKET_PLAN, plan_bytes) {
            return Err(LoadError::Malformed);
        }
        if plan.is_some_and(|plan| !is_of(&plan, shape)) {
            return Err(LoadError::BadPacketPlan);
        }
        if file.field(PARAMETERS).is_none() {
            // nothing but the parameters stands behind a plan of version 1 or 2
            sections.finish()?;
        }
        Ok(Extras { calibration, plan, calibration_bytes, plan_bytes, gap_bytes })
    }
}

/// Whether a model of this shape can have this plan.
fn is_of(plan: &PacketPlan<'_>, shape: &Architecture) -> bool {
    let latents = plan.latent_scales.len();
    let is_of_latent = match &shape.latent {
        // what a mixture expects of a number comes of those before it
        LatentKind::Component { .. } => latents == 0,
        latent => latents == 1 || latents == latent.dims() as usize,
    };
    plan.rows.checked_mul(plan.channels) == Some(shape.features as usize) && is_of_latent
}
