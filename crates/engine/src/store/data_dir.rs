//! The data directory: private, and used by one program at a time.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use causeway_api::{Code, Problem};

use super::problems;
use crate::own_files;

/// A data directory that this program holds alone. The lock goes with the value, or with the program however it ends.
#[derive(Debug)]
pub struct DataDir {
    path: PathBuf,
    lock: File,
}

impl DataDir {
    /// Creates the directory where it is missing (for this user alone) and locks it. Blocking, but never waits for the lock.
    ///
    /// # Errors
    /// `Code::DataDirBusy` where another program holds it, `Code::Storage` where it cannot be written.
    pub fn open(path: &Path) -> Result<Self, Problem> {
        own_files::create_dir(path)
            .map_err(|error| problems::file("Cannot create", path, &error))?;
        // A directory made by hand may be open to others; history and queue are not for them.
        own_files::close_dir(path)
            .map_err(|error| problems::file("Cannot make private", path, &error))?;
        let lock_path = path.join("lock");
        let lock = own_files::file()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&lock_path)
            .map_err(|error| problems::file("Cannot open", &lock_path, &error))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self {
                path: path.to_owned(),
                lock,
            }),
            Err(TryLockError::WouldBlock) => Err(Problem::new(
                Code::DataDirBusy,
                "storage",
                format!(
                    "Another Causeway uses the data directory {}",
                    path.display()
                ),
                "End it (causeway --quit), or choose another directory with --data-dir",
            )
            .with("path", path.display().to_string())),
            Err(TryLockError::Error(error)) => {
                Err(problems::file("Cannot lock", &lock_path, &error))
            }
        }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for DataDir {
    /// Closing alone would leave the lock to a child process that was forked but has not started its program yet.
    fn drop(&mut self) {
        // Fails only where the file is gone, and the lock with it.
        let _ = self.lock.unlock();
    }
}
