//! Files and directories for this user alone, on Windows: by access control lists. The data directory is closed, and what is
//! made in it takes over its list; the directories of a profile are closed already.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;

use windows_native::security::{self, Access};

/// Who may do everything anyway: the system and its administrators (well-known SIDs).
const MASTERS: [&str; 2] = ["S-1-5-18", "S-1-5-32-544"];

/// Makes a directory and those above it that are missing.
pub(crate) fn create_dir(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}

/// Closes a directory that may have been made by hand, open to others.
pub(crate) fn close_dir(path: &Path) -> io::Result<()> {
    security::close_to_others(path, &security::user()?)
}

/// It takes over the list of its directory.
pub(crate) fn file() -> OpenOptions {
    OpenOptions::new()
}

/// For reading what a person named.
pub(crate) fn reading() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true);
    options
}

/// NTFS keeps names in a journal of its own; a directory cannot be opened for that.
#[expect(clippy::unnecessary_wraps, reason = "it can fail on other systems")]
pub(crate) fn sync_dir(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Why a file is not this user's alone, with what to do.
pub(crate) fn is_open_to(path: &Path, _: &File) -> io::Result<Option<(String, String)>> {
    Ok(judge(path, &security::access(path)?, &security::user()?))
}

fn judge(path: &Path, access: &Access, user: &str) -> Option<(String, String)> {
    let is_ours = |who: &str| who == user || MASTERS.contains(&who);
    if !is_ours(&access.owner) {
        return Some((
            format!("belongs to another user ({})", access.owner),
            "Create it anew as the user of this program".into(),
        ));
    }
    let others = match &access.granted {
        None => "everybody".into(),
        Some(granted) => {
            let others = granted.iter().map(String::as_str);
            let others: Vec<&str> = others.filter(|who| !is_ours(who)).collect();
            others.join(", ")
        }
    };
    (!others.is_empty()).then(|| {
        (
            format!("is open to others ({others})"),
            format!(
                r#"icacls "{}" /inheritance:r /grant:r "*{user}:F""#,
                path.display()
            ),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const USER: &str = "S-1-5-21-1-2-3-1001";

    fn is_open(owner: &str, granted: Option<&[&str]>) -> bool {
        let access = Access {
            owner: owner.into(),
            granted: granted.map(|granted| granted.iter().map(|who| (*who).into()).collect()),
        };
        judge(Path::new("p"), &access, USER).is_some()
    }

    #[test]
    fn only_the_user_and_who_rules_the_computer_may_get_at_it() {
        assert!(!is_open(USER, Some(&[USER, MASTERS[0], MASTERS[1]])));
        assert!(!is_open(MASTERS[1], Some(&[USER])));
        assert!(is_open(USER, Some(&[USER, "S-1-1-0"])), "everybody");
        assert!(is_open(USER, None), "a file without a list");
        assert!(is_open("S-1-5-21-1-2-3-1002", Some(&[USER])));
    }

    /// Wine's files take over nothing from their directory: that part of it shows on Windows alone.
    #[test]
    fn what_was_closed_is_ours_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("password");
        fs::write(&path, "s3cret").unwrap();
        close_dir(&path).unwrap();
        let file = reading().open(&path).unwrap();
        assert_eq!(is_open_to(&path, &file).unwrap(), None);
    }
}
