//! From the sections of a model file to its engine: the choice of types is the only thing made here.

use elbow::architecture::{
    Activation, Architecture, ConcentrationKind, FeaturesKind, LatentKind, LikelihoodKind, WeightKind,
};
use elbow::distribution::GaussianMixture;
use elbow::features::{Binary, Categories, Counts, Integers, LogStandardize, Standardize};
use elbow::format::Sections;
use elbow::latent::{
    FixedConcentration, GaussianHead, LearnedConcentration, MixtureHead, PointHead, TabledConcentration,
    VmfHead,
};
use elbow::layer::activation::Identity;
use elbow::layer::weights::{F32, Int8};
use elbow::layer::{OneHot, Projection};
use elbow::likelihood::{GaussianCategorical, Independent, Law, ReadLaw};
use elbow::{LoadError, Vae};

use super::any::{AnyEncoder, AnyFeatures, AnyLikelihood};
use super::any_head::AnyHead;
use super::layers::{Dense, IntegerWeights, Layers, Weights};
use super::wide::Wide;
use super::{Engine, mixture};

/// Takes the parts in the order of the file.
pub(super) fn build<'a>(
    shape: &Architecture,
    sections: &mut Sections<'a>,
) -> Result<Box<dyn Engine + 'a>, LoadError> {
    let dims = shape.features as usize;
    let has_categories = matches!(shape.likelihood, LikelihoodKind::GaussianCategorical { .. });
    let features = match shape.preprocessing {
        FeaturesKind::Binary => AnyFeatures::Binary(Binary::new(dims)),
        FeaturesKind::Counts { .. } => AnyFeatures::Counts(Counts::read(sections, dims)?),
        FeaturesKind::Integers => AnyFeatures::Integers(Integers::read(sections, dims)?),
        FeaturesKind::Standardize => {
            let numbers = Standardize::read(sections, dims)?;
            if has_categories {
                AnyFeatures::Categories(Categories::read(numbers, sections)?)
            } else {
                AnyFeatures::Standardize(numbers)
            }
        }
        FeaturesKind::LogStandardize => {
            let numbers = LogStandardize::read(sections, dims)?;
            if has_categories {
                AnyFeatures::LogCategories(Categories::read(numbers, sections)?)
            } else {
                AnyFeatures::LogStandardize(numbers)
            }
        }
    };
    if let LatentKind::Component { gaussians, kernels } = shape.latent {
        return mixture::build(features, gaussians, kernels, sections);
    }
    match shape.weights {
        WeightKind::F32 => with_weights::<Weights<F32<'a>>>(shape, features, sections),
        WeightKind::Int8 => with_weights::<Weights<Int8<'a>>>(shape, features, sections),
        WeightKind::Int8x8 => with_weights::<IntegerWeights>(shape, features, sections),
    }
}

fn with_weights<'a, W: Layers<'a>>(
    shape: &Architecture,
    features: AnyFeatures<'a>,
    sections: &mut Sections<'a>,
) -> Result<Box<dyn Engine + 'a>, LoadError> {
    let layers = |sections: &mut _| W::chain(sections, shape.frame_width(), &shape.encoder);
    let encoder = match shape.likelihood {
        LikelihoodKind::GaussianCategorical { outputs } => {
            let (dims, inputs) = (shape.features as usize, outputs as usize);
            AnyEncoder::OneHot(OneHot::read(sections, dims, inputs, layers)?)
        }
        _ => AnyEncoder::Plain(layers(sections)?),
    };
    let head = head::<W>(shape, sections)?;
    let decoder = W::chain(sections, shape.latent_dims(), &shape.decoder)?;
    let output = |sections: &mut Sections<'a>| {
        W::dense(sections, shape.decoder_width(), shape.frame_width(), Identity)
    };
    let likelihood = match shape.likelihood {
        LikelihoodKind::Bernoulli => AnyLikelihood::Bernoulli(one(output, sections)?),
        LikelihoodKind::Gaussian => AnyLikelihood::Gaussian(one(output, sections)?),
        LikelihoodKind::GaussianPerOutput => AnyLikelihood::GaussianPerOutput(two(output, sections)?),
        LikelihoodKind::DiscretizedLogistic => AnyLikelihood::DiscretizedLogistic(two(output, sections)?),
        LikelihoodKind::StudentT => AnyLikelihood::StudentT(two(output, sections)?),
        LikelihoodKind::BetaBinomial { .. } => AnyLikelihood::BetaBinomial(two(output, sections)?),
        LikelihoodKind::GaussianCategorical { .. } => {
            let (outputs, dims) = (output(sections)?, shape.features as usize);
            AnyLikelihood::GaussianCategorical(GaussianCategorical::read(outputs, sections, dims)?)
        }
    };
    Ok(Box::new(Vae::new(features, encoder, Wide(head), decoder, Wide(likelihood))))
}

