//! What a device sends, as rows: packets one after another on a link, with no file around them.

use std::io::Read;
use std::path::Path;

use elbow::codec::{Header, PacketError};
use elbow_reader::Format;
use elbow_reader::categories::{categories, names};
use serde::Serialize;

use super::calibrate::Plan;
use super::framing::{Frames, Framing};
use super::side::SideReader;
use super::unit::Unit;
use super::unpack::samples;
use super::write::Writer;
use crate::error::Error;
use crate::model::HostModel;

/// What came.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Received {
    /// rows written
    pub rows: u64,
    /// packets that were read
    pub packets: u64,
    /// packets that never came, by the numbers of those that did
    pub lost_packets: u64,
    /// packets that came twice, of which the second was left out
    pub repeated_packets: u64,
    /// stretches of bytes that are no packet of the model
    pub broken_frames: u64,
    /// why the first of them is none
    #[serde(skip)]
    pub damage: Option<PacketError>,
    /// why the line ended, where it did so by an error: it was unplugged, say. What came before is written
    #[serde(skip_serializing_if = "Option::is_none")]
    pub broken_off: Option<String>,
}

/// A break between two rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gap {
    /// so many packets are lost
    Lost(u16),
    /// the sender counts from another number: it was started again, or half of all numbers are lost
    Restarted,
}

/// Reads packets as they come and writes their rows, each packet's before the next is waited for. `told`
/// hears of each gap, after how many rows.
///
/// # Errors
/// [`Error::File`] where the model has no plan of packets, [`Error::Io`].
pub fn receive(
    (model_path, model, id): (&Path, &HostModel<'_>, u32),
    (input_path, input, framing): (&Path, impl Read, Framing),
    output: Option<&Path>,
    told: &mut dyn FnMut(u64, Gap),
) -> Result<Received, Error> {
    let problem = "has no plan of packets, which says their layout and units; use the very file that the \
                   device has, on which elbow calibrate --packets was run";
    let no_plan = || Error::file(model_path, problem);
    let planned = model.extras.plan.ok_or_else(no_plan)?;
    let columns: Vec<String> = names(model.metadata.columns).into_iter().map(str::to_owned).collect();
    let units = planned.resolution.iter().cycle().take(columns.len()).map(|unit| Unit::of_narrow(*unit));
    let units: Vec<Unit> = units.collect::<Option<_>>().ok_or_else(no_plan)?;
    let resolution: Vec<f32> = units.iter().map(|unit| unit.narrow()).collect();
    let plan = Plan::of_model(model, &resolution).ok_or_else(no_plan)?;
    let codec = plan.codec(model, id, &resolution, 0).map_err(|_| no_plan())?;
    let (words, format) = (categories(model.metadata.columns), Format::Csv { delimiter: b',' });
    let mut frames = Frames::new(input, framing, id, codec.frame());
    let (mut result, mut last, mut writer) = (Received::default(), None, None);
    let (mut row, mut scratch) = (Vec::new(), Vec::new());
    loop {
        let (packet, header) = match frames.next() {
            Ok(Some(next)) => next,
            Ok(None) => break,
            Err(error) if result.packets > 0 => {
                result.broken_off = Some(error.to_string());
                break;
            }
            Err(error) => return Err(Error::io("read", input_path)(error)),
        };
        let read = match samples(&codec, &packet, &header, &mut scratch) {
            Ok(read) => read,
            Err(problem) => {
                frames.damage.get_or_insert(problem);
                frames.broken += 1;
                continue;
            }
        };
        match since(last.as_ref(), (&packet, &header)) {
            Since::Next => {}
            Since::Same => {
                result.repeated_packets += 1;
                continue;
            }
            Since::After(gap) => {
                result.lost_packets += if let Gap::Lost(packets) = gap { packets.into() } else { 0 };
                told(result.rows, gap);
            }
        }
        last = Some((packet, header));
        let writer = match &mut writer {
            Some(writer) => writer,
            // nothing is written where no packet comes
            None => writer.insert(Writer::create(output, &format, &columns, None)?.with_words(&words)),
        };
        for steps in read.chunks_exact(columns.len()) {
            row.clear();
            row.extend(steps.iter().zip(&units).map(|(steps, unit)| unit.value(*steps)));
            writer.row(&row, result.rows, &SideReader::default())?;
            result.rows += 1;
        }
        writer.hand_on()?;
        result.packets += 1;
    }
    (result.broken_frames, result.damage) = (frames.broken, frames.damage);
    let nothing = || {
        let why = result.damage.map_or(String::new(), |damage| format!(": {damage}"));
        Error::file(input_path, format!("holds no packet of the model{why}"))
    };
    writer.ok_or_else(nothing)?.finish(result.rows)?;
    Ok(result)
}

/// How a packet's number stands to that of the one before.
enum Since {
    Next,
    Same,
    After(Gap),
}

fn since(last: Option<&(Vec<u8>, Header)>, (packet, header): (&[u8], &Header)) -> Since {
    // the first number says nothing of what was sent before anybody listened
    let Some((bytes, last)) = last else { return Since::Next };
    match header.sequence.wrapping_sub(last.sequence) {
        0 if bytes == packet => Since::Same,
        1 => Since::Next,
        ahead if (2..=u16::MAX / 2).contains(&ahead) => Since::After(Gap::Lost(ahead - 1)),
        _ => Since::After(Gap::Restarted),
    }
}
