//! Frames of any numbers.

use std::sync::LazyLock;

use elbow_firmware::demo::{self, Demo, WIDTH};
use elbow_host::model::{LANES, Model};

use super::{MODELS, floats};

static OPENED: LazyLock<Vec<Model>> =
    LazyLock::new(|| MODELS.iter().map(|bytes| Model::open(bytes).expect("sound")).collect());
static DEMO: LazyLock<Demo<'static>> = LazyLock::new(|| demo::load().expect("sound"));

/// Frames, the first byte of which chooses the model and the second the samples: a frame has one result,
/// alone or among others, on the host and by the device's type, and a verdict is that of its score.
///
/// # Panics
/// A frame has two results, or an embedded model is damaged.
pub fn frames(bytes: &[u8]) {
    let [first, second, numbers @ ..] = bytes else { return };
    let which = usize::from(*first) % MODELS.len();
    let model = OPENED[which].get();
    let (dims, samples) = (model.metadata.architecture.features as usize, 1 + u32::from(second % 9));
    let numbers = floats(numbers);
    if numbers.is_empty() {
        return;
    }
    // as many numbers as are there, again and again
    let mut cycled = numbers.iter().copied().cycle();
    let frames: [Vec<f32>; LANES] = std::array::from_fn(|_| cycled.by_ref().take(dims).collect());
    let together = model.engine.log_densities(frames.each_ref().map(Vec::as_slice), samples);
    for (frame, among) in frames.iter().zip(together) {
        let alone = model.engine.log_density(frame, samples);
        // the text tells NaN, the two zeros and every bit apart
        assert_eq!(format!("{alone:?}"), format!("{among:?}"), "{which}: {frame:?}");
        if let Ok(score) = alone {
            assert!(!score.log_density.0.is_nan(), "{which}: {frame:?}");
        }
        if which == 0 {
            let frame: &[f32; WIDTH] = frame.as_slice().try_into().expect("its width");
            assert_eq!(format!("{alone:?}"), format!("{:?}", DEMO.log_density(frame, samples)));
        }
    }
    if let Some(judge) = model.calibrated() {
        let _ = (judge.judge(&frames[0]), judge.judge_in_full(&frames[0]));
    }
}
