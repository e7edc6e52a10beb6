//! The tables of the integer laws, and what their symbols cost: made by the compiler, so that no device computes a float.

use super::table::{Table, quantize_masses};

/// Precision of the tables: at 14 bits rounding costs 0.03 %, the coder 0.01 %.
pub(super) const PRECISION: u32 = 14;
/// Numbers from −REACH to REACH have a symbol each.
pub(super) const REACH: i32 = 31;
/// One symbol more: a number out of reach, which follows.
pub(super) const ESCAPE: u16 = 2 * REACH as u16 + 1;
const SYMBOLS: usize = ESCAPE as usize + 1;
/// Scales that have a table; beyond them the last octave is used for the number without its low bits.
pub(super) const LEVELS: usize = 10;
/// Costs are counted in units of 1/64 bit.
pub const COST_UNITS: u32 = 64;

/// The form of a law.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// The normal distribution.
    Gaussian = 0,
    /// The two-sided exponential: heavier tails, for residuals with outliers.
    Laplace = 1,
}

/// Cumulative masses by shape and scale.
pub(super) static TABLES: [[[u16; SYMBOLS + 1]; LEVELS]; 2] =
    [tables(Shape::Gaussian), tables(Shape::Laplace)];

/// Costs of 0 to REACH, and of the escape, in units of 1/[`COST_UNITS`] bit.
pub(super) struct Costs {
    pub(super) numbers: [u16; REACH as usize + 1],
    pub(super) escape: u16,
}

/// Costs by shape and scale.
pub(super) static COSTS: [[Costs; LEVELS]; 2] = [costs(Shape::Gaussian), costs(Shape::Laplace)];

const fn costs(shape: Shape) -> [Costs; LEVELS] {
    let mut costs = [const { Costs { numbers: [0; REACH as usize + 1], escape: 0 } }; LEVELS];
    let tables = tables(shape);
    let mut level = 0;
    while level < LEVELS {
        let mut symbol = REACH as usize;
        while symbol < SYMBOLS {
            let mass = tables[level][symbol + 1] - tables[level][symbol];
            // −64 log₂ (m / 2^P)
            let cost = (COST_UNITS * PRECISION - log2(mass as u32)) as u16;
            if symbol == ESCAPE as usize {
                costs[level].escape = cost;
            } else {
                costs[level].numbers[symbol - REACH as usize] = cost;
            }
            symbol += 1;
        }
        level += 1;
    }
    costs
}

const fn tables(shape: Shape) -> [[u16; SYMBOLS + 1]; LEVELS] {
    let mut tables = [[0; SYMBOLS + 1]; LEVELS];
    let (mut level, mut sigma) = (0, 0.25);
    while level < LEVELS {
        // P(k) = F((k + ½)/σ) − F((k − ½)/σ), the escape what is left
        let mut probabilities = [0.0; SYMBOLS];
        let mut k = 0;
        while k <= REACH {
            let lower = tail(shape, (k as f64 - 0.5) / sigma);
            let upper = tail(shape, (k as f64 + 0.5) / sigma);
            probabilities[(REACH + k) as usize] = lower - upper;
            probabilities[(REACH - k) as usize] = lower - upper;
            k += 1;
        }
        probabilities[ESCAPE as usize] = 2.0 * tail(shape, (REACH as f64 + 0.5) / sigma);
        quantize_masses(&probabilities, PRECISION, &mut tables[level]);
        assert!(Table::<PRECISION>::new(&tables[level]).is_ok());
        sigma *= core::f64::consts::SQRT_2;
        level += 1;
    }
    tables
}

/// `64 log₂ m` for m from 1 to 2^15, within 1.
const fn log2(mass: u32) -> u32 {
    let whole = mass.ilog2();
    // log₂(1 + f) ≈ f + 0.344 f (1 − f), f in units of 1/256
    let f = (mass << 8 >> whole) & 255;
    COST_UNITS * whole + (f + ((88 * f * (256 - f)) >> 16)) / 4
}

/// `1 − F(x)` of the distribution with mean 0 and standard deviation 1.
const fn tail(shape: Shape, x: f64) -> f64 {
    if x < 0.0 {
        return 1.0 - tail(shape, -x);
    }
    match shape {
        // ½ e^(−√2 x)
        Shape::Laplace => 0.5 / exp(core::f64::consts::SQRT_2 * x),
        // beyond 7.5 it is less than a hundredth of 2^−14 in all
        Shape::Gaussian if x > 7.5 => 0.0,
        Shape::Gaussian => {
            // Φ(x) = ½ + φ(x) (x + x³/3 + x⁵/(3·5) + …), Abramowitz and Stegun (1964), 26.2.11
            let (mut term, mut sum, mut n) = (x, x, 3.0);
            while term > 1e-17 * sum {
                term *= x * x / n;
                sum += term;
                n += 2.0;
            }
            const ROOT_TAU: f64 = 2.506_628_274_631_000_5;
            let tail = 0.5 - sum / (ROOT_TAU * exp(0.5 * x * x));
            if tail > 0.0 { tail } else { 0.0 }
        }
    }
}

/// `e^x` for x ≥ 0, at compile time: `(e^(x/1024))^1024` by nine terms of the series.
const fn exp(x: f64) -> f64 {
    let x = x / 1024.0;
    let (mut sum, mut n) = (1.0, 9.0);
    while n > 0.0 {
        sum = 1.0 + sum * x / n;
        n -= 1.0;
    }
    let mut squarings = 0;
    while squarings < 10 {
        sum *= sum;
        squarings += 1;
    }
    sum
}
