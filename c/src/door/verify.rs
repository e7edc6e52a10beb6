//! Signed files: a feature of its own, as a program that links the archive may hold all of it.

use core::ffi::c_void;

use super::{slice, status, write};
use crate::status::Status;
use elbow::SignedFile;
use elbow::signature::{KEY_LEN, SignatureError};

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

impl From<SignatureError> for Status {
    fn from(error: SignatureError) -> Status {
        match error {
            SignatureError::Unsigned => Status::Unsigned,
            SignatureError::OtherKey => Status::OtherKey,
            SignatureError::TooOld { .. } => Status::TooOld,
            SignatureError::BadKey => Status::BadKey,
            _ => Status::Altered,
        }
    }
}
