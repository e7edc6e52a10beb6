//! How likely a frame is: its log density in nats, by more and more samples.
//!
//! `cargo run -p elbow --example score`

include!("room/room.rs");

static MODEL: &[u8] = elbow::include_model!("room/room.elbow", Room);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    elbow::self_test()?; // once at boot: this machine computes the bits of every other
    let model = Room::from_bytes(MODEL)?;
    // four rows of temperature and humidity, a minute apart
    let frames = [
        ("usual", [21.06, 45.2, 21.13, 44.4, 21.19, 44.4, 21.29, 43.7]),
        ("too humid", [21.06, 55.2, 21.13, 54.4, 21.19, 54.4, 21.29, 53.7]),
    ];
    for (name, frame) in &frames {
        for samples in [1, 16, 256] {
            let score = model.log_density(frame, samples)?;
            let (nats, error) = (score.log_density.0, score.standard_error);
            println!("{name:9}  K = {samples:3}  {nats:9.3} ± {error:.3} nats  {:08x}", nats.to_bits());
        }
    }
    let [usual, humid] = [model.log_density(&frames[0].1, 256)?, model.log_density(&frames[1].1, 256)?];
    assert!(usual.log_density.0 > humid.log_density.0);
    Ok(())
}
