//! Rows as they come: windows of them are judged, and a fault is told where 3 of 5 frames raise an alarm.
//!
//! `cargo run -p elbow --example stream`

use elbow::stream::{State, Watch};

include!("room/room.rs");

static MODEL: &[u8] = elbow::include_model!("room/room.elbow", Room);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    elbow::self_test()?;
    let model = CalibratedRoom::from_bytes(MODEL)?;
    let (mut window, mut watch) = (RoomWindow::new(ROOM_HOP), Watch::of(model.calibration()));
    let mut states = Vec::new();
    for minute in 0..200 {
        let Some(frame) = window.push(&row(minute)) else { continue };
        let verdict = model.judge(frame)?;
        let z = model.calibration().standardize(verdict.score.log_density);
        let state = watch.push(verdict.is_anomalous(), z);
        if states.last() != Some(&state) {
            println!("minute {minute:3}: {state:?}, p-value {:.4}", verdict.p_value);
            states.push(state);
        }
    }
    assert_eq!(states[..2], [State::Steady, State::Fault]);
    Ok(())
}

/// A heated room. From minute 100 on a window stands open: it is colder, and as humid as before.
fn row(minute: u16) -> [f32; 2] {
    let cycle = (f64::from(minute) * std::f64::consts::TAU / 20.0).sin() as f32;
    let temperature = 21.0 + 0.4 * cycle;
    [temperature - if minute < 100 { 0.0 } else { 2.0 }, 45.0 - 1.2 * cycle]
}
