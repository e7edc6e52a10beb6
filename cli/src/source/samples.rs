//! How many samples a score takes.

use elbow_host::model::HostModel;

/// How many samples a score takes.
#[derive(Clone, Copy, Debug, Default, clap::Args)]
pub(crate) struct SamplesArg {
    /// Samples K of a score [default: those of the calibration, or 64]
    #[arg(long, value_name = "K", value_parser = samples())]
    pub(crate) samples: Option<u32>,
}

impl SamplesArg {
    /// Samples of a score by this model.
    pub(crate) fn of(self, model: &HostModel<'_>) -> u32 {
        self.samples.unwrap_or_else(|| model.samples())
    }
}

/// Numbers of samples that end within reason.
pub(crate) fn samples() -> impl clap::builder::TypedValueParser<Value = u32> {
    clap::value_parser!(u32).range(1..=1_000_000)
}
