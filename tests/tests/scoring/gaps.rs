//! Frames with gaps: marginals of mixtures, and what stands in for what is missing.

use elbow::features::hide;
use elbow::format::ModelFile;
use elbow::{Explain, FrameError, Gaussians, Kernels, Mixture, Standardize};
use elbow_host::model::{LANES, ModelBytes};
use elbow_reader::Dataset;
use elbow_tests::tolerance::mixture as tolerance;
use nalgebra::{DMatrix, DVector};

use crate::mixture::fitted;

const DIMS: usize = 6;

/// Six columns that go together, by multiples of irrational numbers, in two clusters.
fn rows() -> Dataset {
    let row = |i: usize| {
        let part = |a: f64| (a * i as f64).fract() - 0.5;
        let [u, v, w] = [0.618_033_988_749_895, 0.414_213_562_373_095, 0.732_050_807_568_877].map(part);
        let c = (i % 2) as f64;
        let row = [u + v, 10.0 * u - 0.3 * w, 3.0 * c + v * w, 100.0 + w + 2.0 * c, u - v + 0.1 * w, v];
        row.map(|x| x as f32)
    };
    Dataset::of("a test", (0..150).flat_map(row).collect(), DIMS)
}

/// A component of features: weight, mean, covariance.
type Component = (f64, DVector<f64>, DMatrix<f64>);

/// The numbers of a file in doubles: location and scale of the features, and the components.
fn components(bytes: &ModelBytes, gaussians: usize, kernels: usize) -> ([Vec<f64>; 2], Vec<Component>) {
    let wide = |numbers: &[f32]| numbers.iter().map(|x| f64::from(*x)).collect::<Vec<_>>();
    let file = ModelFile::parse(bytes.as_bytes()).unwrap();
    let mut sections = file.sections();
    let features = [(); 2].map(|()| wide(sections.floats(DIMS).unwrap()));
    sections.floats(2).unwrap();
    let mut components = Vec::new();
    let log_tau = std::f64::consts::TAU.ln();
    if gaussians > 0 {
        let means = wide(sections.floats(gaussians * DIMS).unwrap());
        let tiles = sections.tiles(gaussians * DIMS).unwrap();
        let constants = wide(sections.floats(gaussians).unwrap());
        for c in 0..gaussians {
            let w = DMatrix::from_fn(DIMS, DIMS, |i, j| f64::from(tiles[c * DIMS + j][i]));
            let log_det: f64 = w.diagonal().iter().map(|w| w.ln()).sum();
            let weight = (constants[c] - log_det + 0.5 * DIMS as f64 * log_tau).exp();
            let covariance = (w.transpose() * &w).try_inverse().unwrap();
            components.push((weight, DVector::from_row_slice(&means[c * DIMS..][..DIMS]), covariance));
        }
    }
    if kernels > 0 {
        let tiles = kernels.div_ceil(8);
        let centres = sections.tiles(tiles * DIMS).unwrap();
        let precisions = wide(sections.tiles(tiles).unwrap().as_flattened());
        let constants = wide(sections.tiles(tiles).unwrap().as_flattened());
        for c in 0..kernels {
            let mean = DVector::from_fn(DIMS, |i, _| f64::from(centres[c / 8 * DIMS + i][c % 8]));
            let log_scale = 0.5 * DIMS as f64 * (log_tau - precisions[c].ln());
            let covariance = DMatrix::identity(DIMS, DIMS) / precisions[c];
            components.push(((constants[c] + log_scale).exp(), mean, covariance));
        }
    }
    (features, components)
}

/// `log p(those that are there)` and the mean of all, in raw units.
fn marginal(
    ([loc, inverse], components): &([Vec<f64>; 2], Vec<Component>),
    frame: &[f32],
) -> (f64, Vec<f64>) {
    let there: Vec<usize> = (0..DIMS).filter(|i| !frame[*i].is_nan()).collect();
    let x = |i: usize| (f64::from(frame[i]) - loc[i]) * inverse[i];
    let mut log_joints = Vec::new();
    let mut means = Vec::new();
    for (weight, mean, covariance) in components {
        let of_there = covariance.select_rows(&there).select_columns(&there);
        let r = DVector::from_iterator(there.len(), there.iter().map(|i| x(*i) - mean[*i]));
        let cholesky = of_there.cholesky().unwrap();
        let solved = cholesky.solve(&r);
        let log_det: f64 = cholesky.l().diagonal().iter().map(|l| l.ln()).sum();
        let constant = weight.ln() - log_det - 0.5 * there.len() as f64 * std::f64::consts::TAU.ln();
        log_joints.push(constant - 0.5 * r.dot(&solved));
        means.push(mean + covariance.select_columns(&there) * solved);
    }
    let most = log_joints.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let sum: f64 = log_joints.iter().map(|log| (log - most).exp()).sum();
    let mut mean = DVector::zeros(DIMS);
    log_joints.iter().zip(&means).for_each(|(log, of)| mean += of * ((log - most).exp() / sum));
    let raw = (0..DIMS).map(|i| mean[i] / inverse[i] + loc[i]).collect();
    (most + sum.ln() + there.iter().map(|i| inverse[*i].ln()).sum::<f64>(), raw)
}

fn hidden(frame: [f32; DIMS], mask: u32) -> [f32; DIMS] {
    let mut frame = frame;
    hide(&mut frame, &[mask]).unwrap();
    frame
}

const FRAMES: [[f32; DIMS]; 3] = [
    [0.1, 1.5, 2.7, 101.8, 0.3, -0.2],
    [-0.6, -2.0, 0.1, 99.7, 0.1, -0.4],
    [0.5, 4.0, 1.5, 100.6, -0.1, 0.4],
];

