//! Vectors of the machine's width, for the loops of [`matmul`](super::matmul) that hold their sums in
//! registers.

use std::ops::Add;

use pulp::Simd;

/// A number type with vectors of it. Each method is one instruction, or a few, of the instruction set `S`.
pub trait Lanes: Copy + Default + From<i8> + Add<Output = Self> + 'static {
    /// A vector.
    type Vector<S: Simd>: Copy;

    /// Numbers in a vector.
    fn count<S: Simd>() -> usize;
    /// `x` in every lane.
    fn splat<S: Simd>(simd: S, x: Self) -> Self::Vector<S>;
    /// `a b + c`, rounded once where the machine has that instruction.
    fn mul_add<S: Simd>(
        simd: S,
        a: Self::Vector<S>,
        b: Self::Vector<S>,
        c: Self::Vector<S>,
    ) -> Self::Vector<S>;
    /// `a + b`
    fn add_lanes<S: Simd>(simd: S, a: Self::Vector<S>, b: Self::Vector<S>) -> Self::Vector<S>;
    /// The numbers of `from`, at most a vector full, then zeros.
    fn load<S: Simd>(simd: S, from: &[Self]) -> Self::Vector<S>;
    /// Writes as many lanes as `to` holds.
    fn store<S: Simd>(simd: S, to: &mut [Self], x: Self::Vector<S>);
    /// Whole vectors, and what remains.
    fn vectors<S: Simd>(numbers: &[Self]) -> (&[Self::Vector<S>], &[Self]);
    /// Likewise, to be written.
    fn vectors_mut<S: Simd>(numbers: &mut [Self]) -> (&mut [Self::Vector<S>], &mut [Self]);
    /// The sum of the lanes.
    fn sum<S: Simd>(simd: S, x: Self::Vector<S>) -> Self;
}

/// The methods of `pulp` that compute with one type.
macro_rules! lanes {
    (
        $type:ty, $vector:ident, $count:ident, $splat:ident, $mul_add:ident, $add:ident, $load:ident,
        $store:ident, $vectors:ident, $vectors_mut:ident, $sum:ident
    ) => {
        impl Lanes for $type {
            type Vector<S: Simd> = S::$vector;

            #[inline(always)]
            fn count<S: Simd>() -> usize {
                S::$count
            }
            #[inline(always)]
            fn splat<S: Simd>(simd: S, x: $type) -> S::$vector {
                simd.$splat(x)
            }
            #[inline(always)]
            fn mul_add<S: Simd>(simd: S, a: S::$vector, b: S::$vector, c: S::$vector) -> S::$vector {
                simd.$mul_add(a, b, c)
            }
            #[inline(always)]
            fn add_lanes<S: Simd>(simd: S, a: S::$vector, b: S::$vector) -> S::$vector {
                simd.$add(a, b)
            }
            #[inline(always)]
            fn load<S: Simd>(simd: S, from: &[$type]) -> S::$vector {
                simd.$load(from)
            }
            #[inline(always)]
            fn store<S: Simd>(simd: S, to: &mut [$type], x: S::$vector) {
                simd.$store(to, x);
            }
            #[inline(always)]
            fn vectors<S: Simd>(numbers: &[$type]) -> (&[S::$vector], &[$type]) {
                S::$vectors(numbers)
            }
            #[inline(always)]
            fn vectors_mut<S: Simd>(numbers: &mut [$type]) -> (&mut [S::$vector], &mut [$type]) {
                S::$vectors_mut(numbers)
            }
            #[inline(always)]
            fn sum<S: Simd>(simd: S, x: S::$vector) -> $type {
                simd.$sum(x)
            }
        }
    };
}

lanes!(
    f32,
    f32s,
    F32_LANES,
    splat_f32s,
    mul_add_e_f32s,
    add_f32s,
    partial_load_f32s,
    partial_store_f32s,
    as_simd_f32s,
    as_mut_simd_f32s,
    reduce_sum_f32s
);
lanes!(
    f64,
    f64s,
    F64_LANES,
    splat_f64s,
    mul_add_e_f64s,
    add_f64s,
    partial_load_f64s,
    partial_store_f64s,
    as_simd_f64s,
    as_mut_simd_f64s,
    reduce_sum_f64s
);
