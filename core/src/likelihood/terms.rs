//! Where the terms of a log probability go.

/// What becomes of `log p(x_i|z)`, up to a constant of the feature, of every number and sample of a frame.
pub trait Terms {
    /// Takes the term of a feature, of the next sample.
    fn add(&mut self, feature: usize, term: f32);
    /// Where the sums over the samples stand, if they are asked for.
    fn sums(&mut self) -> Option<&mut [f32]>;
}

/// Nobody asks for them.
impl Terms for () {
    #[inline(always)]
    fn add(&mut self, _: usize, _: f32) {}

    fn sums(&mut self) -> Option<&mut [f32]> {
        None
    }
}

/// The sums over the samples, for each feature.
impl Terms for [f32] {
    #[inline(always)]
    fn add(&mut self, feature: usize, term: f32) {
        if let Some(sum) = self.get_mut(feature) {
            *sum += term;
        }
    }

    fn sums(&mut self) -> Option<&mut [f32]> {
        Some(self)
    }
}
