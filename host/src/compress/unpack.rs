//! Packets to rows.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use elbow::codec::{Codec, Header, PacketError};
use serde::Serialize;

use super::calibrate::Plan;
use super::file::{Head, Next, Packets};
use super::predictor::HostPredictor;
use super::side::SideReader;
use super::write::Writer;
use crate::error::packets::FIRST_VERSION;
use crate::error::{Error, FileProblem};
use crate::model::HostModel;
use elbow_reader::categories::categories;

/// What came out of a file of packets.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Unpacked {
    /// rows written
    pub rows: u64,
    /// packets that were read
    pub packets: u64,
    /// what is missing: first and last row of each gap, counted from 1 as in the file that was compressed
    pub lost_rows: Vec<[u64; 2]>,
    /// whether the file stops before its end, so that more may be missing than is known
    pub cut_short: bool,
    /// what is missing and why, in words; nothing where all is there
    #[serde(skip_serializing_if = "String::is_empty")]
    pub missing: String,
}

/// Decompresses a file. `unpacked` is called now and then with the number of rows done.
///
/// Where packets are lost or damaged the first of them ends it and nothing is written, unless it is to keep
/// going: then the rest is written, and what is missing is told.
///
/// # Errors
/// [`Error`]: a model or a file that cannot be used, or an output that
/// cannot be written; nothing is left behind then.
pub fn decompress(
    model: (&Path, &HostModel<'_>, u32),
    input: &Path,
    output: &Path,
    keep_going: bool,
    unpacked: &mut dyn FnMut(u64),
) -> Result<Unpacked, Error> {
    let (model_path, model, expected) = model;
    let wrong = |problem| Error::Packets { path: input.to_path_buf(), problem };
    let mut file = BufReader::new(File::open(input).map_err(Error::io("read", input))?);
    let (head, version) = Head::read(&mut file).map_err(wrong)?;
    if head.model != expected {
        let found = head.model;
        return Err(wrong(FileProblem::WrongModel { model: model_path.to_path_buf(), expected, found }));
    }
    let resolution: Vec<f32> = head.units.iter().map(|unit| unit.narrow()).collect();
    let (rows, channels) = (head.rows as usize, head.channels as usize);
    let plan = Plan { rows, channels, latent_scales: head.latent_scales.clone() };
    let fits = plan.latent_scales.len() == HostPredictor::latents_of(model);
    let codec = plan.codec(model, expected, &resolution, 0).ok().filter(|_| fits);
    let codec = codec.ok_or_else(|| wrong(FileProblem::DamagedHead))?;
    let side = if version > FIRST_VERSION { read_side(input)? } else { Some(SideReader::default()) };
    let is_sound = |side: &SideReader| side.table().is_none_or(|table| table.is_sound(head.columns.len()));
    let has_side = side.as_ref().is_some_and(is_sound);
    if !has_side && !keep_going {
        return Err(wrong(FileProblem::NoSide));
    }
    let side = side.filter(|_| has_side).unwrap_or_default();
    let table = side.table().cloned();
    let words = categories(model.metadata.columns);
    let mut unpacker = Unpacker {
        scratch: Vec::new(),
        held: Vec::new(),
        codec,
        head: &head,
        writer: Writer::create(Some(output), &head.format, &head.columns, table.as_ref())?.with_words(&words),
        side,
        row: Vec::new(),

        next: 0,
        result: Unpacked { cut_short: !has_side, ..Unpacked::default() },
    };
    let mut packets = Packets::new(file, &head);
    loop {
        let next = packets.next().map_err(Error::io("read", input))?;
        let done = match next {
            Next::Packet(bytes, header, number) => {
                if let Err(problem) = unpacker.unpack(bytes, header, number)? {
                    packets.damage.get_or_insert(problem);
                }
                unpacked(unpacker.result.rows);
                false
            }
            Next::End(rows) => {
                unpacker.end(rows)?;
                true
            }
            Next::Nothing => {
                unpacker.write_held(u64::MAX)?;
                unpacker.result.cut_short = true;
                true
            }
        };
        let gone = !unpacker.result.lost_rows.is_empty() || unpacker.result.cut_short;
        if gone && !keep_going {
            return Err(wrong(FileProblem::Damaged { what: describe(&unpacker.result, packets.damage) }));
        }
        if done {
            break;
        }
    }
    let Unpacker { writer, mut result, .. } = unpacker;
    if !result.lost_rows.is_empty() || result.cut_short {
        result.missing = describe(&result, packets.damage);
    }
    writer.finish(result.rows)?;
    Ok(result)
}

/// What is missing, in words.
fn describe(result: &Unpacked, damage: Option<PacketError>) -> String {
    let mut parts: Vec<String> =
        result.lost_rows.iter().take(8).map(|[from, to]| format!("{from}–{to}")).collect();
    if result.lost_rows.len() > parts.len() {
        parts.push(format!("{} stretches more", result.lost_rows.len() - parts.len()));
    }
    let lost = if parts.is_empty() { String::new() } else { format!("rows {} are lost", parts.join(", ")) };
    let cut = if result.cut_short { "the file stops before its end" } else { "" };
    let why = damage.map_or(String::new(), |damage| format!(" ({damage})"));
    let both: Vec<&str> = [lost.as_str(), cut].into_iter().filter(|part| !part.is_empty()).collect();
    both.join(", ") + &why
}

/// What stands behind the packets.
fn read_side(input: &Path) -> Result<Option<SideReader>, Error> {
    let mut file = File::open(input).map_err(Error::io("read", input))?;
    SideReader::read(&mut file).map_err(Error::io("read", input))
}

/// The samples of a packet.
pub(super) fn samples(
    codec: &Codec<HostPredictor<'_>>,
    packet: &[u8],
    header: &Header,
    scratch: &mut Vec<i32>,
) -> Result<Vec<i32>, PacketError> {
    let windows = usize::from(header.windows);
    let (needed, working) = (windows * codec.frame(), codec.scratch_len(windows));
    if scratch.len() < working {
        scratch.resize(working, 0);
    }
    if header.sample_bytes == 2 {
        let mut narrow = vec![0_i16; needed];
        codec.decode(packet, scratch, &mut narrow)?;
        return Ok(narrow.into_iter().map(i32::from).collect());
    }
    let mut wide = vec![0_i32; needed];
    codec.decode(packet, scratch, &mut wide)?;
    Ok(wide)
}

struct Unpacker<'a> {
    codec: Codec<HostPredictor<'a>>,
    head: &'a Head,
    writer: Writer<'a>,
    side: SideReader,
    /// a row's numbers
    row: Vec<f64>,
    scratch: Vec<i32>,
    /// the samples of the last packet: how many of its rows count is known by what follows
    held: Vec<i32>,
    /// the number of the packet that should come next
    next: u64,
    result: Unpacked,
}

