//! The bodies of the fuzz targets. They are those of the tests, which change sound files at random instead.

#[path = "../../tests/src/hostile/mod.rs"]
pub mod hostile;
