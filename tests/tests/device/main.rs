//! The firmware, cross-compiled and run in QEMU: it links, it is lean, it
//! gives the host's bits, and what that costs.
//!
//! `cargo test -p elbow-tests --test device -- --ignored --show-output` runs it all and prints the costs.

mod bench;
mod lean;
mod links;
mod logs;
mod mixtures;
mod packets;
mod projects;
mod same_bits;
mod signed;
mod streams;
mod vmf_cost;
