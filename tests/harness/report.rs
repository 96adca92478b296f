//! The report of `diagnose`, taken apart.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

/// The files of a report with their names below its one folder.
///
/// # Panics
/// When it is no report.
pub fn unpacked(report: &Path) -> Vec<(String, Vec<u8>)> {
    let file = File::open(report).expect("the report is there");
    let mut archive = zip::ZipArchive::new(file).expect("it is an archive");
    let mut files = Vec::new();
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).expect("an entry of it");
        let mut content = Vec::new();
        entry.read_to_end(&mut content).expect("it can be read");
        let name = entry.name().expect("a name of ours").into_owned();
        let (top, name) = name.split_once('/').expect("one folder");
        assert!(top.starts_with("causeway-report-"), "{top}");
        files.push((name.to_owned(), content));
    }
    files
}
