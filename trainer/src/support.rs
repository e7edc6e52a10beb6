//! Which numbers a likelihood takes.

use elbow::architecture::{FeaturesKind, LikelihoodKind};
use elbow::features::MAX_INTEGER;

use crate::binarize::Binarize;
use crate::error::Error;
use elbow_host::data::Dataset;

/// Whether a likelihood's numbers are integers, so that none may be rounded to one when it is read.
pub fn is_whole(likelihood: LikelihoodKind, binarize: Binarize) -> bool {
    let plain = FeaturesKind::plain(likelihood);
    let takes = matches!(plain, FeaturesKind::Binary | FeaturesKind::Integers | FeaturesKind::Counts { .. });
    takes && binarize == Binarize::None
}

/// Makes bits of the values where the likelihood is of bits, and sees to
/// it that they are integers where it is of integers.
///
/// # Errors
/// [`Error::OutOfSupport`] naming the first value that is impossible, or
/// [`Error::Argument`] where bits are asked of another likelihood.
pub fn prepare(data: &mut Dataset, likelihood: LikelihoodKind, binarize: Binarize) -> Result<(), Error> {
    match (FeaturesKind::plain(likelihood), binarize) {
        (FeaturesKind::Binary, _) => binarize.prepare(data),
        (FeaturesKind::Integers, Binarize::None) => integers(data),
        (FeaturesKind::Counts { most }, Binarize::None) => counts(data, most),
        (_, Binarize::None) => Ok(()),
        (_, other) => {
            let name = format!("{other:?}").to_lowercase();
            Err(Error::argument("binarize", name, "only for --likelihood bernoulli"))
        }
    }
}

fn integers(data: &Dataset) -> Result<(), Error> {
    let is_one = |x: &f32| x.fract() == 0.0 && x.abs() <= MAX_INTEGER;
    match data.values.iter().position(|x| !is_one(x)) {
        Some(index) => {
            let problem = "is no integer within ±2^24; scale it to whole steps and round it";
            Err(data.out_of_support(index, problem).into())
        }
        None => Ok(()),
    }
}

fn counts(data: &Dataset, most: u8) -> Result<(), Error> {
    let is_one = |x: &f32| x.fract() == 0.0 && (0.0..=f32::from(most)).contains(x);
    match data.values.iter().position(|x| !is_one(x)) {
        Some(index) => {
            let problem = "is no count from 0 to the N of --likelihood beta-binomial:N";
            Err(data.out_of_support(index, problem).into())
        }
        None => Ok(()),
    }
}
