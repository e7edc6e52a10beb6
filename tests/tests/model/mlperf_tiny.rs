//! The reference network of MLPerf Tiny's anomaly detection, imported, on the clip that comes with it.

use elbow::{Dense, Gaussian, PointHead, Relu, Standardize, Vae};
use elbow_host::model::ModelBytes;
use elbow_reader::Dataset;
use elbow_tests::shared::data;
use elbow_tests::tolerance::scoring::{PUBLISHED_ERROR, ROUNDED_ERROR};
use elbow_trainer::export;
use elbow_trainer::import::keras;
use elbow_trainer::quantize::quantize;

use elbow::architecture::{Activation, WeightKind};
use elbow::format::Metadata;

type Wide<'a> = Dense<'a, 128, 128, Relu>;
type Reference<'a> = Vae<(
    Standardize<'a, 640>,
    (Dense<'a, 640, 128, Relu>, Wide<'a>, Wide<'a>, Wide<'a>),
    PointHead<Dense<'a, 128, 8, Relu>>,
    (Dense<'a, 8, 128, Relu>, Wide<'a>, Wide<'a>, Wide<'a>),
    Gaussian<'a, Dense<'a, 128, 640>>,
)>;

/// Log-mel energies in a frame, frames in a window, windows in the clip.
const MELS: usize = 128;
const WINDOW: usize = 5;
const WINDOWS: usize = 196;
/// Of `normal_id_01_00000000.wav` in `anomaly_score_ToyCar_id_01.csv`: the
/// mean over windows of the mean squared error.
const PUBLISHED: f64 = 9.491_290_419_806_504;

/// The model's bytes and the clip's windows.
fn reference() -> Option<(ModelBytes, Vec<[f32; 640]>)> {
    let weights = data("mlperf_tiny_ad/ad01_dense_bn.npz")?;
    let clip = std::fs::read(data("mlperf_tiny_ad/normal_id_01_00000000_hist_librosa.bin")?).unwrap();
    let imported = keras(&weights, Activation::Relu, 1e-3).unwrap();
    assert_eq!(imported.folded, 9);
    let columns: Vec<String> = (0..MELS).map(|i| format!("mel{i}")).collect();
    let metadata = Metadata {
        name: "toycar",
        architecture: imported.architecture.clone(),
        columns: &columns.join("\n"),
        window: WINDOW as u32,
        hop: 1,
        objective: "import",
        rows: 0,
        seed: 0,
        valid_nats: 0.0,
        version: "test",
        reading: "",
        seen: &[],
    };
    let bytes = export::encode(&metadata, &imported.preprocessing, &imported.layout, &imported.params);
    let numbers: Vec<f32> = clip.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
    let windows = numbers.windows(WINDOW * MELS).step_by(MELS).map(|window| window.try_into().unwrap());
    Some((ModelBytes::new(&bytes.unwrap()), windows.collect()))
}

/// `log p = −½ D (MSE + log 2π)`: the likelihood has scale 1.
fn squared_error(log_likelihood: f32) -> f64 {
    -2.0 * f64::from(log_likelihood) / (WINDOW * MELS) as f64 - std::f64::consts::TAU.ln()
}

#[test]
fn it_scores_the_clip_as_published() {
    let Some((bytes, windows)) = reference() else { return };
    let (host, device) = (bytes.open().unwrap(), Reference::from_bytes(bytes.as_bytes()).unwrap());
    let mut sum = 0.0;
    for window in &windows {
        let score = device.log_density(window, 1).unwrap().log_density.0;
        assert_eq!(host.engine.log_density(window, 1).unwrap().log_density.0.to_bits(), score.to_bits());
        sum += squared_error(score);
    }
    let mean = sum / windows.len() as f64;
    println!("mean squared error over {} windows: {mean:.6}, published {PUBLISHED:.6}", windows.len());
    assert_eq!(windows.len(), WINDOWS);
    assert!((mean - PUBLISHED).abs() < PUBLISHED_ERROR, "{mean}");
}

/// There is no other clip with features to calibrate on than the one that
/// is scored: every second of its windows.
#[test]
fn its_forms_of_eight_bits_are_close() {
    let Some((bytes, windows)) = reference() else { return };
    let model = bytes.open().unwrap();
    let calibration: Vec<f32> = windows.iter().step_by(2).flatten().copied().collect();
    let data = Dataset::of("clip", calibration, 640);
    for weights in [WeightKind::Int8, WeightKind::Int8x8] {
        let small = quantize(&model, &bytes, "toycar", weights, Some(&data)).unwrap();
        let small_model = small.open().unwrap();
        let error = |window: &[f32; 640]| {
            squared_error(small_model.engine.log_density(window, 1).unwrap().log_density.0)
        };
        let mean = windows.iter().map(error).sum::<f64>() / windows.len() as f64;
        println!("{weights:?}: mean squared error {mean:.6}, {} bytes", small.as_bytes().len());
        assert!((mean / PUBLISHED - 1.0).abs() < ROUNDED_ERROR, "{weights:?}: {mean}");
    }
}
