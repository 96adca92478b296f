//! Where the page was, kept for the next window of this account: which chat, where it was scrolled to.

use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;

use causeway_api::{Code, Problem};
use tauri::State;
use tempfile::NamedTempFile;

use crate::shell::Shell;

/// Name of the file in the data directory.
const FILE: &str = "window.json";
/// It is a place, not a store.
const LONGEST: usize = 16 * 1024;

/// Keeps what the page says of its place. The shell does not look into it.
#[tauri::command]
pub(crate) fn save_view(shell: State<'_, Shell>, view: &str) -> Result<(), Problem> {
    if view.len() > LONGEST {
        let message = "The place of the window is too long to be kept";
        return Err(Problem::new(
            Code::Internal,
            "window",
            message,
            "Report this as a fault",
        ));
    }
    write(&shell, view).map_err(|error| {
        Problem::new(
            Code::Storage,
            "window",
            format!("The place of the window cannot be kept: {error}"),
            "Make room on the disk, or make the data directory yours",
        )
    })
}

/// What was kept last; `None` where there is nothing that can be read.
#[tauri::command]
pub(crate) fn load_view(shell: State<'_, Shell>) -> Option<String> {
    fs::read_to_string(file(&shell))
        .ok()
        .filter(|view| view.len() <= LONGEST)
}

/// As a whole or not at all; only its owner can read it.
fn write(shell: &Shell, view: &str) -> io::Result<()> {
    let mut file_now = NamedTempFile::new_in(shell.data_dir())?;
    file_now.write_all(view.as_bytes())?;
    file_now.persist(file(shell))?;
    Ok(())
}

fn file(shell: &Shell) -> PathBuf {
    shell.data_dir().join(FILE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_is_kept_whole_and_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let shell = Shell::new(dir.path().to_owned());
        write(&shell, "first").unwrap();
        write(&shell, "second").unwrap();
        assert_eq!(fs::read_to_string(file(&shell)).unwrap(), "second");
        let files = fs::read_dir(dir.path()).unwrap().count();
        assert_eq!(files, 1, "nothing half-written is left");
    }
}
