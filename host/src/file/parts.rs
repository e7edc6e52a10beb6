//! The bytes of a model file: one postcard message (`docs/model-format.md`).

use elbow::architecture::WeightKind;
use elbow::ensemble::fingerprint;
use elbow::format::{ALIGNMENT, CHECKSUM_LEN, FIELDS_AT, FORMAT_VERSION, MAGIC, Metadata, NUMERIC_PROFILE};
use elbow::format::{checksum, fields};
use postcard::fixint;
use serde::Serialize;

use crate::error::Error;

/// What a model file is made of; the sections are as they lie in a file.
#[derive(Clone, Copy, Debug)]
pub struct FileParts<'a> {
    /// what the file says of itself
    pub metadata: &'a Metadata<'a>,
    /// models of that shape
    pub members: u32,
    /// nothing where it is not calibrated
    pub calibration: &'a [u8],
    /// nothing where it has no plan of packets
    pub plan: &'a [u8],
    /// nothing where no frames with gaps were calibrated
    pub gaps: &'a [u8],
    /// those of every member
    pub parameters: &'a [u8],
}

/// The message. Integers of a fixed length stand where every version has them.
#[derive(Serialize)]
struct Message<'a> {
    magic: [u8; 8],
    #[serde(with = "fixint::le")]
    version: u16,
    #[serde(with = "fixint::le")]
    profile: u16,
    #[serde(with = "fixint::le")]
    fingerprint: u32,
    #[serde(with = "fixint::le")]
    length: u32,
    #[serde(with = "fixint::le")]
    calibration_at: u32,
    #[serde(with = "fixint::le")]
    parameters_at: u32,
    #[serde(with = "fixint::le")]
    parameters_len: u32,
    #[serde(with = "fixint::le")]
    plan_at: u32,
    fields: &'a [(u32, Vec<u8>)],
    #[serde(with = "fixint::le")]
    checksum: u32,
}

impl<'a> FileParts<'a> {
    /// One model that is not calibrated.
    pub fn new(metadata: &'a Metadata<'a>, parameters: &'a [u8]) -> Self {
        FileParts { metadata, members: 1, calibration: &[], plan: &[], gaps: &[], parameters }
    }

    /// The bytes.
    ///
    /// # Errors
    /// [`Error::TooLarge`] where a length exceeds what the format can state.
    pub fn encode(&self) -> Result<Vec<u8>, Error> {
        let (fields, places) = aligned(self.fields()?)?;
        let at = |key| places.iter().find(|place| place.0 == key).map_or(Ok(0), |place| word(place.1));
        let mut message = Message {
            magic: MAGIC,
            version: FORMAT_VERSION,
            profile: NUMERIC_PROFILE,
            fingerprint: fingerprint(self.members, self.metadata.architecture.fingerprint()),
            length: 0,
            calibration_at: at(fields::CALIBRATION)?,
            parameters_at: at(fields::PARAMETERS)?,
            parameters_len: word(self.parameters.len())?,
            plan_at: at(fields::PACKET_PLAN)?,
            fields: &fields,
            checksum: 0,
        };
        let length = encoded(&message)?.len();
        message.length = word(length)?;
        message.checksum = checksum(&encoded(&message)?[..length - CHECKSUM_LEN]);
        encoded(&message)
    }

    /// The fields by rising keys; what a file may do without is left out.
    fn fields(&self) -> Result<Vec<(u32, Vec<u8>)>, Error> {
        let Metadata { name, architecture, columns, window, hop, objective, .. } = self.metadata;
        let Metadata { rows, seed, valid_nats, version, reading, seen, .. } = self.metadata;
        let mut fields = vec![(fields::NAME, name.as_bytes().to_vec())];
        fields.push((fields::ARCHITECTURE, encoded(architecture)?));
        if !reading.is_empty() {
            fields.push((fields::READING, reading.as_bytes().to_vec()));
        }
        if architecture.weights != WeightKind::F32 {
            fields.push((fields::WEIGHTS, encoded(&architecture.weights)?));
        }
        if !seen.is_empty() {
            fields.push((fields::SEEN, seen.to_vec()));
        }
        if self.members > 1 {
            fields.push((fields::MEMBERS, encoded(&self.members)?));
        }
        fields.extend([
            (fields::COLUMNS, columns.as_bytes().to_vec()),
            (fields::WINDOW, encoded(window)?),
            (fields::HOP, encoded(hop)?),
            (fields::OBJECTIVE, objective.as_bytes().to_vec()),
            (fields::ROWS, encoded(rows)?),
            (fields::SEED, encoded(seed)?),
            (fields::VALID_NATS, encoded(valid_nats)?),
            (fields::VERSION, version.as_bytes().to_vec()),
        ]);
        for (key, sections) in [
            (fields::CALIBRATION, self.calibration),
            (fields::PACKET_PLAN, self.plan),
            (fields::GAP_THRESHOLDS, self.gaps),
        ] {
            if !sections.is_empty() {
                fields.push((key, sections.to_vec()));
            }
        }
        fields.push((fields::PARAMETERS, self.parameters.to_vec()));
        Ok(fields)
    }
}

/// A key, and where its field's bytes begin.
type Place = (u32, usize);

/// A key and its bytes.
type Field = (u32, Vec<u8>);

/// Zeros before each field of sections, whose bytes then lie at a multiple of [`ALIGNMENT`]; and where they
/// lie.
fn aligned(fields: Vec<Field>) -> Result<(Vec<Field>, Vec<Place>), Error> {
    let (mut padded, mut places) = (Vec::new(), Vec::new());
    // fewer than 128 fields: their number is one byte
    let mut at = FIELDS_AT + 1;
    for (key, value) in fields {
        let before = encoded(&(key, value.len()))?.len();
        if key >= fields::CALIBRATION {
            let empty = encoded(&(fields::PADDING, 0))?.len();
            let zeros = (at + empty + before).next_multiple_of(ALIGNMENT) - (at + empty + before);
            padded.push((fields::PADDING, vec![0; zeros]));
            at += empty + zeros;
            places.push((key, at + before));
        }
        at += before + value.len();
        padded.push((key, value));
    }
    Ok((padded, places))
}

fn word(length: usize) -> Result<u32, Error> {
    u32::try_from(length).map_err(|_| Error::TooLarge)
}

fn encoded(value: &impl Serialize) -> Result<Vec<u8>, Error> {
    postcard::to_allocvec(value).map_err(|_| Error::TooLarge)
}
