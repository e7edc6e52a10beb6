//! Verdicts of models of many widths: `elbow inspect` promises what they take.

use super::{lanes, line};
use crate::Failure;
use core::fmt::Write;
use elbow::fingerprint::Fingerprint;
use elbow::format::{LoadError, is_of_shape};
use elbow::{Calibrated, Dense, DenseInt8, DenseInt8x8, Gaussian, GaussianHead, LinearInt8x8, Quantize};
use elbow::{
    DiscretizedLogistic, FrameError, Integers, LearnedConcentration, MixtureHead, StudentT, VmfHead,
};
use elbow::{Gaussians, Kernels, Mixture, Standardize, Tanh, Vae, Verdict};

/// `X`-`H`-`G` → `D` → `G`-`H`-`X` with tanh.
type Floats<'a, const X: usize, const H: usize, const G: usize, const D: usize> = Vae<(
    Standardize<'a, X>,
    (Dense<'a, X, H, Tanh>, Dense<'a, H, G, Tanh>),
    GaussianHead<Dense<'a, G, D>, Dense<'a, G, D>>,
    (Dense<'a, D, G, Tanh>, Dense<'a, G, H, Tanh>),
    Gaussian<'a, Dense<'a, H, X>>,
)>;
/// The same, its weights of eight bits.
type Int8<'a, const X: usize, const H: usize, const G: usize, const D: usize> = Vae<(
    Standardize<'a, X>,
    (DenseInt8<'a, X, H, Tanh>, DenseInt8<'a, H, G, Tanh>),
    GaussianHead<DenseInt8<'a, G, D>, DenseInt8<'a, G, D>>,
    (DenseInt8<'a, D, G, Tanh>, DenseInt8<'a, G, H, Tanh>),
    Gaussian<'a, DenseInt8<'a, H, X>>,
)>;
/// The same in integers.
type Int8x8<'a, const X: usize, const H: usize, const G: usize, const D: usize> = Vae<(
    Standardize<'a, X>,
    (Quantize<X>, DenseInt8x8<'a, X, H, u16>, DenseInt8x8<'a, H, G>),
    GaussianHead<LinearInt8x8<'a, G, D>, LinearInt8x8<'a, G, D>>,
    (Quantize<D>, DenseInt8x8<'a, D, G, u16>, DenseInt8x8<'a, G, H>),
    Gaussian<'a, LinearInt8x8<'a, H, X>>,
)>;
type Layers<'a, const I: usize, const H: usize, const O: usize> =
    (Dense<'a, I, H, Tanh>, Dense<'a, H, O, Tanh>);
/// Heavy tails.
type Tails<'a> = Vae<(
    Standardize<'a, 96>,
    Layers<'a, 96, 32, 16>,
    GaussianHead<Dense<'a, 16, 8>, Dense<'a, 16, 8>>,
    Layers<'a, 8, 16, 32>,
    StudentT<'a, Dense<'a, 32, 96>, Dense<'a, 32, 96>>,
)>;
/// Integers.
type Logistic<'a> = Vae<(
    Integers<'a, 96>,
    Layers<'a, 96, 32, 16>,
    GaussianHead<Dense<'a, 16, 8>, Dense<'a, 16, 8>>,
    Layers<'a, 8, 16, 32>,
    DiscretizedLogistic<'a, Dense<'a, 32, 96>, Dense<'a, 32, 96>>,
)>;
/// On a sphere.
type Sphere<'a> = Vae<(
    Standardize<'a, 96>,
    Layers<'a, 96, 32, 16>,
    VmfHead<Dense<'a, 16, 8>, LearnedConcentration<Dense<'a, 16, 1>>>,
    Layers<'a, 8, 16, 32>,
    Gaussian<'a, Dense<'a, 32, 96>>,
)>;
/// With a learned prior.
type Prior<'a> = Vae<(
    Standardize<'a, 96>,
    Layers<'a, 96, 32, 16>,
    MixtureHead<'a, Dense<'a, 16, 8>, Dense<'a, 16, 8>, 8>,
    Layers<'a, 8, 16, 32>,
    Gaussian<'a, Dense<'a, 32, 96>>,
)>;
/// Deep.
type Deep<'a> = Vae<(
    Standardize<'a, 640>,
    (
        Dense<'a, 640, 128, Tanh>,
        Dense<'a, 128, 128, Tanh>,
        Dense<'a, 128, 128, Tanh>,
        Dense<'a, 128, 128, Tanh>,
    ),
    GaussianHead<Dense<'a, 128, 8>, Dense<'a, 128, 8>>,
    (
        Dense<'a, 8, 128, Tanh>,
        Dense<'a, 128, 128, Tanh>,
        Dense<'a, 128, 128, Tanh>,
        Dense<'a, 128, 128, Tanh>,
    ),
    Gaussian<'a, Dense<'a, 128, 640>>,
)>;

