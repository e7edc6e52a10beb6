//! Temporary files, each known until it has its name: who ends the program can remove what it has begun.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tempfile::{Builder, NamedTempFile, PersistError};

/// Those of this process.
static KNOWN: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Bytes of a file's name that its temporary name has too: most file systems end names at 255.
const NAME_LEN: usize = 200;

fn known() -> MutexGuard<'static, Vec<PathBuf>> {
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes the temporary files of this process, and lets it make no other: for a handler of signals, just
/// before it ends the process.
pub fn remove_all() {
    let known = known();
    for path in known.iter() {
        // there is nobody to tell
        let _ = std::fs::remove_file(path);
    }
    std::mem::forget(known);
}

/// A file of a random name, which is removed unless it gets another.
#[derive(Debug)]
pub(super) struct Temporary(Option<NamedTempFile>);

impl Temporary {
    /// In the folder of `path`. Whoever may read another new file may read this one, and where `path` is
    /// there, whoever may read that.
    pub(super) fn beside(path: &Path) -> io::Result<Self> {
        let mut prefix = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        while prefix.len() > NAME_LEN {
            prefix.pop();
        }
        let mut known = known();
        let made = Builder::new()
            .prefix(&prefix)
            .suffix(".tmp")
            .make_in(folder(path), |path| File::create_new(path))?;
        known.push(made.path().to_path_buf());
        drop(known);
        let file = Temporary(Some(made));
        if let Ok(old) = path.metadata() {
            // before there is anything to read; some file systems have no permissions
            let _ = file.file()?.set_permissions(old.permissions());
        }
        Ok(file)
    }

    /// To write to.
    pub(super) fn file(&self) -> io::Result<&File> {
        self.0.as_ref().map(NamedTempFile::as_file).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    /// Gives it its name, and sees to it that both outlast a power cut.
    pub(super) fn persist(self, path: &Path) -> io::Result<()> {
        self.named(path, |file| file.persist(path))
    }

    /// As [`persist`](Self::persist), unless there is a file of that name.
    pub(super) fn persist_new(self, path: &Path) -> io::Result<()> {
        self.named(path, |file| file.persist_noclobber(path))
    }

    fn named(
        mut self,
        path: &Path,
        name: impl FnOnce(NamedTempFile) -> Result<File, PersistError>,
    ) -> io::Result<()> {
        let Some(file) = self.0.take() else { return Ok(()) };
        let temporary = file.path().to_path_buf();
        let renamed = file.as_file().sync_all().and_then(|()| Ok(name(file).map(drop)?));
        forget(&temporary);
        if cfg!(unix)
            && let Ok(folder) = File::open(folder(path))
        {
            // not every file system can
            let _ = folder.sync_all();
        }
        renamed
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if let Some(file) = self.0.take() {
            let path = file.path().to_path_buf();
            drop(file);
            forget(&path);
        }
    }
}

fn forget(path: &Path) {
    known().retain(|known| known != path);
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
