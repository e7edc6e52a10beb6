//! `elbow bench step`: milliseconds of the step that `elbow fit` takes.

use std::time::{Duration, Instant};

use serde::Serialize;

use super::Instructions;
use crate::error::Error;
use crate::report;
use elbow_trainer::binarize::Binarize;
use elbow_trainer::fit::{Event, Run};
use elbow_trainer::layout::Layout;
use elbow_trainer::preprocess::Preprocessing;
use elbow_trainer::settings::Settings;
use elbow_trainer::training_rows::{Corruption, Rows};

/// How long one point is measured.
const TIME: Duration = Duration::from_secs(2);
/// Numbers in the rows.
const NUMBERS: usize = 1 << 19;
/// Fewest steps that are measured, on however slow a machine.
const LEAST_STEPS: usize = 20;
/// Steps before the first that is measured. With weights just drawn a few samples of a row outweigh
/// all others, and a step leaves out what has no weight; random bits hold nothing to learn but
/// their mean, and after these steps most samples count.
const WARM_UP: usize = 200;

/// The arguments of `elbow bench step`. Without any, five points are measured.
#[derive(Debug, clap::Args)]
pub(crate) struct StepArgs {
    /// Numbers in a frame, widths of the encoder's hidden layers (the decoder mirrors them), latent dimension
    /// [default: 784,200,200,50]
    #[arg(long, value_name = "F,W,…,D", value_delimiter = ',', num_args = 1..)]
    shape: Option<Vec<u32>>,
    /// Rows in a mini-batch [default: 20]
    #[arg(long, value_name = "B", value_parser = clap::value_parser!(u32).range(1..=1 << 20))]
    batch: Option<u32>,
    /// Samples of a row [default: 1]
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    samples: Option<u32>,
    /// Of the hidden layers
    #[arg(long, value_name = "NAME", default_value = "tanh")]
    activation: String,
    #[command(flatten)]
    instructions: Instructions,
}

/// What is measured.
struct Case {
    shape: Vec<u32>,
    batch: u32,
    samples: u32,
    activation: String,
}

/// How long it takes.
#[derive(Debug, Serialize)]
struct Point {
    shape: Vec<u32>,
    batch: u32,
    samples: u32,
    threads: usize,
    /// a tenth of the steps take no longer: what the machine can do while nobody else uses it
    ms: f64,
    /// of matrix products: forward, to the inputs and to the weights, as if all samples took part
    gflops: f64,
    /// part of the samples that took part in the last gradient
    kept: f64,
}

#[derive(Serialize)]
struct Points {
    simd: &'static str,
    points: Vec<Point>,
}

pub(super) fn run(args: &StepArgs, json: bool) -> Result<(), Error> {
    let simd = args.instructions.choose()?;
    let points = cases(args).into_iter().map(measure).collect::<Result<_, _>>()?;
    let points = Points { simd, points };
    if json { report::print_json(&points) } else { report::print(&table(&points)) }
}

fn cases(args: &StepArgs) -> Vec<Case> {
    let case = |shape: &[u32], batch, samples, activation: &str| Case {
        shape: shape.to_vec(),
        batch,
        samples,
        activation: activation.into(),
    };
    const MNIST: &[u32] = &[784, 200, 200, 50];
    if (&args.shape, args.batch, args.samples) == (&None, None, None) {
        return vec![
            case(MNIST, 20, 1, &args.activation),
            case(MNIST, 20, 5, &args.activation),
            case(MNIST, 20, 50, &args.activation),
            case(MNIST, 100, 1, &args.activation),
            case(&[30, 64, 64, 8], 256, 8, "relu"),
        ];
    }
    let shape = args.shape.as_deref().unwrap_or(MNIST);
    vec![case(shape, args.batch.unwrap_or(20), args.samples.unwrap_or(1), &args.activation)]
}

fn measure(case: Case) -> Result<Point, Error> {
    let Case { shape, batch, samples, activation } = case;
    let shown = || shape.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
    let [features, hidden @ .., dim] = &shape[..] else {
        return Err(Error::argument(
            "shape",
            shown(),
            "give a frame's numbers, hidden widths and the latent dimension",
        ));
    };
    let settings = Settings {
        latent: format!("gaussian:{dim}").parse()?,
        hidden: hidden.to_vec(),
        activation: activation.parse()?,
        likelihood: "bernoulli".parse()?,
        objective: format!("iwae:{samples}").parse()?,
        batch: batch as usize,
        binarize: Binarize::Dynamic,
        epochs: u32::MAX,
        patience: u32::MAX,
        ..Settings::default()
    };
    let architecture = settings.architecture(*features as usize)?;
    let layout = Layout::new(&architecture);
    let config = settings.fit_config()?;
    let batches = (NUMBERS / (batch * features) as usize).clamp(1, 50);
    let features = vec![0.2; batches * batch as usize * layout.features];
    let bytes = Preprocessing::Binary.bytes();
    let rows = Rows {
        features: &features,
        dims: layout.features,
        engine: &Preprocessing::Binary.engine(layout.features, &bytes),
        binarize: settings.binarize,
        corruption: Corruption::default(),
        steps: &[],
        mean_log_jacobian: 0.0,
    };
    let start = layout.init(0, &vec![0.0; layout.features]);
    let mut run = Run::new(&layout, start, &rows, &config)?;
    let mut steps = Vec::new();
    let begun = Instant::now();
    while begun.elapsed() < TIME || steps.len() < WARM_UP + LEAST_STEPS {
        let start = Instant::now();
        if run.advance(|_, _| 0.0)? == Event::Step {
            steps.push(start.elapsed());
        }
    }
    let seconds = fastest_tenth(&mut steps[WARM_UP..]).as_secs_f64();
    let threads = rayon::current_num_threads();
    let kept = run.kept() as f64 / (f64::from(batch) * f64::from(samples));
    let gflops = flop(&layout, batch, samples) / seconds / 1e9;
    Ok(Point { shape, batch, samples, threads, ms: 1e3 * seconds, gflops, kept })
}

/// The time that a tenth of the steps stay within.
fn fastest_tenth(steps: &mut [Duration]) -> Duration {
    *steps.select_nth_unstable(steps.len() / 10).1
}

/// Operations of a step's matrix products: a multiplication and an addition for each weight and row, once
/// forward, once to the layer's inputs, once to its weights; the decoder's rows are samples.
fn flop(layout: &Layout, batch: u32, samples: u32) -> f64 {
    let layers = layout.rows_of_dense(batch as usize, samples as usize);
    layers.map(|(dense, rows)| 3.0 * 2.0 * rows as f64 * dense.weights().len() as f64).sum()
}

fn table(Points { simd, points }: &Points) -> String {
    let mut out = format!(
        "{:<20}{:>7}{:>9}{:>9}{:>10}{:>10}{:>8}\n",
        format!("{simd}: shape"),
        "batch",
        "samples",
        "threads",
        "ms",
        "GFLOP/s",
        "kept"
    );
    for Point { shape, batch, samples, threads, ms, gflops, kept } in points {
        let shape = shape.iter().map(u32::to_string).collect::<Vec<_>>().join("-");
        let kept = 100.0 * kept;
        out +=
            &format!("{shape:<20}{batch:>7}{samples:>9}{threads:>9}{ms:>10.3}{gflops:>10.1}{kept:>6.0} %\n");
    }
    out
}
