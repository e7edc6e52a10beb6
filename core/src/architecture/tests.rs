//! Of every kind of part: the walk through its shape says what its type reads, and hashes alike.
//! does.

extern crate std;
use super::*;
use crate::distribution::build_vmf_table;
use crate::fingerprint::{Fingerprint, Part};
use crate::format::{ALIGNMENT, Load, Sections, taken};
use crate::*;
use std::vec::Vec;

fn shape(features: u32, hidden: u32, latent: LatentKind, likelihood: LikelihoodKind) -> Architecture {
    let hidden = [Hidden { width: hidden, activation: Activation::Tanh }];
    Architecture {
        features,
        preprocessing: FeaturesKind::plain(likelihood),
        encoder: Vec::from(hidden).into_iter().collect(),
        latent,
        decoder: Vec::from(hidden).into_iter().collect(),
        likelihood,
        weights: WeightKind::F32,
    }
}

const GAUSSIAN: LatentKind = LatentKind::Gaussian { dim: 3 };

/// Numbers that a distribution could have.
#[derive(Default)]
struct Sound {
    bytes: Vec<u8>,
    listed: Vec<(&'static str, u64)>,
}

impl Visit for Sound {
    fn section(&mut self, section: Section) {
        let len = section.len as usize;
        let floats = |values: &[f32]| values.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>();
        let (name, bytes) = match section.number {
            Number::F32 if section.name.contains("F(t)") => {
                let mut nodes = [[0.0; 2]; TABLE_CELLS + 1];
                build_vmf_table(3, 20.0, &mut nodes);
                ("f32", floats(nodes.as_flattened()))
            }
            // two equal parts of a mixture
            Number::F32 if section.name == "log w − Σ log σ" => {
                ("f32", floats(&[-core::f32::consts::LN_2; 2]))
            }
            Number::F32 => ("f32", floats(&std::vec![1.0; len])),
            Number::I8 => ("i8", std::vec![0; len]),
            Number::U16 if section.name == "levels" => {
                ("u16", [3_u16, 0, 0, 0, 0].map(u16::to_le_bytes).concat())
            }
            // all of them
            Number::U16 if section.name == "1 for an angle" => {
                ("u16", [1_u16; 5].map(u16::to_le_bytes).concat())
            }
            Number::U16 => ("u16", std::vec![0; 2 * len]),
            Number::I32 => ("i32", std::vec![0; 4 * len]),
        };
        assert_eq!(bytes.len() as u64, section.bytes(), "{}", section.name);
        self.listed.push((name, section.len));
        self.bytes.extend(bytes);
        self.bytes.resize(self.bytes.len().next_multiple_of(ALIGNMENT), 0);
    }
}

fn check<M: for<'a> Of<'a>>(shape: &Architecture) {
    assert!(shape.is_sound(), "{shape:?}");
    assert_eq!(shape.fingerprint(), M::HASH, "{shape:?}");
    shape.visit(&mut Names(Vec::new()));
    let mut sound = Sound::default();
    shape.visit(&mut sound);
    let aligned: Vec<[u128; 1]> =
        sound.bytes.as_chunks::<16>().0.iter().map(|chunk| [u128::from_ne_bytes(*chunk)]).collect();
    let mut sections = Sections::new(bytemuck::cast_slice(&aligned));
    taken::since();
    M::take(&mut sections);
    assert_eq!(taken::since(), sound.listed, "{shape:?}");
    assert!(sections.is_empty(), "{shape:?}");
}

/// Who takes a section by its name finds one.
struct Names(Vec<&'static str>);

impl Visit for Names {
    fn part(&mut self, _: &'static str, _: Part, inside: impl FnOnce(&mut Self)) {
        inside(&mut Names(Vec::new()));
    }

    fn section(&mut self, section: Section) {
        assert!(!self.0.contains(&section.name), "{} twice in a part", section.name);
        self.0.push(section.name);
    }
}

/// A family of types, one for each life of the bytes.
trait Of<'a> {
    const HASH: u32;
    fn take(sections: &mut Sections<'a>);
}

macro_rules! check {
    ($shape:expr, $type:ty) => {{
        struct Here;
        impl<'a> Of<'a> for Here {
            const HASH: u32 = <$type as Fingerprint>::FINGERPRINT;
            fn take(sections: &mut Sections<'a>) {
                <$type as Load<'a>>::load(sections).unwrap();
            }
        }
        check::<Here>(&$shape);
    }};
}

type Hidden5<'a> = (Dense<'a, 5, 9, Tanh>,);
type Hidden3<'a> = (Dense<'a, 3, 9, Tanh>,);
type Head<'a> = GaussianHead<Dense<'a, 9, 3>, Dense<'a, 9, 3>>;
type Output<'a> = Dense<'a, 9, 5>;

