//! Parts whose kind is a choice at run time, so that the engines around them are compiled once and not once for each.

use elbow::FrameError;
use elbow::features::{Binary, Categories, Counts, Features, Integers, LogStandardize, Standardize};
use elbow::layer::{Layer, OneHot, Projection};
use elbow::likelihood::{
    Bernoulli, BetaBinomial, DiscretizedLogistic, Gaussian, GaussianCategorical, GaussianPerOutput,
    Likelihood, StudentT, Terms,
};
use elbow::shape::Lanes;
use rand_core::Rng;

use super::{Buffer, Dynamic};

/// Evaluates an expression for the part that there is.
macro_rules! each {
    ($any:expr, $kind:ident { $($variant:ident),+ }, $part:ident => $value:expr) => {
        match $any {
            $($kind::$variant($part) => $value),+
        }
    };
}

macro_rules! features {
    ($any:expr, $part:ident => $value:expr) => {
        each!($any, AnyFeatures { Binary, Counts, Standardize, LogStandardize, Integers, Categories, LogCategories }, $part => $value)
    };
}

macro_rules! likelihood {
    ($any:expr, $part:ident => $value:expr) => {
        each!($any, AnyLikelihood { Bernoulli, BetaBinomial, Gaussian, GaussianPerOutput, DiscretizedLogistic, StudentT, GaussianCategorical }, $part => $value)
    };
}

/// Preprocessing of any kind.
#[derive(Debug)]
pub(super) enum AnyFeatures<'a> {
    Binary(Binary<Dynamic>),
    Counts(Counts<Dynamic>),
    Standardize(Standardize<'a, Dynamic>),
    LogStandardize(LogStandardize<'a, Dynamic>),
    Integers(Integers<'a, Dynamic>),
    Categories(Categories<'a, Standardize<'a, Dynamic>>),
    LogCategories(Categories<'a, LogStandardize<'a, Dynamic>>),
}

impl Features for AnyFeatures<'_> {
    type Shape = Dynamic;

    fn dims(&self) -> usize {
        features!(self, part => part.dims())
    }

    fn extract(&self, frame: &[f32], to: &mut [f32]) -> Result<f32, FrameError> {
        features!(self, part => part.extract(frame, to))
    }

    fn encoder_input<const L: usize>(&self, features: &[[f32; L]], input: &mut [[f32; L]]) {
        features!(self, part => part.encoder_input(features, input));
    }

    fn restore(&self, frame: &mut [f32]) {
        features!(self, part => part.restore(frame));
    }
}

/// A likelihood of any kind, on a last layer `P`.
#[derive(Debug)]
pub(super) enum AnyLikelihood<'a, P> {
    Bernoulli(Bernoulli<P>),
    Gaussian(Gaussian<'a, P>),
    GaussianPerOutput(GaussianPerOutput<P, P>),
    DiscretizedLogistic(DiscretizedLogistic<'a, P, P>),
    StudentT(StudentT<'a, P, P>),
    BetaBinomial(BetaBinomial<P, P>),
    GaussianCategorical(GaussianCategorical<'a, Dynamic, P>),
}

impl<P: Projection<Out = Dynamic>> Likelihood for AnyLikelihood<'_, P> {
    type In = P::In;
    type From = P::From;
    type Out = Dynamic;

    #[inline(always)]
    fn log_prob_terms<const L: usize, X: Lanes<L>>(
        &self,
        hidden: &[[P::From; L]],
        features: &[X],
        terms: &mut (impl Terms + ?Sized),
    ) -> [f32; L] {
        likelihood!(self, part => part.log_prob_terms(hidden, features, terms))
    }

    fn mean(&self, hidden: &[[P::From; 1]], features: &mut [f32]) {
        likelihood!(self, part => part.mean(hidden, features));
    }

    fn sample<R: Rng + ?Sized>(&self, hidden: &[[P::From; 1]], rng: &mut R, features: &mut [f32]) {
        likelihood!(self, part => part.sample(hidden, rng, features));
    }
}

/// Hidden layers `E` that read features as they are, or categories one-hot.
#[derive(Debug)]
pub(super) enum AnyEncoder<'a, E> {
    Plain(E),
    OneHot(OneHot<'a, Dynamic, E>),
}

impl<E: Layer<In = Dynamic, Out = Dynamic, From = f32>> Layer for AnyEncoder<'_, E> {
    type In = Dynamic;
    type Out = Dynamic;
    type From = f32;
    type To = E::To;

    fn outputs(&self) -> usize {
        each!(self, AnyEncoder { Plain, OneHot }, layers => layers.outputs())
    }

    fn forward<const L: usize>(&self, x: &[[f32; L]]) -> Buffer<[E::To; L]> {
        each!(self, AnyEncoder { Plain, OneHot }, layers => layers.forward(x))
    }
}
