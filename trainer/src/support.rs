//! Which numbers a likelihood takes: those that the engine does.

use elbow::FrameError;
use elbow::architecture::{FeaturesKind, LikelihoodKind};
use elbow_reader::Dataset;

use crate::binarize::Binarize;
use crate::error::Error;
use crate::likelihood::{self, Units};
use crate::preprocess::{DEFAULT_CLIP, Preprocessing};

/// Whether a likelihood's numbers are integers, so that none may be rounded to one when it is read.
pub fn is_whole(likelihood: LikelihoodKind, binarize: Binarize) -> bool {
    refusal(likelihood).is_some() && binarize == Binarize::None
}

fn refusal(likelihood: LikelihoodKind) -> Option<&'static str> {
    likelihood::of::<f32>(likelihood, &Units::default()).refusal()
}

/// Makes bits of the values where the likelihood is of bits, and sees to it that it takes them.
///
/// # Errors
/// [`Problem::OutOfSupport`](elbow_reader::Problem::OutOfSupport) naming the first value that is impossible,
/// or [`elbow_host::Error::Argument`] where bits are asked of another likelihood.
pub fn prepare(data: &mut Dataset, likelihood: LikelihoodKind, binarize: Binarize) -> Result<(), Error> {
    match (FeaturesKind::plain(likelihood), binarize) {
        (kind, Binarize::None) => refusal(likelihood).map_or(Ok(()), |problem| check(data, kind, problem)),
        (FeaturesKind::Binary, _) => binarize.prepare(data),
        (_, other) => {
            let name = format!("{other:?}").to_lowercase();
            Err(Error::argument("binarize", name, "only for --likelihood bernoulli"))
        }
    }
}

fn check(data: &Dataset, kind: FeaturesKind, problem: &'static str) -> Result<(), Error> {
    let preprocessing = Preprocessing::identity(kind, data.dims, DEFAULT_CLIP);
    let (bytes, mut features) = (preprocessing.bytes(), vec![0.0; data.dims]);
    let engine = preprocessing.engine(data.dims, &bytes);
    for row in 0..data.rows {
        let found = engine.features(data.row(row), &mut features);
        if let Err(FrameError::OutOfSupport { index } | FrameError::NonFinite { index }) = found {
            return Err(data.out_of_support(row * data.dims + index, problem).into());
        }
    }
    Ok(())
}
