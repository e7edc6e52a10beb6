//! Our scorer on a model that somebody else trained: the binary MNIST VAE released with BB-ANS (Townsend, Bird and
//! Barber 2019), 784-100(ReLU)-40-100(ReLU)-784.
//!
//! Expected, measured in NumPy on other random binarisations of the same images: 105.4 nats at K = 1 on 10,000 test
//! images, 100.5 at K = 50 on the first 2,000.

use elbow::architecture::{Activation, LikelihoodKind};
use elbow::{Bernoulli, Binary, Dense, GaussianHead, Relu, Vae};
use elbow_tests::models::{Model, architecture, generator};
use elbow_tests::shared;
use elbow_tests::tolerance::scoring as tolerance;
use elbow_trainer::binarize::Binarize;
use elbow_trainer::data::{Dataset, LoadOptions, load, load_array};
use elbow_trainer::host_model::ModelBytes;
use elbow_trainer::net::layout::{Dense as Slot, Latent};
use std::path::Path;

type BbAns<'a> = Vae<
    Binary<784>,
    (Dense<'a, 784, 100, Relu>,),
    GaussianHead<Dense<'a, 100, 40>, Dense<'a, 100, 40>>,
    (Dense<'a, 40, 100, Relu>,),
    Bernoulli<Dense<'a, 100, 784>>,
>;

fn import(weights: &Path) -> ModelBytes {
    let mut shape = architecture(784, &[100], 40, &[100], LikelihoodKind::Bernoulli);
    shape.encoder.iter_mut().chain(&mut shape.decoder).for_each(|layer| layer.activation = Activation::Relu);
    let mut model = Model::random(shape, 0);
    let Latent::Gaussian { loc, log_scale } = model.layout.latent.clone() else { unreachable!() };
    let (encoder, decoder) = (model.layout.encoder[0].dense.clone(), model.layout.decoder[0].dense.clone());
    let output = model.layout.likelihood.first().clone();
    let mut put = |slot: &Slot, name: &str| {
        let array = |part| load_array(weights, &format!("{name}.{part}")).unwrap().values;
        model.params[slot.weights()].copy_from_slice(&array("weight"));
        model.params[slot.bias()].copy_from_slice(&array("bias"));
    };
    put(&encoder, "fc1");
    put(&loc, "fc21");
    put(&log_scale, "fc22");
    put(&decoder, "fc3");
    put(&output, "fc4");
    ModelBytes::new(&model.encode())
}

fn images(path: &Path) -> Dataset {
    let mut data = load(path, &LoadOptions::default()).unwrap();
    Binarize::Dynamic.prepare(&mut data).unwrap();
    Binarize::draw_all(&mut data, 1);
    data
}

/// Mean of −log p(x) over the first `rows` images, every image with noise of its own.
fn nats(model: &BbAns<'_>, images: &Dataset, rows: usize, samples: u32) -> f64 {
    let mut rng = generator(11);
    let score = |row: usize| {
        let frame = images.row(row).try_into().unwrap();
        f64::from(model.log_density_lanes::<16, _>(frame, samples, &mut rng).unwrap().log_density.0)
    };
    -(0..rows).map(score).sum::<f64>() / rows as f64
}

#[test]
fn the_released_bb_ans_model_scores_as_published() {
    let (Some(weights), Some(mnist)) = (
        shared::data("reference_weights/bbans_binary_mnist_vae_40.npz"),
        shared::data("mnist/t10k-images-idx3-ubyte.gz"),
    ) else {
        return;
    };
    let (bytes, images) = (import(&weights), images(&mnist));
    let model = BbAns::from_bytes(bytes.as_bytes()).unwrap();
    let one = nats(&model, &images, 10_000, 1);
    let fifty = nats(&model, &images, 2_000, 50);
    println!("K = 1: {one:.3} nats (105.4), K = 50: {fifty:.3} nats (100.5)");
    assert!((one - 105.4).abs() < tolerance::PUBLISHED, "{one}");
    assert!((fifty - 100.5).abs() < tolerance::PUBLISHED, "{fifty}");
}
