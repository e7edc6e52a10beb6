//! The crates that read Parquet and Arrow panic on some files that lie to them. Here that is an error of the
//! file, like any other.

use std::any::Any;
use std::cell::RefCell;
use std::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use super::Format;
use crate::error::{DataError, Problem};

thread_local! {
    /// the file in the hands of others
    static DECODING: RefCell<Option<(Format, PathBuf)>> = const { RefCell::new(None) };
}

/// What a panic in this thread says of the file that others decode just now; none where they decode none.
pub(crate) fn fault(panic: &(dyn Any + Send)) -> Option<DataError> {
    let (format, path) = DECODING.with_borrow(Clone::clone)?;
    Some(DataError { path, problem: format.broken(said(panic)) })
}

impl Format {
    /// What others make of a file, their errors and panics as what is wrong with it. What `read` had in its
    /// hands when it failed must not be used again.
    pub(super) fn guarded<T, E: Display>(
        self,
        path: &Path,
        read: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, Problem> {
        DECODING.set(Some((self, path.to_owned())));
        let made = catch_unwind(AssertUnwindSafe(read));
        DECODING.set(None);
        match made {
            Ok(made) => made.map_err(|error| self.broken(error)),
            Err(panic) => Err(self.broken(said(&*panic))),
        }
    }
}

fn said(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("it cannot be decoded")
}
