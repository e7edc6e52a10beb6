//! The recorded data set: it is inside the program, so that the demo runs from any folder of any machine.

use std::path::{Path, PathBuf};

use crate::error::Error;
use elbow_host::file::atomic_file::write_atomically;

static TELEMETRY: &[u8] = include_bytes!("../../data/telemetry.csv.gz");

/// The counters of a machine, as `data/telemetry` describes them, written into a folder that is made where it
/// is not there.
pub(crate) fn data_set(folder: &Path) -> Result<PathBuf, Error> {
    std::fs::create_dir_all(folder).map_err(Error::io("write", folder))?;
    let path = folder.join("telemetry.csv.gz");
    write_atomically(&path, TELEMETRY)?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use elbow_reader::{LoadOptions, load};

    #[test]
    fn the_program_holds_the_rows_that_their_readme_counts() {
        let folder = tempfile::tempdir().unwrap();
        let path = data_set(&folder.path().join("new")).unwrap();
        let data = load(&path, &LoadOptions::default()).unwrap();
        let normal = data.labels.unwrap().anomalous.iter().filter(|is_anomalous| !**is_anomalous).count();
        assert_eq!((data.rows, normal), (7_267, 5_580));
    }
}
