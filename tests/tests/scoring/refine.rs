//! Posteriors that are refined for their frame: bounds that rise, what is exact, bits.

use elbow::FrameError;
use elbow::architecture::{Activation, Hidden, LikelihoodKind};
use elbow::latent::Posterior;
use elbow_host::model::{Dispersion, ModelBytes};
use elbow_tests::models::{Model, architecture};
use elbow_tests::tolerance::refine::{BOUND, FROM_EXACT};

use crate::ensemble::{Member, fitted};
use crate::known_density::{D, Known};

/// The mean of the log weights of many samples, of which the two differ in the posterior alone.
fn bounds(bytes: &ModelBytes, frame: &[f32], steps: u32) -> [f64; 2] {
    let model = bytes.open().unwrap();
    let latent = model.engine.latent().unwrap();
    let mean = |weights: Vec<f32>| weights.iter().map(|w| f64::from(*w)).sum::<f64>() / weights.len() as f64;
    let refined = latent.refined(frame, 512, steps, None).unwrap();
    [mean(latent.log_weights(frame, 512, None).unwrap()), mean(refined.log_weights)]
}

/// Every activation and likelihood that has slopes: were one of them wrong, the bound would not rise as far
/// as with many small steps.
#[test]
fn bounds_rise_for_every_activation_and_likelihood() {
    let laws = [
        LikelihoodKind::Bernoulli,
        LikelihoodKind::Gaussian,
        LikelihoodKind::GaussianPerOutput,
        LikelihoodKind::StudentT,
    ];
    let activations = [
        Activation::Relu,
        Activation::LeakyRelu,
        Activation::Tanh,
        Activation::Sigmoid,
        Activation::Silu,
        Activation::Elu,
        Activation::Softplus,
        Activation::Identity,
    ];
    for (likelihood, activation) in laws.iter().flat_map(|law| activations.map(|of| (*law, of))) {
        let mut shape = architecture(11, &[9], 3, &[10, 9], likelihood);
        let hidden = |width| Hidden { width, activation };
        shape.decoder = [hidden(10), hidden(9)].into_iter().collect();
        let model = Model::random(shape, 4);
        let bytes = ModelBytes::new(&model.encode());
        let mut gained = 0.0;
        for frame in model.frames(20, 6) {
            let [[before, few], [_, many]] = [20, 200].map(|steps| bounds(&bytes, &frame, steps));
            assert!(few > before - BOUND, "{likelihood:?} {activation:?}: {before} {few}");
            assert!(
                many - few < 0.3 * (few - before) + 20.0 * BOUND,
                "{likelihood:?}: {before} {few} {many}"
            );
            gained += few - before;
        }
        assert!(gained > 1.0, "{likelihood:?} {activation:?}: {gained}");
    }
}

/// Of a linear model with normal noise the best diagonal posterior is known: the exact mean, and the
/// variances given the other coordinates. The encoder of this model has both; one with variances four times
/// as large has far to go.
#[test]
fn the_best_posterior_of_a_linear_model_is_found() {
    let (exact, wide) = (Known::new(3, 1.0), Known::new(3, 4.0));
    let (right, model) = (exact.model(), wide.model());
    for frame in exact.frames(50) {
        let [there, found] = [right.encode(&frame).unwrap(), model.refined(&frame, 60).unwrap()];
        for d in 0..D {
            let scale = there.q().scale()[d];
            let apart = f64::from((found.q().loc()[d] - there.q().loc()[d]) / scale).abs();
            let ratio = f64::from(found.q().scale()[d] / scale);
            assert!(apart < FROM_EXACT && (ratio - 1.0).abs() < FROM_EXACT, "{d}: {apart} {ratio}");
        }
    }
}

#[test]
fn device_and_host_refine_to_the_same_bits() {
    let (bytes, small) = (fitted(1, 5, "f32"), fitted(1, 5, "int8"));
    let device = Member::from_bytes(bytes.as_bytes()).unwrap();
    let (host, host_small) = (bytes.open().unwrap(), small.open().unwrap());
    for n in 0..30_u8 {
        let frame = [0.3 * f32::from(n) - 4.0, 0.2 * f32::from(n % 7)];
        for steps in [0, 1, 7, 20] {
            let there = device.refined(&frame, steps).unwrap();
            for alone in [device.refined_lanes::<1>(&frame, steps), device.refined_lanes::<16>(&frame, steps)]
            {
                assert_eq!(alone.unwrap().q().loc(), there.q().loc());
            }
            let here = host.engine.latent().unwrap().refined(&frame, 3, steps, None).unwrap();
            assert_eq!(here.encoding.mode, there.q().loc());
            assert_eq!(here.encoding.dispersion, Dispersion::Scale(there.q().scale().to_vec()));
            assert_eq!((here.encoding.kl, here.log_weights.len()), (there.kl(), 3));
        }
        // weights of eight bits have a way back too
        host_small.engine.latent().unwrap().refined(&frame, 1, 5, None).unwrap();
    }
}

#[test]
fn what_has_no_way_back_is_refused() {
    let shape = architecture(2, &[4], 2, &[4], LikelihoodKind::DiscretizedLogistic);
    let model = Model::random(shape, 1);
    let bytes = ModelBytes::new(&model.encode());
    let host = bytes.open().unwrap();
    let frame = &model.frames(1, 1)[0];
    let refused = host.engine.latent().unwrap().refined(frame, 1, 3, None).unwrap_err();
    assert_eq!(refused, FrameError::NotRefinable);
    assert!(refused.to_string().contains("--prior normal"));
    // no step asks for nothing
    host.engine.latent().unwrap().refined(frame, 1, 0, None).unwrap();
}
