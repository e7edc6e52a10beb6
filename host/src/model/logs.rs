//! Logs of frames by bits-back coding, with a model file of any shape that has them.

use elbow::architecture::{Architecture, FeaturesKind, LatentKind, LikelihoodKind, WeightKind};
use elbow::codec::{
    BitsBack, BitsBackError, DiscreteLikelihood, LogHeader, StreamError, WholeParts, model_id,
};
use elbow::features::{
    Binary, Categories, Counts, Features, Integers, LogStandardize, Standardize, WholeNumbers,
};
use elbow::format::{ModelFile, Sections};
use elbow::latent::GaussianHead;
use elbow::layer::activation::Identity;
use elbow::layer::weights::{F32, Int8};
use elbow::layer::{Layer, OneHot};
use elbow::likelihood::{BernoulliLaw, BetaBinomialLaw, DiscretizedLogisticLaw, GaussianCategorical};
use elbow::{LoadError, Vae};

use super::build::{one, two};
use super::layers::{IntegerWeights, Layers, Weights};
use super::wide::Wide;
use super::{Dynamic, HostModel, ModelBytes, SAMPLES};

/// Why frames were not made a log, or a log not frames.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LogError {
    /// The model file was refused.
    #[error(transparent)]
    Model(#[from] LoadError),
    /// The model is of another kind.
    #[error(
        "bits-back coding takes one model with a Gaussian latent and a likelihood of whole numbers; fit one with --latent gaussian:D --prior normal and --likelihood bernoulli, beta-binomial:N or discretized-logistic, or of categories alone"
    )]
    WrongKind,
    /// A frame was refused.
    #[error("row {row}: {source}")]
    Row {
        /// which one, counted from 1
        row: usize,
        /// why
        source: BitsBackError,
    },
    /// A number of samples, or a log, was refused.
    #[error(transparent)]
    Coding(#[from] BitsBackError),
}

impl ModelBytes {
    /// Writes frames, of as many numbers as the model takes, as a log: `docs/bits-back.md`.
    ///
    /// # Errors
    /// [`LogError`].
    pub fn encode_log(&self, frames: &[f32], samples: u8) -> Result<Vec<u8>, LogError> {
        self.logs(|model, id| model.encode(id, frames, samples))
    }

    /// The frames of a log, in the order in which they were written.
    ///
    /// # Errors
    /// [`LogError`].
    pub fn decode_log(&self, log: &[u8]) -> Result<Vec<f32>, LogError> {
        self.logs(|model, id| model.decode(id, log))
    }

    fn logs<T>(&self, work: impl FnOnce(&dyn Logs, u32) -> Result<T, LogError>) -> Result<T, LogError> {
        // all that can be wrong with a file is said there
        let HostModel { metadata, members, .. } = self.open()?;
        if members > 1 {
            return Err(LogError::WrongKind);
        }
        let architecture = metadata.architecture;
        let mut sections = ModelFile::parse(self.as_bytes())?.sections();
        let model = match architecture.weights {
            WeightKind::F32 => build::<Weights<F32<'_>>>(&architecture, &mut sections),
            WeightKind::Int8 => build::<Weights<Int8<'_>>>(&architecture, &mut sections),
            WeightKind::Int8x8 => build::<IntegerWeights>(&architecture, &mut sections),
        }?;
        work(model.as_ref(), model_id(self.as_bytes()))
    }
}

/// A model that can write and read logs.
trait Logs {
    fn encode(&self, id: u32, frames: &[f32], samples: u8) -> Result<Vec<u8>, LogError>;
    fn decode(&self, id: u32, log: &[u8]) -> Result<Vec<f32>, LogError>;
}

/// Room that a log gets at first when it is read, in frames: what a frame gives back can be more than it took.
const SLACK: usize = 16;
/// Bytes of room at most, beside the log itself, so that a forged log cannot ask for all memory.
const MOST: usize = 1 << 30;

impl<P: WholeParts<Features: Features<Shape = Dynamic>>> Logs for Vae<P> {
    fn encode(&self, id: u32, frames: &[f32], samples: u8) -> Result<Vec<u8>, LogError> {
        let codec = BitsBack::<_, SAMPLES>::new(self, samples)?;
        let rows = frames.len().div_ceil(codec.dims());
        // pages that are never written are never there
        let mut buffer = vec![0; (rows * codec.max_frame_len()).min(MOST) + 64];
        let mut row = 0;
        let counted = frames.chunks(codec.dims()).inspect(|_| row += 1);
        let len = codec.encode_log(id, counted, &mut buffer);
        let len = len.map_err(|source| LogError::Row { row, source })?;
        buffer.truncate(len);
        buffer.shrink_to_fit();
        Ok(buffer)
    }

