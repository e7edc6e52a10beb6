//! What a calibration says, for programs and people.

use elbow::Calibration;
use serde::Serialize;

/// The calibration of a file, for programs and people.
#[derive(Debug, Serialize)]
pub(super) struct Alarm {
    false_alarm: f32,
    /// what the rows allow: ⌊false_alarm·(n + 1)⌋/(n + 1)
    pub(super) expected: f32,
    threshold_nats: f32,
    samples: u32,
    /// independent ones
    calibration_rows: u32,
    margin_nats: f32,
    mean_nats: f32,
    deviation_nats: f32,
    /// so many frames in a row count as one
    frames_as_one: f32,
    smallest_p_value: f32,
    quantiles: usize,
    data: String,
    /// sensors of which one may be dead: frames that lack it have a threshold
    #[serde(skip_serializing_if = "Option::is_none")]
    sensors_that_may_be_dead: Option<usize>,
}

impl Alarm {
    pub(super) fn new(c: &Calibration<'_>) -> Self {
        Alarm {
            false_alarm: c.false_alarm,
            expected: c.p_value(c.threshold.next_down()),
            threshold_nats: c.threshold,
            samples: c.samples,
            calibration_rows: c.rows,
            margin_nats: c.margin,
            mean_nats: c.mean.0,
            deviation_nats: c.deviation.0,
            frames_as_one: c.frames_as_one,
            smallest_p_value: c.quantiles().next().map_or(1.0, |(p, _)| p),
            quantiles: c.quantiles().count(),
            data: format!("{:08x}", c.data),
            sensors_that_may_be_dead: Some(c.gaps().thresholds().len()).filter(|sensors| *sensors > 0),
        }
    }

    /// Where rows overlap, repeat or follow one another closely.
    fn as_one(&self) -> String {
        let as_one = self.frames_as_one;
        if as_one > 1.0 {
            format!(", each for {as_one:.1} that follow one another closely")
        } else {
            String::new()
        }
    }

    /// As rows of a table.
    pub(super) fn rows(&self) -> Vec<(&'static str, String)> {
        let Alarm { false_alarm, expected, threshold_nats, samples, calibration_rows, .. } = self;
        let mut rows = vec![
            (
                "alarm",
                format!(
                    "below {threshold_nats:.3} nats, K = {samples}: at most {false_alarm} of normal frames \
                     (expected {expected:.3e})"
                ),
            ),
            (
                "calibrated",
                format!(
                    "on {calibration_rows} rows{} (data {}), score {:.3} ± {:.3} nats",
                    self.as_one(),
                    self.data,
                    self.mean_nats,
                    self.deviation_nats
                ),
            ),
            ("p-values", format!("{} of them, from {:.2e}", self.quantiles, self.smallest_p_value)),
        ];
        rows.extend(self.sensors_that_may_be_dead.map(|sensors| {
            ("gaps", format!("a threshold of frames that lack any one of {sensors} sensors"))
        }));
        rows
    }
}
