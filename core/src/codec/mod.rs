//! Compression: an entropy coder in integers and the models it needs.
//!
//! Nothing here computes a float: what one machine writes, any other reads, whatever its arithmetic. The stream is a stack
//! ([`Rans`]); a symbol's cost is its information under an [`EntropyModel`], of which there are [`Uniform`], [`RawBits`],
//! any [`Table`] of masses, and the [`IntegerLaw`]s: Gaussians and Laplacians of integers. [`Rice`] is the
//! simple code beside it.

mod bits;
mod entropy_model;
mod integer_law;
mod rans;
mod rice;
mod table;

pub use bits::{BitReader, BitWriter};
pub use entropy_model::{EntropyModel, Interval, MAX_PRECISION, RawBits, Uniform};
pub use integer_law::{COST_UNITS, IntegerLaw, Shape};
pub use rans::{Rans, StreamError};
pub use rice::Rice;
pub use table::{Table, TableError, quantize_masses};
