//! The entropy coder against `constriction`.

use constriction::stream::model::{
    ContiguousCategoricalEntropyModel, DecoderModel, EncoderModel, EntropyModel as Oracle, UniformModel,
};
use constriction::stream::stack::SmallAnsCoder;
use constriction::stream::{Decode, Encode};
use elbow::codec::{
    BitReader, EntropyModel, IntegerLaw, Interval, Rans, RawBits, Rice, Shape, StreamError, Table,
    TableError, Uniform, quantize_masses,
};
use elbow_tests::models::generator;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use rand_core::Rng;
use std::borrow::Borrow;
use std::num::NonZeroU16;

const P: u32 = 12;

/// A model of ours as one of the oracle's.
#[derive(Clone, Copy)]
struct Ours<'a>(Table<'a, P>);

impl Oracle<12> for Ours<'_> {
    type Symbol = u16;
    type Probability = u16;
}

impl EncoderModel<12> for Ours<'_> {
    fn left_cumulative_and_probability(&self, symbol: impl Borrow<u16>) -> Option<(u16, NonZeroU16)> {
        let Interval { start, mass } = self.0.interval(*symbol.borrow())?;
        Some((start, NonZeroU16::new(mass)?))
    }
}

impl DecoderModel<12> for Ours<'_> {
    fn quantile_function(&self, slot: u16) -> (u16, u16, NonZeroU16) {
        let (symbol, Interval { start, mass }) = self.0.symbol(slot);
        (symbol, start, NonZeroU16::new(mass).expect("a symbol has mass"))
    }
}

/// A table of a random distribution, from nearly certain to uniform.
fn random_table(rng: &mut impl Rng) -> Vec<u16> {
    let symbols = 2 + rng.next_u32() as usize % 60;
    let steep = 0.5 * rng.next_u32() as f64 / f64::from(u32::MAX);
    let weights: Vec<f64> = (0..symbols)
        .map(|i| (-(steep * i as f64)).exp() * (rng.next_u32() as f64 / f64::from(u32::MAX)))
        .collect();
    let mut cumulative = vec![0; symbols + 1];
    quantize_masses(&weights, P, &mut cumulative);
    cumulative
}

/// The symbol of a random slot: symbols come as the model says.
fn draw(model: &impl EntropyModel, precision: u32, rng: &mut impl Rng) -> u16 {
    model.symbol((rng.next_u32() >> (32 - precision)) as u16).0
}

fn words(bytes: &[u8]) -> Vec<u16> {
    bytes.chunks(2).map(|word| u16::from_le_bytes([word[0], word[1]])).collect()
}

fn oracle() -> SmallAnsCoder {
    SmallAnsCoder::from_binary(Vec::new()).expect("no words are words")
}

#[test]
fn streams_are_constrictions_word_for_word() {
    for seed in 0..200 {
        let mut rng = generator(seed);
        let tables: Vec<_> = (0..300).map(|_| random_table(&mut rng)).collect();
        let models: Vec<_> = tables.iter().map(|table| Table::<P>::new(table).unwrap()).collect();
        let symbols: Vec<u16> = models.iter().map(|model| draw(model, P, &mut rng)).collect();

        let (mut buffer, mut theirs) = (vec![0; 2000], oracle());
        let mut ours = Rans::new(&mut buffer[..]);
        for (symbol, model) in symbols.iter().zip(&models) {
            ours.push(*symbol, model).unwrap();
            theirs.encode_symbol(*symbol, Ours(*model)).unwrap();
        }
        let length = ours.finish().unwrap();
        let theirs = theirs.into_compressed().unwrap();
        assert_eq!(words(&buffer[..length]), theirs, "seed {seed}");

        let mut ours = Rans::open(&buffer[..length]).unwrap();
        let mut theirs = SmallAnsCoder::from_compressed(theirs).unwrap();
        for (symbol, model) in symbols.iter().zip(&models).rev() {
            assert_eq!(ours.pop(model), Ok(*symbol));
            assert_eq!(theirs.decode_symbol(Ours(*model)).unwrap(), *symbol);
        }
        assert!(ours.is_empty());
    }
}

