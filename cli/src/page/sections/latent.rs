//! The latent: where the frames lie in it, by the directions in which they differ most.

use elbow::architecture::LatentKind;

use crate::page::Report;
use crate::page::document::Section;
use crate::plot::{Axis, Chart, Ticks, Tone};

/// Frames that are encoded.
const ENCODED: usize = 1500;
/// Steps of a power iteration: what two directions have nearly in common looks the same in both.
const STEPS: usize = 60;

/// Nothing of a model without a latent.
pub(in crate::page) fn section(report: &Report<'_>) -> Option<Section> {
    let (findings, shape) = (report.findings, &report.model.metadata.architecture);
    let latent = report.model.engine.latent()?;
    let sample = &findings.sample;
    let chosen: Vec<usize> = (0..sample.at.len()).step_by(sample.at.len().div_ceil(ENCODED)).collect();
    let encoded: Vec<(usize, Vec<f64>)> = chosen
        .into_iter()
        .filter_map(|n| {
            // frames that were scored have a latent
            let encoding = latent.encode(sample.frame(n)).ok()?;
            Some((sample.at[n], encoding.mode.into_iter().map(f64::from).collect()))
        })
        .collect();
    let is_sphere = matches!(shape.latent, LatentKind::VonMisesFisher { .. });
    let axes = Principal::of(encoded.iter().map(|(_, z)| z.clone()).collect(), is_sphere)?;
    let places: Vec<(usize, [f64; 3])> = encoded.iter().map(|(at, z)| (*at, axes.place(z))).collect();
    let of = |anomalous: bool| -> Vec<(f64, f64)> {
        let of_class = places.iter().filter(|(at, _)| findings.is_anomalous(*at) == anomalous);
        of_class.map(|(_, [x, y, _])| (*x, *y)).collect()
    };
    let part = 100.0 * axes.parts[..2].iter().sum::<f64>();
    let says = format!("{} frames; two directions hold {part:.0} % of how they differ.", places.len());
    let [x, y] = if is_sphere {
        let axis = || Axis::new("", -1.1, 1.1).with(Ticks::Nothing);
        [axis(), axis()]
    } else {
        let axis = |name, k: usize| Axis::over(name, places.iter().map(move |(_, place)| place[k]));
        [axis("first principal coordinate", 0), axis("second", 1)]
    };
    let mut chart = Chart::new("Latents of the frames", says, x, y).sized(520.0, 500.0);
    if is_sphere {
        let around = |i: usize| (i as f64 / 90.0 * std::f64::consts::TAU).sin_cos();
        chart = chart.line(Tone::Rule, &(0..=90).map(around).collect::<Vec<_>>());
    }
    let is_labelled = findings.anomalous.is_some();
    chart =
        chart.dots(Tone::First, of(false)).told(Tone::First, if is_labelled { "normal" } else { "frames" });
    if is_labelled {
        chart = chart.dots(Tone::Second, of(true)).told(Tone::Second, "labelled anomalous");
    }
    let what = if is_sphere {
        "The sphere of the latent from outside, turned so that most is in front: mean directions."
    } else {
        "Modes of q(z|x), by the two directions in which they differ most."
    };
    let caption =
        format!("{what} The two hold {part:.1} % of the spread of {} coordinates.", shape.latent_dims());
    Some(Section::new("Latent").figure(chart, caption))
}

/// The three directions in which points differ most.
struct Principal {
    mean: Vec<f64>,
    directions: [Vec<f64>; 3],
    /// of the whole spread
    parts: [f64; 3],
}

impl Principal {
    /// Of points around their mean or, on a sphere, around its centre; `None` of none.
    fn of(points: Vec<Vec<f64>>, is_sphere: bool) -> Option<Self> {
        let dims = points.first()?.len();
        let mut mean = vec![0.0; dims];
        if !is_sphere {
            let n = points.len() as f64;
            points.iter().for_each(|z| mean.iter_mut().zip(z).for_each(|(mean, z)| *mean += z / n));
        }
        let size: f64 = points.iter().map(|z| dot(z, z)).sum();
        let centred = |z: Vec<f64>| z.iter().zip(&mean).map(|(z, mean)| z - mean).collect::<Vec<_>>();
        let points: Vec<_> = points.into_iter().map(centred).collect();
        let whole: f64 = points.iter().map(|z| dot(z, z)).sum();
        // what is left of equal points is rounding
        let whole = if whole > 1e-12 * size { whole } else { 0.0 };
        let (mut directions, mut parts) = ([vec![], vec![], vec![]], [0.0; 3]);
        for k in 0..3 {
            let mut v: Vec<f64> = (0..dims).map(|i| 1.0 + ((i * 37 + k * 11) % 17) as f64 / 17.0).collect();
            let mut spread = 0.0;
            for _ in 0..STEPS {
                let mut next = vec![0.0; dims];
                for z in &points {
                    let along = dot(z, &v);
                    next.iter_mut().zip(z).for_each(|(next, z)| *next += along * z);
                }
                for found in &directions[..k] {
                    let along = dot(&next, found);
                    next.iter_mut().zip(found).for_each(|(next, found)| *next -= along * found);
                }
                let norm = dot(&next, &next).sqrt();
                spread = if whole > 0.0 && norm > 1e-9 * whole { norm } else { 0.0 };
                v = next.into_iter().map(|next| if spread > 0.0 { next / norm } else { 0.0 }).collect();
            }
            parts[k] = if whole > 0.0 { spread / whole } else { 0.0 };
            directions[k] = v;
        }
        Some(Principal { mean, directions, parts })
    }

    fn place(&self, z: &[f64]) -> [f64; 3] {
        let centred: Vec<f64> = z.iter().zip(&self.mean).map(|(z, mean)| z - mean).collect();
        [0, 1, 2].map(|k| dot(&centred, &self.directions[k]))
    }
}

fn dot(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn principal_directions_are_those_of_a_known_ellipse() {
        let point = |i: usize| {
            let (sin, cos) = (i as f64 * 0.7).sin_cos();
            let (long, short) = (5.0 * cos, sin);
            vec![3.0 + 0.6 * long - 0.8 * short, -1.0 + 0.8 * long + 0.6 * short]
        };
        let axes = Principal::of((0..900).map(point).collect(), false).unwrap();
        assert!((dot(&axes.directions[0], &[0.6, 0.8]).abs() - 1.0).abs() < 1e-3);
        assert!((axes.parts[0] - 25.0 / 26.0).abs() < 1e-2 && axes.parts[2] == 0.0, "{:?}", axes.parts);
        // of points that are one nothing is spread
        let one = Principal::of(vec![vec![2.0; 4]; 9], false).unwrap();
        assert_eq!((one.parts, one.place(&[9.0; 4])), ([0.0; 3], [0.0; 3]));
    }
}
