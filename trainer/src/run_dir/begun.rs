//! The first file of a run's folder.

use std::path::{Path, PathBuf};

use elbow::format::is_control;
use elbow_host::file::atomic_file::write_new;

use crate::error::Error;
use crate::settings::Settings;

/// What a run is begun with.
#[derive(Clone, Copy, Debug)]
pub struct Begun<'a> {
    /// how to fit
    pub settings: &'a Settings,
    /// the files of the frames
    pub data: &'a [PathBuf],
}

impl Begun<'_> {
    /// Writes it down, as TOML.
    pub(super) fn write(&self, path: &Path) -> Result<(), Error> {
        let files: Vec<_> = self.data.iter().map(|path| path.display().to_string()).collect();
        // a name may hold a newline, which would begin a line of settings
        let line = format!(
            "# elbow {} fit {} --config {}",
            env!("CARGO_PKG_VERSION"),
            files.join(" "),
            path.display()
        );
        let line = line.replace(is_control, " ");
        Ok(write_new(path, (line + "\n" + &self.settings.to_toml()).as_bytes())?)
    }
}
