//! The threads that work is spread over.

use std::sync::{Arc, Mutex, PoisonError};

use pyo3::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::error::{Error, SETTING};

/// The pool, and the process that it was started in: a process that was forked has none of its threads.
static POOL: Mutex<Option<(u32, Arc<ThreadPool>)>> = Mutex::new(None);

/// Uses so many threads from now on; 0: one for each processor. Results do not depend on it.
#[pyfunction]
pub(crate) fn set_threads(count: u16) -> PyResult<()> {
    let pool = start(count.into())?;
    *POOL.lock().unwrap_or_else(PoisonError::into_inner) = Some((std::process::id(), pool));
    Ok(())
}

fn start(count: usize) -> Result<Arc<ThreadPool>, Error> {
    let started = ThreadPoolBuilder::new().num_threads(count).build();
    let refused =
        |error| Error::new(SETTING, format!("threads={count}: the system starts no more ({error})"));
    started.map(Arc::new).map_err(refused)
}

fn pool() -> Result<Arc<ThreadPool>, Error> {
    let mut place = POOL.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, pool)) = place.as_ref().filter(|(process, _)| *process == std::process::id()) {
        return Ok(Arc::clone(pool));
    }
    let pool = start(0)?;
    // one of another process cannot be ended from here
    std::mem::forget(place.replace((std::process::id(), Arc::clone(&pool))));
    Ok(pool)
}

/// Does the work with the threads of the pool.
pub(crate) fn spread<R: Send>(work: impl FnOnce() -> R + Send) -> Result<R, Error> {
    Ok(pool()?.install(work))
}
