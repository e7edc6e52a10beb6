//! Pictures: charts as SVG that takes its colours from the page around it.
//!
//! A chart has two [`Axis`]es and marks on them, each kind of mark in its own file. Marks have classes
//! instead of colours, so that one picture serves light, dark and paper; what it shows is also said in words.

mod area;
mod axis;
mod bars;
mod chart;
mod dots;
mod line;
mod text;

pub(crate) use axis::{Axis, Ticks};
pub(crate) use bars::histogram;
pub(crate) use chart::{Chart, Tone};
pub(crate) use text::{escape, number};
