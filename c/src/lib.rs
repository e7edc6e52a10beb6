//! Elbow for C: the functions of `include/elbow.h`.
//!
//! A model lives in an arena of the caller's: nothing is allocated. `door.rs` is where pointers become
//! slices, and the only file here with `unsafe` in it; what it calls is safe.
#![cfg_attr(target_os = "none", no_std)]

mod door;
mod handle;
mod status;

#[cfg(feature = "signature")]
pub use door::elbow_verify;
pub use door::{
    elbow_arena_size, elbow_describe, elbow_encode, elbow_explain, elbow_judge, elbow_open, elbow_push,
    elbow_reconstruct, elbow_reset, elbow_score, elbow_strerror,
};
pub use handle::{Handle, Info, Result, Verdict};
pub use status::Status;

/// No function here panics; what is linked beside them may.
#[cfg(target_os = "none")]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}