#[test]
fn models_are_constrictions() {
    let mut rng = generator(1);
    for _ in 0..50 {
        let table = random_table(&mut rng);
        let masses: Vec<u16> = table.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let theirs =
            ContiguousCategoricalEntropyModel::<u16, Vec<u16>, 12>::from_nonzero_fixed_point_probabilities(
                &masses, false,
            )
            .unwrap();
        let (ours, symbols) = (Table::<P>::new(&table).unwrap(), 2 + rng.next_u32() as u16 % 4095);
        let (uniform, their_uniform) =
            (Uniform::<P>::new(symbols).unwrap(), UniformModel::<u16, 12>::new(symbols.into()));
        for slot in 0..1 << P {
            let (symbol, Interval { start, mass }) = ours.symbol(slot);
            let (s, c, m) = theirs.quantile_function(slot);
            assert_eq!((symbol, start, mass), (s as u16, c, m.get()));
            let (symbol, Interval { start, mass }) = uniform.symbol(slot);
            let (s, c, m) = their_uniform.quantile_function(slot);
            assert_eq!((symbol, start, mass), (s as u16, c, m.get()));
        }
    }
}

/// The four rules of a model, by looking at every slot and every symbol.
fn obeys(model: &impl EntropyModel, precision: u32) {
    let (mut slot, mut symbols) = (0_u32, 0);
    while slot < 1 << precision {
        let (symbol, interval) = model.symbol(slot as u16);
        assert_eq!((symbol, u32::from(interval.start)), (symbols, slot));
        assert_eq!(model.interval(symbol), Some(interval));
        assert!(interval.mass > 0 && u32::from(interval.mass) < 1 << precision);
        assert_eq!(model.symbol((slot + u32::from(interval.mass) - 1) as u16), (symbol, interval));
        (slot, symbols) = (slot + u32::from(interval.mass), symbols + 1);
    }
    assert_eq!(slot, 1 << precision);
    assert_eq!(model.interval(symbols), None);
}

#[test]
fn every_model_obeys_the_rules() {
    let mut rng = generator(2);
    (0..100).for_each(|_| obeys(&Table::<P>::new(&random_table(&mut rng)).unwrap(), P));
    (2..=1 << P).for_each(|symbols| obeys(&Uniform::<P>::new(symbols).unwrap(), P));
    (1..=15).for_each(|bits| obeys(&RawBits::new(bits), 15));
    assert!(Uniform::<3>::new(1).is_none() && Uniform::<3>::new(9).is_none());

    let refused = |cumulative: &[u16]| Table::<3>::new(cumulative).unwrap_err();
    assert_eq!(refused(&[]), TableError::Malformed);
    assert_eq!(refused(&[0, 8]), TableError::Malformed);
    assert_eq!(refused(&[1, 5, 8]), TableError::Malformed);
    assert_eq!(refused(&[0, 5, 5, 8]), TableError::NoMass { symbol: 1 });
    assert_eq!(refused(&[0, 9, 8]), TableError::NoMass { symbol: 1 });
    assert_eq!(refused(&[0, 5, 7]), TableError::WrongTotal { found: 7 });
}

#[test]
fn a_model_that_lies_is_refused() {
    struct Liar(Interval);
    impl EntropyModel for Liar {
        const PRECISION: u32 = 4;
        fn interval(&self, symbol: u16) -> Option<Interval> {
            (symbol == 0).then_some(self.0)
        }
        fn symbol(&self, _: u16) -> (u16, Interval) {
            (0, self.0)
        }
    }
    let mut buffer = [0; 8];
    let mut rans = Rans::new(&mut buffer[..]);
    rans.push(3, &RawBits::new(2)).unwrap();
    for (start, mass) in [(0, 0), (5, 12), (16, 1)] {
        let liar = Liar(Interval { start, mass });
        assert_eq!(rans.push(0, &liar), Err(StreamError::BadModel), "{start} {mass}");
        assert_eq!(rans.pop(&liar), Err(StreamError::BadModel), "{start} {mass}");
    }
    assert_eq!(rans.push(1, &Liar(Interval { start: 0, mass: 1 })), Err(StreamError::Impossible));
    assert_eq!(rans.pop(&RawBits::new(2)), Ok(3), "an error leaves the stack as it was");
}

