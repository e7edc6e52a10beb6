//! From codes of categories to the inputs of a network.

use super::Layer;
use crate::features::{block, read_levels};
use crate::fingerprint::{Fingerprint, Part, of};
use crate::format::{Load, LoadError, Sections};
use crate::shape::{Shape, Width, lanes};
use core::marker::PhantomData;

/// Layers `E` that read categories as `levels` inputs each, of which that of the code is 1
/// and the others are 0; other numbers as they are. Of NaN, which stands for a missing code, all are 0.
#[derive(Clone, Copy, Debug)]
pub struct OneHot<'a, S, E> {
    levels: &'a [u16],
    inputs: usize,
    layers: E,
    shape: PhantomData<S>,
}

impl<'a, S: Shape, E: Layer<From = f32>> OneHot<'a, S, E> {
    /// Takes the section of the levels, as [`Categories`](crate::features::Categories) does, for `dims`
    /// numbers; then `layers` take theirs, which read `inputs`.
    ///
    /// # Errors
    /// [`LoadError::Malformed`] where the levels make another number of inputs; as
    /// [`Sections::integers`], and those of the layers.
    pub fn read(
        sections: &mut Sections<'a>,
        dims: usize,
        inputs: usize,
        layers: impl FnOnce(&mut Sections<'a>) -> Result<E, LoadError>,
    ) -> Result<Self, LoadError> {
        let levels = read_levels(sections, dims, inputs)?;
        Ok(OneHot { levels, inputs, layers: layers(sections)?, shape: PhantomData })
    }
}

impl<S: Shape, E: Layer<From = f32>> Layer for OneHot<'_, S, E> {
    type In = S;
    type Out = E::Out;
    type From = f32;
    type To = E::To;

    #[inline(always)]
    fn outputs(&self) -> usize {
        self.layers.outputs()
    }

    #[cfg_attr(not(target_os = "none"), inline(always))]
    fn forward<const L: usize>(&self, x: &[[f32; L]]) -> <E::Out as Shape>::Buffer<[E::To; L]> {
        let mut inputs = E::In::buffer::<[f32; L]>(self.inputs);
        one_hot(self.levels, x, inputs.as_mut());
        self.layers.forward(inputs.as_ref())
    }
}

/// A number as it is, a code as `levels` inputs.
#[inline(always)]
pub(crate) fn one_hot<const L: usize>(levels: &[u16], x: &[[f32; L]], inputs: &mut [[f32; L]]) {
    let mut places = inputs.iter_mut();
    for (x, levels) in x.iter().zip(levels) {
        for (code, input) in places.by_ref().take(block(*levels)).enumerate() {
            let is_code = |x: f32| if x == code as f32 { 1.0 } else { 0.0 };
            *input = if *levels == 0 { *x } else { lanes(|l| is_code(x[l])) };
        }
    }
}

impl<'a, const X: usize, const W: usize, E> Load<'a> for OneHot<'a, Width<X>, E>
where
    E: Layer<In = Width<W>, From = f32> + Load<'a>,
{
    fn load(sections: &mut Sections<'a>) -> Result<Self, LoadError> {
        OneHot::read(sections, X, W, E::load)
    }
}

impl<const X: usize, E: Fingerprint> Fingerprint for OneHot<'_, Width<X>, E> {
    const FINGERPRINT: u32 = of(&[Part::OneHot as u32, X as u32, E::FINGERPRINT]);
}
