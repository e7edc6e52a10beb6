//! Being laid out.
#![no_std]
#![forbid(unsafe_code)]

pub mod architecture;
pub mod math;
