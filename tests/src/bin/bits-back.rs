//! What logs of frames take, by bits-back coding:
//! `bits-back MODEL FRAMES [ROWS [K…]]`, where `16+20` is K = 16 with posteriors refined in 20 steps. For a
//! model of bits grey images become such; MODEL may be the released weights of BB-ANS, `.npz`.

use elbow::architecture::LikelihoodKind;
use elbow_host::model::ModelBytes;
use elbow_reader::{LoadOptions, load};
use elbow_tests::rate::{Rate, measure_refined};
use elbow_tests::reference::{bb_ans, binarized};
use std::path::Path;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [model, frames, rest @ ..] = &arguments[..] else {
        eprintln!("usage: bits-back MODEL FRAMES [ROWS [K|K+STEPS...]]");
        std::process::exit(2);
    };
    let model = match model.ends_with(".npz") {
        true => bb_ans(Path::new(model)),
        false => ModelBytes::read(Path::new(model)).expect("a model file"),
    };
    let likelihood = model.open().expect("a sound model").metadata.architecture.likelihood;
    let frames = match likelihood {
        LikelihoodKind::Bernoulli => binarized(Path::new(frames)),
        _ => load(Path::new(frames), &LoadOptions::default()).expect("frames"),
    };
    let number = |text: &str| text.parse::<usize>().expect("a number");
    let rows = rest.first().map_or(frames.rows, |rows| number(rows)).min(frames.rows);
    let asked: Vec<&str> = rest.iter().skip(1).map(String::as_str).collect();
    println!(
        "| K | bits/dim | net | bound | overhead | encode ms/frame | decode ms/frame |\n\
         |---:|---:|---:|---:|---:|---:|---:|"
    );
    for k in if asked.is_empty() { vec!["1", "16", "64"] } else { asked } {
        let (samples, steps) = k.split_once('+').unwrap_or((k, "0"));
        let of = |text: &str| number(text).try_into().expect("K up to 64, steps up to 255");
        let rate = measure_refined(&model, &frames, rows, of(samples), of(steps));
        let Rate { bits_per_dim, net_bits_per_dim: net, bound, encode, decode } = rate;
        let [encode, decode] = [encode, decode].map(|time| 1e3 * time.as_secs_f64() / rows as f64);
        let overhead = 100.0 * rate.overhead();
        println!(
            "| {k} | {bits_per_dim:.5} | {net:.5} | {bound:.5} | {overhead:.2} % | {encode:.3} \
             | {decode:.3} |"
        );
    }
}
