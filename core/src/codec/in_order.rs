//! Windows whose samples are predicted one after another.

use super::check::Check;
use super::packet::{Codec, Work};
use super::predictor::Predictor;
use super::sample::{Quantizer, Sample};

impl<P: Predictor> Codec<P> {
    /// The samples as differences from what those before them, as they will be decoded, let expect; and the
    /// check of what they will be decoded to.
    #[inline(never)]
    pub(super) fn quantize_in_order<S: Sample>(
        &self,
        samples: &[S],
        quantizer: Quantizer,
        work: &mut Work<'_>,
    ) -> Option<u16> {
        let mut check = Check::new();
        let places = work.values.chunks_exact_mut(self.frame());
        for (samples, values) in samples.chunks_exact(self.frame()).zip(places) {
            let mut left = samples.iter().zip(values).zip(work.plain.iter().cycle());
            self.predictor.in_order(&mut |expected| {
                let Some(((sample, value), plain)) = left.next() else { return expected };
                let base = base::<S>(expected, *plain);
                *value = quantizer.quantize(sample.to_i32(), base);
                let restored = quantizer.restore::<S>(*value, base);
                check.update(restored.to_bytes().as_ref());
                restored.to_i32()
            })?;
        }
        Some(check.finish())
    }

    /// The samples of a window from those differences.
    #[inline(never)]
    pub(super) fn restore_in_order<S: Sample>(
        &self,
        values: &[i32],
        plain: &[i32],
        quantizer: Quantizer,
        samples: &mut [S],
    ) -> Option<()> {
        let mut left = samples.iter_mut().zip(values).zip(plain.iter().cycle());
        self.predictor.in_order(&mut |expected| {
            let Some(((sample, value), plain)) = left.next() else { return expected };
            *sample = quantizer.restore(*value, base::<S>(expected, *plain));
            sample.to_i32()
        })
    }
}

/// Of a plain channel 0.
fn base<S: Sample>(expected: i32, plain: i32) -> i32 {
    S::from_i32(if plain == 1 { 0 } else { expected }).to_i32()
}
