//! Whether a frame is an alarm, at the rate of false alarms that was ordered, and which number is to blame.
//!
//! `cargo run -p elbow --example alarm`

use elbow::decision::{Cause, top};

include!("room/room.rs");

static MODEL: &[u8] = elbow::include_model!("room/room.elbow", Room);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    elbow::self_test()?;
    let model = CalibratedRoom::from_bytes(MODEL)?;
    let usual = [21.06, 45.2, 21.13, 44.4, 21.19, 44.4, 21.29, 43.7];
    let mut broken = usual;
    broken[5] = 34.4; // one reading of humidity
    for frame in [usual, broken] {
        // draws samples only until the verdict is certain
        let mut surprises = [0.0; ROOM_FEATURES];
        let verdict = model.judge_explained(&frame, &mut surprises)?;
        println!("{:?}: p-value {:.4} by {} samples", verdict.kind, verdict.p_value, verdict.score.samples);
        if verdict.is_anomalous() {
            let [Cause { feature, surprise }] = top(&surprises);
            let (column, row) = (ROOM_COLUMNS[feature % 2], feature / 2);
            println!("  {column} of row {row}: {surprise:.1} nats more than is usual");
            assert_eq!((column, row), ("humidity_percent", 2));
        }
        assert_eq!(verdict.is_anomalous(), frame == broken);
    }
    Ok(())
}
