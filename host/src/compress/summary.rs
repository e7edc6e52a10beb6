//! What is told of a file that was packed.

use std::path::Path;

use elbow::codec::Coding;
use serde::Serialize;

use super::calibrate::Plan;
use super::unit::Unit;

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// rows, the last window's missing ones not counted
    pub rows: u64,
    /// numbers in a row
    pub columns: usize,
    /// windows, the last one filled up with its last row
    pub windows: u64,
    /// packets
    pub packets: u64,
    /// bytes of the input file
    pub bytes_in: u64,
    /// bytes of the numbers as integers of 16 bits, or of 32 where one needs them
    pub bytes_as_integers: u64,
    /// bytes of the output file
    pub bytes_out: u64,
    /// `bytes_as_integers / bytes_out`
    pub ratio: f64,
    /// bits of the output for each number
    pub bits_per_value: f64,
    /// information in a window, in bits: its score, lower is more typical
    pub bits_per_window: f64,
    /// of the output file, bytes of what is in no packet: other columns, cells that stand by themselves
    pub bytes_aside: u64,
    /// cells of the model's columns that stand by themselves: no number, or none of whole steps
    pub escaped: u64,
    /// how windows were coded
    pub coded: Coded,
    /// the resolution of each column
    pub resolution: Vec<f64>,
    /// rows that are left out
    pub rows_broken: u64,
    /// columns and arrays of the file that are not packed
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<String>,
    /// whether window and scales are those of the model's plan; else the first windows chose them
    pub planned: bool,
    /// rows and channels of a window as the codec saw it
    pub window: [usize; 2],
    /// the scale of each latent's steps
    pub latent_scales: Vec<u8>,
}

/// Shares of the windows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Coded {
    /// differences from the model's reconstruction
    pub model: f64,
    /// differences between rows
    pub differences: f64,
    /// the same in Rice codes
    pub rice: f64,
    /// as they are
    pub raw: f64,
}

/// What is counted on the way.
#[derive(Default)]
pub(super) struct Counts {
    pub(super) rows: u64,
    pub(super) packets: u64,
    /// by coding
    pub(super) windows: [u64; 4],
    pub(super) bytes: u64,
    pub(super) bits: u64,
    pub(super) bytes_aside: u64,
    pub(super) escaped: u64,
    /// whether the model's plan was kept to
    pub(super) planned: bool,
    /// whether a number needs more than 16 bits
    pub(super) wide: bool,
    pub(super) broken: u64,
    /// what is not packed
    pub(super) left_out: Vec<String>,
}

impl Counts {
    pub(super) fn summary(&self, input: &Path, units: &[Unit], plan: &Plan) -> Summary {
        let (windows, values) = (self.windows.iter().sum::<u64>(), self.rows * units.len() as u64);
        let share = |coding: Coding| self.windows[coding as usize] as f64 / windows as f64;
        let bytes_as_integers = values * if self.wide { 4 } else { 2 };
        Summary {
            rows: self.rows,
            columns: units.len(),
            windows,
            packets: self.packets,
            bytes_in: input.metadata().map_or(0, |metadata| metadata.len()),
            bytes_as_integers,
            bytes_out: self.bytes,
            ratio: bytes_as_integers as f64 / self.bytes as f64,
            bits_per_value: 8.0 * self.bytes as f64 / values as f64,
            bits_per_window: self.bits as f64 / windows as f64,
            bytes_aside: self.bytes_aside,
            escaped: self.escaped,
            coded: Coded {
                model: share(Coding::Model),
                differences: share(Coding::Differences),
                rice: share(Coding::Rice),
                raw: share(Coding::Raw),
            },
            resolution: units.iter().map(|unit| unit.get()).collect(),
            rows_broken: self.broken,
            left_out: self.left_out.clone(),
            planned: self.planned,
            window: [plan.rows, plan.channels],
            latent_scales: plan.latent_scales.clone(),
        }
    }
}
