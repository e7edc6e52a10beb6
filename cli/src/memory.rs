//! What memory a fit takes, before its data are read.

use std::path::PathBuf;

use elbow_reader::{DataError, expected_numbers};
use elbow_trainer::settings::Settings;

use crate::error::Error;
use crate::report;

/// Says what memory a large fit takes, and refuses one that would take more than is allowed.
pub(super) fn check_memory(data: &[PathBuf], settings: &Settings) -> Result<(), Error> {
    const TOLD: u64 = 256 << 20;
    let options = settings.load_options();
    let numbers = expected_numbers(data, &options)?.unwrap_or(0);
    let needed = settings.memory_of(numbers);
    let refused = |problem| DataError { path: data[0].clone(), problem };
    options.memory.allows_fit(needed).map_err(refused)?;
    if needed >= TOLD {
        let (needed, limit) = (needed >> 20, options.memory.0 >> 20);
        report::note(&format!("about {numbers} numbers: takes some {needed} MiB of memory, of {limit}"));
    }
    Ok(())
}
