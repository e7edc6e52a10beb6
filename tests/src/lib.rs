//! What several tests need.
pub mod bench;
pub mod files;
pub mod hostile;
pub mod image;
pub mod models;
pub mod packets;
pub mod qemu;
pub mod rate;
pub mod reference;
pub mod shared;
pub mod signals;
pub mod tolerance;
