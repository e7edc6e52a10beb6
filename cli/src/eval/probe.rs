//! What the bound and the way to the latent and back lose, of rows spread over a file.

use elbow::Score;
use elbow::architecture::LatentKind;
use elbow_host::model::{Engine, HostModel, LatentEngine, Refined};
use elbow_host::random::{Purpose, stream};
use elbow_host::score::bound::{Bound, BoundSums, thinned};
use elbow_host::score::calibrate::each_numbered_row;
use elbow_host::score::estimate::Estimate;
use elbow_host::score::round_trip::{ColumnError, RoundTrip};
use elbow_reader::Dataset;
use serde::Serialize;

use crate::error::Error;

/// What was found.
#[derive(Debug, Serialize)]
pub(super) struct Probed {
    /// K
    #[serde(skip)]
    samples: u32,
    /// of a model with one network and a prior
    #[serde(skip_serializing_if = "Option::is_none")]
    bound: Option<Bound>,
    /// the same of posteriors that were refined
    #[serde(skip_serializing_if = "Option::is_none")]
    refined: Option<Bound>,
    /// of each column; none of an ensemble, whose members have a latent each
    #[serde(skip_serializing_if = "Vec::is_empty")]
    round_trip: Vec<ColumnError>,
}

/// Bounds and errors in the making: of the normal frames where there are labels.
pub(super) struct Probe<'a> {
    engine: &'a dyn Engine,
    latent: Option<&'a dyn LatentEngine>,
    samples: u32,
    bound: BoundSums,
    refine: u32,
    refined: BoundSums,
    trip: Option<RoundTrip>,
    frames: u64,
}

impl<'a> Probe<'a> {
    pub(super) fn new(model: &'a HostModel<'_>, samples: u32, refine: u8) -> Self {
        let (engine, trip) = (&*model.engine, (model.members == 1).then(|| RoundTrip::new(model)));
        // a point has no prior, so nothing bounds log p(x)
        let is_point = matches!(model.metadata.architecture.latent, LatentKind::Point { .. });
        let latent = engine.latent().filter(|_| !is_point);
        let (refine, [bound, refined]) = (refine.into(), [BoundSums::default(); 2]);
        Probe { engine, latent, samples, bound, refine, refined, trip, frames: 0 }
    }

    pub(super) fn push(&mut self, data: &Dataset, scores: &[Score]) -> Result<(), Error> {
        let Some(trip) = &mut self.trip else { return Ok(()) };
        let labels = data.labels.as_ref().map(|labels| &labels.anomalous);
        let is_told = |row: &usize| labels.is_none_or(|labels| !labels[*row]);
        // of what is missing nothing comes back
        let is_whole = |row: &usize| data.row(*row).iter().all(|x| x.is_finite());
        let normal: Vec<usize> = (0..data.rows).filter(|row| is_told(row) && is_whole(row)).collect();
        let first = self.frames;
        let (places, weights): (Vec<usize>, Vec<f64>) = thinned(first, normal.len()).unzip();
        let rows: Vec<usize> = places.iter().map(|n| normal[*n]).collect();
        let chosen = data.select(&rows);
        self.frames += normal.len() as u64;
        let found = each_numbered_row(&chosen, |n, frame| {
            // every frame has draws of its own: the error of points that all share is in their mean too
            let mut rng = stream(0, Purpose::Noise, first + places[n] as u64, 0);
            let samples = self.samples;
            let mut bound = |latent: &dyn LatentEngine| {
                Ok((latent.log_weights(frame, samples, Some(&mut rng))?, latent.encode(frame)?.kl))
            };
            let bound = self.latent.map(&mut bound).transpose()?;
            let refining = self.latent.filter(|_| self.refine > 0);
            let mut refined =
                |latent: &dyn LatentEngine| latent.refined(frame, samples, self.refine, Some(&mut rng));
            let refined = refining.map(&mut refined).transpose()?;
            Ok((self.engine.reconstruct(frame)?, (bound, refined)))
        })?;
        for ((n, (back, (bound, refined))), weight) in found.iter().enumerate().zip(weights) {
            trip.push(chosen.row(n), back, weight);
            if let Some((log_weights, kl)) = bound {
                self.bound.push(log_weights, *kl, Some(scores[rows[n]].log_density.0), weight);
            }
            if let Some(Refined { encoding, log_weights }) = refined {
                self.refined.push(log_weights, encoding.kl, None, weight);
            }
        }
        Ok(())
    }

    pub(super) fn finish(self) -> Probed {
        let round_trip = self.trip.filter(|_| self.frames > 0).map(RoundTrip::finish).unwrap_or_default();
        let (bound, refined) = (self.bound.finish(), self.refined.finish());
        Probed { samples: self.samples, bound, refined, round_trip }
    }
}

impl Probed {
    /// For people.
    pub(super) fn lines(&self) -> Vec<(&'static str, String)> {
        let bound = |Bound { elbo, reconstruction, kl, gap, .. }: &Bound| {
            let parts = format!("{reconstruction:.3} of reconstruction − {kl:.3} of KL");
            ("ELBO", format!("{elbo:.3} nats per row: {parts}; log p(x) is {gap:.3} above it"))
        };
        let mut lines: Vec<_> = self.bound.iter().map(bound).collect();
        if let (Some(before), Some(refined)) = (&self.bound, &self.refined) {
            let gained = refined.elbo - before.elbo;
            lines
                .push(("refined", format!("{}; {gained:+.3} of ELBO: the encoder's part", bound(refined).1)));
        }
        let points = self.bound.as_ref().and_then(|bound| bound.shared_points);
        // a thousandth of a nat matters to nobody
        if let Some(Estimate { nats, ci95 }) = points.filter(|off| off.nats.abs() > off.ci95.max(0.001)) {
            let side = if nats > 0.0 { "above" } else { "below" };
            lines.push((
                "points",
                format!(
                    "scores share {} points, which put them {:.3} ± {ci95:.3} nats {side} what draws of \
                     each row's own give, whatever the number of rows; more --samples bring it down",
                    self.samples,
                    nats.abs()
                ),
            ));
        }
        let relative = |error: &ColumnError| Some((error.relative?, error.column.clone()));
        let relative: Vec<(f64, String)> = self.round_trip.iter().filter_map(relative).collect();
        if let Some((most, column)) = relative.iter().max_by(|a, b| a.0.total_cmp(&b.0)) {
            let mean =
                (relative.iter().map(|(part, _)| part * part).sum::<f64>() / relative.len() as f64).sqrt();
            lines.push((
                "round trip",
                format!("RMSE {mean:.3} of a column's standard deviation, at most {most:.3}, of {column}"),
            ));
        }
        let words: Vec<f64> = self.round_trip.iter().filter_map(|error| error.wrong).collect();
        if !words.is_empty() {
            let mean = 100.0 * words.iter().sum::<f64>() / words.len() as f64;
            lines.push(("words", format!("{mean:.2} % come back as others")));
        }
        lines
    }
}
