//! Plain exports over [`elbow::bounded`], for JavaScript: a model is opened, and rows of floats go in and out
//! by their place in memory.
//!
//! **Memory.** [`reserve`] makes room for numbers of four bytes, which JavaScript fills and [`release`] takes
//! back. A model lives until [`close`]. Every function but those takes a model that [`open`] gave, and room
//! that is as large as it says; a browser's module can hurt nobody but itself.

#![cfg_attr(target_family = "wasm", no_std)]

extern crate alloc;

mod describe;
mod file;
mod model;

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;
use core::slice::{from_raw_parts, from_raw_parts_mut};

use self::model::Model;

#[cfg(target_family = "wasm")]
#[global_allocator]
static HEAP: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

#[cfg(target_family = "wasm")]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}

/// Room for so many numbers of four bytes.
#[unsafe(no_mangle)]
pub extern "C" fn reserve(numbers: usize) -> *mut f32 {
    Vec::leak(vec![0.0; numbers]).as_mut_ptr()
}

/// Takes room back.
///
/// # Safety
/// It is that of [`reserve`], with the same number.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn release(at: *mut f32, numbers: usize) {
    drop(unsafe { Vec::from_raw_parts(at, 0, numbers) });
}

/// Opens the bytes of a model file. What it says of itself, or why it is none, is its [`text`].
///
/// # Safety
/// There are so many bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn open(bytes: *const u8, length: usize) -> *mut Model {
    Box::into_raw(Box::new(Model::new(unsafe { from_raw_parts(bytes, length) })))
}

/// Forgets a model.
///
/// # Safety
/// It is one of [`open`], and is used no more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn close(model: *mut Model) {
    drop(unsafe { Box::from_raw(model) });
}

/// Whether the bytes were a model.
#[unsafe(no_mangle)]
pub extern "C" fn is_model(model: &Model) -> bool {
    model.is_model()
}

/// Where the last text begins: what a model says of itself, why something failed.
#[unsafe(no_mangle)]
pub extern "C" fn text(model: &Model) -> *const u8 {
    model.text.as_ptr()
}

/// How many bytes of UTF-8 it has.
#[unsafe(no_mangle)]
pub extern "C" fn text_length(model: &Model) -> usize {
    model.text.len()
}

/// Cells of text, a newline behind each, to numbers, as many as there is room for; what is none becomes
/// infinite, which no frame may be, while NaN is a number that is missing. Returns how many cells there are.
///
/// # Safety
/// There are so many bytes, and room for so many numbers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn numbers(text: *const u8, length: usize, to: *mut f32, room: usize) -> usize {
    let (text, to) = unsafe { (from_raw_parts(text, length), from_raw_parts_mut(to, room)) };
    let cells = || text.split_inclusive(|byte| *byte == b'\n');
    for (cell, to) in cells().zip(to) {
        let cell = core::str::from_utf8(cell).unwrap_or_default().trim();
        *to = cell.parse().unwrap_or(f32::INFINITY);
    }
    cells().count()
}

/// Scores rows: of each whether it has a score, log p(x), p-value, 1 where it is anomalous, standard error
/// and effective sample size. NaN is what there is not.
///
/// # Safety
/// There are so many rows, and room for six numbers of each.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn score(model: &Model, rows: *const f32, count: usize, samples: u32, to: *mut f32) {
    let rows = unsafe { from_raw_parts(rows, count * model.dims()) };
    model.score(rows, samples, unsafe { from_raw_parts_mut(to.cast(), count) });
}

/// Of a row: its reconstruction, and how surprising each number is beside the others. False where it has no
/// score; why is then the [`text`].
///
/// # Safety
/// There is a row, and room for two more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn explain(model: &mut Model, row: *const f32, samples: u32, to: *mut f32) -> bool {
    let dims = model.dims();
    let (row, to) = unsafe { (from_raw_parts(row, dims), from_raw_parts_mut(to, 2 * dims)) };
    model.explain(row, samples, to)
}

/// The most likely latent of a row; false where it has none.
///
/// # Safety
/// There is a row, and room for a latent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn encode(model: &mut Model, row: *const f32, to: *mut f32) -> bool {
    let (dims, latents) = (model.dims(), model.latent_dims());
    let (row, to) = unsafe { (from_raw_parts(row, dims), from_raw_parts_mut(to, latents)) };
    model.encode(row, to)
}

/// The row that a latent decodes to; false where there is none.
///
/// # Safety
/// There is a latent, and room for a row.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn decode(model: &mut Model, z: *const f32, to: *mut f32) -> bool {
    let (dims, latents) = (model.dims(), model.latent_dims());
    let (z, to) = unsafe { (from_raw_parts(z, latents), from_raw_parts_mut(to, dims)) };
    model.decode(z, to)
}
