//! What can go wrong in a run.

/// Why a run failed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum FitError {
    /// Nothing to fit to.
    #[error("there are no training rows")]
    NoRows,
    /// A setting makes no sense.
    #[error("{name} is {value}: it must be {must}")]
    Setting {
        /// which
        name: &'static str,
        /// what was given
        value: f64,
        /// what is asked
        must: &'static str,
    },
    /// A state of another run.
    #[error("the state is not one of this run: its sizes are others")]
    OtherState,
    /// Smaller steps did not help.
    #[error(
        "the bound is not finite in epoch {epoch}, even with a learning rate of {learning_rate:e}: start \
         with a \
         smaller learning rate, set a gradient norm to clip at, or look for extreme values in the data"
    )]
    Diverged {
        /// from 1
        epoch: u32,
        /// the last one tried
        learning_rate: f32,
    },
    /// The best epoch is far worse than the start.
    #[error(
        "it diverged: the rows held out have a −log p(x) of {best:.1} nats at its best and had {start:.1} \
         before the first step; give a smaller learning rate than --lr {learning_rate:e}, or look for \
         extreme values in the data"
    )]
    Worse {
        /// nats per row before the first step
        start: f64,
        /// after the best epoch
        best: f64,
        /// at the start
        learning_rate: f32,
    },
}

/// Why bytes are no checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// The first bytes are others.
    #[error("is not a checkpoint of elbow; remove it to start the run again")]
    NotACheckpoint,
    /// Written by another version of the program.
    #[error(
        "is a checkpoint of version {found}, this program reads version {read}; \
         finish the run with the program \
         that began it"
    )]
    Version {
        /// the file's
        found: u32,
        /// this program's
        read: u32,
    },
    /// Some bytes are not those that were written.
    #[error("the checkpoint is damaged: its checksum is wrong; remove it to start the run again")]
    Damaged,
}
