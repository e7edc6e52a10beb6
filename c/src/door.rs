//! The functions of `elbow.h`: pointers that were checked become slices, and what is safe does the work.
//!
//! What no check can tell is the caller's word, as of any C function: that a pointer which is not null points
//! to as many readable (or, for outputs, writable) numbers as the call says, that a model is one which
//! `elbow_open` gave, and that the file and the arena outlive it and are left alone while it is used.
#![expect(unsafe_code, reason = "pointers from C")]

#[cfg(feature = "signature")]
mod verify;

#[cfg(feature = "signature")]
pub use verify::elbow_verify;

use crate::handle::{Handle, Info, Plan, Result, Verdict};
use crate::status::Status;
use core::ffi::{c_char, c_void};
use core::ptr;
use core::slice;

/// What an arena must begin at a multiple of: it holds a handle, then numbers.
const ARENA_ALIGN: usize = align_of::<Handle<'_>>();
const FLOAT: usize = size_of::<f32>();
const _: () = assert!(ARENA_ALIGN <= 8 && size_of::<Handle<'_>>().is_multiple_of(FLOAT));

type Done<T = ()> = core::result::Result<T, Status>;

fn status(done: Done) -> Status {
    match done {
        Ok(()) => Status::Ok,
        Err(status) => status,
    }
}

/// Numbers or bytes of the caller's.
fn slice<'a, T>(from: *const T, len: usize) -> Done<&'a [T]> {
    if from.is_null() {
        return Err(Status::Null);
    }
    if !from.is_aligned() || len > isize::MAX as usize / size_of::<T>() {
        return Err(Status::WrongFrame);
    }
    // SAFETY: not null, aligned, no longer than any object; that `len` of them are there, and stay as long
    // as they are used, is the caller's word
    Ok(unsafe { slice::from_raw_parts(from, len) })
}

/// As [`slice`], to be written.
fn slice_mut<'a>(from: *mut f32, len: usize) -> Done<&'a mut [f32]> {
    if from.is_null() {
        return Err(Status::Null);
    }
    if !from.is_aligned() || len > isize::MAX as usize / FLOAT {
        return Err(Status::WrongFrame);
    }
    // SAFETY: as in `slice`; that nothing else refers to them is the caller's word
    Ok(unsafe { slice::from_raw_parts_mut(from, len) })
}

/// Where a result goes.
fn write<T>(to: *mut T, value: T) -> Done {
    if to.is_null() || !to.is_aligned() {
        return Err(Status::Null);
    }
    // SAFETY: not null and aligned; that there is room is the caller's word
    unsafe { to.write(value) };
    Ok(())
}

/// The model behind a pointer that `elbow_open` gave.
fn model<'a>(model: *mut Handle<'static>) -> Done<&'a mut Handle<'static>> {
    if model.is_null() || !model.is_aligned() {
        return Err(Status::Null);
    }
    // SAFETY: not null and aligned; that it is a model, which nobody else uses now, is the caller's word
    Ok(unsafe { &mut *model })
}

/// Whether so many bytes at two places share any.
fn overlap<T, U>((a, a_len): (*const T, usize), (b, b_len): (*const U, usize)) -> bool {
    let (a, b) = (a.addr(), b.addr());
    a_len.min(b_len) > 0 && a < b.saturating_add(b_len) && b < a.saturating_add(a_len)
}

/// Refuses numbers of the caller's that lie in the arena: what is read there is written on the way.
fn outside(model: &Handle<'_>, from: *const f32, len: usize) -> Done {
    let arena = (ptr::from_ref(model), model.bytes());
    if overlap((from, len.saturating_mul(FLOAT)), arena) { Err(Status::Overlap) } else { Ok(()) }
}

/// A frame: the caller's own or one that `elbow_push` gave, and nothing else of the arena.
fn frame_of<'a>(model: &Handle<'_>, from: *const f32, len: usize) -> Done<&'a [f32]> {
    let written = (ptr::from_ref(model), model.window_at());
    if overlap((from, len.saturating_mul(FLOAT)), written) { Err(Status::Overlap) } else { slice(from, len) }
}

/// Numbers to be written, as many as they should be, which share no memory with a frame or the arena.
fn apart<'a>(
    model: &Handle<'_>,
    frame: &[f32],
    to: *mut f32,
    (len, expected): (usize, u32),
) -> Done<&'a mut [f32]> {
    if len != expected as usize {
        return Err(Status::WrongFrame);
    }
    if overlap((frame.as_ptr(), size_of_val(frame)), (to, len.saturating_mul(FLOAT))) {
        return Err(Status::Overlap);
    }
    outside(model, to, len)?;
    slice_mut(to, len)
}

/// Bytes of an arena for the model of a file and these uses.
#[unsafe(no_mangle)]
pub extern "C" fn elbow_arena_size(file: *const c_void, len: usize, uses: u32, bytes: *mut usize) -> Status {
    let size = slice(file.cast(), len).and_then(|file| Plan::of(file, uses)?.bytes());
    status(size.and_then(|size| write(bytes, size)))
}

