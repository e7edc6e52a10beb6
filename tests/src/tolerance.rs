//! The one table of numeric limits. A test that compares numbers takes its limit from here, and every limit
//! says why it is what it is. Loosening one is a change of behaviour and belongs into the changelog.

/// Functions of `elbow::math`: the largest error seen over *all* f32
/// arguments, rounded up in the second decimal.
///
/// One ulp is the distance between the two f32 around the true value. The polynomials
/// themselves are wrong by less than 0.1 ulp; the rest is the rounding of each operation, so no
/// other compiler or chip can change these figures.
pub mod math {
    /// 1.0024 at x = 59.300_01: the rounding of `1 + (e^r − 1)` and of the sum in brackets.
    pub const EXP_ULP: f64 = 1.01;
    /// 1.9684 at x = 1.003_861_8: sum, quotient and result are each rounded;
    /// away from 1 (outside [¼, 4]) it is 1.0916.
    pub const LN_ULP: f64 = 1.97;
    /// 1.5192 at e = 0.979_077_46, where the alternating sum is largest.
    pub const LN_1P_UNIT_ULP: f64 = 1.52;
    /// 2.6531 at x = 0.060_193_13: numerator, denominator, quotient are each rounded.
    pub const TANH_ULP: f64 = 2.66;
    /// 2.4019 at x = −4.157_294: as for tanh.
    pub const SIGMOID_ULP: f64 = 2.41;
    /// 2.1878 at x = 0.026_123_136: errors of `exp` and `ln_1p_unit`, one after the other.
    pub const SOFTPLUS_ULP: f64 = 2.19;
    /// Absolute, or a part of a result beyond −1; 1.53e-7 at t = 0.414:
    /// `1 − e^−t` is rounded, and `ln` of it.
    pub const LN_1M_EXP: f64 = 1.6e-7;
    /// 1.7932 at x = 1.580_536, of every third float: as `ln`, and `1 + x` is rounded before.
    pub const LN_1P_ULP: f64 = 1.85;
    /// 1.4361 at x = 1.001_803_6 times any power of 4: the last step's
    /// remainder r and its sum are each rounded.
    pub const INVERSE_SQRT_ULP: f64 = 1.44;
    /// How far a result may fall as the argument rises by one float: the rounding
    /// noise of neighbours, not seen in `exp` and `ln`.
    pub const FALL_ULP: f64 = 2.0;
    /// Absolute; 4.7e-7 at the last octave, where half an ulp is 2.4e-7; 2.9e-7 for |x| < 2.
    pub const NORMAL_QUANTILE: f64 = 5e-7;
    /// Absolute, for |x| < 2, where 95 % of all normals are.
    pub const NORMAL_QUANTILE_BODY: f64 = 3e-7;
    /// Mean of x², x⁴ over an even grid of 2^24 words, against 1 and 3: the
    /// grid's own error in the tail is 4e-7 and 1e-5.
    pub const NORMAL_MOMENTS: [f64; 2] = [1e-6, 3e-5];
}

/// Promises of `elbow inspect` against counts: none is below its count.
pub mod device {
    /// Of the instructions of a verdict, above. What a term takes depends on the shape around it: how the
    /// compiler places registers, and for floats in software the numbers themselves.
    pub const ABOVE_COUNTS: f64 = 0.17;
    /// The same of laws whose logarithms and divisions are counted as exponentials.
    pub const ABOVE_COUNTS_OF_LOGARITHMS: f64 = 0.5;
    /// The same on a core whose compiler uses vectors for some widths and not for others.
    pub const ABOVE_COUNTS_OF_VECTORS: f64 = 1.3;
    /// Of the stack, above. What lies in memory at once is the compiler's choice for each shape; with one
    /// sample, and of a mixture, twice as much.
    pub const ABOVE_STACK: f64 = 0.48;
}

/// Scores against what is known of them, in nats.
pub mod scoring {
    /// Published figures are rounded to 0.1 and come from another random binarisation and other noise; ours
    /// differ by 0.07 at K = 1 and 0.03 at K = 50.
    pub const PUBLISHED: f64 = 0.3;
    /// One term of a log likelihood against its closed form, of its size: an
    /// exponential, a logarithm and some roundings.
    pub const EXACT_TERM: f64 = 1e-6;
    /// Of 1: each of up to thousands of masses is off by what a log mass in
    /// f32 is, some 1e-6 of it, to either side.
    pub const TOTAL_MASS: f64 = 1e-5;
    /// Of 1: log masses of counts up to 255 are differences of logarithms of factorials, up to 1,500 and
    /// rounded to 1e-4 each, all of them alike.
    pub const TOTAL_MASS_OF_COUNTS: f64 = 1e-3;
    /// Of the bits of a count under the law that made it: what 4,000 rows leave open, and the bound.
    pub const FIT_OF_EVENTS: f64 = 0.05;
    /// Of the length of a log of 150 frames: its samples and those of the scores are others.
    pub const LOG_OF_RANDOM_MODEL: f64 = 0.05;
    /// Bits of such a log that its first frames take more, coded directly: 16·(5 + 2) must be there before
    /// bits come back, and a frame's five latents take 40 bits that none of them gives back.
    pub const INITIAL_BITS: f64 = 400.0;
    /// Of a mean squared error of 9.49, published from other float arithmetic: ours differs by 3e-6, an f32
    /// score of −3,600 is rounded by 1e-4 nats or 4e-7 of the error.
    pub const PUBLISHED_ERROR: f64 = 1e-5;
    /// Of the same, relative, with weights of eight bits: set at what `docs/benchmarks.md` tells, doubled.
    pub const ROUNDED_ERROR: f64 = 0.002;
    /// Part of the 95 % intervals that hold the truth. Over 4,000 repeats the exact figure spreads by 0.0034.
    pub const COVERAGE: core::ops::RangeInclusive<f64> = 0.93..=0.97;
    /// Of the mean over 4,000 frames at K = 1,024: a bias of var(w)/2K ≈ 1e-4 and a
    /// Monte-Carlo error of 0.5/√(4000·1024) ≈ 2.5e-4.
    pub const CONVERGED: f64 = 1e-3;
}

