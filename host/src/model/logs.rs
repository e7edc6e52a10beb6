//! Logs of frames by bits-back coding, with a model file of any shape that has them.

use alloc::vec;
use alloc::vec::Vec;
use elbow::Vae;
use elbow::architecture::{Architecture, FeaturesKind, LatentKind, LikelihoodKind};
use elbow::codec::{BitsBack, BitsBackError, LogHeader, StreamError, model_id};
use elbow::format::{ModelFile, Sections};
use elbow::latent::GaussianHead;

use super::engine::decoder;
use super::features::{AnyEncoder, AnyFeatures};
use super::head;
use super::lanes::SAMPLES;
use super::net::{Chain, Dense};
use super::whole::WholeLikelihood;
use super::{HostModel, ModelBytes};
use crate::error::LogError;

impl ModelBytes {
    /// Writes frames, of as many numbers as the model takes, as a log: `docs/bits-back.md`.
    ///
    /// # Errors
    /// [`LogError`].
    pub fn encode_log(&self, frames: &[f32], samples: u8) -> Result<Vec<u8>, LogError> {
        self.encode_refined_log(frames, samples, 0)
    }

    /// As [`encode_log`](Self::encode_log), the posterior of each frame refined in so many steps.
    ///
    /// # Errors
    /// As there; of the first row for a model whose posterior cannot be refined.
    pub fn encode_refined_log(&self, frames: &[f32], samples: u8, steps: u8) -> Result<Vec<u8>, LogError> {
        self.logs(|model, id| encode(model, id, frames, [samples, steps]))
    }

    /// The frames of a log, in the order in which they were written.
    ///
    /// # Errors
    /// [`LogError`].
    pub fn decode_log(&self, log: &[u8]) -> Result<Vec<f32>, LogError> {
        self.logs(|model, id| decode(model, id, log))
    }

    fn logs<T>(
        &self,
        work: impl FnOnce(&WholeNetwork<'_>, u32) -> Result<T, LogError>,
    ) -> Result<T, LogError> {
        // all that can be wrong with a file is said there
        let HostModel { metadata, members, .. } = self.open()?;
        if members > 1 {
            return Err(LogError::WrongKind);
        }
        let architecture = metadata.architecture;
        let mut sections = ModelFile::parse(self.as_bytes())?.sections();
        work(&build(&architecture, &mut sections)?, model_id(self.as_bytes()))
    }
}

/// Room that a log gets at first when it is read, in frames: what a frame
/// gives back can be more than it took.
const SLACK: usize = 16;
/// Bytes of room at most, beside the log itself, so that a forged log cannot ask for all memory.
const MOST: usize = 1 << 30;

fn encode(
    model: &WholeNetwork<'_>,
    id: u32,
    frames: &[f32],
    [samples, steps]: [u8; 2],
) -> Result<Vec<u8>, LogError> {
    let codec = BitsBack::<_, SAMPLES, true>::refining(model, samples, steps)?;
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

fn decode(model: &WholeNetwork<'_>, id: u32, log: &[u8]) -> Result<Vec<f32>, LogError> {
    let LogHeader { samples, steps, .. } = LogHeader::read(log)?;
    let codec = BitsBack::<_, SAMPLES, true>::refining(model, samples, steps)?;
    let mut slack = (SLACK * codec.max_frame_len()).min(MOST);
    loop {
        let mut buffer = log.to_vec();
        buffer.resize(log.len() + slack, 0);
        let mut newest_first = Vec::new();
        match codec.decode_log(id, &mut buffer, log.len(), |frame| newest_first.extend_from_slice(frame)) {
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

/// A model that can write and read logs: its posterior is Gaussian, its numbers whole.
type WholeNetwork<'a> = Vae<(
    AnyFeatures<'a>,
    AnyEncoder<'a>,
    GaussianHead<Dense<'a>, Dense<'a>>,
    Chain<'a>,
    WholeLikelihood<'a>,
)>;

/// Takes the parts in the order of the file.
fn build<'a>(shape: &Architecture, sections: &mut Sections<'a>) -> Result<WholeNetwork<'a>, LogError> {
    let LatentKind::Gaussian { .. } = shape.latent else { return Err(LogError::WrongKind) };
    let is_plain = shape.preprocessing == FeaturesKind::plain(shape.likelihood);
    if !is_plain && !matches!(shape.likelihood, LikelihoodKind::GaussianCategorical { .. }) {
        return Err(LogError::WrongKind);
    }
    let features = AnyFeatures::read(shape, sections)?;
    let encoder = AnyEncoder::read(shape, sections)?;
    let head = head::gaussian(shape, sections)?;
    let decoder = decoder(shape, sections)?;
    let likelihood = WholeLikelihood::read(shape, sections)?.ok_or(LogError::WrongKind)?;
    Ok(Vae::new(features, encoder, head, decoder, likelihood))
}
