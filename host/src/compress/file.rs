//! The file of packets: what stands before them, between them and after them.

use std::io::{Read, Write};

use elbow::codec::{Header, PacketError};
use elbow::format::checksum;
use serde::{Deserialize, Serialize};

use super::unit::Unit;
use crate::error::packets::{FIRST_VERSION, FileProblem, VERSION};
use elbow_reader::Format;

/// First bytes of a file of packets.
const MAGIC: [u8; 8] = *b"\x89ELBOP\r\n";
/// Bytes from the start of the head's description; no head comes near this.
const LONGEST_HEAD: u32 = 1 << 24;
/// Dimensions of an array of NumPy's, at most.
const MOST_DIMENSIONS: usize = 64;
/// Bytes before a packet.
pub(super) const FRONT_LEN: usize = 4 + 4 + 4;
/// A length of 0, the rows, and the check of both.
const END_LEN: usize = 4 + 8 + 4;

/// What both ends must know beside the model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Head {
    pub(super) model: u32,
    /// rows and channels of a window as the codec sees it
    pub(super) rows: u32,
    pub(super) channels: u32,
    pub(super) windows_per_packet: u8,
    pub(super) latent_scales: Vec<u8>,
    /// the resolution of each column
    pub(super) units: Vec<Unit>,
    pub(super) columns: Vec<String>,
    pub(super) format: Format,
}

impl Head {
    /// The bytes before the first packet.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let described = postcard::to_allocvec(self).unwrap_or_default();
        let mut bytes = MAGIC.to_vec();
        bytes.extend(VERSION.to_le_bytes());
        bytes.extend((described.len() as u32).to_le_bytes());
        bytes.extend(described);
        bytes.extend(checksum(&bytes).to_le_bytes());
        bytes
    }

    /// Reads them, and which version they are of.
    pub(super) fn read(input: &mut impl Read) -> Result<(Head, u16), FileProblem> {
        let mut front = [0; 14];
        input.read_exact(&mut front).map_err(|_| FileProblem::NotPackets)?;
        let [magic @ .., v0, v1, l0, l1, l2, l3] = front;
        if magic != MAGIC {
            return Err(FileProblem::NotPackets);
        }
        let (found, length) = (u16::from_le_bytes([v0, v1]), u32::from_le_bytes([l0, l1, l2, l3]));
        if !(FIRST_VERSION..=VERSION).contains(&found) {
            return Err(FileProblem::Version { found });
        }
        let mut rest = Vec::new();
        let wanted = u64::from(length.min(LONGEST_HEAD)) + 4;
        input.take(wanted).read_to_end(&mut rest).map_err(|_| FileProblem::DamagedHead)?;
        let (described, stored) = rest.split_last_chunk::<4>().ok_or(FileProblem::DamagedHead)?;
        let is_right = checksum(&[&front, described].concat()) == u32::from_le_bytes(*stored);
        let head: Option<Head> = if is_right { postcard::from_bytes(described).ok() } else { None };
        head.filter(Head::is_sound).map(|head| (head, found)).ok_or(FileProblem::DamagedHead)
    }

    fn is_sound(&self) -> bool {
        let frame = u64::from(self.rows) * u64::from(self.channels);
        let columns = self.columns.len() as u64;
        (1..=4096).contains(&frame)
            && columns > 0
            && frame.is_multiple_of(columns)
            && self.units.len() as u64 == columns
            && self.windows_per_packet > 0
            && match &self.format {
                Format::Csv { .. } => true,
                Format::Npy { shape, .. } => {
                    let numbers = shape.iter().try_fold(1_u64, |product, n| product.checked_mul(*n));
                    shape.len() < MOST_DIMENSIONS && numbers == Some(columns)
                }
            }
    }

    /// Samples in a window.
    pub(super) fn frame(&self) -> usize {
        self.rows as usize * self.channels as usize
    }

    /// Bytes of the longest packet.
    fn longest(&self) -> usize {
        usize::from(self.windows_per_packet) * self.frame() * 4 + elbow::codec::ENVELOPE_LEN
    }
}

/// A packet behind its length and its number, which does not begin again at 65,536 as a packet's own does.
pub(super) fn write_packet(out: &mut impl Write, number: u32, packet: &[u8]) -> std::io::Result<()> {
    out.write_all(&front(packet.len() as u32, number))?;
    out.write_all(packet)
}

/// Length and number of a packet, and the check of both.
fn front(length: u32, number: u32) -> [u8; FRONT_LEN] {
    let mut bytes = [0; FRONT_LEN];
    bytes[..4].copy_from_slice(&length.to_le_bytes());
    bytes[4..8].copy_from_slice(&number.to_le_bytes());
    let check = checksum(&bytes[..8]);
    bytes[8..].copy_from_slice(&check.to_le_bytes());
    bytes
}

