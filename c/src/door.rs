//! The functions of `elbow.h`: pointers that were checked become slices, and what is safe does the work.
//!
//! What no check can tell is the caller's word, as of any C function: that a pointer which is not null points
//! to as many readable (or, for outputs, writable) numbers as the call says, that a model is one which
//! `elbow_open` gave, and that the file and the arena outlive it and are left alone while it is used.
#![expect(unsafe_code, reason = "pointers from C")]

use crate::handle::{Handle, Info, Plan, Result, Verdict};
use crate::status::Status;
use core::ffi::{c_char, c_void};
use core::ptr;
use core::slice;
use elbow::SignedFile;
use elbow::signature::KEY_LEN;

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

/// Verifies the signature of a file that `memory` begins with; gives the file's length and its version.
#[unsafe(no_mangle)]
pub extern "C" fn elbow_verify(
    memory: *const c_void,
    len: usize,
    key: *const u8,
    oldest: u32,
    file_len: *mut usize,
    version: *mut u32,
) -> Status {
    let verified = slice(memory.cast(), len).and_then(|memory| {
        let key = slice(key, KEY_LEN)?.first_chunk().ok_or(Status::BadKey)?;
        let file = SignedFile::open(memory, key, oldest)?;
        write(version, file.version())?;
        write(file_len, file.bytes().len())
    });
    status(verified)
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
    status(model(by).and_then(|model| write(score, model.score(slice(frame, len)?, samples)?)))
}

/// Judges a frame.
#[unsafe(no_mangle)]
pub extern "C" fn elbow_judge(
    by: *mut Handle<'static>,
    frame: *const f32,
    len: usize,
    verdict: *mut Verdict,
) -> Status {
    status(model(by).and_then(|model| write(verdict, model.judge(slice(frame, len)?)?)))
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
        let frame = slice(frame, len)?;
        // no more is written than a frame of the right length has
        if len != model.info().dims as usize {
            return Err(Status::WrongFrame);
        }
        let bytes = len * FLOAT;
        if overlap((frame.as_ptr(), bytes), (surprises, bytes)) {
            return Err(Status::Overlap);
        }
        outside(model, surprises, len)?;
        write(verdict, model.explain(frame, slice_mut(surprises, len)?)?)
    });
    status(explained)
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
