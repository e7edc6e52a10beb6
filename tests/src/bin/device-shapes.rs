//! Counts verdicts of many models on each core.
//!
//! Prints CSV: what a verdict does, by all samples and where four settle it, and what it took;
//! `docs/scripts/device_prices.py` fits the prices of `elbow inspect` to it.

use elbow_host::file::cost::terms;
use elbow_host::file::describe::describe;
use elbow_tests::bench::shapes::{Counted, SAMPLES, measure};

fn main() {
    println!("core;shape;weights;input;hidden;latent;samples;terms;instructions;stack;explained");
    for Counted { core, shape, instructions, stack: [whole, judge, explained] } in measure() {
        let hidden =
            |layers: &[elbow::architecture::Hidden]| layers.iter().map(|layer| layer.width).sum::<u32>();
        let hidden = hidden(&shape.encoder).max(hidden(&shape.decoder));
        let (input, latent) = (shape.features, shape.latent_dims());
        for (samples, instructions) in [SAMPLES, 4].into_iter().zip(instructions) {
            println!(
                "{core};{};{:?};{input};{hidden};{latent};{samples};{:?};{instructions};{};{explained}",
                describe(&shape),
                shape.weights,
                terms(&shape, samples),
                whole.max(judge),
            );
        }
    }
}
