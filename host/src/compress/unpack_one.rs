//! A packet by itself, as a device sends it, to rows.

use elbow::codec::{Header, PacketError};

use super::calibrate::Plan;
use super::unit::Unit;
use super::unpack::samples;
use crate::error::FileProblem;
use crate::model::HostModel;

/// The numbers of the rows in one packet, which was made by the plan in the model's file: those that a file
/// of packets has. `id` is the model's ([`model_id`](elbow::codec::model_id)).
///
/// # Errors
/// [`FileProblem::NoPlan`]; [`FileProblem::Packet`] where it is damaged, or of another model.
pub fn unpack_one(model: &HostModel<'_>, id: u32, packet: &[u8]) -> Result<Vec<f64>, FileProblem> {
    let resolution = model.extras.plan.ok_or(FileProblem::NoPlan)?.resolution;
    let plan = Plan::of_model(model, resolution).ok_or(FileProblem::NoPlan)?;
    let units: Option<Vec<Unit>> = resolution.iter().map(|unit| Unit::of_narrow(*unit)).collect();
    let units = units.ok_or(PacketError::BadResolution)?;
    let header = Header::read(packet)?;
    let codec = plan.codec(model, id, resolution, 0)?;
    let steps = samples(&codec, packet, &header, &mut Vec::new())?;
    Ok(steps.iter().zip(units.iter().cycle()).map(|(steps, unit)| unit.value(*steps)).collect())
}
