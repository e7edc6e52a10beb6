//! What can go wrong in a command, and the exit code it becomes.

use std::path::{Path, PathBuf};

/// A failed command. Its text is the one sentence that the user reads.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An operating-system call on a path failed.
    #[error("{}: cannot {action}: {source}", path.display())]
    Io {
        /// what was tried: "read", "write", …
        action: &'static str,
        /// on which file
        path: PathBuf,
        /// what the system said
        source: std::io::Error,
    },
}

impl Error {
    /// Wraps an I/O error with the file it concerns.
    pub fn io(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Error {
        let path = path.to_path_buf();
        move |source| Error::Io { action, path, source }
    }

    /// 2 where the arguments or the files are wrong, 1 where the work itself failed.
    pub fn exit_code(&self) -> u8 {
        match self {
            Error::Io { action: "write", .. } => 1,
            Error::Io { .. } => 2,
        }
    }
}
