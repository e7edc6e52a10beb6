//! The work whose instructions the benchmark counts: `tests/src/bench` runs it on every core.
//!
//! Each thing counted is a line: its name, ticks of the machine's counter, bytes of stack, and a hash of the
//! results, which is the same on every machine.

mod kernels;
pub mod shapes;

use crate::{Cost, Failure, machine};
use core::{fmt::Write, hint::black_box};
use elbow::codec::{Codec, Fidelity, Predictor, Settings, VaePredictor, model_id};
use elbow::fingerprint::{START, fold};
use elbow::format::{Load, ModelFile};
use elbow::layer::{Layer, activation::StaticActivation};
use elbow::noise::LowDiscrepancy;
use elbow::{Dense, Gaussian, GaussianHead, Identity, Relu, Standardize, Tanh, Vae, math};
use rand_core::Rng as _;

/// The typical model: 64-32-16 → 8 → 16-32-64.
pub type Typical<'a> = Vae<(
    Standardize<'a, 64>,
    (Dense<'a, 64, 32, Tanh>, Dense<'a, 32, 16, Tanh>),
    GaussianHead<Dense<'a, 16, 8>, Dense<'a, 16, 8>>,
    (Dense<'a, 8, 16, Tanh>, Dense<'a, 16, 32, Tanh>),
    Gaussian<'a, Dense<'a, 32, 64>>,
)>;
/// Its samples.
pub const SAMPLES: u32 = 16;

/// Its layers, with any activation.
type Encoder<'a, A> = (Dense<'a, 64, 32, A>, Dense<'a, 32, 16, A>);
type Decoder<'a, A> = (Dense<'a, 8, 16, A>, Dense<'a, 16, 32, A>, Dense<'a, 32, 64>);

/// Four layers of the anomaly detector of MLPerf Tiny.
type Hidden<'a, const I: usize> = (
    Dense<'a, I, 128, Relu>,
    Dense<'a, 128, 128, Relu>,
    Dense<'a, 128, 128, Relu>,
    Dense<'a, 128, 128, Relu>,
);
/// All of it: 640-128-128-128-128-8-128-128-128-128-640, 264,192 multiply-adds.
type AutoEncoder<'a> = (Hidden<'a, 640>, Dense<'a, 128, 8, Relu>, Hidden<'a, 8>, Dense<'a, 128, 640>);

/// Counts `work` and writes its line, with `bits` of its result.
pub(crate) fn line<R>(
    out: &mut impl Write,
    name: &str,
    work: impl FnOnce() -> R,
    bits: impl FnOnce(&R) -> u32,
) -> Result<(), Failure> {
    print(out, name, machine::measure(work, bits))
}

#[inline(never)]
fn print(out: &mut impl Write, name: &str, Cost { ticks, stack, bits }: Cost) -> Result<(), Failure> {
    Ok(writeln!(out, "{name} {ticks} {stack} {bits:08x}")?)
}

/// Everything, for the model files of the auto-encoder and of the typical model.
///
/// # Errors
/// A file is not that model, or `out` fails.
pub fn all(auto_encoder_file: &[u8], typical: &[u8], out: &mut impl Write) -> Result<(), Failure> {
    line(out, "nothing", || (), |()| 0)?;
    auto_encoder::<1>(auto_encoder_file, "auto-encoder-1", out)?;
    auto_encoder::<4>(auto_encoder_file, "auto-encoder-4", out)?;
    line(out, "load", || Typical::from_bytes(typical).is_ok(), |ok| u32::from(*ok))?;
    score::<1>(typical, "score-1", out)?;
    score::<4>(typical, "score-4", out)?;
    network::<Identity>(typical, "dense", out)?;
    network::<Tanh>(typical, "network", out)?;
    functions(out)?;
    kernels::all(out)
}

/// The auto-encoder on `L` samples side by side.
fn auto_encoder<const L: usize>(file: &[u8], name: &str, out: &mut impl Write) -> Result<(), Failure> {
    let sections = &mut ModelFile::parse(file)?.sections();
    // The file is that of a VAE of this shape: what an auto-encoder lacks is left out.
    Standardize::<640>::load(sections)?;
    let (encoder, code) = (Load::load(sections)?, Load::load(sections)?);
    Dense::<128, 8>::load(sections)?;
    let model: AutoEncoder<'_> = (encoder, code, Load::load(sections)?, Load::load(sections)?);
    let x = lanes::<L, 640>();
    line(out, name, || model.forward(&x), |y| hash(y.as_flattened()))
}

/// A score of the typical model, `WIDE` samples side by side.
fn score<const WIDE: usize>(file: &[u8], name: &str, out: &mut impl Write) -> Result<(), Failure> {
    let model = Typical::from_bytes(file)?;
    let [frame] = lanes::<64, 1>();
    let work = || model.log_density_lanes::<WIDE, _>(&frame, black_box(SAMPLES), &mut model.noise());
    line(out, name, work, |score| score.map_or(0, |score| score.log_density.0.to_bits()))
}

