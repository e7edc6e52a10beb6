//! What several tests need.
pub mod models;
pub mod shared;
pub mod qemu;
