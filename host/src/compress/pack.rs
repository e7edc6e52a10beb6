//! Rows to packets.

use std::io::{BufWriter, Write};
use std::path::Path;

use elbow::codec::{Codec, Encoded, PacketError, Sample, Settings};

use super::calibrate::{self, Plan, Trial};
use super::file::{self, Head};
use super::options::{DEFAULT_WINDOWS_PER_PACKET, Options};
use super::predictor::HostPredictor;
use super::rows::Rows;
use super::side::SideWriter;
use super::summary::{Counts, Summary};
use super::table::Table;
use crate::error::Error;
use crate::file::atomic_file::AtomicFile;
use crate::model::HostModel;
use elbow_reader::{Place, Problem, Row, RowSink, Source, stream};

/// Compresses a file. `packed` is called now and then with the number of rows done.
///
/// The model's plan of packets is kept to unless another resolution is asked for; where it has none, layout
/// and steps are chosen by the first windows.
///
/// # Errors
/// [`Error`]: a model, a file, a number or an argument that cannot be used, or an output
/// that cannot be written; nothing is left behind then.
pub fn compress(
    model: &HostModel<'_>,
    id: u32,
    input: &Path,
    output: &Path,
    options: &Options,
    packed: &mut dyn FnMut(u64),
) -> Result<Summary, Error> {
    let planned = model.extras.plan.map(|plan| plan.windows as u8);
    let mut rows = Rows::new(model, input, options.resolution.as_deref(), options.fidelity);
    rows.load.skip_broken = options.skip_broken;
    let load = rows.load.clone();
    let mut packer = Packer {
        model,
        id,
        input,
        fidelity: options.fidelity.of_packets(),
        refine: options.refine,
        windows_per_packet: options.windows_per_packet.or(planned).unwrap_or(DEFAULT_WINDOWS_PER_PACKET),
        packed,
        out: BufWriter::new(AtomicFile::create(output)?),
        output,
        rows,
        side: SideWriter::default(),
        others: Vec::new(),
        pending: Vec::new(),
        coder: None,
        counts: Counts::default(),
    };
    stream(input, &load, &mut packer)?;
    packer.finish()
}

struct Packer<'a> {
    model: &'a HostModel<'a>,
    id: u32,
    input: &'a Path,
    output: &'a Path,
    fidelity: elbow::codec::Fidelity,
    refine: u32,
    windows_per_packet: u8,
    packed: &'a mut dyn FnMut(u64),
    out: BufWriter<AtomicFile>,
    rows: Rows<'a>,
    /// what is in no packet
    side: SideWriter,
    /// the places of the columns that are in none
    others: Vec<usize>,
    /// samples that are in no packet yet
    pending: Vec<i32>,
    /// chosen when there are windows to choose by
    coder: Option<Coder<'a>>,
    counts: Counts,
}

struct Coder<'a> {
    codec: Codec<HostPredictor<'a>>,
    plan: Plan,
    scratch: Vec<i32>,
    narrow: Vec<i16>,
    packet: Vec<u8>,
}

impl RowSink<Error> for Packer<'_> {
    fn begin(&mut self, source: &Source) -> Result<(), Error> {
        self.rows.begin(source)?;
        let is_lossless = self.rows.is_of_digits();
        let digits = if is_lossless { &self.rows.digits[..] } else { &[] };
        let of_text = |table| Table::of(table, digits, self.rows.categories());
        let table = source.table.as_ref().map(of_text);
        self.others = table.as_ref().map_or_else(Vec::new, Table::places);
        self.side = SideWriter::new(table);
        self.counts.left_out.clone_from(&source.left_out);
        Ok(())
    }

    fn broken(&mut self, _: &Problem) {
        self.counts.broken += 1;
    }

    fn row(&mut self, place: &dyn Fn() -> Place, row: &Row<'_>) -> Result<(), Error> {
        let side = &mut self.side;
        self.rows.steps(place, row, &mut self.pending, &mut |column, text| side.escape(column, text));
        side.row(self.others.iter().map(|column| row.cell(*column)));
        self.counts.rows += 1;
        if self.counts.rows.is_multiple_of(4096) {
            (self.packed)(self.counts.rows);
        }
        let windows = usize::from(self.windows_per_packet);
        let enough = if self.coder.is_some() { windows } else { windows.max(calibrate::WINDOWS) };
        if self.pending.len() >= enough * self.frame() { self.drain(windows) } else { Ok(()) }
    }
}

