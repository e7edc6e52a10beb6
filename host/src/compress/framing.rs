//! Packets on a link: where each begins and ends among bytes that may be damaged.

use std::io::{self, Read};
use std::str::FromStr;

use elbow::codec::{Header, PacketError};

/// How a sender parts its packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// two bytes of length, low one first, before each
    Length,
    /// consistent overhead byte stuffing: no zero within, one behind each (and before, if the sender likes)
    ///
    /// **Source.** Cheshire and Baker (1999), "Consistent overhead byte stuffing", IEEE/ACM Transactions on
    /// Networking 7(2).
    Cobs,
}

impl FromStr for Framing {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "length" => Ok(Framing::Length),
            "cobs" => Ok(Framing::Cobs),
            _ => Err("give length (two bytes before each packet) or cobs (a zero behind each)"),
        }
    }
}

/// Bytes asked for at once.
const READ: usize = 1 << 14;
/// Bytes of packets that may be checked for each byte that comes: as in files of packets, lengths that were
/// forged to overlap must not cost a packet each.
const CHECKED_PER_BYTE: usize = 4;

/// The packets of a model among the bytes of a link.
pub(super) struct Frames<R> {
    input: R,
    framing: Framing,
    model: u32,
    /// bytes of a packet, at most
    longest: usize,
    buffer: Vec<u8>,
    at: usize,
    has_last: bool,
    credit: usize,
    /// whether the byte before was passed over
    is_lost: bool,
    /// stretches that are no packet
    pub(super) broken: u64,
    /// why the first of them is none, or that it is of another model
    pub(super) damage: Option<PacketError>,
}

/// What stands at a place.
enum Found {
    /// a packet, which takes so many bytes of the stream
    Packet(Vec<u8>, Header, usize),
    /// nothing: so many bytes are to be passed over, and so many were checked
    Broken(usize, usize, PacketError),
    /// bytes that part packets
    Between(usize),
    /// more bytes are needed
    More,
}

impl<R: Read> Frames<R> {
    pub(super) fn new(input: R, framing: Framing, model: u32, longest: usize) -> Self {
        let buffer = Vec::new();
        let (at, has_last, is_lost, broken, damage) = (0, false, false, 0, None);
        let credit = longest;
        Frames { input, framing, model, longest, buffer, at, has_last, credit, is_lost, broken, damage }
    }

    /// The next packet whose check is right and which is of the model, as soon as its last byte is there.
    pub(super) fn next(&mut self) -> io::Result<Option<(Vec<u8>, Header)>> {
        loop {
            let here = self.buffer.get(self.at..).unwrap_or_default();
            let found = match self.framing {
                Framing::Length => self.by_length(here),
                Framing::Cobs => self.by_zeros(here),
            };
            match found {
                Found::Packet(packet, header, len) => {
                    self.pass(len);
                    self.is_lost = false;
                    return Ok(Some((packet, header)));
                }
                Found::Between(len) => {
                    self.pass(len);
                    self.is_lost = false;
                }
                Found::Broken(len, checked, why) => {
                    self.credit -= checked.min(self.credit);
                    self.pass(len);
                    self.broken += u64::from(!self.is_lost);
                    self.is_lost = self.framing == Framing::Length;
                    match why {
                        // that tells more than what noise looks like
                        PacketError::WrongModel { .. } => self.damage = Some(why),
                        _ => {
                            self.damage.get_or_insert(why);
                        }
                    }
                }
                Found::More if self.has_last => return Ok(None),
                Found::More => self.read()?,
            }
        }
    }

    fn by_length(&self, here: &[u8]) -> Found {
        let Some((length, rest)) = here.split_first_chunk::<2>() else {
            let is_rest = self.has_last && !here.is_empty();
            return if is_rest { Found::Broken(here.len(), 0, PacketError::TooShort) } else { Found::More };
        };
        let length = usize::from(u16::from_le_bytes(*length));
        if length > self.longest || length > self.credit || length < elbow::codec::ENVELOPE_LEN {
            return Found::Broken(1, 0, PacketError::Damaged);
        }
        match rest.get(..length) {
            Some(packet) => match self.check(packet) {
                Ok(header) => Found::Packet(packet.to_vec(), header, 2 + length),
                Err(why) => Found::Broken(1, length, why),
            },
            // what is none is not waited for
            None if self.has_last || !self.may_begin(rest) => Found::Broken(1, 0, PacketError::TooShort),
            None => Found::More,
        }
    }

    /// Whether a packet of the model may begin so.
    fn may_begin(&self, bytes: &[u8]) -> bool {
        bytes.iter().skip(2).zip(self.model.to_le_bytes()).all(|(byte, of)| *byte == of)
    }

    fn by_zeros(&self, here: &[u8]) -> Found {
        let Some(end) = here.iter().position(|byte| *byte == 0) else {
            // stuffing adds a byte to each 254; what is longer is none
            let is_too_long = here.len() > self.longest + self.longest / 254 + 2;
            let is_rest = self.has_last && !here.is_empty();
            let is_over = is_too_long || is_rest;
            return if is_over { Found::Broken(here.len(), 0, PacketError::TooShort) } else { Found::More };
        };
        if end == 0 {
            return Found::Between(1);
        }
        let packet = cobs::decode_vec(&here[..end]).map_err(|_| PacketError::Damaged);
        match packet.and_then(|packet| self.check(&packet).map(|header| (packet, header))) {
            Ok((packet, header)) => Found::Packet(packet, header, end + 1),
            Err(why) => Found::Broken(end + 1, 0, why),
        }
    }

    fn check(&self, packet: &[u8]) -> Result<Header, PacketError> {
        let header = Header::read(packet)?;
        match header.model == self.model {
            true => Ok(header),
            false => Err(PacketError::WrongModel { expected: self.model, found: header.model }),
        }
    }

    fn pass(&mut self, bytes: usize) {
        self.at += bytes;
        self.credit = self.credit.saturating_add(CHECKED_PER_BYTE * bytes);
    }

    /// Waits for some bytes, as many as are there.
    fn read(&mut self) -> io::Result<()> {
        self.buffer.drain(..self.at);
        self.at = 0;
        let len = self.buffer.len();
        self.buffer.resize(len + READ, 0);
        let read = loop {
            match self.input.read(&mut self.buffer[len..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        self.buffer.truncate(len + *read.as_ref().unwrap_or(&0));
        self.has_last = read? == 0;
        Ok(())
    }
}
