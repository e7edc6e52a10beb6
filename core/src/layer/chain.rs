//! Layers one after another: a tuple of layers is a layer.

use super::Layer;
use crate::fingerprint::{Fingerprint, Part, fold, of};
use crate::format::{Load, LoadError, Sections};
use crate::shape::{Shape, Width};
use core::marker::PhantomData;

/// Implements [`Layer`] for a tuple whose neighbours fit: `(A, B)` runs `B` on what `A` gave.
///
/// `chain!([A 0, B 1 A] C 2 B)` reads: all but the last layer, each with its
/// index and the layer before it, then the last one.
macro_rules! chain {
    ([$first:ident 0 $(, $layer:ident $index:tt $before:ident)*] $last:ident $end:tt $previous:ident) => {
        impl<$first, $($layer,)* $last> Layer for ($first, $($layer,)* $last)
        where
            $first: Layer,
            $($layer: Layer<In = $before::Out, From = $before::To>,)*
            $last: Layer<In = $previous::Out, From = $previous::To>,
        {
            type In = $first::In;
            type Out = $last::Out;
            type From = $first::From;
            type To = $last::To;

            #[inline(always)]
            fn outputs(&self) -> usize {
                self.$end.outputs()
            }

            #[inline]
            fn forward<const L: usize>(
                &self,
                x: &[[Self::From; L]],
            ) -> <Self::Out as Shape>::Buffer<[Self::To; L]> {
                let h = self.0.forward::<L>(x);
                $(let h = self.$index.forward::<L>(h.as_ref());)*
                self.$end.forward::<L>(h.as_ref())
            }

            /// What stands before a layer is computed again for it: memory of two vectors, however deep.
            fn pull_back<const L: usize>(
                &self,
                x: &[[Self::From; L]],
                slope: &[[f32; L]],
                to: &mut [[f32; L]],
            ) -> bool {
                back!(self, x, slope, to, [] $first 0 $(, $layer $index)*, $last $end)
            }
        }
        chain!(@load $first $($layer)* $last);
    };
    (@load $($layer:ident)*) => {
        impl<'a, $($layer: Load<'a>),*> Load<'a> for ($($layer,)*) {
            fn load(sections: &mut Sections<'a>) -> Result<Self, LoadError> {
                Ok(($($layer::load(sections)?,)*))
            }
        }

        impl<$($layer: Fingerprint),*> Fingerprint for ($($layer,)*) {
            const FINGERPRINT: u32 = {
                let hash = of(&[Part::Chain as u32]);
                $(let hash = fold(hash, $layer::FINGERPRINT);)*
                hash
            };
        }
    };
}

/// The way back through a chain: turns the list of its layers around, then goes from the last to the first.
macro_rules! back {
    // the list, turned
    ($of:expr, $x:expr, $slope:expr, $to:expr, [$($turned:tt)*] $layer:ident $index:tt, $($rest:tt)+) => {
        back!($of, $x, $slope, $to, [$layer $index, $($turned)*] $($rest)+)
    };
    ($of:expr, $x:expr, $slope:expr, $to:expr, [$($before:ident $at:tt,)*] $last:ident $end:tt) => {{
        back!(@go $of, $x, $slope, $to, $last $end, $($before $at,)*)
    }};
    // the first layer
    (@go $of:expr, $x:expr, $slope:expr, $to:expr, $layer:ident $index:tt,) => {
        $of.$index.pull_back::<L>($x, $slope, $to)
    };
    // one with layers before it
    (@go $of:expr, $x:expr, $slope:expr, $to:expr, $layer:ident $index:tt, $($before:ident $at:tt,)+) => {{
        let input = there!($of, $x, $($before $at,)+);
        let mut by_input = <$layer::In as Shape>::buffer::<[f32; L]>(input.as_ref().len());
        $of.$index.pull_back::<L>(input.as_ref(), $slope, by_input.as_mut())
            && back!(@go $of, $x, by_input.as_ref(), $to, $($before $at,)+)
    }};
}

/// What layers give, of which the last stands first.
macro_rules! there {
    ($of:expr, $x:expr, $layer:ident $index:tt,) => {
        $of.$index.forward::<L>($x)
    };
    ($of:expr, $x:expr, $layer:ident $index:tt, $($before:ident $at:tt,)+) => {
        $of.$index.forward::<L>(there!($of, $x, $($before $at,)+).as_ref())
    };
}

chain!([A 0] B 1 A);
chain!([A 0, B 1 A] C 2 B);
chain!([A 0, B 1 A, C 2 B] D 3 C);
chain!([A 0, B 1 A, C 2 B, D 3 C] E 4 D);
chain!([A 0, B 1 A, C 2 B, D 3 C, E 4 D] F 5 E);
chain!([A 0, B 1 A, C 2 B, D 3 C, E 4 D, F 5 E] G 6 F);

/// One layer is a chain of one.
impl<A: Layer> Layer for (A,) {
    type In = A::In;
    type Out = A::Out;
    type From = A::From;
    type To = A::To;

    #[inline(always)]
    fn outputs(&self) -> usize {
        self.0.outputs()
    }

    #[inline(always)]
    fn forward<const L: usize>(&self, x: &[[A::From; L]]) -> <A::Out as Shape>::Buffer<[A::To; L]> {
        self.0.forward(x)
    }

    fn pull_back<const L: usize>(&self, x: &[[A::From; L]], slope: &[[f32; L]], to: &mut [[f32; L]]) -> bool {
        self.0.pull_back(x, slope, to)
    }
}
chain!(@load A);

/// No layer at all: the input is the output.
#[derive(Clone, Copy, Debug)]
pub struct PassThrough<S> {
    len: usize,
    shape: PhantomData<S>,
}

impl<S: Shape> PassThrough<S> {
    /// Hands on vectors of `len` elements.
    pub fn new(len: usize) -> Self {
        PassThrough { len, shape: PhantomData }
    }
}

impl<S: Shape> Layer for PassThrough<S> {
    type In = S;
    type Out = S;
    type From = f32;
    type To = f32;

    #[inline(always)]
    fn outputs(&self) -> usize {
        S::resolve(self.len)
    }

    #[inline(always)]
    fn forward<const L: usize>(&self, x: &[[f32; L]]) -> S::Buffer<[f32; L]> {
        let mut y = S::buffer(self.outputs());
        y.as_mut().iter_mut().zip(x).for_each(|(y, x)| *y = *x);
        y
    }

    fn pull_back<const L: usize>(&self, _: &[[f32; L]], slope: &[[f32; L]], to: &mut [[f32; L]]) -> bool {
        to.iter_mut().zip(slope).for_each(|(to, slope)| *to = *slope);
        true
    }
}

impl<const N: usize> Load<'_> for PassThrough<Width<N>> {
    fn load(_sections: &mut Sections<'_>) -> Result<Self, LoadError> {
        Ok(PassThrough::new(N))
    }
}

impl<const N: usize> Fingerprint for PassThrough<Width<N>> {
    const FINGERPRINT: u32 = of(&[Part::PassThrough as u32, N as u32]);
}
