//! Hidden layers one after another.

use super::dense::AnyDense;
use super::memory::{Lent, codes_mut, lanes};
use crate::architecture::{Hidden, MAX_LAYERS, WeightKind};
use crate::format::{LoadError, Sections};
use crate::layer::Quantize;
use heapless::Vec;

/// Hidden layers, none or as many as a file may have.
#[derive(Clone, Debug)]
pub(super) struct Chain<'a> {
    quantize: Option<Quantize<Lent>>,
    layers: Vec<AnyDense<'a>, MAX_LAYERS>,
    inputs: usize,
}

impl<'a> Chain<'a> {
    /// Takes the sections of the layers.
    #[inline(never)]
    pub(super) fn read(
        sections: &mut Sections<'a>,
        kind: WeightKind,
        inputs: u32,
        hidden: &[Hidden],
    ) -> Result<Self, LoadError> {
        let of_codes = kind == WeightKind::Int8x8;
        let quantize = if of_codes { Some(Quantize::read(sections, inputs as usize)?) } else { None };
        let (mut layers, mut width) = (Vec::new(), inputs);
        for Hidden { width: outputs, activation } in hidden {
            let layer = if of_codes {
                AnyDense::read_codes(sections, layers.is_empty(), width, *outputs)?
            } else {
                AnyDense::read(sections, kind, width, *outputs, *activation)?
            };
            layers.push(layer).map_err(|_| LoadError::Malformed)?;
            width = *outputs;
        }
        Ok(Chain { quantize, layers, inputs: inputs as usize })
    }

    /// The outputs for `L` samples, from the input in `x`: in the one memory or the other.
    pub(super) fn forward<'m, const L: usize>(
        &self,
        mut x: &'m mut [f32],
        mut y: &'m mut [f32],
    ) -> (&'m mut [f32], &'m mut [f32]) {
        if let Some(quantize) = &self.quantize {
            quantize.quantize(lanes::<L>(x, self.inputs), codes_mut(y, self.inputs));
            (x, y) = (y, x);
        }
        for layer in &self.layers {
            layer.forward::<L>(x, y);
            (x, y) = (y, x);
        }
        (x, y)
    }
}
