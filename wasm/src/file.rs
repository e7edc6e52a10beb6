//! A model file and what it needs, in the heap.

use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

use elbow::decision::MAX_SAMPLES;
use elbow::ensemble::MAX_MEMBERS;
use elbow::format::{ALIGNMENT, Metadata, ModelFile};
use elbow::score::DEFAULT_SAMPLES;
use elbow::signature::Trailer;
use elbow::{BoundedWithGaps, Calibrated, Calibration, LoadError};
use self_cell::{MutBorrow, self_cell};

/// A model, or an ensemble of as many as a file may have; of a frame without gaps all is as without them.
pub(crate) type Engine<'a> = BoundedWithGaps<'a, { MAX_MEMBERS as usize }>;

/// What is read of a file.
pub(crate) struct Read<'a> {
    pub(crate) metadata: Metadata<'a>,
    pub(crate) engine: Engine<'a>,
    pub(crate) calibration: Option<Calibration<'a>>,
}

impl<'a> Read<'a> {
    fn of(file: &ModelFile<'a>, scratch: &'a mut [f32]) -> Result<Self, LoadError> {
        let metadata = file.metadata()?;
        let Metadata { window, hop, .. } = metadata;
        if window == 0 || hop == 0 || !metadata.architecture.features.is_multiple_of(window) {
            return Err(LoadError::Malformed);
        }
        let calibration = match Calibration::of(file, MAX_SAMPLES) {
            Err(LoadError::NotCalibrated) => None,
            other => Some(other?.with_gaps(file, metadata.architecture.features as usize)?),
        };
        Ok(Read { metadata, engine: Engine::new(file, scratch)?, calibration })
    }

    /// Numbers in a frame.
    pub(crate) fn dims(&self) -> usize {
        self.engine.dims()
    }

    /// Coordinates of the latent: none of a mixture or an ensemble.
    pub(crate) fn latent_dims(&self) -> usize {
        if self.engine.members() == 1 { self.engine.latent_dims() } else { 0 }
    }

    /// Samples of a score where nobody says: a threshold holds for its own number alone.
    pub(crate) fn samples(&self) -> u32 {
        self.calibration.map_or(DEFAULT_SAMPLES, |calibration| calibration.samples)
    }

    /// What judges frames by so many samples, if it was calibrated for them.
    pub(crate) fn judge(&self, samples: u32) -> Option<Calibrated<'a, &Engine<'a>>> {
        let calibration = self.calibration.filter(|calibration| calibration.samples == samples)?;
        Some(Calibrated::new(&self.engine, calibration))
    }
}

/// The bytes, at a multiple of [`ALIGNMENT`], and what the engine computes in.
struct Memory {
    /// the file, and before it what brings it to that multiple
    room: Vec<u8>,
    start: usize,
    scratch: MutBorrow<Vec<f32>>,
}

impl Memory {
    fn new(bytes: &[u8]) -> Result<Self, LoadError> {
        // the page shows a signed model, and verifies no signature
        let bytes = Trailer::at_end(bytes).map_or(bytes, |(file, _)| file);
        let mut room: Vec<u8> = Vec::with_capacity(bytes.len() + ALIGNMENT);
        let start = room.as_ptr().align_offset(ALIGNMENT);
        room.resize(start, 0);
        room.extend_from_slice(bytes);
        let [_, for_causes] = Engine::scratch_len(&ModelFile::parse(bytes)?)?;
        Ok(Memory { room, start, scratch: MutBorrow::new(vec![0.0; for_causes]) })
    }

    fn read(&self) -> Result<Read<'_>, LoadError> {
        let file = ModelFile::parse(self.room.get(self.start..).unwrap_or_default())?;
        Read::of(&file, self.scratch.borrow_mut())
    }
}

self_cell!(
    struct Loaded {
        owner: Memory,
        #[not_covariant]
        dependent: Read,
    }
);

/// A model file that was opened.
pub(crate) struct Opened(Loaded);

impl Opened {
    /// Verifies the bytes and keeps a copy.
    pub(crate) fn new(bytes: &[u8]) -> Result<Self, LoadError> {
        Loaded::try_new(Memory::new(bytes)?, Memory::read).map(Opened)
    }

    /// Hands over what was read.
    pub(crate) fn with<T>(&self, work: impl FnOnce(&Read<'_>) -> T) -> T {
        self.0.with_dependent(|_, read| work(read))
    }
}

impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.with(|read| read.engine.fmt(f))
    }
}
