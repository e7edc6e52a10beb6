//! The preprocessing of a model by itself: a fit sees features before there is a model.

use elbow::architecture::{Architecture, FeaturesKind, LatentKind, LikelihoodKind, WeightKind};
use elbow::features::{Features as _, Gaps};
use elbow::format::Sections;
use elbow::layer::Layer as _;
use elbow::shape::Shape as _;
use elbow::{FrameError, LoadError};

use super::Dynamic;
use super::features::{AnyEncoder, AnyFeatures};

/// From raw frames to features, and from these to what an encoder reads, by the engine.
#[derive(Debug)]
pub struct Preprocessor<'a> {
    features: Gaps<AnyFeatures<'a>>,
    /// without a hidden layer: what it gives is what it reads
    encoder: AnyEncoder<'a>,
}

impl<'a> Preprocessor<'a> {
    /// Takes the sections of features of frames of `dims` numbers, and of what stands before the encoder's
    /// layers. `likelihood` says what the columns are.
    ///
    /// # Errors
    /// [`LoadError`] where the sections are not those of the kind.
    pub fn read(
        kind: FeaturesKind,
        dims: usize,
        likelihood: LikelihoodKind,
        sections: &mut Sections<'a>,
    ) -> Result<Self, LoadError> {
        let shape = Architecture {
            features: dims as u32,
            preprocessing: kind,
            encoder: Default::default(),
            latent: LatentKind::Gaussian { dim: 1 },
            decoder: Default::default(),
            likelihood,
            weights: WeightKind::F32,
        };
        let features = Gaps::new(AnyFeatures::read(&shape, sections)?, usize::MAX);
        Ok(Preprocessor { features, encoder: AnyEncoder::read(&shape, sections)? })
    }

    /// Features of a raw frame, whose missing numbers are NaN and stay so; `log |∂features/∂frame|`, in nats.
    ///
    /// # Errors
    /// [`FrameError`] for a frame that has no density. Its features are written as far as it has any.
    pub fn features(&self, frame: &[f32], features: &mut [f32]) -> Result<f32, FrameError> {
        self.features.extract(frame, features)
    }

    /// Features to a raw frame, in place.
    pub fn restore(&self, features: &mut [f32]) {
        self.features.restore(features);
    }

    /// What an encoder reads of features.
    ///
    /// # Panics
    /// Where `input` has another length.
    pub fn encoder_input(&self, features: &[f32], input: &mut [f32]) {
        let features = features.as_chunks().0;
        if let AnyEncoder::Plain(_) = &self.encoder {
            return self.features.encoder_input::<1>(features, input.as_chunks_mut().0);
        }
        let mut seen = Dynamic::scratch::<[f32; 1]>(features.len());
        self.features.encoder_input(features, seen.as_mut());
        input.copy_from_slice(self.encoder.forward(seen.as_ref()).as_ref().as_flattened());
    }
}
