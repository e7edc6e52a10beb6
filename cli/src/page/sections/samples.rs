//! Does the model know the data? What it draws, beside what there is: means, spreads and correlations.

use elbow_host::random::{Purpose, stream};

use crate::page::Report;
use crate::page::document::Section;
use crate::page::sample::Moments;
use crate::plot::{Axis, Chart, Tone, number};

/// Frames that are drawn, numbers of a frame that are compared, and pairs of them that are shown.
const DRAWN: usize = 1000;
const COMPARED: usize = 120;
const PAIRS: usize = 1200;
/// Rows of a table.
const TOLD: usize = 12;

/// Numbers of many frames, those of one feature side by side and less their mean; and the moments of each.
struct Centred {
    features: Vec<Vec<f32>>,
    moments: Vec<Moments>,
}

impl Centred {
    fn of(frames: &[&[f32]], features: &[usize]) -> Self {
        let moments = |feature: &usize| {
            let mut moments = Moments::default();
            frames.iter().for_each(|frame| moments.push(frame[*feature].into()));
            moments
        };
        let moments: Vec<Moments> = features.iter().map(moments).collect();
        let centred = |(feature, of): (&usize, &Moments)| {
            frames.iter().map(|frame| (f64::from(frame[*feature]) - of.mean) as f32).collect()
        };
        let features = features.iter().zip(&moments).map(centred).collect();
        Centred { features, moments }
    }

    /// Of the frames that lack neither; NaN where one of two is constant.
    fn correlation(&self, one: usize, other: usize) -> f64 {
        let [mut ab, mut aa, mut bb] = [0.0; 3];
        for (a, b) in self.features[one].iter().zip(&self.features[other]) {
            let (a, b) = (f64::from(*a), f64::from(*b));
            if !(a.is_nan() || b.is_nan()) {
                (ab, aa, bb) = (ab + a * b, aa + a * a, bb + b * b);
            }
        }
        ab / (aa * bb).sqrt()
    }
}

struct Pair {
    of: [usize; 2],
    data: f64,
    model: f64,
}

pub(in crate::page) fn section(report: &Report<'_>) -> Section {
    let section = Section::new("Does it know the data?");
    let (findings, sample) = (report.findings, &report.findings.sample);
    let rows = (0..sample.at.len()).filter(|n| !findings.is_anomalous(sample.at[*n]));
    let rows: Vec<&[f32]> = rows.map(|n| sample.frame(n)).collect();
    let draw = |n| report.model.engine.sample(&mut stream(0, Purpose::Rows, n, 0));
    let drawn: Option<Vec<Vec<f32>>> = (0..DRAWN as u64).map(|n| draw(n)?.ok()).collect();
    let Some(drawn) = drawn else {
        return section.text("No frame can be drawn from this model: it has no p(x).");
    };
    if rows.len() < 3 {
        return section.text("There are too few rows to compare draws with.");
    }
    let drawn: Vec<&[f32]> = drawn.iter().map(Vec::as_slice).collect();
    let features: Vec<usize> = (0..sample.dims).step_by(sample.dims.div_ceil(COMPARED)).collect();
    let (data, model) = (Centred::of(&rows, &features), Centred::of(&drawn, &features));
    let name = |n: usize| findings.names[features[n]].clone();
    let moments = |n: usize| {
        let (data, model) = (&data.moments[n], &model.moments[n]);
        let numbers = [data.mean, model.mean, data.deviation(), model.deviation()].map(number);
        std::iter::once(name(n)).chain(numbers).collect::<Vec<_>>()
    };
    let told = (0..features.len()).take(TOLD).map(moments).collect();
    let head = ["column", "mean", "of draws", "standard deviation", "of draws"];
    let section = section
        .text(format!("{DRAWN} frames drawn from the model, beside {} normal rows of the data.", rows.len()))
        .table(format!("The first of {} columns", sample.dims), &head, told);

    let pair = |one, other| Pair {
        of: [one, other],
        data: data.correlation(one, other),
        model: model.correlation(one, other),
    };
    let all = (0..features.len()).flat_map(|one| (0..one).map(move |other| (other, one)));
    let is_number = |pair: &Pair| pair.data.is_finite() && pair.model.is_finite();
    let mut pairs: Vec<Pair> = all.map(|(one, other)| pair(one, other)).filter(is_number).collect();
    if pairs.is_empty() {
        return section;
    }
    let count = pairs.len() as f64;
    let mean = |of: &dyn Fn(&Pair) -> f64| (pairs.iter().map(of).sum::<f64>() / count).sqrt();
    let root_mean_square = mean(&|pair| (pair.data - pair.model).powi(2));
    let each = 1.0 / rows.len() as f64 + 1.0 / DRAWN as f64;
    // the standard error of a correlation ρ of n normal pairs is about (1 − ρ²)/√n
    let by_chance = mean(&|pair| (1.0 - pair.data.powi(2)).powi(2) * each);
    let dots: Vec<_> =
        pairs.iter().step_by(pairs.len().div_ceil(PAIRS)).map(|pair| (pair.data, pair.model)).collect();
    let says = format!("{count} pairs of columns; root mean square difference {root_mean_square:.3}.");
    let axis = |label| Axis::new(label, -1.05, 1.05);
    let chart = Chart::new("Correlations of pairs of columns", says, axis("in the data"), axis("in draws"))
        .sized(420.0, 400.0)
        .line(Tone::Rule, &[(-1.0, -1.0), (1.0, 1.0)])
        .dots(Tone::First, dots);
    let caption = format!(
        "Each dot is a pair of columns; what the model knows lies on the diagonal. Root mean square \
         difference {root_mean_square:.3}; {by_chance:.3} are by chance."
    );
    pairs.sort_by(|one, other| (other.data - other.model).abs().total_cmp(&(one.data - one.model).abs()));
    let worst = pairs.iter().take(TOLD / 2).map(|Pair { of, data, model }| {
        vec![format!("{}, {}", name(of[0]), name(of[1])), format!("{data:.3}"), format!("{model:.3}")]
    });
    section.figure(chart, caption).table(
        "Pairs of columns whose correlation the model has least right",
        &["columns", "in the data", "in draws"],
        worst.collect(),
    )
}
