//! Prints the instructions that a window takes to be encoded and decoded, model included and
//! without, and the stack of a packet beyond its buffers.
//!
//! Counts on QEMU's mps2 boards as `elbow_firmware::ticks` says: `tests/tests/device/packets.rs` runs it.
#![cfg_attr(target_os = "none", no_std, no_main)]

use core::fmt::{Display, Write};
use elbow::codec::{Codec, Fidelity, NoModel, PacketPlan, Predictor, Settings};
use elbow_firmware::codec::{BOUND, Buffers, SAMPLES, WINDOWS, codec, samples};
use elbow_firmware::ticks::{instructions_since, ticks_left};
use elbow_firmware::{Failure, demo, machine};

#[cfg_attr(target_os = "none", machine::entry)]
fn main() -> ! {
    machine::run(|out| {
        let (model, plan) = (demo::load()?, demo::plan()?);
        let (codec, none) =
            (codec(&model, &plan)?, Codec::new(NoModel::default(), plan.rows, plan.channels)?);
        writeln!(out, "model,bound,bytes,encode,decode,stack to encode,to decode")?;
        for bound in [0, BOUND] {
            let fidelity = Fidelity::Within(bound);
            costs(("vae", bound), fidelity, &codec, &plan, out)?;
            costs(("none", bound), fidelity, &none, &plan, out)?;
        }
        costs(("vae", "latents"), Fidelity::Latents, &codec, &plan, out)
    })
}

/// Means over the recorded windows.
fn costs(
    (name, bound): (&str, impl Display),
    fidelity: Fidelity,
    codec: &Codec<impl Predictor>,
    plan: &PacketPlan<'static>,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let Buffers { mut scratch, mut packet } = Buffers::new();
    let mut decoded = [0; SAMPLES];
    let (mut windows, mut bytes, mut encode, mut decode) = (0, 0, 0_u64, 0_u64);
    let settings = Settings { sequence: 0, fidelity };
    for samples in samples(plan).take(12) {
        let start = ticks_left();
        let encoded = codec.encode(&samples, settings, &mut scratch, &mut packet)?;
        encode += instructions_since(start);
        let start = ticks_left();
        codec.decode(packet.get(..encoded.len).unwrap_or_default(), &mut scratch, &mut decoded)?;
        decode += instructions_since(start);
        windows += WINDOWS as u64;
        bytes += encoded.len as u64;
    }
    // the same again, since painting the stack is counted too
    let (mut encode_stack, mut decode_stack) = (0, 0);
    for samples in samples(plan).take(12) {
        let (encoded, stack) =
            machine::stack_of(|| codec.encode(&samples, settings, &mut scratch, &mut packet));
        encode_stack = stack.max(encode_stack);
        let packet = packet.get(..encoded?.len).unwrap_or_default();
        let (result, stack) = machine::stack_of(|| codec.decode(packet, &mut scratch, &mut decoded));
        decode_stack = stack.max(decode_stack);
        result?;
    }
    let [bytes, encode, decode] = [bytes, encode, decode].map(|sum| sum / windows);
    writeln!(out, "{name},{bound},{bytes},{encode},{decode},{encode_stack},{decode_stack}")?;
    Ok(())
}
