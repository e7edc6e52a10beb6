//! Every weight type in every batch form, against the rules written as plainly as possible.

use super::*;
use core::fmt::Debug;

/// Neither the unrolling nor a tile divides these.
const INPUTS: usize = 37;
/// Four that may go together, and some.
const TILES: usize = 6;

fn pseudo(i: usize) -> f32 {
    ((i as u32).wrapping_mul(2_654_435_761) >> 8) as f32 / 8_388_608.0 - 1.0
}

fn byte(i: usize) -> i8 {
    ((i as u32).wrapping_mul(2_654_435_761) >> 24) as i8
}

fn numbers<T: Element, const N: usize>(number: impl Fn(usize) -> T) -> [[T; TILE]; N] {
    core::array::from_fn(|i| core::array::from_fn(|o| number(i * TILE + o)))
}

/// Compares 1, 4, 16 and 32 samples side by side, stored and handed over, with `expected(output, inputs of a
/// sample)`.
fn check<K: Kernel>(
    kernel: &K,
    input: impl Fn(usize) -> K::From,
    expected: impl Fn(usize, &[K::From; INPUTS]) -> K::To,
) where
    K::To: PartialEq + Debug,
{
    lanes::<K, 1>(kernel, &input, &expected);
    lanes::<K, 4>(kernel, &input, &expected);
    lanes::<K, 16>(kernel, &input, &expected);
    lanes::<K, 32>(kernel, &input, &expected);
}

fn lanes<K: Kernel, const L: usize>(
    kernel: &K,
    input: &impl Fn(usize) -> K::From,
    expected: &impl Fn(usize, &[K::From; INPUTS]) -> K::To,
) where
    K::To: PartialEq + Debug,
{
    let x: [[K::From; L]; INPUTS] =
        core::array::from_fn(|i| core::array::from_fn(|l| input(7 * i + 31 * l + 5000)));
    let mut stored = [[[K::To::ZERO; L]; TILE]; TILES];
    kernel.dense(0, &x, &mut stored);
    let mut again = [[[K::To::ZERO; L]; TILE]; TILES - 1];
    kernel.dense_in_few_registers(1, &x, &mut again);
    assert_eq!(again, stored[1..]);
    // all, and so many that half a tile is padding
    for wanted in [TILES * TILE, TILES * TILE - 5] {
        let mut row = 0;
        kernel.for_each_row(&x, wanted, |outputs| {
            for l in 0..L {
                let of_sample = core::array::from_fn(|i| x[i][l]);
                assert_eq!(outputs[l], expected(row, &of_sample), "output {row} of sample {l} of {L}");
            }
            assert_eq!(outputs, stored[row / TILE][row % TILE]);
            row += 1;
        });
        assert!((wanted..=TILES * TILE).contains(&row));
    }
    assert_eq!(kernel.tile(2, &x), stored[2]);
}

fn at<T: Copy, const N: usize>(weights: &[[T; TILE]; N], o: usize, i: usize) -> T {
    weights[o / TILE * INPUTS + i][o % TILE]
}

#[test]
fn floats_give_the_bits_of_a_plain_loop() {
    let (weights, bias) =
        (numbers::<_, { TILES * INPUTS }>(pseudo), numbers::<_, TILES>(|o| pseudo(1000 + o)));
    let kernel = Tiles { weights: &weights, bias: &bias, finish: AsIs, input: PhantomData };
    check(&kernel, pseudo, |o, x: &[f32; INPUTS]| {
        x.iter().enumerate().fold(bias[o / TILE][o % TILE], |s, (i, x)| s + at(&weights, o, i) * x)
    });
}

