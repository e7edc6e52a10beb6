//! What logs of frames take, by bits-back coding:
//! `bits-back MODEL FRAMES [ROWS [K…]]`. For a model of bits grey images become such.

use elbow::architecture::LikelihoodKind;
use elbow_host::model::ModelBytes;
use elbow_reader::{LoadOptions, load};
use elbow_tests::rate::{Rate, measure};
use elbow_tests::reference::binarized;
use std::path::Path;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [model, frames, rest @ ..] = &arguments[..] else {
        eprintln!("usage: bits-back MODEL FRAMES [ROWS [K...]]");
        std::process::exit(2);
    };
    let model = ModelBytes::read(Path::new(model)).expect("a model file");
    let likelihood = model.open().expect("a sound model").metadata.architecture.likelihood;
    let frames = match likelihood {
        LikelihoodKind::Bernoulli => binarized(Path::new(frames)),
        _ => load(Path::new(frames), &LoadOptions::default()).expect("frames"),
    };
    let mut numbers = rest.iter().map(|number| number.parse::<usize>().expect("a number"));
    let rows = numbers.next().unwrap_or(frames.rows).min(frames.rows);
    let samples: Vec<usize> = numbers.collect();
    println!(
        "| K | bits/dim | net | bound | overhead | encode ms/frame | decode ms/frame |\n\
         |---:|---:|---:|---:|---:|---:|---:|"
    );
    for k in if samples.is_empty() { vec![1, 16, 64] } else { samples } {
        let rate = measure(&model, &frames, rows, k.try_into().expect("K up to 64"));
        let Rate { bits_per_dim, net_bits_per_dim: net, bound, encode, decode } = rate;
        let [encode, decode] = [encode, decode].map(|time| 1e3 * time.as_secs_f64() / rows as f64);
        let overhead = 100.0 * rate.overhead();
        println!(
            "| {k} | {bits_per_dim:.5} | {net:.5} | {bound:.5} | {overhead:.2} % | {encode:.3} \
             | {decode:.3} |"
        );
    }
}
