//! The widest vector registers that the machine has.

#[cfg(feature = "simd")]
mod arch;

#[cfg(feature = "simd")]
pub use arch::{arch, choose, name};

/// Runs `op` compiled for the vector instructions that are in use: those chosen, or else the widest of this
/// machine. Write loops in it over slices of equal length.
///
/// Each element is computed on its own and every sum has a fixed order: the width changes the speed and never
/// a bit.
#[inline(always)]
pub fn wide<R>(op: impl FnOnce() -> R) -> R {
    #[cfg(feature = "simd")]
    return arch().dispatch(op);
    #[cfg(not(feature = "simd"))]
    op()
}

/// As [`wide`], for an `op` that is written in two ways: it is told whether there are but 16 registers.
#[inline(always)]
pub fn wide_by_registers<R>(op: impl FnOnce(bool) -> R) -> R {
    #[cfg(feature = "simd")]
    return arch().dispatch(arch::ByRegisters(op));
    #[cfg(not(feature = "simd"))]
    op(true)
}
