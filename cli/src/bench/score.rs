//! `elbow bench score`: how fast `elbow score` scores, on models of random weights.

use std::time::{Duration, Instant};

use elbow::format::Metadata;
use elbow::math::normal_quantile;
use rand_core::Rng as _;
use serde::Serialize;

use super::Instructions;
use crate::error::Error;
use crate::report;
use elbow_host::model::ModelBytes;
use elbow_host::random::{Purpose, stream};
use elbow_host::score::evaluate::score_all;
use elbow_reader::Dataset;
use elbow_trainer::export;
use elbow_trainer::layout::Layout;
use elbow_trainer::preprocess::{DEFAULT_CLIP, Preprocessing};
use elbow_trainer::settings::Settings;

/// Numbers in a frame, and K.
const CASES: [(usize, u32); 4] = [(140, 1), (140, 16), (140, 64), (9, 16)];
/// Frames in a file.
const ROWS: usize = 2048;
/// Scores of one frame in a round, which makes the clock's own time small.
const REPEATS: u32 = 20;

/// The arguments of `elbow bench score`.
#[derive(Debug, clap::Args)]
pub(crate) struct ScoreArgs {
    /// How long each figure is measured
    #[arg(long, value_name = "S", default_value_t = 1.0, value_parser = seconds)]
    seconds: f64,
    #[command(flatten)]
    instructions: Instructions,
}

/// How fast one model is scored.
#[derive(Debug, Serialize)]
struct Point {
    /// numbers in a frame, hidden widths, latent dimension
    shape: Vec<u32>,
    /// K
    samples: u32,
    rows: usize,
    one_thread_rows_per_second: f64,
    threads: usize,
    rows_per_second: f64,
    /// microseconds that one frame takes on its own
    single_row_us: f64,
}

#[derive(Serialize)]
struct Points {
    simd: &'static str,
    points: Vec<Point>,
}

pub(super) fn run(args: &ScoreArgs, json: bool) -> Result<(), Error> {
    let simd = args.instructions.choose()?;
    let time = Duration::from_secs_f64(args.seconds);
    let points = CASES.map(|(dims, samples)| measure(dims, samples, time));
    let points = Points { simd, points: points.into_iter().collect::<Result<_, _>>()? };
    if json { report::print_json(&points) } else { report::print(&table(&points)) }
}

fn measure(dims: usize, samples: u32, time: Duration) -> Result<Point, Error> {
    let data = frames(dims);
    let settings = Settings { latent: "gaussian:8".parse()?, hidden: vec![64, 32], ..Settings::default() };
    let bytes = random_model(&settings, &data)?;
    let model = bytes.open().map_err(Error::model(&data.path))?;
    let engine = &*model.engine;
    let rows_per_second = || -> Result<f64, Error> {
        score_all(engine, &data, samples, |_| ())?;
        let all = fastest(time, || drop(score_all(engine, &data, samples, |_| ())));
        Ok(ROWS as f64 / all.as_secs_f64())
    };
    let one_thread = rayon::ThreadPoolBuilder::new().num_threads(1).build();
    let one_thread_rows_per_second = match one_thread {
        Ok(pool) => pool.install(rows_per_second)?,
        Err(_) => rows_per_second()?,
    };
    let single = fastest(time, || {
        for _ in 0..REPEATS {
            let _ = std::hint::black_box(engine.log_density(std::hint::black_box(data.row(0)), samples));
        }
    });
    Ok(Point {
        shape: vec![dims as u32, 64, 32, 8],
        samples,
        rows: ROWS,
        one_thread_rows_per_second,
        threads: rayon::current_num_threads(),
        rows_per_second: rows_per_second()?,
        single_row_us: 1e6 * single.as_secs_f64() / f64::from(REPEATS),
    })
}

/// The fastest of many rounds: what the machine can do while nobody else uses it.
fn fastest(time: Duration, mut round: impl FnMut()) -> Duration {
    let (begun, mut best) = (Instant::now(), Duration::MAX);
    while best == Duration::MAX || begun.elapsed() < time {
        let start = Instant::now();
        round();
        best = best.min(start.elapsed());
    }
    best
}

/// Frames of standard normal numbers.
fn frames(dims: usize) -> Dataset {
    let mut rng = stream(0, Purpose::Rows, 0, 0);
    Dataset::of("normal numbers", (0..ROWS * dims).map(|_| normal_quantile(rng.next_u32())).collect(), dims)
}

/// A model as `elbow fit` begins with.
fn random_model(settings: &Settings, data: &Dataset) -> Result<ModelBytes, Error> {
    let architecture = settings.architecture(data.dims)?;
    let layout = Layout::new(&architecture);
    let params = layout.init(0, &vec![0.0; layout.features]);
    let preprocessing = Preprocessing::fit(architecture.preprocessing, &data.values, data.dims, DEFAULT_CLIP);
    let columns = data.columns.join(",");
    let metadata = Metadata {
        name: "bench",
        architecture,
        columns: &columns,
        window: 1,
        hop: 1,
        objective: settings.objective.as_str(),
        rows: 0,
        seed: 0,
        valid_nats: 0.0,
        version: env!("CARGO_PKG_VERSION"),
        reading: "",
        seen: &[],
    };
    Ok(ModelBytes::new(&export::encode(&metadata, &preprocessing, &layout, &params)?))
}

fn seconds(text: &str) -> Result<f64, String> {
    let good = text.parse().ok().filter(|seconds| (0.0..=3600.0).contains(seconds));
    good.ok_or_else(|| "give seconds from 0 to 3600".into())
}

fn table(Points { simd, points }: &Points) -> String {
    let mut out = format!(
        "{:<16}{:>9}{:>22}{:>22}{:>18}\n",
        format!("{simd}: shape"),
        "samples",
        "rows/s, one thread",
        "rows/s, all threads",
        "one row, µs"
    );
    for point in points {
        let shape = point.shape.iter().map(u32::to_string).collect::<Vec<_>>().join("-");
        out += &format!(
            "{shape:<16}{:>9}{:>22.0}{:>22.0}{:>18.2}\n",
            point.samples, point.one_thread_rows_per_second, point.rows_per_second, point.single_row_us
        );
    }
    out
}
