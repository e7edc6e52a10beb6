//! Judges a stream with causes and debounced alarms, and packs and unpacks its windows, with no console: such
//! an image must hold no panic.
#![cfg_attr(target_os = "none", no_std, no_main)]

use core::hint::black_box;
use elbow::codec::{Fidelity, Settings};
use elbow_firmware::codec::{Buffers, SAMPLES, codec};
use elbow_firmware::demo;
use elbow_firmware::watch::Guard;

#[cfg_attr(target_os = "none", elbow_firmware::machine::entry)]
fn main() -> ! {
    loop {
        black_box(guard());
    }
}

fn guard() -> Option<usize> {
    let mut guard = Guard::new().ok()?;
    let row = black_box([1.0; 20]);
    for _ in 0..black_box(8) {
        black_box(guard.push(&row).ok()?);
    }
    let (model, plan) = (demo::load().ok()?, demo::plan().ok()?);
    let codec = codec(&model, &plan).ok()?;
    let (Buffers { mut scratch, mut packet }, mut samples) = (Buffers::new(), black_box([1; SAMPLES]));
    let settings = Settings { sequence: 0, fidelity: Fidelity::Within(0) };
    let len = codec.encode(&samples, settings, &mut scratch, &mut packet).ok()?.len;
    codec.decode(packet.get(..len)?, &mut scratch, &mut samples).ok()?;
    black_box(&samples);
    Some(len)
}