/// Counts a verdict by all samples of the model that the file holds, one by as many as it takes, and one with
/// the surprise of each number.
///
/// # Errors
/// It is none of these models, or `out` fails.
pub fn verdicts(file: &[u8], out: &mut impl Write) -> Result<(), Failure> {
    macro_rules! one_of {
        ($($x:literal $shape:ty $(, $number:expr)?;)*) => {$(
            if is_of_shape(file, <$shape>::FINGERPRINT) {
                // a frame of its own for each: together they would need more memory than a chip has
                #[inline(never)]
                fn of(file: &[u8], out: &mut impl Write) -> Result<(), Failure> {
                    let model = Calibrated::<$shape>::from_bytes(file)?;
                    let [frame] = lanes::<$x, 1>();
                    $(let frame = frame.map($number);)?
                    let mut surprises = [0.0; $x];
                    line(out, "nothing", || (), |()| 0)?;
                    line(out, "whole", || model.judge_in_full(&frame), |verdict| bits(verdict))?;
                    line(out, "judge", || model.judge(&frame), |verdict| bits(verdict))?;
                    let explained = || model.judge_explained(&frame, &mut surprises);
                    line(out, "explained", explained, |verdict| bits(verdict))
                }
                return of(file, out);
            }
        )*};
    }
    one_of! {
        32 Floats<'_, 32, 32, 16, 4>;
        32 Floats<'_, 32, 128, 64, 8>;
        96 Floats<'_, 96, 32, 16, 8>;
        192 Floats<'_, 192, 64, 32, 8>;
        192 Floats<'_, 192, 32, 16, 4>;
        640 Floats<'_, 640, 64, 32, 8>;
        1024 Floats<'_, 1024, 32, 16, 8>;
        32 Floats<'_, 32, 32, 16, 64>;
        96 Tails<'_>;
        96 Logistic<'_>, |x| (4.0 * x) as i32 as f32;
        96 Sphere<'_>;
        96 Prior<'_>;
        640 Deep<'_>;
        32 Int8<'_, 32, 32, 16, 4>;
        192 Int8<'_, 192, 64, 32, 8>;
        640 Int8<'_, 640, 64, 32, 8>;
        1024 Int8<'_, 1024, 32, 16, 8>;
        32 Int8x8<'_, 32, 32, 16, 4>;
        192 Int8x8<'_, 192, 64, 32, 8>;
        640 Int8x8<'_, 640, 64, 32, 8>;
        1024 Int8x8<'_, 1024, 32, 16, 8>;
        32 Mixture<Standardize<'_, 32>, Gaussians<'_, 32, 2>>;
        96 Mixture<Standardize<'_, 96>, Gaussians<'_, 96, 2>>;
        192 Mixture<Standardize<'_, 192>, Gaussians<'_, 192, 2>>;
        32 Mixture<Standardize<'_, 32>, (Gaussians<'_, 32, 1>, Kernels<'_, 32, 150>)>;
        96 Mixture<Standardize<'_, 96>, (Gaussians<'_, 96, 1>, Kernels<'_, 96, 70>)>;
    }
    Err(LoadError::NotCalibrated.into())
}

fn bits(verdict: &Result<Verdict, FrameError>) -> u32 {
    verdict.map_or(0, |verdict| verdict.score.log_density.0.to_bits())
}
