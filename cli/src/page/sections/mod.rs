//! The sections of a report, one file each.

pub(super) mod card;
pub(super) mod course;
pub(super) mod frames;
pub(super) mod latent;
pub(super) mod loss;
pub(super) mod p_values;
pub(super) mod ranking;
pub(super) mod samples;
pub(super) mod scores;
