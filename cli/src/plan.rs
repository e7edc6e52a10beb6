//! `elbow calibrate --packets`: layout, units and steps of a model's packets go into its file.

use std::path::{Path, PathBuf};

use elbow::codec::{Fidelity, PacketPlan};
use serde::Serialize;

use super::compress::PacketArgs;
use super::out::{Name, write_files};
use super::sign::note_if_signed;
use crate::error::Error;
use crate::report;
use elbow_host::compress::{Unit, plan_packets};
use elbow_host::model::ModelBytes;

/// The plan of a file, for programs and people.
#[derive(Debug, Serialize)]
pub(super) struct Packets {
    /// rows and channels of a window
    window: [usize; 2],
    windows_per_packet: usize,
    /// what the steps were chosen for: an error bound, or nothing where latents only
    #[serde(skip_serializing_if = "Option::is_none")]
    bound: Option<u16>,
    /// of each channel
    resolution: Vec<f64>,
    latent_scales: Vec<u8>,
}

/// What was written, for programs.
#[derive(Debug, Serialize)]
struct Summary {
    model: PathBuf,
    file_bytes: usize,
    #[serde(flatten)]
    packets: Packets,
}

impl Packets {
    pub(super) fn new(plan: &PacketPlan<'_>) -> Self {
        Packets {
            window: [plan.rows, plan.channels],
            windows_per_packet: plan.windows,
            bound: match plan.fidelity {
                Fidelity::Within(bound) => Some(bound),
                Fidelity::Latents => None,
            },
            resolution: plan.resolution.iter().map(|r| Unit::of_narrow(*r).map_or(0.0, Unit::get)).collect(),
            latent_scales: plan.latent_scales.to_vec(),
        }
    }

    /// As rows of a table.
    pub(super) fn rows(&self) -> Vec<(&'static str, String)> {
        let Packets { window: [rows, channels], windows_per_packet, latent_scales, .. } = self;
        let steps = match self.bound {
            Some(0) => "for packets without loss".into(),
            Some(bound) => format!("for a bound of {bound} steps"),
            None => "for latents only".into(),
        };
        vec![
            ("packets", format!("{windows_per_packet} windows of {rows} rows and {channels} channels")),
            ("latents' steps", format!("of scales {latent_scales:?}, {steps}")),
        ]
    }
}

/// Rows like those to be packed decide on the plan, which goes into the model that is written
/// to `out`.
pub(super) fn run(
    path: &Path,
    data: &Path,
    packet: &PacketArgs,
    (out, name): (&Path, &Name),
    json: bool,
) -> Result<(), Error> {
    let bytes = ModelBytes::read(path)?;
    let model = bytes.open().map_err(Error::model(path))?;
    let bar = report::rows_bar("reading");
    let name = name.or(model.metadata.name);
    let planned = plan_packets(&model, name, data, &packet.options(), &mut |rows| {
        bar.set_position(rows);
    })?;
    bar.finish_and_clear();
    let read_back = planned.open().map_err(Error::model(out))?;
    let packets = read_back.extras.plan.as_ref().map(Packets::new);
    write_files(&planned, out)?;
    note_if_signed(path, &bytes);
    let Some(packets) = packets else { return Ok(()) };
    let summary = Summary { model: out.to_path_buf(), file_bytes: planned.as_bytes().len(), packets };
    if json { report::print_json(&summary) } else { report::print(&table(&summary)) }
}

fn table(summary: &Summary) -> String {
    let mut rows = vec![("model", format!("{} ({} bytes)", summary.model.display(), summary.file_bytes))];
    rows.extend(summary.packets.rows());
    report::table(&rows)
}
