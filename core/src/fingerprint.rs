//! A 32-bit hash of a model's shape, computed alike from a type at compile time and from a description at run
//! time.

/// FNV-1a's start value (Fowler, Noll, Vo 1991).
pub const START: u32 = 0x811C_9DC5;

/// Adds one word, low byte first, to the hash: `h = (h xor byte) · 16777619`.
pub const fn fold(hash: u32, word: u32) -> u32 {
    let mut hash = hash;
    let mut shift = 0;
    while shift < 32 {
        hash = (hash ^ ((word >> shift) & 0xFF)).wrapping_mul(0x0100_0193);
        shift += 8;
    }
    hash
}

/// The hash of several words in order.
pub const fn of(words: &[u32]) -> u32 {
    let mut hash = START;
    let mut rest = words;
    while let [word, tail @ ..] = rest {
        hash = fold(hash, *word);
        rest = tail;
    }
    hash
}

/// What kind of part a hash belongs to: the first word of each part's hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
#[allow(missing_docs, reason = "named after the types they stand for")]
pub enum Part {
    Dense = 1,
    Chain = 2,
    PassThrough = 3,
    Standardize = 4,
    Binary = 5,
    GaussianHead = 6,
    VmfHead = 7,
    Bernoulli = 8,
    Gaussian = 9,
    GaussianPerOutput = 10,
    Vae = 11,
    LearnedConcentration = 12,
    FixedConcentration = 13,
    TabledConcentration = 14,
    LogStandardize = 15,
    PointHead = 16,
    DenseInt8x8 = 17,
    DenseInt8x16 = 18,
    LinearInt8x8 = 19,
    Quantize = 20,
    DenseInt8 = 21,
    Mixture = 22,
    Gaussians = 23,
    Kernels = 24,
    Integers = 25,
    DiscretizedLogistic = 26,
    StudentT = 27,
    Counts = 28,
    BetaBinomial = 29,
    Ensemble = 32,
    MixtureHead = 33,
    Categories = 34,
    OneHot = 35,
    GaussianCategorical = 36,
    NegativeBinomial = 37,
    Angles = 38,
    SineCosine = 39,
    VonMises = 40,
}

impl Part {
    /// Whether it is a dense layer, of whatever weights.
    pub const fn is_layer(self) -> bool {
        matches!(
            self,
            Part::Dense | Part::DenseInt8 | Part::DenseInt8x16 | Part::DenseInt8x8 | Part::LinearInt8x8
        )
    }
}

/// A type whose shape is known to the compiler.
pub trait Fingerprint {
    /// The hash of the shape.
    const FINGERPRINT: u32;
}

#[cfg(test)]
mod tests {
    #[test]
    fn it_is_fnv_1a() {
        // "foobar" → 0xbf9cf968 in the published test vectors of FNV-1a 32 bit; here in words of four bytes.
        let word = u32::from_le_bytes(*b"foob");
        let hash = super::fold(super::START, word);
        let hash = (hash ^ u32::from(b'a')).wrapping_mul(0x0100_0193);
        let hash = (hash ^ u32::from(b'r')).wrapping_mul(0x0100_0193);
        assert_eq!(hash, 0xbf9c_f968);
    }
}