/// What ends a file.
pub(super) fn end(rows: u64) -> [u8; END_LEN] {
    let mut bytes = [0; END_LEN];
    bytes[4..12].copy_from_slice(&rows.to_le_bytes());
    let check = checksum(&bytes[..12]);
    bytes[12..].copy_from_slice(&check.to_le_bytes());
    bytes
}

/// What comes next in a file.
pub(super) enum Next<'a> {
    /// a packet whose check is right, its header, and its number in the file
    Packet(&'a [u8], Header, u64),
    /// the end, and the number of rows
    End(u64),
    /// the file stops without its end
    Nothing,
}

/// Bytes of packets that may be checked for each byte of the file. Sound files need one; where lengths were
/// forged to overlap, every byte could else cost a packet.
const CHECKED_PER_BYTE: usize = 4;

/// The packets of a file, found again behind damage: a place where a length and a number agree with their
/// check, and behind them the model's id, the number and a check, is a packet.
pub(super) struct Packets<R> {
    input: R,
    model: u32,
    longest: usize,
    buffer: Vec<u8>,
    at: usize,
    /// whether the buffer has the last of the file
    has_last: bool,
    /// bytes of packets that may still be checked
    credit: usize,
    /// the first reason why something was passed over
    pub(super) damage: Option<PacketError>,
}

impl<R: Read> Packets<R> {
    pub(super) fn new(input: R, head: &Head) -> Self {
        let (model, longest) = (head.model, head.longest());
        let buffer = Vec::new();
        Packets { input, model, longest, buffer, at: 0, has_last: false, credit: longest, damage: None }
    }

    pub(super) fn next(&mut self) -> std::io::Result<Next<'_>> {
        loop {
            self.fill()?;
            let here = self.buffer.get(self.at..).unwrap_or_default();
            if let Some(bytes) = here.first_chunk().filter(|bytes| is_end(bytes)) {
                return Ok(Next::End(rows_of(bytes)));
            }
            let Some((bytes, rest)) = here.split_first_chunk::<FRONT_LEN>() else {
                return Ok(Next::Nothing);
            };
            let [length, number, _] = words_of(bytes);
            let length_fits = (1..=self.longest).contains(&(length as usize));
            let packet =
                rest.get(..length as usize).filter(|_| length_fits && *bytes == front(length, number));
            let packet = packet.filter(|packet| packet.len() <= self.credit);
            let is_checked = packet.is_some();
            match packet.ok_or(PacketError::Damaged).and_then(|packet| self.read(packet, number)) {
                Ok(header) => {
                    let from = self.at + FRONT_LEN;
                    self.pass(FRONT_LEN + length as usize);
                    return Ok(Next::Packet(&self.buffer[from..self.at], header, number.into()));
                }
                Err(error) => drop(self.damage.get_or_insert(error)),
            }
            if is_checked {
                self.credit -= length as usize;
            }
            self.pass(1);
        }
    }

    /// The header of a packet of this model and number.
    fn read(&self, packet: &[u8], number: u32) -> Result<Header, PacketError> {
        let header = Header::read(packet)?;
        if header.model != self.model {
            return Err(PacketError::WrongModel { expected: self.model, found: header.model });
        }
        if header.sequence == number as u16 { Ok(header) } else { Err(PacketError::Malformed) }
    }

    fn pass(&mut self, bytes: usize) {
        self.at += bytes;
        self.credit = self.credit.saturating_add(CHECKED_PER_BYTE * bytes);
    }

    /// Has as much in the buffer as a packet can take, where the file has. Twice as much is read, so that a
    /// byte is moved no more than once.
    fn fill(&mut self) -> std::io::Result<()> {
        let wanted = (FRONT_LEN + self.longest).max(1 << 16);
        if self.has_last || self.buffer.len() - self.at >= wanted {
            return Ok(());
        }
        self.buffer.drain(..self.at);
        self.at = 0;
        let missing = (2 * wanted - self.buffer.len()) as u64;
        let read = self.input.by_ref().take(missing).read_to_end(&mut self.buffer)?;
        self.has_last = (read as u64) < missing;
        Ok(())
    }
}

fn words_of(front: &[u8; FRONT_LEN]) -> [u32; 3] {
    let mut words = front.as_chunks().0.iter().map(|word| u32::from_le_bytes(*word));
    std::array::from_fn(|_| words.next().unwrap_or(0))
}

fn is_end(bytes: &[u8; END_LEN]) -> bool {
    bytes[..4] == [0; 4] && *bytes == end(rows_of(bytes))
}

fn rows_of(end: &[u8; END_LEN]) -> u64 {
    let [_, _, _, _, rows @ .., _, _, _, _] = *end;
    u64::from_le_bytes(rows)
}
