//! Logs of frames, coded bits-back.

use elbow::codec::{BitsBackError, LogHeader};
use elbow::format::NUMERIC_PROFILE;
use elbow_host::model::ModelBytes;

use super::MODELS;

/// Those of the models that write logs.
const OF_LOGS: std::ops::Range<usize> = 1..5;

/// A log: as it is, and as the stream of a log whose header is sound. The first byte chooses the model.
///
/// # Panics
/// The embedded models are damaged.
pub fn log(bytes: &[u8]) {
    let Some((first, stream)) = bytes.split_first() else { return };
    let file = MODELS[OF_LOGS][usize::from(*first) % OF_LOGS.len()];
    let model = ModelBytes::new(file);
    let _ = model.decode_log(stream);
    let samples = 1 + first / 64;
    let mut sealed = vec![0; elbow::codec::LOG_HEADER_LEN];
    sealed.extend(stream);
    sealed.extend([0; 4]);
    let header = LogHeader {
        numeric_profile: NUMERIC_PROFILE as u8,
        samples,
        steps: first % 2,
        model: elbow::codec::model_id(file),
        frames: u32::from(*first),
    };
    let len: Result<usize, BitsBackError> = header.seal(stream.len(), &mut sealed);
    if let Ok(len) = len {
        let _ = model.decode_log(&sealed[..len]);
    }
}

/// Frames to log, as bytes: those that the model's law allows come back as they were. The first byte
/// chooses the model, the second the samples.
///
/// # Panics
/// A frame came back changed, or the embedded models are damaged.
pub fn events(bytes: &[u8]) {
    let [first, second, numbers @ ..] = bytes else { return };
    let model = ModelBytes::new(MODELS[OF_LOGS][usize::from(*first) % OF_LOGS.len()]);
    let dims = model.open().expect("sound").metadata.architecture.features as usize;
    let whole = numbers.len() / dims * dims;
    // small numbers, which most laws allow, and now and then others
    let frames: Vec<f32> = numbers[..whole].iter().map(|&x| f32::from(x & 0x3F)).collect();
    let Ok(log) = model.encode_log(&frames, 1 + second % 4) else { return };
    assert_eq!(model.decode_log(&log).expect("what was coded"), frames);
}
