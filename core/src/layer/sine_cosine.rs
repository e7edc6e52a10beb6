//! From angles to the inputs of a network.

use super::Layer;
use crate::fingerprint::{Fingerprint, Part, of};
use crate::format::{Load, LoadError, Sections};
use crate::math;
use crate::shape::{Shape, Width, lanes};
use core::marker::PhantomData;

/// Layers `E` that read angles in ±π as two inputs each, sine and cosine; other numbers as they are. Of NaN,
/// which stands for a missing angle, both are 0.
///
/// North is not far from north: the ends of a turn lie beside each other.
#[derive(Clone, Copy, Debug)]
pub struct SineCosine<'a, S, E> {
    is_angle: &'a [u16],
    inputs: usize,
    layers: E,
    shape: PhantomData<S>,
}

impl<'a, S: Shape, E: Layer<From = f32>> SineCosine<'a, S, E> {
    /// Takes the section that says which of `dims` numbers are angles; then `layers` take theirs, which read
    /// `inputs`.
    ///
    /// # Errors
    /// [`LoadError::Malformed`] where numbers and angles make another number of inputs; as
    /// [`Sections::integers`], and those of the layers.
    pub fn read(
        sections: &mut Sections<'a>,
        dims: usize,
        inputs: usize,
        layers: impl FnOnce(&mut Sections<'a>) -> Result<E, LoadError>,
    ) -> Result<Self, LoadError> {
        let is_angle = read_angles(sections, dims)?;
        if dims + is_angle.iter().filter(|is| **is == 1).count() != inputs {
            return Err(LoadError::Malformed);
        }
        Ok(SineCosine { is_angle, inputs, layers: layers(sections)?, shape: PhantomData })
    }
}

/// The section that says which of `dims` numbers are angles: 1, or 0 for another number.
///
/// # Errors
/// [`LoadError::Malformed`] for anything else; as [`Sections::integers`].
pub(crate) fn read_angles<'a>(sections: &mut Sections<'a>, dims: usize) -> Result<&'a [u16], LoadError> {
    let is_angle: &[u16] = sections.integers(dims)?;
    if is_angle.iter().all(|is| *is <= 1) { Ok(is_angle) } else { Err(LoadError::Malformed) }
}

impl<S: Shape, E: Layer<From = f32>> Layer for SineCosine<'_, S, E> {
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
        sine_cosine(self.is_angle, x, inputs.as_mut());
        self.layers.forward(inputs.as_ref())
    }
}

/// A number as it is, an angle as sine and cosine.
#[inline(always)]
pub(crate) fn sine_cosine<const L: usize>(is_angle: &[u16], x: &[[f32; L]], inputs: &mut [[f32; L]]) {
    let mut places = inputs.iter_mut();
    for (x, is_angle) in x.iter().zip(is_angle) {
        if *is_angle == 0 {
            places.by_ref().take(1).for_each(|input| *input = *x);
            continue;
        }
        let both: [[f32; 2]; L] = lanes(|l| if math::is_nan(x[l]) { [0.0; 2] } else { math::sin_cos(x[l]) });
        for (i, input) in places.by_ref().take(2).enumerate() {
            *input = lanes(|l| both[l][i]);
        }
    }
}

impl<'a, const X: usize, const W: usize, E> Load<'a> for SineCosine<'a, Width<X>, E>
where
    E: Layer<In = Width<W>, From = f32> + Load<'a>,
{
    fn load(sections: &mut Sections<'a>) -> Result<Self, LoadError> {
        SineCosine::read(sections, X, W, E::load)
    }
}

impl<const X: usize, E: Fingerprint> Fingerprint for SineCosine<'_, Width<X>, E> {
    const FINGERPRINT: u32 = of(&[Part::SineCosine as u32, X as u32, E::FINGERPRINT]);
}
