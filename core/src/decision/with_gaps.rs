//! Verdicts on frames some of whose numbers are missing.

use super::Calibrated;
use crate::features::Gaps;
use crate::format::{LoadError, ModelFile};
use crate::likelihood::Incomplete;
use crate::model::{Parts, Vae};
use crate::score::WithGaps;

/// A network with its calibration whose frames may have gaps, of the parts of one whose frames have
/// none.
pub type OfGaps<'a, F, E, H, D, L> = Calibrated<'a, WithGaps<F, E, H, D, L>>;

impl<'a, F, E, H, D, L> Calibrated<'a, Vae<(F, E, H, D, L)>>
where
    (F, E, H, D, L): Parts<Features = F, Encoder = E, Head = H, Decoder = D, Likelihood = L>,
    Vae<(F, E, H, D, L)>: Copy,
{
    /// The same with [`Vae::with_gaps`], and the thresholds of frames that lack a sensor, where the file has
    /// them: see [`GapThresholds`](super::GapThresholds).
    ///
    /// # Errors
    /// As [`Calibration::with_gaps`](super::Calibration::with_gaps).
    pub fn with_gaps(self, file: &ModelFile<'a>) -> Result<OfGaps<'a, F, E, H, D, L>, LoadError>
    where
        (Gaps<F>, E, H, D, Incomplete<L>):
            Parts<Features = Gaps<F>, Encoder = E, Head = H, Decoder = D, Likelihood = Incomplete<L>>,
    {
        let model = self.model.with_gaps();
        let calibration = self.calibration.with_gaps(file, model.dims())?;
        Ok(Calibrated::new(model, calibration))
    }
}
