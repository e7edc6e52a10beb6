//! Windows of a stream as one packet of a few bytes, and back, every number within the bound.
//!
//! `cargo run -p elbow --example packets`

use elbow::codec::{Fidelity, PacketPlan, Settings, model_id};

include!("room/room.rs");

static MODEL: &[u8] = elbow::include_model!("room/room.elbow", Room);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    elbow::self_test()?;
    let file = elbow::format::ModelFile::parse(MODEL)?;
    let (model, plan) = (file.model::<Room>()?, PacketPlan::of(&file)?);
    let codec = plan.codec(&model, model_id(MODEL))?;
    // memory that the caller owns, of sizes that were written beside the model
    let mut scratch = [0; ROOM_PACKET_SCRATCH];
    let mut packet = [0; ROOM_PACKET_BYTES];
    // 32 minutes: hundredths of a degree, tenths of a per cent
    let minutes = (0..32).map(|minute| (f64::from(minute) * std::f64::consts::TAU / 20.0).sin());
    let samples: Vec<i16> =
        minutes.flat_map(|cycle| [2100 + (40.0 * cycle) as i16, 450 - (12.0 * cycle) as i16]).collect();
    for bound in [0, 1, 4] {
        let settings = Settings { sequence: 0, fidelity: Fidelity::Within(bound) };
        let encoded = codec.encode(&samples, settings, &mut scratch, &mut packet)?;
        let mut decoded = vec![0; samples.len()];
        codec.decode(&packet[..encoded.len], &mut scratch, &mut decoded)?;
        let furthest = samples.iter().zip(&decoded).map(|(x, y)| x.abs_diff(*y)).max().unwrap_or(0);
        println!(
            "{} numbers in {} bytes, none off by more than {furthest} steps",
            samples.len(),
            encoded.len
        );
        assert!(furthest <= bound);
    }
    Ok(())
}
