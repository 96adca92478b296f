//! The archive on its way to the disk: it appears as a whole or not at all.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use causeway_api::{Code, Diagnosed, Problem};
use jiff::Timestamp;
use serde::Serialize;
use tempfile::NamedTempFile;
use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const STEP: &str = "diagnose";

/// An archive that is written beside the place where it is to be.
pub(super) struct Archive {
    file: PathBuf,
    overwrite: bool,
    zip: ZipWriter<NamedTempFile>,
    /// The one folder in it.
    top: String,
}

impl Archive {
    /// In a directory it gets a name of its own.
    ///
    /// # Errors
    /// [`Code::FileExists`]; [`Code::Storage`] where nothing can be written there.
    pub(super) fn begin(file: PathBuf, overwrite: bool, now: Timestamp) -> Result<Self, Problem> {
        let top = format!("causeway-report-{}", now.strftime("%Y%m%d-%H%M%S"));
        let file = if file.is_dir() {
            file.join(format!("{top}.zip"))
        } else {
            file
        };
        if !overwrite && file.symlink_metadata().is_ok() {
            return Err(exists(&file));
        }
        let directory = file.parent().unwrap_or(Path::new("/"));
        // Only its owner can read it (`tempfile`).
        let new = NamedTempFile::new_in(directory).map_err(|error| unwritten(&file, &error))?;
        Ok(Self {
            zip: ZipWriter::new(new),
            overwrite,
            top,
            file,
        })
    }

    pub(super) fn text(&mut self, name: &str, text: &str) -> Result<(), Problem> {
        self.entry(name, |zip| zip.write_all(text.as_bytes()))
    }

    pub(super) fn json(&mut self, name: &str, value: &impl Serialize) -> Result<(), Problem> {
        self.entry(name, |zip| {
            serde_json::to_writer_pretty(&mut *zip, value)?;
            zip.write_all(b"\n")
        })
    }

    /// The files of a directory, links and directories left out. What cannot be read says so in its place.
    pub(super) fn directory(&mut self, directory: &Path, name: &str) -> Result<(), Problem> {
        let mut files: Vec<PathBuf> = fs::read_dir(directory)
            .into_iter()
            .flatten()
            .flatten()
            .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()))
            .map(|entry| entry.path())
            .collect();
        files.sort_unstable();
        for file in files {
            let own = file.file_name().unwrap_or_default().to_string_lossy();
            self.entry(&format!("{name}/{own}"), |zip| match File::open(&file) {
                Ok(mut content) => io::copy(&mut content, zip).map(drop),
                Err(error) => writeln!(zip, "It could not be read: {error}"),
            })?;
        }
        Ok(())
    }

    fn entry(
        &mut self,
        name: &str,
        write: impl FnOnce(&mut ZipWriter<NamedTempFile>) -> io::Result<()>,
    ) -> Result<(), Problem> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .unix_permissions(0o600);
        let begun = self.zip.start_file(format!("{}/{name}", self.top), options);
        begun
            .map_err(of_zip)
            .and_then(|()| write(&mut self.zip))
            .map_err(|error| unwritten(&self.file, &error))
    }

    /// Puts it in its place.
    pub(super) fn finish(self) -> Result<Diagnosed, Problem> {
        let Self {
            file,
            overwrite,
            zip,
            ..
        } = self;
        let failed = |error: &io::Error| unwritten(&file, error);
        let new = zip.finish().map_err(|error| failed(&of_zip(error)))?;
        new.as_file().sync_all().map_err(|error| failed(&error))?;
        let put = if overwrite {
            new.persist(&file)
        } else {
            new.persist_noclobber(&file)
        };
        let put = put.map_err(|error| {
            if error.error.kind() == io::ErrorKind::AlreadyExists {
                exists(&file)
            } else {
                failed(&error.error)
            }
        })?;
        let bytes = put.metadata().map_err(|error| failed(&error))?.len();
        Ok(Diagnosed {
            file: file.display().to_string(),
            bytes,
        })
    }
}

