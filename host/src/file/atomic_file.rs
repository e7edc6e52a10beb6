//! Files that are either whole or not there.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::error::Error;

/// Writes a file so that it is either whole or not there: to a temporary name beside it, then renamed.
///
/// # Errors
/// [`Error::Io`]; nothing is left behind.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let mut file = AtomicFile::create(path)?;
    file.write_all(bytes).map_err(Error::io("write", path))?;
    file.commit()
}

/// A file that takes its name when it is whole, and leaves nothing behind if it never is.
///
/// A pipe or a device is written to at once: renaming would put a file in its place, /dev/null included.
#[derive(Debug)]
pub struct AtomicFile {
    path: PathBuf,
    /// where it is until it is whole, and what it becomes
    names: Option<(PathBuf, PathBuf)>,
    file: std::fs::File,
}

impl AtomicFile {
    /// Begins a file.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn create(path: &Path) -> Result<Self, Error> {
        let names = (!is_special(path)).then(|| {
            let target = behind_links(path);
            (temporary(&target), target)
        });
        let open = || match &names {
            Some((temporary, _)) => std::fs::File::create(temporary),
            None => std::fs::OpenOptions::new().write(true).open(path),
        };
        let file = open().map_err(Error::io("write", path))?;
        Ok(AtomicFile { path: path.to_path_buf(), names, file })
    }

    /// Gives it its name.
    ///
    /// # Errors
    /// [`Error::Io`]; nothing is left behind.
    pub fn commit(mut self) -> Result<(), Error> {
        let Some((temporary, target)) = &self.names else { return Ok(()) };
        let renamed = self.file.sync_all().and_then(|()| std::fs::rename(temporary, target));
        renamed.map_err(Error::io("write", &self.path))?;
        self.names = None;
        Ok(())
    }
}

impl std::io::Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}

impl std::io::Seek for AtomicFile {
    fn seek(&mut self, to: std::io::SeekFrom) -> std::io::Result<u64> {
        self.file.seek(to)
    }
}

impl Drop for AtomicFile {
    fn drop(&mut self) {
        if let Some((temporary, _)) = &self.names {
            let _ = std::fs::remove_file(temporary);
        }
    }
}

/// Fails before the work where [`write_atomically`] would fail after it.
///
/// # Errors
/// [`Error::Argument`] for a folder, [`Error::Io`].
pub fn check_writable(path: &Path) -> Result<(), Error> {
    if path.is_dir() {
        return Err(Error::argument("out", path.display(), "is a folder; give a file name"));
    }
    if is_special(path) {
        return Ok(());
    }
    let probe = temporary(&behind_links(path));
    std::fs::write(&probe, []).and_then(|()| std::fs::remove_file(&probe)).map_err(Error::io("write", path))
}

/// There, but no file.
fn is_special(path: &Path) -> bool {
    path.metadata().is_ok_and(|metadata| !metadata.is_file())
}

/// What a link points to is replaced, not the link.
fn behind_links(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf())
}

fn temporary(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".{}.tmp", std::process::id()));
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unwritable_place_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("missing").join("model.elbow");
        assert!(matches!(write_atomically(&path, b"x"), Err(Error::Io { action: "write", .. })));
        let path = folder.path().join("model.elbow");
        write_atomically(&path, b"old").unwrap();
        write_atomically(&path, b"new").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"new");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