impl Unpacker<'_> {
    /// Rows of a whole packet.
    fn packet_rows(&self) -> u64 {
        (usize::from(self.head.windows_per_packet) * self.head.frame() / self.head.columns.len()) as u64
    }

    /// Decodes a packet; what its number shows to be missing before it is written down.
    fn unpack(
        &mut self,
        packet: &[u8],
        header: Header,
        number: u64,
    ) -> Result<Result<(), PacketError>, Error> {
        if number < self.next || header.windows > self.head.windows_per_packet {
            return Ok(Err(PacketError::Malformed));
        }
        let samples = match samples(&self.codec, packet, &header, &mut self.scratch) {
            Ok(samples) => samples,
            Err(problem) => return Ok(Err(problem)),
        };
        self.write_held(u64::MAX)?;
        let rows = self.packet_rows();
        if number > self.next {
            self.result.lost_rows.push([self.next * rows + 1, number * rows]);
        }
        self.held = samples;
        self.next = number + 1;
        self.result.packets += 1;
        Ok(Ok(()))
    }

    /// Ends after so many rows.
    fn end(&mut self, rows: u64) -> Result<(), Error> {
        let last = self.next.saturating_sub(1) * self.packet_rows();
        self.write_held(rows.saturating_sub(last))?;
        let known = self.next * self.packet_rows();
        if known < rows {
            self.result.lost_rows.push([known + 1, rows]);
        }
        Ok(())
    }

    /// Writes the rows of the last packet, at most so many.
    fn write_held(&mut self, most: u64) -> Result<(), Error> {
        let columns = self.head.columns.len();
        let first = self.next.saturating_sub(1) * self.packet_rows();
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        for (number, row) in (first..).zip(self.held.chunks_exact(columns).take(most)) {
            self.row.clear();
            self.row.extend(row.iter().zip(&self.head.units).map(|(steps, unit)| unit.value(*steps)));
            self.side.go_to(number);
            self.writer.row(&self.row, number, &self.side)?;
            self.result.rows += 1;
        }
        self.held.clear();
        Ok(())
    }
}
