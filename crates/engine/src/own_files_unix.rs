//! Files and directories for this user alone, on Unix: by their modes.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{
    DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt,
};
use std::path::Path;

use rustix::fs::OFlags;

/// Makes a directory and those above it that are missing.
pub(crate) fn create_dir(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Closes a directory that may have been made by hand, open to others.
pub(crate) fn close_dir(path: &Path) -> io::Result<()> {
    fs::set_permissions(path, PermissionsExt::from_mode(0o700))
}

/// Whoever opens a file with it that is not there makes one that is private from its first byte on.
pub(crate) fn file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.mode(0o600);
    options
}

/// For reading what a person named. A pipe does not make it wait for a writer.
pub(crate) fn reading() -> OpenOptions {
    let mut options = OpenOptions::new();
    let flags = i32::try_from(OFlags::NONBLOCK.bits()).unwrap_or_default();
    options.read(true).custom_flags(flags);
    options
}

/// Has the disk keep the names in a directory.
pub(crate) fn sync_dir(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Why a file is not this user's alone, with what to do. It may be root's as well.
pub(crate) fn is_open_to(path: &Path, file: &File) -> io::Result<Option<(String, String)>> {
    let metadata = file.metadata()?;
    let user = rustix::process::geteuid().as_raw();
    Ok(judge(path, metadata.uid(), metadata.mode(), user))
}

/// `owner` and `mode` of the file, and who runs this program.
fn judge(path: &Path, owner: u32, mode: u32, user: u32) -> Option<(String, String)> {
    if mode & 0o077 != 0 {
        return Some((
            format!("has mode {:04o}: others can get at it", mode & 0o7777),
            format!("chmod 600 {}", path.display()),
        ));
    }
    (owner != user && owner != 0).then(|| {
        (
            format!("belongs to another user (id {owner})"),
            format!("chown it to the user of this program (id {user}) or to root"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_another_user_is_open_and_one_of_root_is_not() {
        let of = |owner, mode| judge(Path::new("/p"), owner, mode, 1000).is_some();
        assert!(of(1001, 0o600));
        assert!(!of(0, 0o600) && !of(1000, 0o600));
        assert!(of(1000, 0o604));
    }
}
