//! Files that are whole or not there, and what stands in and beside a model's.

pub mod atomic_file;
pub mod c_header;
pub mod cost;
pub mod describe;
pub mod golden;
pub mod parts;
pub mod png;
pub mod project;
pub mod rows;
pub mod rust_type;
#[cfg(feature = "signature")]
pub mod signing;
pub mod temporary;
pub mod write;