/// Opens the model of a file in an arena.
#[unsafe(no_mangle)]
pub extern "C" fn elbow_open(
    file: *const c_void,
    len: usize,
    arena: *mut c_void,
    arena_len: usize,
    uses: u32,
    model: *mut *mut Handle<'static>,
) -> Status {
    status(slice(file.cast(), len).and_then(|file| open(file, arena, arena_len, uses, model)))
}

fn open(
    file: &'static [u8],
    arena: *mut c_void,
    arena_len: usize,
    uses: u32,
    model: *mut *mut Handle<'static>,
) -> Done {
    if arena.is_null() || model.is_null() {
        return Err(Status::Null);
    }
    let place: *mut Handle<'static> = arena.cast();
    if !place.is_aligned() {
        return Err(Status::ArenaMisaligned);
    }
    let plan = Plan::of(file, uses)?;
    let size = plan.bytes()?;
    if arena_len < size {
        return Err(Status::ArenaTooShort);
    }
    let others = [(file.as_ptr(), file.len()), (model.cast(), size_of_val(&model))];
    if others.into_iter().any(|other| overlap((arena, size), other)) {
        return Err(Status::Overlap);
    }
    let numbers = (size - size_of::<Handle<'_>>()) / FLOAT;
    // SAFETY: behind the handle, within the arena, whose length was checked
    let memory: *mut f32 = unsafe { place.add(1) }.cast();
    // SAFETY: as many numbers as the arena has room for, made numbers here: C may not have written them
    let memory = unsafe {
        ptr::write_bytes(memory, 0, numbers);
        slice::from_raw_parts_mut(memory, numbers)
    };
    // SAFETY: not null, aligned, and the arena begins with room for it
    plan.open(memory, unsafe { &mut *place.cast() })?;
    write(model, place)
}

/// What a model takes.
#[unsafe(no_mangle)]
pub extern "C" fn elbow_describe(of: *mut Handle<'static>, info: *mut Info) -> Status {
    status(model(of).and_then(|model| write(info, model.info())))
}

/// Scores a frame by so many samples.
#[unsafe(no_mangle)]
pub extern "C" fn elbow_score(
    by: *mut Handle<'static>,
    frame: *const f32,
    len: usize,
    samples: u32,
    score: *mut Result,
) -> Status {
    status(model(by).and_then(|model| write(score, model.score(frame_of(model, frame, len)?, samples)?)))
}

/// Judges a frame.
#[unsafe(no_mangle)]
pub extern "C" fn elbow_judge(
    by: *mut Handle<'static>,
    frame: *const f32,
    len: usize,
    verdict: *mut Verdict,
) -> Status {
    status(model(by).and_then(|model| write(verdict, model.judge(frame_of(model, frame, len)?)?)))
}

/// Judges a frame, and says of each of its numbers how unlikely it is beside the others.
#[unsafe(no_mangle)]
pub extern "C" fn elbow_explain(
    by: *mut Handle<'static>,
    frame: *const f32,
    len: usize,
    verdict: *mut Verdict,
    surprises: *mut f32,
) -> Status {
    let explained = model(by).and_then(|model| {
        let frame = frame_of(model, frame, len)?;
        // no more is written than a frame of the right length has
        let surprises = apart(model, frame, surprises, (len, model.info().dims))?;
        write(verdict, model.explain(frame, surprises)?)
    });
    status(explained)
}

/// The most likely latent of a frame.
#[unsafe(no_mangle)]
pub extern "C" fn elbow_encode(
    by: *mut Handle<'static>,
    frame: *const f32,
    len: usize,
    latent: *mut f32,
    latent_len: usize,
) -> Status {
    let encoded = model(by).and_then(|model| {
        let frame = frame_of(model, frame, len)?;
        let latents = model.info().latents;
        if latents == 0 {
            return Err(Status::NoLatent);
        }
        model.encode(frame, apart(model, frame, latent, (latent_len, latents))?)
    });
    status(encoded)
}

/// What a normal frame near this one looks like.
#[unsafe(no_mangle)]
pub extern "C" fn elbow_reconstruct(
    by: *mut Handle<'static>,
    frame: *const f32,
    len: usize,
    expected: *mut f32,
) -> Status {
    let reconstructed = model(by).and_then(|model| {
        let frame = frame_of(model, frame, len)?;
        model.reconstruct(frame, apart(model, frame, expected, (len, model.info().dims))?)
    });
    status(reconstructed)
}

/// Takes a row; gives a frame where one is due, else null.
#[unsafe(no_mangle)]
pub extern "C" fn elbow_push(
    to: *mut Handle<'static>,
    row: *const f32,
    len: usize,
    frame: *mut *const f32,
) -> Status {
    let pushed = model(to).and_then(|model| {
        write(frame, ptr::null())?;
        outside(model, row, len)?;
        match model.push(slice(row, len)?)? {
            Some(due) => write(frame, due.as_ptr()),
            None => Ok(()),
        }
    });
    status(pushed)
}

/// Forgets all rows.
#[unsafe(no_mangle)]
pub extern "C" fn elbow_reset(of: *mut Handle<'static>) -> Status {
    status(model(of).and_then(Handle::reset))
}

/// A status in words.
#[unsafe(no_mangle)]
pub extern "C" fn elbow_strerror(number: i32) -> *const c_char {
    Status::text(number).as_ptr()
}
