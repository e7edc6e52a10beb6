//! The places of a prior's parameters.

use std::ops::Range;

/// A mixture of diagonal Gaussians: logits of the weights, means, logs of the standard deviations, one after another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MixturePrior {
    /// Gaussians
    pub components: usize,
    /// coordinates of the latent
    pub dim: usize,
    /// where the first logit lies
    pub offset: usize,
}

impl MixturePrior {
    /// Parameters of `components` Gaussians in `dim` dimensions.
    pub fn count(components: usize, dim: usize) -> usize {
        components * (1 + 2 * dim)
    }

    /// Where all of them lie.
    pub fn place(&self) -> Range<usize> {
        self.offset..self.offset + Self::count(self.components, self.dim)
    }

    /// Where the logits of the weights lie, `[component]`.
    pub fn logits(&self) -> Range<usize> {
        self.offset..self.offset + self.components
    }

    /// Where the means lie, `[component][coordinate]`.
    pub fn means(&self) -> Range<usize> {
        let start = self.logits().end;
        start..start + self.components * self.dim
    }

    /// Where the logs of the standard deviations lie, likewise.
    pub fn log_scales(&self) -> Range<usize> {
        self.means().end..self.place().end
    }
}
