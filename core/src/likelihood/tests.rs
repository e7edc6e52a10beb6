extern crate std;
use super::{
    BernoulliLaw, BetaBinomialLaw, DiscretizedLogisticLaw, GaussianLaw, GaussianPerOutputLaw, Incomplete,
    Independent, Law, Likelihood, Outputs, ReadLaw, StudentTLaw,
};
use crate::format::{ALIGNMENT, Sections};
use crate::kernel::TILE;
use crate::shape::Width;
use std::vec::Vec;

/// In place of layers: the outputs themselves, the same for every sample.
struct Given<const N: usize>(Vec<[f32; N]>);

impl<const N: usize> Outputs<N> for Given<N> {
    type In = Width<1>;
    type From = f32;
    type Out = Width<1>;

    fn features(&self) -> usize {
        self.0.len()
    }

    fn tile(&self, _: usize, _: &[[f32; 1]]) -> [[f32; N]; TILE] {
        unreachable!("a log probability takes them one by one")
    }

    fn for_each<const L: usize>(&self, _: &[[f32; L]], _: usize, mut visit: impl FnMut([&[f32; L]; N])) {
        self.0.iter().for_each(|outputs| visit(outputs.map(|output| [output; L]).each_ref()));
        // as layers of whole tiles do
        visit([&[f32::NAN; L]; N]);
    }
}

/// Sections of floats.
fn sections(of: &[&[f32]]) -> Vec<u128> {
    let mut words = Vec::new();
    for section in of {
        for numbers in section.chunks(ALIGNMENT / 4) {
            let mut word = [0_f32; ALIGNMENT / 4];
            word[..numbers.len()].copy_from_slice(numbers);
            words.push(bytemuck::cast(word));
        }
    }
    words
}

/// Of 11 numbers those at 2 and 9 are missing: the log density is that of the other nine.
fn assert_marginal<'a, W: Law<N> + ReadLaw<'a>, const N: usize>(
    all: &'a [u128],
    rest: &'a [u128],
    numbers: &[f32; 11],
    outputs: impl Fn(usize) -> [f32; N],
) {
    let is_there = |i: &usize| *i != 2 && *i != 9;
    let law = |words: &'a [u128], kept: Vec<usize>| {
        let mut sections = Sections::new(bytemuck::cast_slice(words));
        let given = Given(kept.iter().map(|i| outputs(*i)).collect());
        let likelihood = Independent::<W, _, N>::read(given, &mut sections).unwrap();
        sections.finish().unwrap();
        likelihood
    };
    let (whole, part) = (law(all, (0..11).collect()), law(rest, (0..11).filter(is_there).collect()));
    let few: Vec<f32> = (0..11).filter(is_there).map(|i| numbers[i]).collect();
    let [expected, _] = part.log_prob::<2, f32>(&[], &few);
    let gaps: Vec<f32> = (0..11).map(|i| if is_there(&i) { numbers[i] } else { f32::NAN }).collect();
    let mut terms = [[0.0; super::BLOCK]; 11];
    let whole = Incomplete(whole);
    let [found, same] = whole.log_prob_terms::<2, _>(&[], &gaps, &mut terms[..]);
    assert!((found - expected).abs() < 2e-5, "{found} {expected}");
    assert_eq!((same, terms[2], terms[9]), (found, [0.0; super::BLOCK], [0.0; super::BLOCK]));
    assert!(terms[1][0].abs() > 1e-6, "a term of a number that is there");
    // where nothing is missing no bit is another
    assert_eq!(whole.log_prob::<2, f32>(&[], numbers), whole.0.log_prob::<2, f32>(&[], numbers));
}

