//! What the engine must reach on a Cortex-M4F, and what it took on each core when it was last measured.

use super::Measured;
use super::model::{ACTIVATIONS, AUTO_ENCODER_MACS, KERNEL_MACS};

/// Numbers that each function is given.
pub(super) const NUMBERS: f64 = 256.0;
/// The reference build: generic `thumbv7em-none-eabihf`.
pub(super) const REFERENCE: &str = "Cortex-M4F";

/// A figure and its limit.
#[derive(Clone, Copy, Debug)]
pub struct Bar {
    /// what it is
    pub name: &'static str,
    /// what was measured
    pub measured: f64,
    /// the largest that will do
    pub limit: f64,
}

/// Other engines on the auto-encoder, one sample, f32, on the reference machine: their
/// instructions. Counted in the same way, QEMU 7.2 and `-icount`; C by arm-none-eabi-gcc
/// 12.2 with -O3, Rust by rustc 1.96, `opt-level = 3`.
pub const PEERS: [(&str, u64); 5] = [
    ("CMSIS-DSP at ec1bb752, `arm_mat_vec_mult_f32`, bias and ReLU", 749_435),
    ("nalgebra 0.35, `gemv` on a view of a static", 1_187_421),
    ("C, one row after another", 1_347_200),
    ("CMSIS-NN at 99f736a6, f32 fully connected", 1_354_079),
    ("emlearn 0.23.2, generated C", 1_635_482),
];

impl Measured {
    /// The bars, on the reference build where no core is named.
    pub fn bars(&self) -> Vec<Bar> {
        let bar = |name, measured, limit| Bar { name, measured, limit };
        let count = |name| self.count(REFERENCE, name).instructions as f64;
        let function = |name| (count(name) - count("negate")) / NUMBERS;
        let stack = self.count(REFERENCE, "score-4").stack;
        let of_integers = |core, name| self.count(core, name).instructions as f64 / KERNEL_MACS as f64;
        vec![
            bar("auto-encoder, instructions", count("auto-encoder-1"), 620_000.0),
            bar(
                "auto-encoder, 4 samples: instructions a multiply-add",
                count("auto-encoder-4") / (4 * AUTO_ENCODER_MACS) as f64,
                1.70,
            ),
            bar(
                "8-bit weights on floats, 4 samples: instructions a multiply-add",
                count("int8-4") / (4 * KERNEL_MACS) as f64,
                2.20,
            ),
            bar(
                "8 × 8 bits, a hidden layer: instructions a multiply-add",
                of_integers(REFERENCE, "int8x8-hidden-1"),
                2.70,
            ),
            bar("the same on Cortex-M0", of_integers("Cortex-M0", "int8x8-hidden-1"), 5.5),
            bar("the same on RV32IMAC", of_integers("RV32IMAC", "int8x8-hidden-1"), 4.0),
            bar(
                "8 × 8 bits, sums alone, on Cortex-M55",
                of_integers("Cortex-M55, target-cpu=cortex-m55", "int8x8-sums-1"),
                0.75,
            ),
            bar("exp, instructions without the loop", function("exp"), 30.0),
            bar("ln, instructions without the loop", function("ln"), 25.0),
            bar("a normal number and its noise, without the loop", function("normal"), 45.0),
            bar(
                "a score beyond its network, % of the dense layers",
                100.0 * (count("score-4") - count("network")) / count("dense"),
                15.0,
            ),
            bar("engine: load and score, bytes of flash", self.flash_of(REFERENCE) as f64, 12_288.0),
            bar("a score's stack beyond its activations, bytes", stack as f64 - ACTIVATIONS as f64, 640.0),
        ]
    }

    /// What is above the committed ceilings, as sentences.
    ///
    /// # Panics
    /// Something counted has no ceiling.
    pub fn above_ceilings(&self) -> Vec<String> {
        let ceilings = include_str!("ceilings.csv");
        let rows = self.rows().into_iter().filter_map(|(core, name, [instructions, bytes])| {
            let start = format!("{core};{name};");
            let row = ceilings.lines().find_map(|row| row.strip_prefix(&start));
            let row =
                row.unwrap_or_else(|| panic!("no ceiling for {core}, {name}: see device-bench --ceilings"));
            let (most, room) = row.split_once(';').expect("instructions;bytes");
            let limits = [most, room].map(|limit| limit.parse::<u64>().expect("a number"));
            (instructions > limits[0] || bytes > limits[1]).then(|| {
                format!("{core}, {name}: {instructions} instructions, {bytes} bytes; ceilings {most}, {room}")
            })
        });
        rows.collect()
    }

    /// The ceilings that today's counts give, with 2 % of room for another release of the compiler.
    pub fn ceilings(&self) -> String {
        let rows = self.rows().into_iter().map(|(core, name, limits)| {
            let [instructions, bytes] = limits.map(|n| (n + n / 50).next_multiple_of(4));
            format!("{core};{name};{instructions};{bytes}\n")
        });
        "core;counted;instructions;bytes of stack or flash\n"
            .chars()
            .chain(rows.collect::<String>().chars())
            .collect()
    }

    /// Core, name, instructions and bytes of everything.
    fn rows(&self) -> Vec<(&'static str, String, [u64; 2])> {
        let counts = self.counts.iter();
        let counts = counts.map(|c| (c.core, c.name.clone(), [c.instructions, c.stack as u64]));
        let flash = self.flash.iter().map(|f| (f.core, "flash".to_owned(), [0, f.bytes as u64]));
        counts.chain(flash).collect()
    }
}
