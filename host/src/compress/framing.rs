//! Packets on a link: where each begins and ends among bytes that may be damaged.

use std::io::{self, Read};
use std::str::FromStr;

use elbow::codec::{ENVELOPE_LEN, HEADER_LEN, Header, PACKET_VERSION, PacketError, max_packet_len};
use elbow::format::NUMERIC_PROFILE;

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
/// Bytes that may be checked in vain for each byte that comes: as in files of packets, lengths that were
/// forged to overlap must not cost a packet each. A length that was damaged costs what the packet's samples
/// take as they are, so packets of a sixteenth of that may all be damaged.
const CHECKED_PER_BYTE: usize = 16;
/// Where a header has its number of windows: before the bound.
const WINDOWS_AT: usize = HEADER_LEN - 3;

/// The packets of a model among the bytes of a link.
pub(super) struct Frames<R> {
    input: R,
    framing: Framing,
    model: u32,
    /// samples of a window
    frame: usize,
    buffer: Vec<u8>,
    at: usize,
    has_last: bool,
    /// bytes that may still be checked in vain: of packets of the model, and of others. What has another id
    /// takes nothing from the model's packets
    credit: [usize; 2],
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
    /// nothing: so many bytes are to be passed over, and so many were checked, as `credit` counts them
    Broken(usize, [usize; 2], PacketError),
    /// bytes that part packets
    Between(usize),
    /// more bytes are needed
    More,
}

impl Found {
    /// Nothing, as is seen without a check.
    fn nothing(len: usize, why: PacketError) -> Self {
        Found::Broken(len, [0; 2], why)
    }
}

impl<R: Read> Frames<R> {
    pub(super) fn new(input: R, framing: Framing, model: u32, frame: usize) -> Self {
        let buffer = Vec::new();
        let (at, has_last, is_lost, broken, damage) = (0, false, false, 0, None);
        let credit = [CHECKED_PER_BYTE * usize::from(u16::MAX); 2];
        Frames { input, framing, model, frame, buffer, at, has_last, credit, is_lost, broken, damage }
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
                    self.credit = std::array::from_fn(|of| self.credit[of].saturating_sub(checked[of]));
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
            return if is_rest { Found::nothing(here.len(), PacketError::TooShort) } else { Found::More };
        };
        let length = usize::from(u16::from_le_bytes(*length));
        let is_own = self.may_begin(length, rest);
        let Some(packet) = rest.get(..length) else {
            // what is none is not waited for
            let is_due = is_own && !self.has_last;
            return if is_due { Found::More } else { Found::nothing(1, PacketError::TooShort) };
        };
        let [own, others] = self.credit;
        let is_checked = if is_own { length <= own } else { length <= others && is_of_this_build(packet) };
        if !is_checked {
            return Found::nothing(1, PacketError::Damaged);
        }
        match self.check(packet) {
            Ok(header) => Found::Packet(packet.to_vec(), header, 2 + length),
            Err(why) => Found::Broken(1, if is_own { [length, 0] } else { [0, length] }, why),
        }
    }

    /// Whether a packet of the model may begin so: as far as its header is there, with the model's id, and no
    /// longer than as many windows take as they are.
    fn may_begin(&self, length: usize, bytes: &[u8]) -> bool {
        let windows = usize::from(*bytes.get(WINDOWS_AT).unwrap_or(&u8::MAX));
        (ENVELOPE_LEN..=max_packet_len::<i32>(windows, self.frame)).contains(&length)
            && bytes.iter().skip(2).zip(self.model.to_le_bytes()).all(|(byte, of)| *byte == of)
    }

    fn by_zeros(&self, here: &[u8]) -> Found {
        let Some(end) = here.iter().position(|byte| *byte == 0) else {
            // stuffing adds a byte to each 254; what is longer is none
            let longest = max_packet_len::<i32>(u8::MAX.into(), self.frame);
            let is_too_long = here.len() > longest + longest / 254 + 2;
            let is_rest = self.has_last && !here.is_empty();
            let is_over = is_too_long || is_rest;
            return if is_over { Found::nothing(here.len(), PacketError::TooShort) } else { Found::More };
        };
        if end == 0 {
            return Found::Between(1);
        }
        let packet = cobs::decode_vec(&here[..end]).map_err(|_| PacketError::Damaged);
        match packet.and_then(|packet| self.check(&packet).map(|header| (packet, header))) {
            Ok((packet, header)) => Found::Packet(packet, header, end + 1),
            Err(why) => Found::nothing(end + 1, why),
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
        self.credit = self.credit.map(|credit| credit.saturating_add(CHECKED_PER_BYTE * bytes));
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

/// Whether a packet of any model begins as this build writes them: noise seldom does.
fn is_of_this_build(packet: &[u8]) -> bool {
    let [Some(flags), Some(profile)] = [packet.first(), packet.get(1)] else { return false };
    flags >> 4 == PACKET_VERSION && u16::from(*profile) == NUMERIC_PROFILE
}

#[cfg(test)]
mod tests;