/// The entropy coder and its laws, as parts of what they are compared with.
pub mod codec {
    /// The coder's loss at 14 bits of precision, by theory and measurement
    /// 1e-4; 1e-3 leaves room for 60,000 random numbers.
    pub const CODER_LOSS: f64 = 1e-3;
    /// A cost is estimated within 1/64 bit a symbol, by rounding and by the
    /// logarithm's two terms: 3 % of a law of half a bit.
    pub const ESTIMATED_COST: f64 = 0.03;
    /// Two slots of 2¹⁴: rounding down and one slot for each symbol.
    pub const LAW_MASS: f64 = 2.0 / 16_384.0;
    /// A cost within 2/64 bit is a mass within 2.2 %; 64 of 2¹⁴ slots are shared out, 0.4 %.
    pub const LAW_RELATIVE: f64 = 0.026;
    /// Of bits-back logs above their model's bound, over 10,000 frames: the bar that the project sets itself.
    /// 0.0015 on average, and a log's choice of latents moves it by 0.0007.
    pub const BITS_BACK: f64 = 0.005;
    /// Over 1,000 frames, of which two are coded directly: 0.004 for them, and three times the spread.
    pub const BITS_BACK_SHORT: f64 = 0.011;
}

/// Quantised models against the model that they were made from: part of
/// −log p(x) lost on the data that calibrated them.
pub mod quantized {
    /// The bound that the project sets itself; random models of 20 features
    /// change by at most 0.25 %, whatever the activation.
    pub const INT8: f64 = 0.005;
    /// Likewise; hidden vectors have 256 levels.
    pub const INT8X8: f64 = 0.02;
}

/// Mixtures.
pub mod mixture {
    /// Relative to 1 + |log density|: features and parameters are single precision here and
    /// double there, and EM stops at 0.001 nats of gain.
    pub const SCIKIT_LEARN: f64 = 2e-4;
    /// A sum over 400 × 400 points, at least one in each standard deviation:
    /// more exact than the f32 of its terms.
    pub const INTEGRAL: f64 = 1e-3;
    /// Relative to 1 + |surprise|: differences of log densities of up to 460, in f32.
    pub const MARGINAL: f64 = 1e-3;
    /// Of frames with gaps, in nats: the bar that the project sets itself.
    pub const OF_GAPS: f64 = 1e-4;
    /// Relative to 1 + |log density|, each term of which is rounded.
    pub const SUM: f64 = 1e-6;
    /// Relative to 1 + |log density|, a sum of squares of features in single precision, here of three
    /// features and there of seven that are scaled otherwise.
    pub const REPEATS: f32 = 1e-4;
}

/// A mixture as a prior.
pub mod mixture_prior {
    /// Relative to 1 + |log weight|: some twenty terms in single precision, a latent among
    /// them that is rounded before both sides see it.
    pub const TERM: f64 = 2e-6;
    /// In nats, between 256 samples of a sequence and 10,000 at random of a
    /// latent of one coordinate; seen 0.008.
    pub const KL: f64 = 0.03;
    /// A sum over 400 × 400 points, several in each standard deviation: more exact than the f32 of its terms.
    pub const INTEGRAL: f64 = 1e-3;
}

/// Ensembles.
pub mod ensemble {
    /// Relative to 1 + |log density|: three exponentials and a logarithm in single precision.
    pub const MEAN: f64 = 1e-5;
}

/// Frames that are drawn from models.
pub mod draws {
    /// Of `√n` times the largest distance between distribution functions: exceeded with a probability of
    /// `2 exp(−2 c²)` = 0.125 % by each of 8 columns, 1 % by any.
    pub const KOLMOGOROV_SMIRNOV: f64 = 1.92;
    /// Standard errors of a mean of 4,000 draws: one time in 3 million.
    pub const DEVIATIONS: f64 = 5.1;
}

/// Entropies and divergences by samples.
pub mod entropy {
    /// Of 50 intervals of 95 % these many hold the truth; fewer one time in a thousand.
    pub const COVERED: usize = 42;
    /// Half widths of an interval of 95 %: further off one time in 20,000.
    pub const HALF_WIDTHS: f64 = 2.07;
}

/// Posteriors that are refined.
pub mod refine {
    /// Nats: bounds by 512 samples of the same noise, and a choice by 16.
    pub const BOUND: f64 = 0.02;
    /// Standard deviations, and part of them: what the noise of 16 samples leaves after 60 steps.
    pub const FROM_EXACT: f64 = 0.06;
}