impl Packer<'_> {
    fn frame(&self) -> usize {
        self.rows.frame()
    }

    /// Packs whole packets of so many windows, until there is less.
    fn drain(&mut self, windows: usize) -> Result<(), Error> {
        let frame = self.frame();
        if self.coder.is_none() {
            self.begin_packets()?;
        }
        let packet = windows * frame;
        let whole = self.pending.len() / packet * packet;
        for at in (0..whole).step_by(packet) {
            self.pack(at..at + packet)?;
        }
        self.pending.drain(..whole);
        Ok(())
    }

    /// Chooses the codec, by the model's plan or by the first windows, and writes the head.
    fn begin_packets(&mut self) -> Result<(), Error> {
        self.rows.check()?;
        let Some(source) = &self.rows.source else { return Ok(()) };
        let resolution = self.rows.resolution();
        let most = self.pending.len().min(calibrate::WINDOWS * self.frame());
        let trial = Trial {
            model: self.model,
            id: self.id,
            resolution: &resolution,
            samples: &self.pending[..most / self.frame() * self.frame()],
            windows_per_packet: self.windows_per_packet.into(),
            fidelity: self.fidelity,
        };
        let refused = |source| Error::Packet { path: self.input.to_path_buf(), source };
        let planned = Plan::of_model(self.model, &resolution);
        self.counts.planned = planned.is_some();
        let plan = match planned {
            Some(plan) => plan,
            None => trial.best(self.model.metadata.window as usize).map_err(refused)?,
        };
        let codec = plan.codec(self.model, self.id, &resolution, self.refine).map_err(refused)?;
        let head = Head {
            model: self.id,
            rows: plan.rows as u32,
            channels: plan.channels as u32,
            windows_per_packet: self.windows_per_packet,
            latent_scales: plan.latent_scales.clone(),
            units: self.rows.units.clone(),
            columns: source.columns.clone(),
            format: source.format.clone(),
        };
        let bytes = head.to_bytes();
        self.counts.bytes += bytes.len() as u64;
        self.out.write_all(&bytes).map_err(Error::io("write", self.output))?;
        let windows = usize::from(self.windows_per_packet);
        self.coder = Some(Coder {
            scratch: vec![0; codec.scratch_len(windows)],
            narrow: Vec::new(),
            packet: vec![0; codec.max_packet_len::<i32>(windows)],
            codec,
            plan,
        });
        Ok(())
    }

    /// Packs some of the pending samples.
    fn pack(&mut self, samples: std::ops::Range<usize>) -> Result<(), Error> {
        let (input, output) = (self.input, self.output);
        let Some(coder) = &mut self.coder else { return Ok(()) };
        let number = u32::try_from(self.counts.packets).map_err(|_| Error::TooLarge)?;
        let settings = Settings { sequence: number as u16, fidelity: self.fidelity };
        let samples = &self.pending[samples];
        let encoded = coder.encode(samples, settings);
        let encoded = encoded.map_err(|source| Error::Packet { path: input.to_path_buf(), source })?;
        let counts = &mut self.counts;
        counts.wide |= !is_narrow(samples);
        counts.packets += 1;
        counts.windows[encoded.coding as usize] += (samples.len() / coder.codec.frame()) as u64;
        counts.bytes += (file::FRONT_LEN + encoded.len) as u64;
        counts.bits += u64::from(encoded.bits);
        let packet = &coder.packet[..encoded.len];
        file::write_packet(&mut self.out, number, packet).map_err(Error::io("write", output))
    }

    /// Packs what is left, ends the file and gives it its name.
    fn finish(mut self) -> Result<Summary, Error> {
        let (frame, columns) = (self.frame(), self.rows.units.len());
        while !self.pending.len().is_multiple_of(frame) {
            // a window that is not full is filled with its last row, and cut again by the number of rows
            self.pending.push(self.pending[self.pending.len() - columns]);
        }
        self.drain(usize::from(self.windows_per_packet))?;
        if !self.pending.is_empty() {
            self.pack(0..self.pending.len())?;
        }
        let end = file::end(self.counts.rows);
        self.counts.bytes += end.len() as u64;
        self.out.write_all(&end).map_err(Error::io("write", self.output))?;
        self.rows.check()?;
        self.counts.escaped = self.side.escaped;
        let side = self.side.finish();
        self.counts.bytes += side.len() as u64;
        self.counts.bytes_aside = side.len() as u64;
        self.out.write_all(&side).map_err(Error::io("write", self.output))?;
        let file =
            self.out.into_inner().map_err(|error| Error::io("write", self.output)(error.into_error()))?;
        file.commit()?;
        let Some(Coder { plan, .. }) = &self.coder else { return Err(self.rows.none()) };
        Ok(self.counts.summary(self.input, &self.rows.units, plan))
    }
}

impl Coder<'_> {
    /// In 16 bits where all samples fit.
    fn encode(&mut self, samples: &[i32], settings: Settings) -> Result<Encoded, PacketError> {
        if !is_narrow(samples) {
            return self.codec.encode(samples, settings, &mut self.scratch, &mut self.packet);
        }
        self.narrow.clear();
        self.narrow.extend(samples.iter().map(|sample| i16::from_i32(*sample)));
        self.codec.encode(&self.narrow, settings, &mut self.scratch, &mut self.packet)
    }
}

fn is_narrow(samples: &[i32]) -> bool {
    samples.iter().all(|sample| i16::try_from(*sample).is_ok())
}
