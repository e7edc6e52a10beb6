//! Where the terms of a log probability go.

/// Samples of one frame whose terms are kept side by side.
pub const BLOCK: usize = 4;

/// What becomes of `log p(x_i|z)`, up to a constant of the feature, of every number and sample of a frame.
pub trait Terms {
    /// Takes the terms of a feature, 0 where it has none, of up to [`BLOCK`] samples: others are not kept.
    fn set<const L: usize>(&mut self, feature: usize, terms: [f32; L]);
    /// Where the terms of a block stand, if they are asked for.
    fn block(&mut self) -> Option<&mut [[f32; BLOCK]]>;
}

/// Nobody asks for them.
impl Terms for () {
    #[inline(always)]
    fn set<const L: usize>(&mut self, _: usize, _: [f32; L]) {}

    fn block(&mut self) -> Option<&mut [[f32; BLOCK]]> {
        None
    }
}

/// Those of each feature and sample.
impl Terms for [[f32; BLOCK]] {
    #[inline(always)]
    fn set<const L: usize>(&mut self, feature: usize, terms: [f32; L]) {
        if let Some(places) = self.get_mut(feature) {
            places.iter_mut().zip(terms).for_each(|(place, term)| *place = term);
        }
    }

    fn block(&mut self) -> Option<&mut [[f32; BLOCK]]> {
        Some(self)
    }
}