fn of_zip(error: ZipError) -> io::Error {
    if let ZipError::Io(error) = error {
        error
    } else {
        io::Error::other(error)
    }
}

fn exists(file: &Path) -> Problem {
    Problem::new(
        Code::FileExists,
        STEP,
        format!("{} is there already.", file.display()),
        "Choose another name, or say --force to have it replaced.",
    )
    .with("path", file.display().to_string())
}

fn unwritten(file: &Path, error: &io::Error) -> Problem {
    let shown = file.display();
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the system has many more causes, and words for them"
    )]
    let (message, remedy) = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => (
            format!("The disk is full: {shown} cannot be written."),
            "Make room, or choose another place.",
        ),
        io::ErrorKind::NotFound => (
            format!("The directory of {shown} does not exist."),
            "Choose a directory that is there.",
        ),
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => (
            format!("{shown} may not be written."),
            "Choose a place that you may write to, such as your home directory.",
        ),
        _ => (
            format!("{shown} cannot be written: {error}."),
            "Choose another place.",
        ),
    };
    Problem::new(Code::Storage, STEP, message, remedy).with("path", shown.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begin(file: &Path, overwrite: bool) -> Result<Archive, Problem> {
        Archive::begin(file.to_owned(), overwrite, Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn everything_lies_in_one_folder_and_only_its_owner_can_read_it() {
        let dir = tempfile::tempdir().unwrap();
        let logs = dir.path().join("logs");
        fs::create_dir(&logs).unwrap();
        fs::write(logs.join("a.log"), "a line\n").unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink("/etc/passwd", logs.join("b.log")).unwrap();
        let file = dir.path().join("report.zip");
        let mut archive = begin(&file, false).unwrap();
        archive.text("README.txt", "read me").unwrap();
        archive.directory(&logs, "logs").unwrap();
        archive.directory(&dir.path().join("none"), "none").unwrap();
        let done = archive.finish().unwrap();
        assert!(done.bytes > 100);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(&file).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        let read = zip::ZipArchive::new(File::open(&file).unwrap()).unwrap();
        let mut names: Vec<_> = read.file_names().map(Result::unwrap).collect();
        names.sort_unstable();
        let top = "causeway-report-19700101-000000";
        assert_eq!(
            names,
            [format!("{top}/README.txt"), format!("{top}/logs/a.log")]
        );
    }

    #[test]
    fn a_file_that_is_there_gives_way_only_where_that_is_said() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("report.zip");
        fs::write(&file, "mine").unwrap();
        let refused = begin(&file, false).err().unwrap();
        assert_eq!(refused.code, Code::FileExists);
        // One that came meanwhile is kept as well.
        let other = dir.path().join("other.zip");
        let archive = begin(&other, false).unwrap();
        fs::write(&other, "mine").unwrap();
        assert_eq!(archive.finish().unwrap_err().code, Code::FileExists);
        assert_eq!(fs::read_to_string(&other).unwrap(), "mine");
        begin(&file, true).unwrap().finish().unwrap();
        assert!(fs::read(&file).unwrap().starts_with(b"PK"));
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2);
    }

    #[test]
    fn in_a_directory_it_gets_a_name_of_its_own() {
        let dir = tempfile::tempdir().unwrap();
        let written = begin(dir.path(), false).unwrap().finish().unwrap();
        let file = dir.path().join("causeway-report-19700101-000000.zip");
        assert_eq!(written.file, file.display().to_string());
        assert!(fs::read(&file).unwrap().starts_with(b"PK"));
        let again = begin(dir.path(), false).err().unwrap();
        assert_eq!(again.code, Code::FileExists);
    }

    #[test]
    fn what_cannot_be_written_says_why() {
        let of = |kind: io::ErrorKind| unwritten(Path::new("/a/report.zip"), &kind.into()).message;
        assert!(of(io::ErrorKind::StorageFull).contains("disk is full"));
        assert!(of(io::ErrorKind::ReadOnlyFilesystem).contains("may not be written"));
        let missing = begin(Path::new("/nowhere/to/be/found.zip"), false);
        assert!(missing.err().unwrap().message.contains("does not exist"));
    }
}