#[test]
fn a_number_that_is_missing_is_integrated_out() {
    let reals: [f32; 11] = core::array::from_fn(|i| 0.7 * i as f32 - 3.0);
    let scales: [f32; 11] = core::array::from_fn(|i| 0.5 + 0.1 * i as f32);
    let nine =
        |of: &[f32; 11]| -> Vec<f32> { (0..11).filter(|i| *i != 2 && *i != 9).map(|i| of[i]).collect() };
    let two = |i: usize| [0.5 * i as f32 - 2.0, 0.1 * i as f32 - 0.4];

    let constant = |inverse: &[f32]| -> f32 {
        inverse.iter().map(|s| libm::log((*s).into()) - 0.918_938_533_204_672_7).sum::<f64>() as f32
    };
    let rest = nine(&scales);
    assert_marginal::<GaussianLaw<'_>, 1>(
        &sections(&[&scales, &[constant(&scales)]]),
        &sections(&[&rest, &[constant(&rest)]]),
        &reals,
        |i| [two(i)[0]],
    );
    assert_marginal::<GaussianPerOutputLaw, 2>(&[], &[], &reals, two);

    let student = |inverse: &[f32]| {
        let exponents: Vec<f32> = inverse.iter().map(|inverse| 0.5 / inverse + 0.5).collect();
        let constant = |inverse: &f32| {
            let nu = 1.0 / f64::from(*inverse);
            let log_pi = libm::log(core::f64::consts::PI * nu);
            libm::lgamma(0.5 * nu + 0.5) - libm::lgamma(0.5 * nu) - 0.5 * log_pi
        };
        let sum: f64 = inverse.iter().map(constant).sum();
        sections(&[inverse, &exponents, &[sum as f32]])
    };
    assert_marginal::<StudentTLaw<'_>, 2>(&student(&scales), &student(&rest), &reals, two);

    let counts: [f32; 11] = core::array::from_fn(|i| i as f32);
    let bits: [f32; 11] = core::array::from_fn(|i| (i % 2) as f32);
    assert_marginal::<BernoulliLaw, 1>(&[], &[], &bits, |i| [two(i)[0]]);
    let most = sections(&[&[12.0]]);
    assert_marginal::<BetaBinomialLaw, 2>(&most, &most, &counts, two);
    assert_marginal::<DiscretizedLogisticLaw<'_>, 2>(
        &sections(&[&scales]),
        &sections(&[&rest]),
        &counts,
        two,
    );
}

/// Every slope is the difference of `log p(x|z)` at two outputs beside it by theirs.
fn assert_slopes<'a, W: Law<N> + ReadLaw<'a>, const N: usize>(words: &'a [u128], numbers: &[f32]) {
    const STEP: f32 = 1.0 / 64.0;
    let law = W::read(&mut Sections::new(bytemuck::cast_slice(words)), 1).unwrap();
    let feature = law.features().next().unwrap();
    let log_prob = |x: f32, outputs: [f32; N]| law.finish(law.start(1) + law.part(feature, x, outputs));
    for (x, at) in numbers.iter().flat_map(|x| (-12..12).map(move |at| (*x, at as f32 * 0.25))) {
        let outputs: [f32; N] = core::array::from_fn(|n| if n == 0 { at } else { 0.3 * at - 0.2 });
        let slopes = law.slope(feature, x, outputs).unwrap();
        for n in 0..N {
            let beside = |step: f32| {
                let mut outputs = outputs;
                outputs[n] += step;
                log_prob(x, outputs)
            };
            let expected = (beside(0.5 * STEP) - beside(-0.5 * STEP)) / STEP;
            let error = (slopes[n] - expected).abs() / (1.0 + expected.abs());
            assert!(error < 2e-3, "{n} of {x} at {outputs:?}: {} {expected}", slopes[n]);
        }
    }
}

#[test]
fn slopes_are_those_of_the_laws() {
    let reals = [-2.5, -0.3, 0.0, 1.1, 4.0];
    assert_slopes::<BernoulliLaw, 1>(&[], &[0.0, 1.0]);
    assert_slopes::<GaussianLaw<'_>, 1>(&sections(&[&[1.7], &[-0.4]]), &reals);
    assert_slopes::<GaussianPerOutputLaw, 2>(&[], &reals);
    // ν = 2.5
    assert_slopes::<StudentTLaw<'_>, 2>(&sections(&[&[0.4], &[1.75], &[-1.0]]), &reals);
    // a log scale that is held has no slope
    for held in [-7.5, 7.5] {
        let [_, slope] = GaussianPerOutputLaw.slope((), 1.0, [0.5, held]).unwrap();
        assert_eq!(slope, 0.0);
    }
}