/// A likelihood on one layer.
pub(super) fn one<'a, P: Projection, W: Law<1> + ReadLaw<'a>>(
    layer: impl Fn(&mut Sections<'a>) -> Result<P, LoadError>,
    sections: &mut Sections<'a>,
) -> Result<Independent<W, (P,), 1>, LoadError> {
    Independent::read((layer(sections)?,), sections)
}

/// A likelihood on two layers.
pub(super) fn two<'a, P: Projection, W: Law<2> + ReadLaw<'a>>(
    layer: impl Fn(&mut Sections<'a>) -> Result<P, LoadError>,
    sections: &mut Sections<'a>,
) -> Result<Independent<W, (P, P), 2>, LoadError> {
    Independent::read((layer(sections)?, layer(sections)?), sections)
}

fn head<'a, W: Layers<'a>>(
    shape: &Architecture,
    sections: &mut Sections<'a>,
) -> Result<AnyHead<'a, Dense<Activation, W::Last>>, LoadError> {
    let dense = |sections: &mut _, outputs, activation| {
        W::dense(sections, shape.encoder_width(), outputs, activation)
    };
    match shape.latent {
        LatentKind::Gaussian { dim } => {
            let loc = dense(sections, dim, Activation::Identity)?;
            Ok(AnyHead::Gaussian(GaussianHead::new(loc, dense(sections, dim, Activation::Identity)?)))
        }
        LatentKind::GaussianMixture { dim, components } => {
            let loc = dense(sections, dim, Activation::Identity)?;
            let gaussian = GaussianHead::new(loc, dense(sections, dim, Activation::Identity)?);
            let prior = GaussianMixture::read(sections, dim as usize, components as usize)?;
            Ok(AnyHead::Mixture(MixtureHead::new(gaussian, prior)))
        }
        LatentKind::VonMisesFisher { dim, concentration } => {
            let mean = dense(sections, dim, Activation::Identity)?;
            match concentration {
                ConcentrationKind::Learned => {
                    let kappa = LearnedConcentration::new(dense(sections, 1, Activation::Identity)?);
                    Ok(AnyHead::Learned(VmfHead::new(mean, kappa)))
                }
                ConcentrationKind::Fixed { .. } => {
                    let kappa = FixedConcentration::read(sections, dim as usize)?;
                    Ok(AnyHead::Fixed(VmfHead::new(mean, kappa)))
                }
                ConcentrationKind::Tabled { .. } => {
                    let kappa = TabledConcentration::read(sections, dim as usize)?;
                    Ok(AnyHead::Tabled(VmfHead::new(mean, kappa)))
                }
            }
        }
        LatentKind::Point { dim, activation } => {
            Ok(AnyHead::Point(PointHead::new(dense(sections, dim, activation)?)))
        }
        // has no weights, and was built before
        LatentKind::Component { .. } => Err(LoadError::Malformed),
    }
}
