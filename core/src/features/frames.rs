//! Features of frames as callers hand them over.

use super::{Features, Frame, FrameBuffer, FrameError};
use crate::shape::Shape;

/// The features of a frame, and the log Jacobian of the map to them.
#[cfg_attr(not(target_os = "none"), inline(always))]
pub(crate) fn extract<F: Features>(features: &F, frame: &[f32]) -> Result<(FrameBuffer<F>, f32), FrameError> {
    let mut of_frame = F::Shape::scratch(features.dims());
    let log_jacobian = extract_into(features, frame, of_frame.as_mut())?;
    Ok((of_frame, log_jacobian))
}

/// As [`extract`], into memory of the caller's: what is handed on in a result lies twice on a device's stack.
#[cfg_attr(not(target_os = "none"), inline(always))]
pub(crate) fn extract_into<F: Features>(
    features: &F,
    frame: &[f32],
    to: &mut [f32],
) -> Result<f32, FrameError> {
    let expected = features.dims();
    if frame.len() != expected {
        return Err(FrameError::WrongLength { expected, found: frame.len() });
    }
    features.extract(frame, to)
}

/// The features of each frame, a lane each, with their log Jacobians, and why a frame was refused: its
/// features are then zero.
#[cfg_attr(not(target_os = "none"), inline(always))]
pub(crate) fn extract_all<F: Features, const N: usize>(
    features: &F,
    frames: [&Frame<F>; N],
    to: &mut [[f32; N]],
) -> ([f32; N], [Option<FrameError>; N]) {
    let (mut log_jacobians, mut refused) = ([0.0; N], [None; N]);
    for (l, frame) in frames.into_iter().enumerate() {
        match extract(features, frame.as_ref()) {
            Ok((of_frame, log_jacobian)) => {
                to.iter_mut().zip(of_frame.as_ref()).for_each(|(lanes, x)| lanes[l] = *x);
                log_jacobians[l] = log_jacobian;
            }
            Err(error) => {
                to.iter_mut().for_each(|lanes| lanes[l] = 0.0);
                refused[l] = Some(error);
            }
        }
    }
    (log_jacobians, refused)
}
