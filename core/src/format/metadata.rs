//! What a model file says of itself: for tools; a device does not decode it.

use super::fields::{self, Fields, find};
use super::{CALIBRATION_AT, LoadError, METADATA_LEN, ModelFile, PACKET_PLAN_AT};
use crate::architecture::{Architecture, WeightKind};
use serde::{Deserialize, Serialize};

/// What a file says of itself beside its parameters. The device does not need it; tools do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Metadata<'a> {
    /// the model's name
    pub name: &'a str,
    /// its shape
    pub architecture: Architecture,
    /// names of the columns of a row, separated by newlines; a frame is `window` rows
    pub columns: &'a str,
    /// rows joined to one frame
    pub window: u32,
    /// rows from one frame to the next
    pub hop: u32,
    /// the objective it was fitted to, as on the command line
    pub objective: &'a str,
    /// rows it was fitted on
    pub rows: u64,
    /// seed of everything random in the fit
    pub seed: u64,
    /// nats per row on the rows held out while fitting, with the weights as fitted: rounding them leaves it
    /// as it was
    pub valid_nats: f32,
    /// version of the program that wrote the file
    pub version: &'a str,
    /// how a file of frames is read: lines of a word and what it stands for, tabs between; nothing where the
    /// reader's defaults hold. What a fit was told once, later commands need not be
    #[serde(skip)]
    pub reading: &'a str,
    /// a sample of the rows it was fitted on, so that they are known again; nothing where there is none
    #[serde(skip)]
    pub seen: &'a [u8],
}

impl<'a> ModelFile<'a> {
    /// The metadata, decoded.
    ///
    /// # Errors
    /// [`LoadError::Malformed`] where the bytes are not what this version writes;
    /// [`LoadError::ControlCharacter`] where a text is none for a terminal.
    pub fn metadata(&self) -> Result<Metadata<'a>, LoadError> {
        self.described().map(|(metadata, _)| metadata)
    }

    /// How many models of the metadata's shape the file holds: more than one where it is an
    /// [`Ensemble`](crate::Ensemble).
    ///
    /// # Errors
    /// As [`metadata`](Self::metadata).
    pub fn members(&self) -> Result<u32, LoadError> {
        self.described().map(|(_, members)| members)
    }

    fn described(&self) -> Result<(Metadata<'a>, u32), LoadError> {
        let described = match self.fields() {
            Some(fields) => {
                self.check(fields)?;
                of_fields(fields)
            }
            None => {
                let metadata = self.front().get(..self.word(METADATA_LEN));
                metadata.and_then(|bytes| of_value(bytes, self.version))
            }
        };
        let (metadata, members) = described.ok_or(LoadError::Malformed)?;
        metadata.check_texts()?;
        Ok((metadata, members))
    }

    /// Whether every field may be skipped or is known, and the sections lie where the header says.
    fn check(&self, bytes: &'a [u8]) -> Result<(), LoadError> {
        let mut fields = Fields::of(bytes).ok_or(LoadError::Malformed)?;
        while !fields.is_empty() {
            let (key, _) = fields.take().ok_or(LoadError::Malformed)?;
            if fields::is_refused(key) {
                return Err(LoadError::UnknownField { key });
            }
        }
        let offset = |value: &[u8]| value.as_ptr() as usize - self.body.as_ptr() as usize;
        let place = |key| find(bytes, key).map_or(0, offset);
        let agree = place(fields::CALIBRATION) == self.word(CALIBRATION_AT)
            && place(fields::PACKET_PLAN) == self.word(PACKET_PLAN_AT)
            && find(bytes, fields::PARAMETERS).is_some_and(|value| {
                (offset(value), value.len())
                    == (self.body.len() - self.parameters.len(), self.parameters.len())
            });
        if fields.finish() && agree { Ok(()) } else { Err(LoadError::Malformed) }
    }
}

impl Metadata<'_> {
    /// Texts are shown on terminals and written into source: none may do more there than be read.
    ///
    /// # Errors
    /// [`LoadError::ControlCharacter`]; newlines and tabs separate names of columns, and what is said of
    /// reading.
    pub fn check_texts(&self) -> Result<(), LoadError> {
        let texts = [self.name, self.objective, self.version];
        let separates = |c: char| c == '\n' || c == '\t';
        let is_bad = |text: &str| text.chars().any(is_control);
        let listed = [self.columns, self.reading];
        if texts.into_iter().any(is_bad) || listed.iter().any(|text| text.split(separates).any(is_bad)) {
            return Err(LoadError::ControlCharacter);
        }
        Ok(())
    }
}

/// Characters that move a cursor, end a line or turn the direction of what is written.
pub fn is_control(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Of versions 1 and 2: one value; in version 2 the weights behind it, and the members, if there are some.
fn of_value(bytes: &[u8], version: u16) -> Option<(Metadata<'_>, u32)> {
    let (mut metadata, rest) = postcard::take_from_bytes::<Metadata<'_>>(bytes).ok()?;
    if version == 1 {
        return Some((metadata, 1));
    }
    let (weights, rest) = postcard::take_from_bytes(rest).ok()?;
    metadata.architecture.weights = weights;
    let members = if rest.is_empty() { 1 } else { postcard::from_bytes(rest).ok()? };
    Some((metadata, members))
}

fn of_fields(bytes: &[u8]) -> Option<(Metadata<'_>, u32)> {
    let weights = value::<WeightKind>(bytes, fields::WEIGHTS)?.unwrap_or_default();
    let architecture = Architecture { weights, ..value(bytes, fields::ARCHITECTURE)?? };
    let metadata = Metadata {
        name: text(bytes, fields::NAME)?,
        architecture,
        columns: text(bytes, fields::COLUMNS)?,
        window: value(bytes, fields::WINDOW)??,
        hop: value(bytes, fields::HOP)??,
        objective: text(bytes, fields::OBJECTIVE)?,
        rows: value(bytes, fields::ROWS)??,
        seed: value(bytes, fields::SEED)??,
        valid_nats: value(bytes, fields::VALID_NATS)??,
        version: text(bytes, fields::VERSION)?,
        reading: if find(bytes, fields::READING).is_some() { text(bytes, fields::READING)? } else { "" },
        seen: find(bytes, fields::SEEN).unwrap_or_default(),
    };
    Some((metadata, value(bytes, fields::MEMBERS)?.unwrap_or(1)))
}

fn text(bytes: &[u8], key: u32) -> Option<&str> {
    core::str::from_utf8(find(bytes, key)?).ok()
}

/// The value of a field, if the field is there; nothing where its bytes are no such value.
fn value<'a, T: Deserialize<'a>>(bytes: &'a [u8], key: u32) -> Option<Option<T>> {
    let Some(bytes) = find(bytes, key) else { return Some(None) };
    let (value, rest) = postcard::take_from_bytes(bytes).ok()?;
    rest.is_empty().then_some(Some(value))
}
