//! Files that are either whole or not there.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::temporary::Temporary;
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

/// As [`write_atomically`], but a file that is there stays as it is.
///
/// # Errors
/// [`Error::Io`], where one is there too; nothing is left behind.
pub fn write_new(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let file = Temporary::beside(path).and_then(|file| file.file()?.write_all(bytes).map(|()| file));
    file.and_then(|file| file.persist_new(path)).map_err(Error::io("write", path))
}

/// As [`write_new`], a file that nobody but its owner may read.
///
/// # Errors
/// As there, and where the file system knows no such permissions.
pub fn write_secret(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let written = Temporary::beside(path).and_then(|file| {
        of_owner_alone(file.file()?)?;
        file.file()?.write_all(bytes)?;
        file.persist_new(path)
    });
    written.map_err(Error::io("write", path))
}

#[cfg(unix)]
fn of_owner_alone(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(std::fs::Permissions::from_mode(0o600))
}

/// Folders of a user are the user's own.
#[cfg(not(unix))]
fn of_owner_alone(_: &File) -> io::Result<()> {
    Ok(())
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
    Beside(Temporary, PathBuf),
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
                Ok(Place::Beside(Temporary::beside(&target)?, target))
            }
        };
        Ok(AtomicFile { path: path.to_path_buf(), place: open().map_err(Error::io("write", path))? })
    }

    /// Standard output, to which bytes go at once.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn stdout() -> Result<Self, Error> {
        let path = PathBuf::from("standard output");
        let place = Place::Special(duplicate_of_stdout().map_err(Error::io("write", &path))?);
        Ok(AtomicFile { path, place })
    }

    /// Gives it its name.
    ///
    /// # Errors
    /// [`Error::Io`]; nothing is left behind.
    pub fn commit(self) -> Result<(), Error> {
        let Place::Beside(file, target) = self.place else { return Ok(()) };
        file.persist(&target).map_err(Error::io("write", &self.path))
    }

    fn file(&self) -> io::Result<&File> {
        match &self.place {
            Place::Beside(file, _) => file.file(),
            Place::Special(file) => Ok(file),
        }
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file()?.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file()?.flush()
    }
}

impl Seek for AtomicFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file()?.seek(to)
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
    Temporary::beside(&behind_links(path)).map(drop).map_err(Error::io("write", path))
}

#[cfg(unix)]
fn duplicate_of_stdout() -> io::Result<File> {
    use std::os::fd::AsFd as _;
    Ok(io::stdout().as_fd().try_clone_to_owned()?.into())
}

#[cfg(windows)]
fn duplicate_of_stdout() -> io::Result<File> {
    use std::os::windows::io::AsHandle as _;
    Ok(io::stdout().as_handle().try_clone_to_owned()?.into())
}

/// There, but no file.
fn is_special(path: &Path) -> bool {
    path.metadata().is_ok_and(|metadata| !metadata.is_file())
}

/// What a link points to is replaced, not the link.
fn behind_links(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf())
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

    #[cfg(unix)]
    #[test]
    fn who_may_read_a_file_may_read_the_next() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ours");
        for mode in [0o600, 0o640, 0o444] {
            std::fs::write(&path, b"old").unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            write_atomically(&path, b"new").unwrap();
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, mode);
            std::fs::remove_file(&path).unwrap();
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_secret_is_its_owners_and_never_written_over() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        write_secret(&path, b"secret").unwrap();
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert!(write_secret(&path, b"another").is_err());
        assert_eq!(std::fs::read(&path).unwrap(), b"secret");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn names_may_be_as_long_as_names_may_be() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["m".repeat(255), "é".repeat(127), "m".repeat(246)] {
            let path = folder.path().join(&name);
            write_atomically(&path, b"x").unwrap();
            check_writable(&path).unwrap();
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3);
    }
}
