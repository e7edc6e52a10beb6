//! Files that are either whole or not there.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

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
    place: Place,
}

/// Where its bytes go.
#[derive(Debug)]
enum Place {
    /// beside what it becomes
    Beside(NamedTempFile, PathBuf),
    /// a pipe or a device
    Special(File),
}

impl AtomicFile {
    /// Begins a file.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn create(path: &Path) -> Result<Self, Error> {
        let open = || match is_special(path) {
            true => OpenOptions::new().write(true).open(path).map(Place::Special),
            false => {
                let target = behind_links(path);
                Ok(Place::Beside(temporary(&target)?, target))
            }
        };
        Ok(AtomicFile { path: path.to_path_buf(), place: open().map_err(Error::io("write", path))? })
    }

    /// Gives it its name.
    ///
    /// # Errors
    /// [`Error::Io`]; nothing is left behind.
    pub fn commit(self) -> Result<(), Error> {
        let Place::Beside(file, target) = self.place else { return Ok(()) };
        let renamed = file.as_file().sync_all().and_then(|()| Ok(file.persist(target).map(drop)?));
        renamed.map_err(Error::io("write", &self.path))
    }

    fn file(&mut self) -> &mut File {
        match &mut self.place {
            Place::Beside(file, _) => file.as_file_mut(),
            Place::Special(file) => file,
        }
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file().flush()
    }
}

impl Seek for AtomicFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file().seek(to)
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
    temporary(&behind_links(path)).map(drop).map_err(Error::io("write", path))
}

/// There, but no file.
fn is_special(path: &Path) -> bool {
    path.metadata().is_ok_and(|metadata| !metadata.is_file())
}

/// What a link points to is replaced, not the link.
fn behind_links(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf())
}

/// A file in the same folder, which is removed unless it gets its name.
fn temporary(path: &Path) -> io::Result<NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = path.file_name().unwrap_or_default();
    // made by the standard library: whoever may read other new files may read this one
    Builder::new().prefix(name).suffix(".tmp").make_in(folder, |path| File::create_new(path))
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

    #[cfg(unix)]
    #[test]
    fn it_is_as_readable_as_any_new_file() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let [ours, others] = ["ours", "others"].map(|name| folder.path().join(name));
        write_atomically(&ours, b"x").unwrap();
        std::fs::write(&others, b"x").unwrap();
        let mode = |path| std::fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(&ours), mode(&others));
    }
}
