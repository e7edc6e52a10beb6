//! Scores of files of frames, and what is made of them.

pub mod alarms;
pub mod bound;
pub mod calibrate;
pub mod compare;
pub mod each_sensor;
pub mod entropy;
pub mod estimate;
pub mod evaluate;
pub mod gap;
pub mod information;
pub mod latent_use;
pub mod measure;
pub mod metrics;
pub mod neighbours;
pub mod open;
pub mod round_trip;
pub mod seen;
mod whiten;
