//! Log files: a new one every day, and when one is full. `tracing-appender` knows neither a size nor a mode.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use tracing_subscriber::fmt::MakeWriter;

use crate::own_files;

/// A file that is so long is followed by another one.
const LONGEST: u64 = 2 * 1024 * 1024;
/// So many are kept, the youngest.
const MOST: usize = 10;
/// What the names end with.
const ENDING: &str = ".log";

/// The log files of a program, once it has begun them.
pub(super) struct Files(Mutex<Option<Log>>);

impl Files {
    pub(super) const fn none() -> Self {
        Self(Mutex::new(None))
    }

    /// From now on lines go into files of this directory.
    pub(super) fn begin(&self, directory: PathBuf) {
        *self.log() = Some(Log {
            directory,
            open: None,
        });
    }

    pub(super) fn are_begun(&self) -> bool {
        self.log().is_some()
    }

    fn log(&self) -> MutexGuard<'_, Option<Log>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl MakeWriter<'_> for &'static Files {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self
    }
}

impl Write for &Files {
    /// One line, in one piece. It is lost where the disk does not take it: nobody could be told by another line.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if let Some(log) = &mut *self.log() {
            let _ = log.write(line, Timestamp::now().to_zoned(TimeZone::UTC).date());
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Log {
    directory: PathBuf,
    open: Option<Open>,
}

/// The file that is written.
struct Open {
    day: Date,
    number: u32,
    bytes: u64,
    file: File,
}

impl Log {
    fn write(&mut self, line: &[u8], today: Date) -> io::Result<()> {
        let number = match &self.open {
            Some(open) if open.day == today && open.bytes < LONGEST => None,
            Some(open) if open.day == today => Some(open.number + 1),
            // The program may have been started before today.
            Some(_) | None => Some(last_number(&self.directory, today)?),
        };
        if let Some(number) = number {
            let open = Open::new(&self.directory, today, number)?;
            self.open = Some(open);
            remove_old(&self.directory)?;
        }
        let Some(open) = &mut self.open else {
            return Ok(());
        };
        open.file.write_all(line)?;
        open.bytes += line.len() as u64;
        Ok(())
    }
}

impl Open {
    fn new(directory: &Path, day: Date, number: u32) -> io::Result<Self> {
        own_files::create_dir(directory)?;
        let file = own_files::file()
            .create(true)
            .append(true)
            .open(directory.join(format!("{day}.{number:03}{ENDING}")))?;
        Ok(Self {
            day,
            number,
            bytes: file.metadata()?.len(),
            file,
        })
    }
}

/// Number of the last file of a day; the first one where there is none.
fn last_number(directory: &Path, day: Date) -> io::Result<u32> {
    let begin = format!("{day}.");
    let numbers = names(directory)?.into_iter().filter_map(|name| {
        let number = name.strip_prefix(&begin)?.strip_suffix(ENDING)?;
        number.parse().ok()
    });
    Ok(numbers.max().unwrap_or(0))
}

fn remove_old(directory: &Path) -> io::Result<()> {
    let names = names(directory)?;
    let old = names.len().saturating_sub(MOST);
    for name in &names[..old] {
        fs::remove_file(directory.join(name))?;
    }
    Ok(())
}

/// The files, oldest first: their names sort like their age.
fn names(directory: &Path) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut names: Vec<String> = entries
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| name.ends_with(ENDING))
        .collect();
    names.sort_unstable();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn log(directory: &Path) -> Log {
        Log {
            directory: directory.join("logs"),
            open: None,
        }
    }

    #[test]
    fn every_day_has_its_file_and_a_later_start_goes_on_with_it() {
        let dir = tempfile::tempdir().unwrap();
        let (monday, tuesday) = (date(2026, 11, 30), date(2026, 12, 1));
        let mut first = log(dir.path());
        first.write(b"one\n", monday).unwrap();
        first.write(b"two\n", tuesday).unwrap();
        log(dir.path()).write(b"three\n", tuesday).unwrap();
        let logs = dir.path().join("logs");
        assert_eq!(
            names(&logs).unwrap(),
            ["2026-11-30.000.log", "2026-12-01.000.log"]
        );
        let file = logs.join("2026-12-01.000.log");
        assert_eq!(fs::read_to_string(&file).unwrap(), "two\nthree\n");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!((mode(&file), mode(&logs)), (0o600, 0o700));
        }
    }

    #[test]
    fn a_full_file_is_followed_by_another_and_the_oldest_go() {
        let dir = tempfile::tempdir().unwrap();
        let day = date(2026, 12, 1);
        let line = vec![b'x'; usize::try_from(LONGEST).unwrap()];
        let mut log = log(dir.path());
        for _ in 0..MOST + 2 {
            log.write(&line, day).unwrap();
        }
        let names = names(&dir.path().join("logs")).unwrap();
        assert_eq!(names.len(), MOST);
        assert_eq!(names[0], "2026-12-01.002.log");
        // A later start goes on where the last one was.
        assert_eq!(last_number(&dir.path().join("logs"), day).unwrap(), 11);
    }
}
