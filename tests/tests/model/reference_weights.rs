//! Our scorer on a model that somebody else trained: the binary MNIST VAE released with BB-ANS (Townsend,
//! Bird and Barber 2019), 784-100(ReLU)-40-100(ReLU)-784.
//!
//! Expected, measured in NumPy on other random binarisations of the same images: 105.4 nats at K = 1 on
//! 10,000 test images, 100.5 at K = 50 on the first 2,000.

use elbow_reader::Dataset;
use elbow_tests::models::generator;
use elbow_tests::reference::{BbAns, bb_ans, binarized};
use elbow_tests::shared;
use elbow_tests::tolerance::scoring as tolerance;

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
    let (bytes, images) = (bb_ans(&weights), binarized(&mnist));
    let model = BbAns::from_bytes(bytes.as_bytes()).unwrap();
    let one = nats(&model, &images, 10_000, 1);
    let fifty = nats(&model, &images, 2_000, 50);
    println!("K = 1: {one:.3} nats (105.4), K = 50: {fifty:.3} nats (100.5)");
    assert!((one - 105.4).abs() < tolerance::PUBLISHED, "{one}");
    assert!((fifty - 100.5).abs() < tolerance::PUBLISHED, "{fifty}");
}