/// Every set of missing numbers: the bar is 10⁻⁴ nats.
#[test]
fn scores_are_marginals_in_doubles() {
    let data = rows();
    for (name, gaussians, kernels) in [("gaussian", 1, 0), ("pca:2", 1, 0), ("gmm:3", 3, 0), ("auto", 2, 150)]
    {
        let bytes = fitted(name, &data);
        let exact = components(&bytes, gaussians, kernels);
        let model = bytes.open_with_gaps().unwrap();
        let mut worst: f64 = 0.0;
        for mask in 0..(1 << DIMS) - 1 {
            for frame in FRAMES {
                let frame = hidden(frame, mask);
                let score = model.engine.log_density(&frame, 1).unwrap();
                assert_eq!(score.dims, DIMS as u32 - mask.count_ones());
                let expected = marginal(&exact, &frame).0;
                let error = (f64::from(score.log_density.0) - expected).abs();
                assert!(error < tolerance::OF_GAPS, "{name} {frame:?}: {score:?}, not {expected}");
                worst = worst.max(error);
            }
        }
        println!("{name}: within {worst:.1e} nats");
    }
}

type OnDevice<'a> = Mixture<Standardize<'a, DIMS>, (Gaussians<'a, DIMS, 2>, Kernels<'a, DIMS, 150>)>;

#[test]
fn device_and_host_have_the_same_bits() {
    let bytes = fitted("auto", &rows());
    let (host, whole) = (bytes.open_with_gaps().unwrap(), bytes.open().unwrap());
    let device = OnDevice::from_bytes(bytes.as_bytes()).unwrap();
    let gaps = device.with_gaps::<DIMS>();
    for mask in 0..(1 << DIMS) - 1 {
        let frame = hidden(FRAMES[0], mask);
        let score = gaps.log_density(&frame).unwrap();
        let others = std::array::from_fn(|l| hidden(FRAMES[l % 3], (mask + l as u32) % 63));
        let lanes: [&[f32]; LANES] =
            std::array::from_fn(|l| if l == 0 { &frame[..] } else { &others[l % LANES][..] });
        let _: [[f32; DIMS]; LANES] = others;
        let [side, ..] = host.engine.log_densities(lanes, 1).map(Result::unwrap);
        assert_eq!((Ok(score), score), (host.engine.log_density(&frame, 1), side), "{mask}");
        let (mut surprises, mut of_host) = ([0.0; DIMS], [0.0; DIMS]);
        gaps.explain_until(&frame, 1, &mut surprises, |_, _| false).unwrap();
        host.engine.explain_until(&frame, 1, &mut of_host, |_, _| false).unwrap();
        assert_eq!(surprises.map(f32::to_bits), of_host.map(f32::to_bits), "{mask}");
        if mask == 0 {
            assert_eq!(Ok(score), device.log_density(&frame));
        } else {
            let index = mask.trailing_zeros() as usize;
            let refused = Err(FrameError::NonFinite { index });
            assert_eq!((device.log_density(&frame), whole.engine.log_density(&frame, 1)), (refused, refused));
        }
    }
}

/// `−log p(x_i | the others)` is the difference of two marginals.
#[test]
fn surprises_are_of_what_is_there() {
    for name in ["gaussian", "gmm:3", "auto"] {
        let bytes = fitted(name, &rows());
        let model = bytes.open_with_gaps().unwrap();
        let log_of =
            |mask: u32, frame| model.engine.log_density(&hidden(frame, mask), 1).unwrap().log_density.0;
        // slopes of the features: nats of a surprise are theirs
        let file = ModelFile::parse(bytes.as_bytes()).unwrap();
        let inverse = {
            let mut sections = file.sections();
            sections.floats(DIMS).unwrap();
            sections.floats(DIMS).unwrap().to_vec()
        };
        for (mask, frame) in [(0b1, FRAMES[0]), (0b10_0100, FRAMES[1]), (0b1_1010, FRAMES[2])] {
            let mut surprises = [0.0; DIMS];
            let of_frame = hidden(frame, mask);
            model.engine.explain_until(&of_frame, 1, &mut surprises, |_, _| false).unwrap();
            for (i, found) in surprises.into_iter().enumerate() {
                let expected = match mask >> i & 1 {
                    1 => 0.0,
                    _ => log_of(mask | 1 << i, frame) - log_of(mask, frame) + elbow::math::ln(inverse[i]),
                };
                let error = (found - expected).abs() / (1.0 + expected.abs());
                assert!(f64::from(error) < tolerance::MARGINAL, "{name} {mask:b} {i}: {found} {expected}");
            }
        }
    }
}

#[test]
fn what_cannot_be_scored_is_refused() {
    let bytes = fitted("auto", &rows());
    let device = OnDevice::from_bytes(bytes.as_bytes()).unwrap().with_gaps::<2>();
    let model = bytes.open_with_gaps().unwrap();
    let nothing = [f32::NAN; DIMS];
    assert_eq!(model.engine.log_density(&nothing, 1), Err(FrameError::NothingPresent));
    let three = hidden(FRAMES[0], 0b111);
    let too_many = FrameError::TooManyMissing { allowed: 2, found: 3 };
    assert_eq!(device.log_density(&three), Err(too_many));
    assert_eq!(device.log_density(&[f32::INFINITY; DIMS]), Err(FrameError::NonFinite { index: 0 }));
    let mut frame = FRAMES[0];
    let wrong = FrameError::WrongMask { expected: 1, found: 2 };
    assert_eq!(hide(&mut frame, &[1, 0]), Err(wrong));
    assert_eq!((frame, hide(&mut [], &[])), (FRAMES[0], Ok(())));
}
