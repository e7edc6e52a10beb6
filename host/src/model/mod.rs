//! A model file on the host: the engine of `core`, with sizes read from the file.
//!
//! Nothing is computed here. [`Dynamic`] gives the engine memory of run-time size; layers, laws
//! and heads stand behind doors, so that the engine around them is compiled once; every
//! formula, and so every bit of a score, is the device's.

mod door;
mod engine;
mod ensemble;
mod extras;
mod features;
mod gaps;
mod head;
mod judge;
mod lanes;
mod latent;
mod likelihood;
mod logs;
mod memory;
mod mixture;
mod net;
mod network_latent;
mod owned;
pub mod path;
pub(crate) mod posterior;
mod preprocessor;
mod whole;

pub use crate::error::LogError;
pub use engine::{Engine, Prediction, SequentialEngine};
pub use extras::Extras;
pub use judge::DEFAULT_SAMPLES;
pub use lanes::LANES;
pub use latent::{Encoding, LatentEngine, Refined, Units};
pub use memory::{Buffer, Dynamic};
pub use owned::Model;
pub use posterior::{Dispersion, HostPosterior};
pub use preprocessor::Preprocessor;

use alloc::boxed::Box;
use alloc::vec::Vec;
#[cfg(feature = "std")]
use std::path::Path;

use elbow::LoadError;
use elbow::architecture::{Architecture, LatentKind};
use elbow::ensemble::{MAX_MEMBERS, fingerprint};
use elbow::features::Gaps;
use elbow::format::{ALIGNMENT, Metadata, ModelFile, Sections};
use elbow::signature::Trailer;

use self::engine::network;
use self::ensemble::Together;
use self::features::AnyFeatures;
#[cfg(feature = "std")]
use crate::error::Error;

/// The bytes of a model file, aligned so that its weights can be used in place.
#[derive(Debug)]
pub struct ModelBytes {
    /// the file, a trailer behind it if it is signed, and before it what brings it to a multiple of
    /// [`ALIGNMENT`]
    room: Vec<u8>,
    start: usize,
}

impl ModelBytes {
    /// Copies the bytes to an aligned place.
    pub fn new(bytes: &[u8]) -> Self {
        let mut room: Vec<u8> = Vec::with_capacity(bytes.len() + ALIGNMENT);
        let start = room.as_ptr().align_offset(ALIGNMENT);
        room.resize(start, 0);
        room.extend_from_slice(bytes);
        ModelBytes { room, start }
    }

    /// Reads a file.
    ///
    /// # Errors
    /// [`Error::Io`] where it cannot be read.
    #[cfg(feature = "std")]
    pub fn read(path: &Path) -> Result<Self, Error> {
        Ok(Self::new(&std::fs::read(path).map_err(Error::io("read", path))?))
    }

    /// The model file: of a signed one what stands before the trailer.
    pub fn as_bytes(&self) -> &[u8] {
        let all = self.with_trailer();
        Trailer::at_end(all).map_or(all, |(file, _)| file)
    }

    /// What a signed file says of its signature, which was **not** verified; nothing where it is not signed.
    pub fn trailer(&self) -> Option<Trailer<'_>> {
        Trailer::at_end(self.with_trailer()).map(|(_, trailer)| trailer)
    }

    /// The bytes as they came: of a signed file with its trailer.
    pub fn with_trailer(&self) -> &[u8] {
        self.room.get(self.start..).unwrap_or_default()
    }

    /// Verifies the bytes and puts the model together.
    ///
    /// # Errors
    /// A [`LoadError`] for everything that can be wrong with them.
    pub fn open(&self) -> Result<HostModel<'_>, LoadError> {
        self.open_for(false)
    }

    /// As [`open`](Self::open), for frames some of whose numbers may be missing, as NaN says: scores are then
    /// of those that are there ([`Mixture::with_gaps`](elbow::Mixture::with_gaps),
    /// [`Vae::with_gaps`](elbow::Vae::with_gaps)). Of a frame without gaps
    /// all stays as it is.
    ///
    /// # Errors
    /// As there.
    pub fn open_with_gaps(&self) -> Result<HostModel<'_>, LoadError> {
        self.open_for(true)
    }

    fn open_for(&self, gaps: bool) -> Result<HostModel<'_>, LoadError> {
        let file = ModelFile::parse(self.as_bytes())?;
        let (metadata, members, found) = (file.metadata()?, file.members()?, file.fingerprint);
        let Metadata { architecture, window, hop, .. } = &metadata;
        let are_whole_rows = *window > 0 && *hop > 0 && architecture.features.is_multiple_of(*window);
        if !architecture.is_sound() || !are_whole_rows || !(1..=MAX_MEMBERS).contains(&members) {
            return Err(LoadError::Malformed);
        }
        let expected = fingerprint(members, metadata.architecture.fingerprint());
        if expected != found {
            return Err(LoadError::WrongShape { expected, found });
        }
        let mut sections = file.sections();
        let mut member = || engine(&metadata.architecture, gaps, &mut sections);
        let engine = match members {
            1 => member()?,
            _ => Box::new(Together((0..members).map(|_| member()).collect::<Result<_, _>>()?)),
        };
        sections.finish()?;
        let extras = Extras::read(&metadata.architecture, &file)?;
        let periods = AnyFeatures::read(&metadata.architecture, &mut file.sections())?.periods();
        Ok(HostModel { metadata, members, engine, extras, periods, parameters: file.parameters() })
    }
}

impl Clone for ModelBytes {
    /// Another place begins elsewhere between two multiples.
    fn clone(&self) -> Self {
        ModelBytes::new(self.with_trailer())
    }
}

/// A loaded model.
#[derive(Debug)]
pub struct HostModel<'a> {
    /// what the file says of itself
    pub metadata: Metadata<'a>,
    /// models of that shape in the file: one, or as many as an ensemble has
    pub members: u32,
    /// the engine
    pub engine: Box<dyn Engine + 'a>,
    /// what alarms rest on and what packets are made of, if it was calibrated
    pub extras: Extras<'a>,
    /// the period of each number of a frame, 0 where it is no angle; none where no number is
    pub periods: &'a [f32],
    /// the parameters' bytes
    pub parameters: &'a [u8],
}

/// Takes the parts of one model in the order of the file.
fn engine<'a>(
    shape: &Architecture,
    gaps: bool,
    sections: &mut Sections<'a>,
) -> Result<Box<dyn Engine + 'a>, LoadError> {
    let features = AnyFeatures::read(shape, sections)?;
    match shape.latent {
        LatentKind::Component { gaussians, kernels } => {
            let features = Gaps::new(features, if gaps { usize::MAX } else { 0 });
            mixture::build(features, gaussians, kernels, sections)
        }
        _ => Ok(Box::new(network(shape, features, gaps, sections)?)),
    }
}
