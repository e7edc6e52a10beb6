//! What a model file holds beside the model: what a score does not need.

use elbow::architecture::Architecture;
use elbow::codec::PacketPlan;
use elbow::format::Sections;
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
}

impl<'a> Extras<'a> {
    /// Takes them in the order of the file.
    pub(super) fn read(shape: &Architecture, mut sections: Sections<'a>) -> Result<Self, LoadError> {
        let all = sections.rest();
        let calibration = match Calibration::read(&mut sections) {
            Err(LoadError::NotCalibrated) => None,
            other => Some(other?),
        };
        let (calibration_bytes, plan_bytes) = all.split_at(all.len() - sections.rest().len());
        let plan = match PacketPlan::read(&mut sections) {
            Err(LoadError::NoPacketPlan) => None,
            other => Some(other?),
        };
        if plan.is_some_and(|plan| !is_of(&plan, shape)) {
            return Err(LoadError::BadPacketPlan);
        }
        sections.finish()?;
        Ok(Extras { calibration, plan, calibration_bytes, plan_bytes })
    }
}

/// Whether a model of this shape can have this plan.
fn is_of(plan: &PacketPlan<'_>, shape: &Architecture) -> bool {
    let latents = plan.latent_scales.len();
    plan.rows.checked_mul(plan.channels) == Some(shape.features as usize)
        && (latents == 1 || latents == shape.latent_dims() as usize)
}
