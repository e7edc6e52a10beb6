//! The file of packets: what stands before them, between them and after them.

use std::io::{Read, Write};

use elbow::codec::{Header, PacketError};
use elbow::format::checksum;
use serde::{Deserialize, Serialize};

use super::unit::Unit;
use crate::error::packets::{FileProblem, VERSION};
use elbow_reader::Format;

/// First bytes of a file of packets.
const MAGIC: [u8; 8] = *b"\x89ELBOP\r\n";
/// Bytes from the start of the head's description; no head comes near this.
const LONGEST_HEAD: u32 = 1 << 24;
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

    /// Reads them.
    pub(super) fn read(input: &mut impl Read) -> Result<Head, FileProblem> {
        let mut front = [0; 14];
        input.read_exact(&mut front).map_err(|_| FileProblem::NotPackets)?;
        let [magic @ .., v0, v1, l0, l1, l2, l3] = front;
        if magic != MAGIC {
            return Err(FileProblem::NotPackets);
        }
        let (found, length) = (u16::from_le_bytes([v0, v1]), u32::from_le_bytes([l0, l1, l2, l3]));
        if found != VERSION {
            return Err(FileProblem::Version { found });
        }
        let mut rest = Vec::new();
        let wanted = u64::from(length.min(LONGEST_HEAD)) + 4;
        input.take(wanted).read_to_end(&mut rest).map_err(|_| FileProblem::DamagedHead)?;
        let (described, stored) = rest.split_last_chunk::<4>().ok_or(FileProblem::DamagedHead)?;
        let is_right = checksum(&[&front, described].concat()) == u32::from_le_bytes(*stored);
        let head: Option<Head> = if is_right { postcard::from_bytes(described).ok() } else { None };
        head.filter(Head::is_sound).ok_or(FileProblem::DamagedHead)
    }

    fn is_sound(&self) -> bool {
        let frame = u64::from(self.rows) * u64::from(self.channels);
        let columns = self.columns.len() as u64;
        (1..=4096).contains(&frame)
            && columns > 0
            && frame.is_multiple_of(columns)
            && self.units.len() as u64 == columns
            && self.windows_per_packet > 0
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

/// A packet behind its length.
pub(super) fn write_packet(out: &mut impl Write, packet: &[u8]) -> std::io::Result<()> {
    out.write_all(&(packet.len() as u32).to_le_bytes())?;
    out.write_all(packet)
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
    /// a packet whose check is right, and the number of its header
    Packet(&'a [u8], Header),
    /// the end, and the number of rows
    End(u64),
    /// the file stops without its end
    Nothing,
}

/// The packets of a file, found again behind damage: a place where a
/// length, the model's id and a check agree is a packet.
pub(super) struct Packets<R> {
    input: R,
    model: u32,
    longest: usize,
    buffer: Vec<u8>,
    at: usize,
    /// the first reason why something was passed over
    pub(super) damage: Option<PacketError>,
}

impl<R: Read> Packets<R> {
    pub(super) fn new(input: R, head: &Head) -> Self {
        let (model, longest) = (head.model, head.longest());
        Packets { input, model, longest, buffer: Vec::new(), at: 0, damage: None }
    }

    pub(super) fn next(&mut self) -> std::io::Result<Next<'_>> {
        loop {
            self.fill()?;
            let here = self.buffer.get(self.at..).unwrap_or_default();
            let Some((length, rest)) = here.split_first_chunk::<4>() else { return Ok(Next::Nothing) };
            let length = u32::from_le_bytes(*length) as usize;
            if length == 0 && here.first_chunk().is_some_and(|bytes| *bytes == end(rows_of(bytes))) {
                return Ok(Next::End(here.first_chunk().map_or(0, rows_of)));
            }
            match rest.get(..length).filter(|_| length <= self.longest).map(Header::read) {
                Some(Ok(header)) if header.model == self.model => {
                    let from = self.at + 4;
                    self.at = from + length;
                    return Ok(Next::Packet(&self.buffer[from..self.at], header));
                }
                Some(Ok(header)) => {
                    let (expected, found) = (self.model, header.model);
                    self.damage.get_or_insert(PacketError::WrongModel { expected, found });
                }
                Some(Err(error)) => {
                    self.damage.get_or_insert(error);
                }
                None => {
                    self.damage.get_or_insert(PacketError::Damaged);
                }
            }
            self.at += 1;
        }
    }

    /// Has as much in the buffer as a packet can take, where the file has.
    fn fill(&mut self) -> std::io::Result<()> {
        let wanted = 4 + self.longest.max(END_LEN);
        if self.buffer.len() - self.at >= wanted {
            return Ok(());
        }
        self.buffer.drain(..self.at);
        self.at = 0;
        let missing = (wanted.max(1 << 16) - self.buffer.len()) as u64;
        self.input.by_ref().take(missing).read_to_end(&mut self.buffer).map(|_| ())
    }
}

fn rows_of(end: &[u8; END_LEN]) -> u64 {
    let [_, _, _, _, rows @ .., _, _, _, _] = *end;
    u64::from_le_bytes(rows)
}