#[test]
fn bytes_on_floats_give_the_bits_of_a_plain_loop() {
    let (weights, bias) = (numbers::<_, { TILES * INPUTS }>(byte), numbers::<_, TILES>(|o| pseudo(1000 + o)));
    let scale = numbers::<_, TILES>(|o| 0.01 * pseudo(2000 + o));
    let kernel = Tiles { weights: &weights, bias: &bias, finish: Scale(&scale), input: PhantomData };
    check(&kernel, pseudo, |o, x: &[f32; INPUTS]| {
        let product = |(i, x): (usize, &f32)| at(&weights, o, i) as f32 * x;
        let sum = x.iter().enumerate().map(product).fold(bias[o / TILE][o % TILE], |s, product| s + product);
        scale[o / TILE][o % TILE] * sum
    });
}

/// Weights and biases on integers, and their exact sum.
const WEIGHTS: fn() -> [[i8; TILE]; TILES * INPUTS] = || numbers(byte);
const BIAS: fn() -> [[i32; TILE]; TILES] = || numbers(|o| (1e6 * pseudo(1000 + o)) as i32);

fn exact<X: Copy + Into<i64>>(o: usize, x: &[X; INPUTS]) -> i64 {
    let weights = WEIGHTS();
    let products = x.iter().enumerate().map(|(i, x)| i64::from(at(&weights, o, i)) * (*x).into());
    i64::from(BIAS()[o / TILE][o % TILE]) + products.sum::<i64>()
}

#[test]
fn bytes_on_integers_give_the_exact_sum() {
    let (weights, bias) = (WEIGHTS(), BIAS());
    let scale = numbers::<_, TILES>(|o| 0.01 * pseudo(2000 + o));
    let kernel = Tiles { weights: &weights, bias: &bias, finish: Scale(&scale), input: PhantomData };
    check(
        &kernel,
        |i| (255.0 * pseudo(i).abs()) as u8,
        |o, x| scale[o / TILE][o % TILE] * exact(o, x) as f32,
    );
    let sums = Tiles { weights: &weights, bias: &bias, finish: AsIs, input: PhantomData };
    check(&sums, |i| (65_535.0 * pseudo(i).abs()) as u16, |o, x| exact(o, x) as i32);
}

#[test]
fn sums_become_integers_by_a_piecewise_linear_function() {
    let (weights, bias) = (WEIGHTS(), BIAS());
    let multiplier = numbers::<_, TILES>(|o| 300 + (100.0 * pseudo(3000 + o)) as i32);
    // any function: this one is not monotone
    let nodes: [u16; NODES] = core::array::from_fn(|j| (65_000.0 * pseudo(4000 + j).abs()) as u16);
    let finish = Requantize { multiplier: &multiplier, shifts: [5, 9], nodes: &nodes };
    let kernel = Tiles { weights: &weights, bias: &bias, finish, input: PhantomData };
    let mut seen = [false; 2];
    check(
        &kernel,
        |i| (255.0 * pseudo(i).abs()) as u8,
        |o, x| {
            let product = (exact(o, x) >> 5) * i64::from(multiplier[o / TILE][o % TILE]);
            let t = ((product >> 9) + 2048).clamp(0, 4095);
            let (j, r) = ((t / 64) as usize, t % 64);
            (((64 - r) * i64::from(nodes[j]) + r * i64::from(nodes[j + 1])) / (64 * 256)) as u8
        },
    );
    // both ends of the table and its middle are met
    for (o, x) in (0..24).map(|o| (o, core::array::from_fn(|i| (255.0 * pseudo(7 * i + 5000).abs()) as u8))) {
        let product = (exact(o, &x) >> 5) * i64::from(multiplier[o / TILE][o % TILE]);
        let t = (product >> 9) + 2048;
        seen[usize::from((0..4096).contains(&t))] = true;
    }
    assert_eq!(seen, [true; 2]);
}

#[test]
fn sums_that_leave_32_bits_wrap() {
    let weights = [[i8::MIN; TILE]; 3];
    let finish = Requantize { multiplier: &[[i32::MAX; TILE]], shifts: [0, 0], nodes: &[u16::MAX; NODES] };
    let kernel = Tiles { weights: &weights, bias: &[[i32::MIN; TILE]], finish, input: PhantomData };
    // no panic, whatever comes out
    let _ = kernel.tile(0, &[[u16::MAX; 1]; 3]);
}