/// The layers of the typical model, as often as a score runs them, and nothing else of a score.
fn network<A: StaticActivation>(file: &[u8], name: &str, out: &mut impl Write) -> Result<(), Failure> {
    let sections = &mut ModelFile::parse(file)?.sections();
    Standardize::<64>::load(sections)?;
    let encoder = Encoder::<A>::load(sections)?;
    let (loc, log_scale) = <(Dense<'_, 16, 8>, Dense<'_, 16, 8>)>::load(sections)?;
    let decoder = Decoder::<A>::load(sections)?;
    let (x, z) = (lanes::<1, 64>(), lanes::<4, 8>());
    let work = || {
        let h = encoder.forward(&x);
        black_box((loc.forward(&h), log_scale.forward(&h)));
        let mut last = [0.0; 4];
        for _ in 0..black_box(SAMPLES) / 4 {
            last = decoder.forward(black_box(&z))[63];
        }
        last
    };
    line(out, name, work, |last| hash(last))
}

/// Loads the typical model and scores a frame: nothing else.
pub fn minimal(file: &[u8], frame: &[f32; 64]) -> Option<f32> {
    let score = Typical::from_bytes(file).ok()?.log_density(frame, black_box(SAMPLES)).ok()?;
    Some(score.log_density.0)
}

/// Loads the typical model and packs two windows: what a device does that only sends.
pub fn minimal_sender(file: &[u8], samples: &[i16; 128]) -> Option<usize> {
    let model = Typical::from_bytes(file).ok()?;
    let (mut scratch, mut packet) = ([0; 212], [0; 271]);
    let len = codec(&model, file)?.encode(samples, LOSSLESS, &mut scratch, &mut packet).ok()?.len;
    black_box(&packet);
    Some(len)
}

/// The same, then unpacks them again and scores one, `WIDE` samples side by side.
pub fn minimal_codec<const WIDE: usize>(file: &[u8], samples: &[i16; 128]) -> Option<f32> {
    let model = Typical::from_bytes(file).ok()?;
    let codec = codec(&model, file)?;
    let (mut scratch, mut packet, mut decoded) = ([0; 212], [0; 271], [0_i16; 128]);
    let encoded = codec.encode(samples, LOSSLESS, &mut scratch, &mut packet).ok()?;
    codec.decode(packet.get(..encoded.len)?, &mut scratch, &mut decoded).ok()?;
    let frame = decoded.first_chunk()?.map(f32::from);
    let score = model.log_density_lanes::<WIDE, _>(&frame, black_box(SAMPLES), &mut model.noise());
    Some(score.ok()?.log_density.0)
}

const LOSSLESS: Settings = Settings { sequence: 0, fidelity: Fidelity::Within(0) };

fn codec<'m>(model: &'m Typical<'m>, file: &[u8]) -> Option<Codec<impl Predictor + use<'m>>> {
    let predictor = VaePredictor::new(model, model_id(file), &[1.0], &[8]).ok()?;
    Codec::new(predictor, 64, 1).ok()
}

/// The functions, over a slice of 256 numbers each.
fn functions(out: &mut impl Write) -> Result<(), Failure> {
    let [x] = lanes::<256, 1>();
    let (positive, words) = (x.map(|x| 2.0 + x), x.map(|x| x.to_bits().rotate_left(16)));
    let mut y = [0.0; 256];
    let mut noise = LowDiscrepancy::new(8);
    line(out, "negate", || map(&x, &mut y, |x| -x), |y| hash(y))?;
    line(out, "exp", || map(&x, &mut y, math::exp), |y| hash(y))?;
    line(out, "ln", || map(&positive, &mut y, math::ln), |y| hash(y))?;
    line(out, "tanh", || map(&x, &mut y, math::tanh), |y| hash(y))?;
    line(out, "softplus", || map(&x, &mut y, math::softplus), |y| hash(y))?;
    line(out, "quantile", || map(&words, &mut y, math::normal_quantile), |y| hash(y))?;
    line(out, "normal", || map(&x, &mut y, |_| math::normal_quantile(noise.next_u32())), |y| hash(y))
}

#[inline(never)]
fn map<'a, T: Copy>(x: &[T; 256], y: &'a mut [f32; 256], mut f: impl FnMut(T) -> f32) -> &'a [f32] {
    for (x, y) in x.iter().zip(&mut *y) {
        *y = f(*x);
    }
    y
}

/// Numbers in (−1, 1) that look random, and are the same everywhere.
fn lanes<const L: usize, const N: usize>() -> [[f32; L]; N] {
    let number = |i: usize| ((i as u32).wrapping_mul(2_654_435_761) >> 8) as f32 / 8_388_608.0 - 1.0;
    core::array::from_fn(|i| core::array::from_fn(|l| number(1 + i * L + l)))
}

fn hash(numbers: &[f32]) -> u32 {
    numbers.iter().fold(START, |hash, x| fold(hash, x.to_bits()))
}
