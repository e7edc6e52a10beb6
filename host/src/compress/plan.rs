//! The plan of a model's packets: chosen by windows of a file, and written into the model's.

use std::path::Path;

use elbow::codec::PacketPlan;

use super::calibrate::{Plan, Trial};
use super::options::{DEFAULT_WINDOWS_PER_PACKET, Options};
use super::rows::Rows;
use crate::error::Error;
use crate::file::parts::FileParts;
use crate::file::write::Sections;
use crate::model::{HostModel, ModelBytes};
use elbow_reader::{Place, Row, RowSink, Source, stream};

/// Windows that a plan is chosen by, at most: those of whole packets, spread evenly over the file.
const WINDOWS: usize = 256;

/// The model with a plan for packets of windows like a file's. `seen` is
/// called now and then with the number of rows read.
///
/// # Errors
/// As [`compress`](super::compress()); nothing is written.
pub fn plan_packets(
    model: &HostModel<'_>,
    new_name: &str,
    input: &Path,
    options: &Options,
    seen: &mut dyn FnMut(u64),
) -> Result<ModelBytes, Error> {
    let mut rows = Rows::new(model, input, options.resolution.as_deref(), options.fidelity);
    // a plan that is there already says nothing of this file
    rows.planned = None;
    let mut all = All { rows, samples: Vec::new(), count: 0, seen };
    let load = all.rows.load.clone();
    stream(input, &load, &mut all)?;
    let All { mut rows, samples, .. } = all;
    rows.check()?;
    let windows = options.windows_per_packet.unwrap_or(DEFAULT_WINDOWS_PER_PACKET);
    let chosen = spread(&samples, usize::from(windows) * rows.frame(), rows.frame());
    if chosen.is_empty() {
        return Err(rows.none());
    }
    let resolution = rows.resolution();
    let trial = Trial {
        model,
        id: 0,
        resolution: &resolution,
        samples: &chosen,
        windows_per_packet: windows.into(),
        fidelity: options.fidelity.of_packets(),
    };
    let refused = |source| Error::Packet { path: input.to_path_buf(), source };
    let Plan { rows, channels, latent_scales } =
        trial.best(model.metadata.window as usize).map_err(refused)?;
    let plan = PacketPlan {
        rows,
        channels,
        windows: windows.into(),
        fidelity: trial.fidelity,
        resolution: &resolution[..channels],
        latent_scales: &latent_scales,
    };
    let mut metadata = model.metadata.clone();
    metadata.name = new_name;
    let parts = FileParts {
        members: model.members,
        calibration: model.extras.calibration_bytes,
        plan: &encode(&plan),
        gaps: model.extras.gap_bytes,
        ..FileParts::new(&metadata, model.parameters)
    };
    Ok(ModelBytes::new(&parts.encode()?))
}

/// As `docs/model-format.md` has it.
fn encode(plan: &PacketPlan<'_>) -> Vec<u8> {
    let mut out = Sections(Vec::new());
    out.numbers(plan.words().map(u32::to_le_bytes));
    out.floats(plan.resolution);
    out.numbers(plan.latent_scales.iter().map(|scale| [*scale]));
    out.0
}

/// Up to [`WINDOWS`] windows of whole packets, from the first to the last;
/// where there is no whole packet, the whole windows.
fn spread(samples: &[i32], packet: usize, frame: usize) -> Vec<i32> {
    let packets: Vec<&[i32]> = samples.chunks_exact(packet).collect();
    let most = (WINDOWS * frame / packet).clamp(1, packets.len().max(1));
    match packets.len() {
        0 => samples[..samples.len() / frame * frame].to_vec(),
        n => (0..most).flat_map(|at| packets[at * n / most]).copied().collect(),
    }
}

/// All rows of a file.
struct All<'a> {
    rows: Rows<'a>,
    samples: Vec<i32>,
    count: u64,
    seen: &'a mut dyn FnMut(u64),
}

impl RowSink<Error> for All<'_> {
    fn begin(&mut self, source: &Source) -> Result<(), Error> {
        self.rows.begin(source)
    }

    fn row(&mut self, place: &dyn Fn() -> Place, row: &Row<'_>) -> Result<(), Error> {
        self.rows.steps(place, row, &mut self.samples, &mut |_, _| ());
        self.count += 1;
        if self.count.is_multiple_of(4096) {
            (self.seen)(self.count);
        }
        Ok(())
    }
}
