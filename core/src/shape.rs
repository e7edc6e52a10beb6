//! Sizes as types: the same code runs with sizes fixed at compile time (firmware) or read from a file (host).

use bytemuck::Pod;
use core::fmt::Debug;

/// What a vector is made of: one number, or the same number of several samples side by side.
pub trait Element: Pod + Debug {
    /// Zero.
    const ZERO: Self;
    /// Not a number, or the largest: what is read before it is written gives no sensible score.
    const UNWRITTEN: Self;
}

impl Element for f32 {
    const ZERO: f32 = 0.0;
    const UNWRITTEN: f32 = f32::NAN;
}

/// Integers, of which quantised layers are made.
macro_rules! integers {
    ($($int:ty),*) => {$(
        impl Element for $int {
            const ZERO: $int = 0;
            const UNWRITTEN: $int = <$int>::MAX;
        }
    )*};
}

integers!(i8, u8, u16, i32);

impl<T: Element, const L: usize> Element for [T; L] {
    const ZERO: [T; L] = [T::ZERO; L];
    const UNWRITTEN: [T; L] = [T::UNWRITTEN; L];
}

/// `[of_lane(0), …, of_lane(L − 1)]`.
///
/// As `core::array::from_fn`, which, as `map` of an array, may end as a function of its own: one that knows
/// nothing of the vector registers that its caller was compiled for, called for each number.
#[inline(always)]
pub fn lanes<T: Element, const L: usize>(mut of_lane: impl FnMut(usize) -> T) -> [T; L] {
    let mut lanes = [T::ZERO; L];
    for (l, lane) in lanes.iter_mut().enumerate() {
        *lane = of_lane(l);
    }
    lanes
}

/// A number that `L` lanes share, or one number for each.
pub trait Lanes<const L: usize>: Copy {
    /// Whether the lanes share it.
    const SHARED: bool;

    /// The number of each lane.
    fn lanes(self) -> [f32; L];

    /// All numbers of a vector as they lie in memory, one for each element or, where they are not shared,
    /// `L`.
    fn numbers(vector: &[Self]) -> &[f32];
}

impl<const L: usize> Lanes<L> for f32 {
    const SHARED: bool = true;

    #[inline(always)]
    fn numbers(vector: &[f32]) -> &[f32] {
        vector
    }

    #[inline(always)]
    fn lanes(self) -> [f32; L] {
        [self; L]
    }
}

impl<const L: usize> Lanes<L> for [f32; L] {
    const SHARED: bool = false;

    #[inline(always)]
    fn numbers(vector: &[[f32; L]]) -> &[f32] {
        vector.as_flattened()
    }

    #[inline(always)]
    fn lanes(self) -> [f32; L] {
        self
    }
}

/// The size of a vector, with the memory that holds one.
///
/// Firmware uses [`Width`]: arrays on the stack, sizes checked by the compiler. A host that learns sizes at
/// run time implements this for a type of its own whose buffers are allocated; nothing else of the engine
/// changes.
pub trait Shape: Copy + Debug {
    /// Memory for one vector of `T`.
    type Buffer<T: Element>: AsRef<[T]> + AsMut<[T]> + Clone + Debug;
    /// Memory for as many vectors of the size `N`.
    type Rows<N: Shape>: AsRef<[N::Buffer<f32>]> + AsMut<[N::Buffer<f32>]> + Debug;
    /// A borrowed vector, as a caller hands it over.
    type Slice: ?Sized + AsRef<[f32]>;

    /// The size when the file says `stored`: fixed shapes ignore it.
    fn resolve(stored: usize) -> usize;
    /// Zeroed memory for a vector of `len` elements.
    fn buffer<T: Element>(len: usize) -> Self::Buffer<T>;
    /// Memory for a vector of `len` elements that will be written before they are read.
    #[inline(always)]
    fn scratch<T: Element>(len: usize) -> Self::Buffer<T> {
        Self::buffer(len)
    }
    /// Zeroed memory for `count` vectors of `len` numbers.
    fn rows<N: Shape>(count: usize, len: usize) -> Self::Rows<N>;
}

/// A size fixed at compile time.
#[derive(Clone, Copy, Debug)]
pub struct Width<const N: usize>;

impl<const N: usize> Shape for Width<N> {
    type Buffer<T: Element> = [T; N];
    type Rows<M: Shape> = [M::Buffer<f32>; N];
    type Slice = [f32; N];

    #[inline(always)]
    fn resolve(_stored: usize) -> usize {
        N
    }

    #[inline(always)]
    fn buffer<T: Element>(_len: usize) -> [T; N] {
        [T::ZERO; N]
    }

    /// A loop stores these numbers at one and a third instructions a word; zeros would be a call of `memset`,
    /// at four.
    #[inline(always)]
    fn scratch<T: Element>(_len: usize) -> [T; N] {
        [T::UNWRITTEN; N]
    }

    #[inline(always)]
    fn rows<M: Shape>(_count: usize, len: usize) -> [M::Buffer<f32>; N] {
        core::array::from_fn(|_| M::buffer(len))
    }
}
