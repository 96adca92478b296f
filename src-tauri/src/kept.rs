//! What the next window of this account begins with: where the page was, where the window stood, and its ground.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use causeway_api::{Code, Problem};
use serde::{Deserialize, Serialize};
use tauri::State;
use tempfile::NamedTempFile;

use crate::place::Place;

/// Name of the file in the data directory.
const FILE: &str = "window.json";
/// It is a place, not a store.
const LONGEST_VIEW: usize = 16 * 1024;
/// Places of so many chats are kept.
const MOST_CHATS: usize = 50;
/// A file that is longer is none of ours.
const LONGEST_FILE: u64 = 256 * 1024;

/// What is kept.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Kept {
    /// What the page says of its place. The shell does not look into it.
    view: Option<String>,
    /// Where the window stood.
    pub(crate) place: Option<Place>,
    /// The page was dark.
    pub(crate) dark: bool,
    /// Where chats in windows of their own stood, by their keys.
    pub(crate) chats: BTreeMap<String, Place>,
}

impl Kept {
    /// Keeps the place of a chat's own window. Of too many an arbitrary one is forgotten: that window opens where the
    /// desktop puts it.
    pub(crate) fn keep_chat(&mut self, chat: &str, place: Place) {
        if self.chats.len() >= MOST_CHATS && !self.chats.contains_key(chat) {
            self.chats.pop_first();
        }
        self.chats.insert(chat.to_owned(), place);
    }
}

/// The file and what stands in it.
pub(crate) struct Keeper {
    file: PathBuf,
    kept: Mutex<Kept>,
}

impl Keeper {
    /// Reads what was kept. A file that is missing or broken is as none.
    pub(crate) fn of(data_dir: &Path) -> Self {
        let file = data_dir.join(FILE);
        let kept = Mutex::new(read(&file).unwrap_or_default());
        Self { file, kept }
    }

    pub(crate) fn kept(&self) -> Kept {
        self.kept
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Changes it, and writes it where that makes a difference.
    ///
    /// # Errors
    /// Where the file cannot be written. The change holds for this window all the same.
    pub(crate) fn change(&self, change: impl FnOnce(&mut Kept)) -> io::Result<()> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let before = kept.clone();
        change(&mut kept);
        if *kept == before {
            return Ok(());
        }
        write(&self.file, &kept)
    }
}

/// Keeps what the page says of its place.
#[tauri::command]
pub(crate) fn save_view(keeper: State<'_, Keeper>, view: String) -> Result<(), Problem> {
    if view.len() > LONGEST_VIEW {
        return Err(Problem::new(
            Code::Internal,
            "window",
            "The place of the window is too long to be kept",
            "Report this as a fault",
        ));
    }
    let done = keeper.change(|kept| kept.view = Some(view));
    done.map_err(|error| {
        Problem::new(
            Code::Storage,
            "window",
            format!("The place of the window cannot be kept: {error}"),
            "Make room on the disk, or make the data directory yours",
        )
    })
}

/// What the page said last; `None` where there is nothing that can be read.
#[tauri::command]
pub(crate) fn load_view(keeper: State<'_, Keeper>) -> Option<String> {
    keeper.kept().view
}

fn read(file: &Path) -> Option<Kept> {
    let length = fs::metadata(file).ok()?.len();
    if length > LONGEST_FILE {
        return None;
    }
    serde_json::from_slice(&fs::read(file).ok()?).ok()
}

/// As a whole or not at all; only its owner can read it.
fn write(file: &Path, kept: &Kept) -> io::Result<()> {
    let directory = file.parent().unwrap_or(Path::new("."));
    let mut new = NamedTempFile::new_in(directory)?;
    new.write_all(&serde_json::to_vec(kept)?)?;
    new.persist(file)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_kept_is_there_for_the_next_window_and_nothing_half_written_is_left() {
        let dir = tempfile::tempdir().unwrap();
        let keeper = Keeper::of(dir.path());
        keeper.change(|kept| kept.view = Some("a".into())).unwrap();
        keeper.change(|kept| kept.dark = true).unwrap();
        let next = Keeper::of(dir.path()).kept();
        assert_eq!((next.view.as_deref(), next.dark), (Some("a"), true));
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_broken_or_swollen_file_is_as_none() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join(FILE);
        for content in ["", "[", "{\"place\": 7}", &"x".repeat(300_000)] {
            fs::write(&file, content).unwrap();
            assert_eq!(Keeper::of(dir.path()).kept(), Kept::default());
        }
    }
}
