//! Components weighed by a frame, and what becomes of their means.

use crate::features::{Features, FrameError};
use crate::math;

/// From log joints, components rising, to p(c|features) of each, of which
/// `visit` sees those that are not too small for a number.
pub(crate) fn posterior_weights(
    log_density: f32,
    mut visit: impl FnMut(usize, f32),
) -> impl FnMut(&[[f32; 1]]) {
    let mut component = 0;
    move |terms| {
        for term in terms.as_flattened() {
            let weight = math::exp_call(term - log_density);
            if weight > 0.0 {
                visit(component, weight);
            }
            component += 1;
        }
    }
}

/// Features to a raw frame, in place, unless one is no number.
pub(crate) fn restore<F: Features>(features: &F, mean: &mut [f32]) -> Result<(), FrameError> {
    features.restore(mean);
    if mean.iter().all(|x| math::is_finite(*x)) { Ok(()) } else { Err(FrameError::Overflow) }
}