#[test]
fn likelihoods_and_features() {
    let of = |likelihood| shape(5, 9, GAUSSIAN, likelihood);
    macro_rules! check_pair {
        ($likelihood:expr, $features:ty, $type:ty) => {
            check!(of($likelihood), Vae<($features, Hidden5<'a>, Head<'a>, Hidden3<'a>, $type)>)
        };
    }
    check_pair!(LikelihoodKind::Bernoulli, Binary<5>, Bernoulli<Output<'a>>);
    check_pair!(LikelihoodKind::Gaussian, Standardize<'a, 5>, Gaussian<'a, Output<'a>>);
    check_pair!(
        LikelihoodKind::GaussianPerOutput,
        Standardize<'a, 5>,
        GaussianPerOutput<Output<'a>, Output<'a>>
    );
    check_pair!(
        LikelihoodKind::DiscretizedLogistic,
        Integers<'a, 5>,
        DiscretizedLogistic<'a, Output<'a>, Output<'a>>
    );
    check_pair!(LikelihoodKind::StudentT, Standardize<'a, 5>, StudentT<'a, Output<'a>, Output<'a>>);
    // the test's bytes say 1
    let counts = LikelihoodKind::BetaBinomial { most: 1 };
    check_pair!(counts, Counts<5>, BetaBinomial<Output<'a>, Output<'a>>);
    let categories = LikelihoodKind::GaussianCategorical { outputs: 7 };
    check!(
        of(LikelihoodKind::VonMises { angles: 5 }),
        Vae<(
            Angles<'a, Standardize<'a, 5>>,
            SineCosine<'a, 5, (Dense<'a, 10, 9, Tanh>,)>,
            Head<'a>,
            Hidden3<'a>,
            VonMises<'a, Output<'a>, Output<'a>>,
        )>
    );
    check_pair!(LikelihoodKind::NegativeBinomial, Counts<5>, NegativeBinomial<Output<'a>, Output<'a>>);
    check!(
        of(categories),
        Vae<(
            Categories<'a, Standardize<'a, 5>>,
            OneHot<'a, 5, (Dense<'a, 7, 9, Tanh>,)>,
            Head<'a>,
            Hidden3<'a>,
            GaussianCategorical<'a, 5, Dense<'a, 9, 7>>,
        )>
    );
    let mut heavy = of(LikelihoodKind::Gaussian);
    heavy.preprocessing = FeaturesKind::LogStandardize;
    check!(heavy, Vae<(LogStandardize<'a, 5>, Hidden5<'a>, Head<'a>, Hidden3<'a>, Gaussian<'a, Output<'a>>)>);
}

#[test]
fn latents() {
    macro_rules! check_head {
        ($latent:expr, $type:ty) => {
            check!(
                shape(5, 9, $latent, LikelihoodKind::Gaussian),
                Vae<(Standardize<'a, 5>, Hidden5<'a>, $type, Hidden3<'a>, Gaussian<'a, Output<'a>>)>
            )
        };
    }
    let vmf = |concentration| LatentKind::VonMisesFisher { dim: 3, concentration };
    check_head!(
        vmf(ConcentrationKind::Learned),
        VmfHead<Dense<'a, 9, 3>, LearnedConcentration<Dense<'a, 9, 1>>>
    );
    check_head!(vmf(ConcentrationKind::Fixed { kappa: 1.0 }), VmfHead<Dense<'a, 9, 3>, FixedConcentration>);
    check_head!(
        vmf(ConcentrationKind::Tabled { kappa: 1.0 }),
        VmfHead<Dense<'a, 9, 3>, TabledConcentration<'a>>
    );
    check_head!(LatentKind::Point { dim: 3, activation: Activation::Relu }, PointHead<Dense<'a, 9, 3, Relu>>);
    check_head!(
        LatentKind::GaussianMixture { dim: 3, components: 2 },
        MixtureHead<'a, Dense<'a, 9, 3>, Dense<'a, 9, 3>, 2>
    );
}

#[test]
fn weights() {
    let mut of = shape(5, 9, GAUSSIAN, LikelihoodKind::Gaussian);
    of.weights = WeightKind::Int8;
    check!(
        of,
        Vae<(
            Standardize<'a, 5>,
            (DenseInt8<'a, 5, 9, Tanh>,),
            GaussianHead<DenseInt8<'a, 9, 3>, DenseInt8<'a, 9, 3>>,
            (DenseInt8<'a, 3, 9, Tanh>,),
            Gaussian<'a, DenseInt8<'a, 9, 5>>,
        )>
    );
    of.weights = WeightKind::Int8x8;
    of.decoder.push(Hidden { width: 4, activation: Activation::Tanh }).unwrap();
    check!(
        of,
        Vae<(
            Standardize<'a, 5>,
            (Quantize<5>, DenseInt8x8<'a, 5, 9, u16>),
            GaussianHead<LinearInt8x8<'a, 9, 3>, LinearInt8x8<'a, 9, 3>>,
            (Quantize<3>, DenseInt8x8<'a, 3, 9, u16>, DenseInt8x8<'a, 9, 4>),
            Gaussian<'a, LinearInt8x8<'a, 4, 5>>,
        )>
    );
    of.weights = WeightKind::F32;
    (of.encoder, of.decoder) = Default::default();
    check!(
        of,
        Vae<(
            Standardize<'a, 5>,
            PassThrough<5>,
            GaussianHead<Dense<'a, 5, 3>, Dense<'a, 5, 3>>,
            PassThrough<3>,
            Gaussian<'a, Dense<'a, 3, 5>>,
        )>
    );
}

#[test]
fn mixtures() {
    let of = |gaussians, kernels| {
        let mut of = shape(11, 1, LatentKind::Component { gaussians, kernels }, LikelihoodKind::Gaussian);
        (of.encoder, of.decoder) = Default::default();
        of
    };
    check!(of(3, 0), Mixture<Standardize<'a, 11>, Gaussians<'a, 11, 3>>);
    check!(of(0, 9), Mixture<Standardize<'a, 11>, Kernels<'a, 11, 9>>);
    check!(of(3, 9), Mixture<Standardize<'a, 11>, (Gaussians<'a, 11, 3>, Kernels<'a, 11, 9>)>);
}
