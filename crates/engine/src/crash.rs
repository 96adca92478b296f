//! A panic leaves a report below the data directory, for the next `diagnose`. Nothing is sent anywhere.

use std::backtrace::Backtrace;
use std::fs;
use std::io::{self, Write as _};
use std::panic::PanicHookInfo;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::own_files;

/// Directory of the reports in the data directory.
pub(crate) const DIRECTORY: &str = "crashes";
/// So many are kept, the youngest: a program that panics again and again does not fill the disk.
const MOST: usize = 10;
/// What the names of our own functions begin with.
const OURS: [&str; 3] = ["causeway", "ucwa", "windows_auth"];

/// From now on a panic of this program is reported below its data directory and named on stderr.
///
/// INVARIANT: what a panic says is told only where it is a literal of the source. Everything that was filled in may be a
/// text, a note or a password.
pub fn keep_reports(data_dir: &Path) {
    let directory = data_dir.join(DIRECTORY);
    std::panic::set_hook(Box::new(move |panic| {
        let report = report(panic, &Backtrace::force_capture());
        let kept = keep(&directory, &report, Timestamp::now());
        let told = match kept {
            Ok(file) => format!("{report}Kept as {}\n", file.display()),
            Err(error) => format!("{report}It could not be kept: {error}\n"),
        };
        // Whoever closed stderr does not want to read it.
        let _ = io::stderr().write_all(told.as_bytes());
    }));
}

fn report(panic: &PanicHookInfo<'_>, backtrace: &Backtrace) -> String {
    let place = panic
        .location()
        .map_or_else(|| "?".to_owned(), ToString::to_string);
    let literal = panic.payload().downcast_ref::<&'static str>();
    let thread = std::thread::current();
    format!(
        "Causeway {} made a mistake at {place}\nWhat it says: {}\nThread: {}\n{}",
        env!("CARGO_PKG_VERSION"),
        literal.unwrap_or(&"(left out, it may hold what people wrote)"),
        thread.name().unwrap_or("?"),
        our_frames(&backtrace.to_string()),
    )
}

/// Only frames of our own crates; those of others tell nothing of the cause.
fn our_frames(backtrace: &str) -> String {
    let mut told = String::new();
    let mut lines = backtrace.lines().peekable();
    while let Some(line) = lines.next() {
        let name = line.split_once(": ").map_or("", |(_, name)| name);
        let name = name.trim_start_matches(['<', '&']);
        if !OURS.iter().any(|ours| name.starts_with(ours)) {
            continue;
        }
        told.push_str(line.trim_end());
        told.push('\n');
        if let Some(place) = lines.next_if(|line| line.trim_start().starts_with("at ")) {
            told.push_str(place.trim_end());
            told.push('\n');
        }
    }
    told
}

fn keep(directory: &Path, report: &str, now: Timestamp) -> io::Result<PathBuf> {
    own_files::create_dir(directory)?;
    let mut names: Vec<PathBuf> = fs::read_dir(directory)?
        .flatten()
        .map(|entry| entry.path())
        .collect();
    names.sort_unstable();
    for old in names.iter().take((names.len() + 1).saturating_sub(MOST)) {
        fs::remove_file(old)?;
    }
    let file = directory.join(format!("{}.txt", now.strftime("%Y-%m-%dT%H-%M-%S%.6fZ")));
    own_files::file()
        .create_new(true)
        .write(true)
        .open(&file)?
        .write_all(report.as_bytes())?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    /// What the hook would report of this panic. Other panics of this process go to the hook that was there.
    fn report_of(what: impl FnOnce() + Send + 'static) -> String {
        const NAME: &str = "one that panics";
        let told = Arc::new(Mutex::new(String::new()));
        let (before, into) = (std::panic::take_hook(), told.clone());
        std::panic::set_hook(Box::new(move |panic| {
            if std::thread::current().name() == Some(NAME) {
                *into.lock().unwrap() = report(panic, &Backtrace::force_capture());
            } else {
                before(panic);
            }
        }));
        let thread = std::thread::Builder::new().name(NAME.into());
        assert!(thread.spawn(what).unwrap().join().is_err());
        let told = told.lock().unwrap();
        told.clone()
    }

    #[test]
    fn a_panic_tells_its_place_and_never_what_was_filled_in() {
        let canary = String::from("canary text");
        let told = report_of(move || panic!("cannot read {canary}"));
        assert!(!told.contains("canary text"), "{told}");
        assert!(told.contains("crash.rs:"), "{told}");
        assert!(told.contains("causeway_engine::crash"), "{told}");
        assert!(!told.contains("core::panicking"), "{told}");
        let number = String::from("canary password");
        let told = report_of(move || {
            let _parsed: u8 = number.parse().map_err(|_| number).unwrap();
        });
        assert!(!told.contains("canary"), "{told}");
        let told = report_of(|| panic!("a literal of ours"));
        assert!(told.contains("a literal of ours"), "{told}");
    }

    #[test]
    fn only_the_youngest_reports_are_kept() {
        let dir = tempfile::tempdir().unwrap();
        let at = |second| Timestamp::from_second(second).unwrap();
        for second in 0..15 {
            keep(dir.path(), "a report", at(second)).unwrap();
        }
        let last = dir.path().join("1970-01-01T00-00-14.000000Z.txt");
        assert_eq!(fs::read_to_string(last).unwrap(), "a report");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), MOST);
    }
}
