//! Frames without the sensors that are stuck.

use elbow::decision::GapThresholds;
use elbow::stream::Still;
use elbow_host::model::{Dynamic, HostModel};
use elbow_reader::Dataset;

/// Rows of a stream, of which some sensors may be stuck.
pub(super) struct Stuck<'a> {
    still: Still<'a, Dynamic>,
    sensors: usize,
    /// rows of a frame that are new, but of the first frame
    hop: usize,
    is_begun: bool,
}

impl<'a> Stuck<'a> {
    /// Before the first row.
    pub(super) fn new(gaps: &GapThresholds<'a>, model: &HostModel<'_>) -> Self {
        let (window, hop) = (model.metadata.window.max(1), model.metadata.hop.max(1));
        Stuck {
            still: Still::new(gaps),
            sensors: gaps.holds().len(),
            hop: hop.min(window) as usize,
            is_begun: false,
        }
    }

    /// The next frames without what is stuck, and of each the names of that.
    pub(super) fn take(&mut self, data: &Dataset) -> (Dataset, Vec<Vec<String>>) {
        let mut hidden = data.clone();
        let name = |sensor: usize| {
            let name = &data.columns[sensor];
            // of a window the step stands behind the name
            let of_window = if data.window > 1 { name.strip_suffix("@0") } else { None };
            of_window.unwrap_or(name).to_owned()
        };
        let mut stuck = Vec::with_capacity(data.rows);
        for (frame, seen) in
            hidden.values.chunks_exact_mut(data.dims).zip(data.values.chunks_exact(data.dims))
        {
            let rows = seen.chunks_exact(self.sensors.max(1));
            let old = if self.is_begun { rows.len().saturating_sub(self.hop) } else { 0 };
            self.is_begun = true;
            rows.skip(old).for_each(|row| self.still.push(row));
            self.still.hide(frame);
            stuck.push(self.still.stuck().map(name).collect());
        }
        (hidden, stuck)
    }
}