    fn decode(&self, id: u32, log: &[u8]) -> Result<Vec<f32>, LogError> {
        let codec = BitsBack::<_, SAMPLES>::new(self, LogHeader::read(log)?.samples)?;
        let mut slack = (SLACK * codec.max_frame_len()).min(MOST);
        loop {
            let mut buffer = log.to_vec();
            buffer.resize(log.len() + slack, 0);
            let mut newest_first = Vec::new();
            match codec.decode_log(id, &mut buffer, log.len(), |frame| newest_first.extend_from_slice(frame))
            {
                Ok(()) => return Ok(newest_first.rchunks(codec.dims()).flatten().copied().collect()),
                Err(BitsBackError::Stream(StreamError::Full)) if slack < MOST => {
                    slack = (4 * slack).min(MOST);
                }
                // no encoder has more room
                Err(BitsBackError::Stream(_)) => return Err(BitsBackError::Mismatch.into()),
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// Takes the parts in the order of the file.
fn build<'a, W: Layers<'a>>(
    shape: &Architecture,
    sections: &mut Sections<'a>,
) -> Result<Box<dyn Logs + 'a>, LogError> {
    let LatentKind::Gaussian { .. } = shape.latent else { return Err(LogError::WrongKind) };
    let dims = shape.features as usize;
    let encoder = |sections: &mut Sections<'a>| W::chain(sections, shape.frame_width(), &shape.encoder);
    let output = |sections: &mut Sections<'a>| {
        W::dense(sections, shape.decoder_width(), shape.frame_width(), Identity)
    };
    match (shape.preprocessing, shape.likelihood) {
        (FeaturesKind::Binary, LikelihoodKind::Bernoulli) => {
            let features = Binary::<Dynamic>::new(dims);
            with_network::<W, _, _, _>(shape, sections, features, encoder, |sections| {
                one::<_, BernoulliLaw>(&output, sections)
            })
        }
        (FeaturesKind::Counts { .. }, LikelihoodKind::BetaBinomial { .. }) => {
            let features = Counts::<Dynamic>::read(sections, dims)?;
            with_network::<W, _, _, _>(shape, sections, features, encoder, |sections| {
                two::<_, BetaBinomialLaw>(&output, sections)
            })
        }
        (FeaturesKind::Integers, LikelihoodKind::DiscretizedLogistic) => {
            let features = Integers::<Dynamic>::read(sections, dims)?;
            with_network::<W, _, _, _>(shape, sections, features, encoder, |sections| {
                two::<_, DiscretizedLogisticLaw<'_>>(&output, sections)
            })
        }
        (kind, LikelihoodKind::GaussianCategorical { outputs }) => {
            let one_hot = |sections: &mut Sections<'a>| {
                OneHot::<Dynamic, _>::read(sections, dims, outputs as usize, encoder)
            };
            let likelihood = |sections: &mut Sections<'a>| {
                GaussianCategorical::<Dynamic, _>::read(output(sections)?, sections, dims)
            };
            match kind {
                FeaturesKind::LogStandardize => {
                    let numbers = LogStandardize::<Dynamic>::read(sections, dims)?;
                    let features = Categories::read(numbers, sections)?;
                    with_network::<W, _, _, _>(shape, sections, features, one_hot, likelihood)
                }
                _ => {
                    let numbers = Standardize::<Dynamic>::read(sections, dims)?;
                    let features = Categories::read(numbers, sections)?;
                    with_network::<W, _, _, _>(shape, sections, features, one_hot, likelihood)
                }
            }
        }
        _ => Err(LogError::WrongKind),
    }
}

/// The parts behind the features, and all of them together.
fn with_network<'a, W: Layers<'a>, F, E, L>(
    shape: &Architecture,
    sections: &mut Sections<'a>,
    features: F,
    encoder: impl FnOnce(&mut Sections<'a>) -> Result<E, LoadError>,
    likelihood: impl FnOnce(&mut Sections<'a>) -> Result<L, LoadError>,
) -> Result<Box<dyn Logs + 'a>, LogError>
where
    F: WholeNumbers<Shape = Dynamic> + 'a,
    E: Layer<In = Dynamic, Out = Dynamic, From = f32, To = W::Hidden> + 'a,
    L: DiscreteLikelihood<In = Dynamic, Out = Dynamic, From = W::Hidden> + 'a,
{
    let encoder = encoder(sections)?;
    let latent = shape.latent_dims();
    let mut linear = || W::dense(sections, shape.encoder_width(), latent, Identity);
    let head = Wide(GaussianHead::new(linear()?, linear()?));
    let decoder = W::chain(sections, latent, &shape.decoder)?;
    let likelihood = Wide(likelihood(sections)?);
    Ok(Box::new(Vae::new(features, encoder, head, decoder, likelihood)))
}
