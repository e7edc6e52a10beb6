//! Models that others trained and released, as ours.

use crate::models::{Model, architecture};
use elbow::architecture::{Activation, LikelihoodKind};
use elbow::features::Counts;
use elbow::likelihood::BetaBinomial;
use elbow::shape::Width;
use elbow::{Bernoulli, Binary, Dense, GaussianHead, Relu, Vae};
use elbow_host::model::ModelBytes;
use elbow_reader::{Dataset, LoadOptions, load, load_array};
use elbow_trainer::binarize::Binarize;
use elbow_trainer::net::dense::Dense as Slot;
use std::path::Path;

/// The binary MNIST VAE released with BB-ANS (Townsend, Bird and Barber
/// 2019): 784-100(ReLU)-40-100(ReLU)-784.
pub type BbAns<'a> = Vae<(
    Binary<784>,
    (Dense<'a, 784, 100, Relu>,),
    GaussianHead<Dense<'a, 100, 40>, Dense<'a, 100, 40>>,
    (Dense<'a, 40, 100, Relu>,),
    Bernoulli<Dense<'a, 100, 784>>,
)>;

/// The one of grey levels: 784-200(ReLU)-50-200(ReLU)-784, counts of 0 to 255.
pub type BbAnsGrey<'a> = Vae<(
    Counts<Width<784>>,
    (Dense<'a, 784, 200, Relu>,),
    GaussianHead<Dense<'a, 200, 50>, Dense<'a, 200, 50>>,
    (Dense<'a, 50, 200, Relu>,),
    BetaBinomial<Dense<'a, 200, 784>, Dense<'a, 200, 784>>,
)>;

/// Weights, output by output, and biases.
type Layer = (Vec<f32>, Vec<f32>);

fn released(hidden: u32, latent: u32, likelihood: LikelihoodKind) -> Model {
    let mut shape = architecture(784, &[hidden], latent, &[hidden], likelihood);
    shape.encoder.iter_mut().chain(&mut shape.decoder).for_each(|layer| layer.activation = Activation::Relu);
    Model::random(shape, 0)
}

/// The file of a [`BbAns`] model from its arrays.
///
/// # Panics
/// An array is missing.
pub fn bb_ans(weights: &Path) -> ModelBytes {
    let mut model = released(100, 40, LikelihoodKind::Bernoulli);
    let layer = |name| layer(weights, name);
    put_network(&mut model, ["fc1", "fc21", "fc22", "fc3"].map(layer));
    let output = model.layout.likelihood_heads[0].clone();
    put(&mut model, &output, layer("fc4"));
    ModelBytes::new(&model.encode())
}

/// The file of a [`BbAnsGrey`] model from its arrays, batch norms folded.
///
/// # Panics
/// An array is missing.
pub fn bb_ans_grey(weights: &Path) -> ModelBytes {
    let mut model = released(200, 50, LikelihoodKind::BetaBinomial { most: 255 });
    let normed = |(name, norm)| folded(weights, layer(weights, name), norm);
    put_network(&mut model, [("fc1", "bn1"), ("fc21", "bn21"), ("fc22", "bn22"), ("fc3", "bn3")].map(normed));
    let [log_alpha, log_beta] = [0, 1].map(|head| model.layout.likelihood_heads[head].clone());
    let (mut alpha, mut alpha_bias) = layer(weights, "fc4");
    let (beta, beta_bias) = (alpha.split_off(784 * 200), alpha_bias.split_off(784));
    put(&mut model, &log_alpha, (alpha, alpha_bias));
    put(&mut model, &log_beta, (beta, beta_bias));
    ModelBytes::new(&model.encode())
}

fn layer(weights: &Path, name: &str) -> Layer {
    let array = |part| load_array(weights, &format!("{name}.{part}")).unwrap().values;
    (array("weight"), array("bias"))
}

/// A layer with the batch norm behind it: `(y − mean)·γ/√(variance + 10⁻⁵) + β`.
fn folded(weights: &Path, (mut matrix, mut bias): Layer, norm: &str) -> Layer {
    let array = |part| load_array(weights, &format!("{norm}.{part}")).unwrap().values;
    let (gamma, beta) = (array("weight"), array("bias"));
    let (mean, variance) = (array("running_mean"), array("running_var"));
    let inputs = matrix.len() / bias.len();
    for (o, row) in matrix.chunks_exact_mut(inputs).enumerate() {
        let scale = gamma[o] / elbow::math::sqrt(variance[o] + 1e-5);
        row.iter_mut().for_each(|weight| *weight *= scale);
        bias[o] = (bias[o] - mean[o]) * scale + beta[o];
    }
    (matrix, bias)
}

/// Hidden layer, means, log scales, hidden layer.
fn put_network(model: &mut Model, [encoder, loc, log_scale, decoder]: [Layer; 4]) {
    let layout = model.layout.clone();
    let [to_loc, to_log_scale] = &layout.posterior_heads[..] else { unreachable!() };
    put(model, &layout.encoder[0].dense, encoder);
    put(model, to_loc, loc);
    put(model, to_log_scale, log_scale);
    put(model, &layout.decoder[0].dense, decoder);
}

fn put(model: &mut Model, slot: &Slot, (weights, bias): Layer) {
    model.params[slot.weights()].copy_from_slice(&weights);
    model.params[slot.bias()].copy_from_slice(&bias);
}

/// Images as bits, drawn with their intensities as probabilities.
///
/// # Panics
/// The file is none of images.
pub fn binarized(path: &Path) -> Dataset {
    let mut data = load(path, &LoadOptions::default()).unwrap();
    Binarize::Dynamic.prepare(&mut data).unwrap();
    Binarize::draw_all(&mut data, 1);
    data
}