#[test]
fn a_full_buffer_and_an_empty_stack_are_errors() {
    for room in 0..6 {
        let mut buffer = vec![0; room];
        let mut rans = Rans::new(&mut buffer[..]);
        let byte = RawBits::new(8);
        let pushed = (0..).find(|i| rans.push(i % 256, &byte).is_err()).unwrap();
        assert_eq!(rans.push(0, &byte), Err(StreamError::Full));
        for i in (0..pushed).rev() {
            assert_eq!(rans.pop(&byte), Ok(i % 256));
        }
        assert!(rans.is_empty());
        assert_eq!(rans.pop(&byte), Ok(0), "the 1 of an empty stack is in slot 1, which is symbol 0");
        assert_eq!(rans.pop(&RawBits::new(15)), Err(StreamError::Exhausted));
    }
    assert_eq!(Rans::open(&[][..]).unwrap_err(), StreamError::NotAStream);
    assert_eq!(Rans::open(&[1][..]).unwrap_err(), StreamError::NotAStream);
    assert_eq!(Rans::open(&[1, 0, 1][..]).unwrap_err(), StreamError::NotAStream);
    assert_eq!(Rans::open(&[1, 0, 0, 0][..]).unwrap_err(), StreamError::NotAStream);
    assert!(Rans::open(&[1, 0][..]).unwrap().is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(7), ..ProptestConfig::default() })]

    /// Pops and pushes in any order: what bits-back coding does.
    #[test]
    fn a_pop_undoes_a_push_and_a_push_a_pop(
        bytes in prop::collection::vec(any::<u8>(), 4..60),
        steps in prop::collection::vec((0..63_u8, any::<bool>()), 1..60),
    ) {
        let mut buffer = bytes.clone();
        buffer.truncate(bytes.len() / 2 * 2);
        let last = buffer.len() - 1;
        buffer[last] |= 1;
        let whole = buffer.clone();
        buffer.extend([0; 8]);
        let mut seed = Rans::new(&mut buffer[..]);
        for byte in &whole {
            if seed.push(u16::from(*byte), &RawBits::new(8)).is_err() { break }
        }
        let bits = seed.bits();
        let mut popped = Vec::new();
        for (scale, gaussian) in steps {
            let shape = if gaussian { Shape::Gaussian } else { Shape::Laplace };
            let law = IntegerLaw::new(shape, scale).unwrap();
            match law.pop(&mut seed) {
                Ok(number) => popped.push((number, law)),
                Err(error) => { prop_assert_eq!(error, StreamError::Exhausted); return Ok(()) }
            }
        }
        for (number, law) in popped.into_iter().rev() {
            law.push(number, &mut seed).unwrap();
        }
        prop_assert_eq!(seed.bits(), bits);
        for byte in whole.iter().rev() {
            prop_assert_eq!(seed.pop(&RawBits::new(8)), Ok(u16::from(*byte)));
        }
    }

    #[test]
    fn random_bytes_end_in_numbers_or_an_error(
        bytes in prop::collection::vec(any::<u8>(), 0..40),
        scale in 0..63_u8,
    ) {
        let law = IntegerLaw::new(Shape::Laplace, scale).unwrap();
        if let Ok(mut rans) = Rans::open(&bytes[..]) {
            for _ in 0..100 {
                if law.pop(&mut rans).is_err() { break }
            }
        }
        let mut bits = BitReader::new(&bytes);
        while Rice::new(u32::from(scale)).read(&mut bits).is_ok() {}
    }
}
