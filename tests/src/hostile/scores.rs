//! Scores of a stream.

use std::sync::LazyLock;

use elbow::Nats;
use elbow::decision::{Calibration, MAX_SAMPLES};
use elbow::format::ModelFile;
use elbow::stream::{Debounce, Drift, Follow, Watch, Window};
use elbow_host::model::ModelBytes;

use super::floats;

static FILE: LazyLock<ModelBytes> = LazyLock::new(|| ModelBytes::new(CALIBRATED));
/// A committed model with a calibration.
const CALIBRATED: &[u8] = include_bytes!("../../../firmware-example/model/demo.elbow");

/// Any numbers as scores of a stream: a threshold that follows keeps its promise, and no sum winds up.
///
/// # Panics
/// More frames above the floor are anomalous than the guarantee allows, or the embedded model is damaged.
pub fn scores(bytes: &[u8]) {
    let file = ModelFile::parse(FILE.as_bytes()).expect("sound");
    let calibration = Calibration::of(&file, MAX_SAMPLES).expect("calibrated");
    let floor = f32::MIN;
    let mut follow = Follow::<32>::new(&calibration).with_floor(Nats(floor));
    let mut watch = Watch::new(Debounce::new(3, 5), Drift::new(0.5, 20.0, 3.0));
    let mut drift = Drift::new(0.5, 20.0, 3.0);
    let mut window = Window::<4, 1, 4>::new(1);
    let (mut frames, mut anomalous) = (0, 0);
    for score in floats(bytes) {
        let is_anomalous = follow.push(Nats(score));
        if score >= floor {
            (frames, anomalous) = (frames + 1, anomalous + u32::from(is_anomalous));
        }
        let _ = (watch.push(is_anomalous, score), window.push(&[score]).is_some());
        drift.push(score);
    }
    let most = calibration.false_alarm * frames as f32 + 22.0;
    assert!(anomalous as f32 <= most, "{anomalous} of {frames}, at most {most}");
    // whatever came before, a drift is over h/k = 40 usual scores after its end
    (0..41).for_each(|_| drift.push(0.0));
    assert!(!drift.is_low() && !drift.is_high(), "drift winds up");
}
