//! Prints the instructions that a window takes to be encoded and decoded, model included and without.
//!
//! Counts on QEMU's mps2 boards as `elbow_firmware::ticks` says: `tests/tests/codec_device.rs` runs it.
#![cfg_attr(target_os = "none", no_std, no_main)]

use core::fmt::Write;
use elbow::codec::{Codec, Fidelity, NoModel, Predictor, Settings};
use elbow_firmware::codec::{BOUND, Buffers, SAMPLES, WINDOWS, codec, samples};
use elbow_firmware::ticks::{instructions_since, ticks_left};
use elbow_firmware::{Failure, demo, machine};

#[cfg_attr(target_os = "none", machine::entry)]
fn main() -> ! {
    machine::run(|out| {
        let model = demo::load()?;
        writeln!(out, "model,bound,bytes,encode,decode")?;
        for bound in [0, BOUND] {
            costs("vae", bound, &codec(&model)?, out)?;
            costs("none", bound, &Codec::new(NoModel::default(), 4, SAMPLES / WINDOWS / 4)?, out)?;
        }
        Ok(())
    })
}

/// Means over the recorded windows.
fn costs(name: &str, bound: u16, codec: &Codec<impl Predictor>, out: &mut impl Write) -> Result<(), Failure> {
    let Buffers { mut scratch, mut packet } = Buffers::new();
    let mut decoded = [0; SAMPLES];
    let (mut windows, mut bytes, mut encode, mut decode) = (0, 0, 0_u64, 0_u64);
    let settings = Settings { sequence: 0, fidelity: Fidelity::Within(bound) };
    for samples in samples().take(12) {
        let start = ticks_left();
        let encoded = codec.encode(&samples, settings, &mut scratch, &mut packet)?;
        encode += instructions_since(start);
        let start = ticks_left();
        codec.decode(packet.get(..encoded.len).unwrap_or_default(), &mut scratch, &mut decoded)?;
        decode += instructions_since(start);
        windows += WINDOWS as u64;
        bytes += encoded.len as u64;
    }
    writeln!(out, "{name},{bound},{},{},{}", bytes / windows, encode / windows, decode / windows)?;
    Ok(())
}
