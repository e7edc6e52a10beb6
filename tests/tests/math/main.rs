//! `elbow::math`: error and monotonicity over the floats, special values, and the bits themselves.
//!
//! `cargo test -p elbow-tests --test math -- --nocapture` prints the table of errors over every 11th float;
//! `… -- --ignored --nocapture` takes every one (about two minutes on two cores).

mod error;
mod quantile;
mod special;
mod stability;
