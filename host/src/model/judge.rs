//! Decisions on the host, by the rule of `core`.

use elbow::architecture::LatentKind;
use elbow::features::Missing;
pub use elbow::score::DEFAULT_SAMPLES;
use elbow::{Calibrated, Density, Explain, FrameError, Nats, Score};

use super::{Engine, HostModel};

impl Density for dyn Engine + '_ {
    type Frame = [f32];

    fn missing(&self, frame: &[f32]) -> Missing {
        Engine::missing(self, frame)
    }

    fn log_density_until(
        &self,
        frame: &[f32],
        samples: u32,
        mut is_enough: impl FnMut(&Score, Nats) -> bool,
    ) -> Result<Score, FrameError> {
        Engine::add_without(self, frame, samples, &mut [], &mut is_enough)
    }
}

impl Explain for dyn Engine + '_ {
    fn add_without(
        &self,
        frame: &[f32],
        samples: u32,
        without: &mut [f32],
        mut is_enough: impl FnMut(&Score, Nats) -> bool,
    ) -> Result<Score, FrameError> {
        Engine::add_without(self, frame, samples, without, &mut is_enough)
    }
}

impl HostModel<'_> {
    /// Samples of a score where nobody says: a threshold holds for its own number alone.
    pub fn samples(&self) -> u32 {
        self.extras.calibration.map_or(DEFAULT_SAMPLES, |calibration| calibration.samples)
    }

    /// Samples that firmware draws: those of the threshold, and of what draws none one.
    pub fn samples_on_device(&self) -> u32 {
        match (self.extras.calibration, self.metadata.architecture.latent) {
            (Some(calibration), _) => calibration.samples,
            // all samples of a point are the same, and a mixture needs none
            (None, LatentKind::Point { .. } | LatentKind::Component { .. }) => 1,
            (None, _) => DEFAULT_SAMPLES,
        }
    }

    /// What judges frames, if it was calibrated.
    pub fn calibrated(&self) -> Option<Calibrated<'_, &(dyn Engine + '_)>> {
        self.extras.calibration.map(|calibration| Calibrated::new(&*self.engine, calibration))
    }
}
