//! Samples and the quantiser that keeps them within a bound.

/// What a sensor's converter gives: integers of 16 or 32 bits.
pub trait Sample: Copy + Default + core::fmt::Debug {
    /// Bytes of a sample as it is.
    const BYTES: usize;
    /// The bytes, low byte first.
    type Bytes: AsRef<[u8]>;

    /// The same number.
    fn to_i32(self) -> i32;
    /// The nearest number that the type has.
    fn from_i32(value: i32) -> Self;
    /// Its bytes, low byte first.
    fn to_bytes(self) -> Self::Bytes;
    /// The inverse of [`to_bytes`](Self::to_bytes), of as many bytes as there
    /// are up to [`BYTES`](Self::BYTES).
    fn from_bytes(bytes: &[u8]) -> Self;
}

macro_rules! sample {
    ($type:ident, $bytes:literal) => {
        impl Sample for $type {
            const BYTES: usize = $bytes;
            type Bytes = [u8; $bytes];

            #[inline]
            fn to_i32(self) -> i32 {
                i32::from(self)
            }

            #[inline]
            fn from_i32(value: i32) -> Self {
                value.clamp(i32::from($type::MIN), i32::from($type::MAX)) as $type
            }

            #[inline]
            fn to_bytes(self) -> [u8; $bytes] {
                self.to_le_bytes()
            }

            #[inline]
            fn from_bytes(bytes: &[u8]) -> Self {
                $type::from_le_bytes(bytes.first_chunk().copied().unwrap_or_default())
            }
        }
    };
}

sample!(i16, 2);
sample!(i32, 4);

/// The uniform quantiser of differences: `q = round((x − base)/(2e + 1))`,
/// `x̂ = base + q·(2e + 1)`, so `|x − x̂| ≤ e`.
///
/// In integers without overflow, whatever x and base. With e = 0 the difference is taken modulo 2³².
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quantizer {
    bound: u32,
}

impl Quantizer {
    /// The quantiser of a bound e, in units of the samples; 0 loses nothing.
    pub fn new(bound: u16) -> Self {
        Quantizer { bound: u32::from(bound) }
    }

    /// q.
    #[inline]
    pub fn quantize(self, x: i32, base: i32) -> i32 {
        if self.bound == 0 {
            return x.wrapping_sub(base);
        }
        let (distance, step) = (x.abs_diff(base), 2 * self.bound + 1);
        // at most (2³² − 1)/3 + 1: it has a sign to spare
        let q = (distance / step + u32::from(distance % step > self.bound)) as i32;
        if x < base { -q } else { q }
    }

    /// x̂, held within what the samples' type can be: that only brings it nearer.
    #[inline]
    pub fn restore<S: Sample>(self, q: i32, base: i32) -> S {
        S::from_i32(self.restored(q, base))
    }

    #[inline(never)]
    fn restored(self, q: i32, base: i32) -> i32 {
        if self.bound == 0 {
            return base.wrapping_add(q);
        }
        let distance = q.unsigned_abs().saturating_mul(2 * self.bound + 1);
        if q < 0 { base.saturating_sub_unsigned(distance) } else { base.saturating_add_unsigned(distance) }
    }
}
