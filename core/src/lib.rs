//! Being laid out.
#![no_std]
