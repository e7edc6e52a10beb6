//! Mixtures of Gaussians in a file: what is no distribution is refused.

use crate::mixture_prior::{linear, sections};
use elbow::LoadError;
use elbow::architecture::LatentKind;
use elbow::distribution::GaussianMixture;
use elbow::format::Sections;
use elbow::shape::Width;
use elbow_host::model::ModelBytes;
use elbow_tests::models::Model;

#[test]
fn what_is_no_distribution_is_refused() {
    let ln_half = elbow::math::ln(0.5);
    let read = |dims: usize, count: usize, means: &[f32], inverse: &[f32], constants: &[f32]| {
        let bytes = sections(&[means, inverse, constants]);
        let mixture = GaussianMixture::<Width<1>>::read(&mut Sections::new(bytes.as_bytes()), dims, count);
        mixture.map(|_| ())
    };
    assert_eq!(read(1, 2, &[0.0, 1.0], &[1.0, 1.0], &[ln_half; 2]), Ok(()));
    assert_eq!(read(1, 2, &[0.0, 1.0], &[1.0, 2.0], &[ln_half, 0.0]), Ok(()));
    let malformed = Err(LoadError::Malformed);
    assert_eq!(read(1, 2, &[0.0, 1.0], &[1.0, 1.0], &[ln_half, -0.5]), malformed);
    assert_eq!(read(1, 2, &[0.0, 1.0], &[1.0, -1.0], &[ln_half; 2]), malformed);
    assert_eq!(read(1, 2, &[0.0, 1.0], &[0.0, 1.0], &[ln_half; 2]), malformed);
    assert_eq!(read(0, 2, &[], &[], &[ln_half; 2]), malformed);
    assert_eq!(read(1, 0, &[], &[], &[]), malformed);
    assert_eq!(read(1, usize::MAX, &[], &[], &[]), malformed);
    assert_eq!(read(1, 9, &[0.0], &[1.0], &[0.0]), malformed);
    assert_eq!(read(1, 1, &[f32::NAN], &[1.0], &[0.0]), Err(LoadError::NonFinite));
    let mut shape = linear().architecture;
    shape.latent = LatentKind::GaussianMixture { dim: 2, components: 0 };
    assert!(ModelBytes::new(&Model::random(shape, 3).encode()).open().is_err());
}
