//! Whether Causeway starts with the person's session (XDG Desktop Application Autostart Specification).
//!
//! Packages install an entry for everybody. A file of the same name in the person's own directory takes its place, and
//! `Hidden=true` in it means: not for me.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use causeway_api::{Code, Problem};

/// The entry, as packages name it.
const ENTRY: &str = "im.causeway.Causeway.desktop";

/// Where the entry may be.
#[derive(Clone, Debug)]
pub(crate) struct Autostart {
    own: PathBuf,
    /// Everybody's, the most important first.
    shared: Vec<PathBuf>,
    /// What the person's entry starts.
    program: PathBuf,
}

impl Autostart {
    /// Of this session; `None` where it has no home directory.
    pub(crate) fn of_session() -> Option<Self> {
        let absolute = |path: &PathBuf| path.is_absolute();
        let own = std::env::var_os("XDG_CONFIG_HOME")
            .map(PathBuf::from)
            .filter(absolute)
            .or_else(|| Some(std::env::home_dir().filter(absolute)?.join(".config")))?;
        let shared = std::env::var_os("XDG_CONFIG_DIRS")
            .filter(|dirs| !dirs.is_empty())
            .unwrap_or_else(|| "/etc/xdg".into());
        let entry = |dir: PathBuf| dir.join("autostart").join(ENTRY);
        Some(Self {
            own: entry(own),
            shared: std::env::split_paths(&shared)
                .filter(absolute)
                .map(entry)
                .collect(),
            program: std::env::current_exe().ok()?,
        })
    }

    /// It starts with the session.
    pub(crate) fn is_on(&self) -> bool {
        std::iter::once(&self.own)
            .chain(&self.shared)
            .find_map(|entry| std::fs::read_to_string(entry).ok())
            .is_some_and(|text| !is_hidden(&text))
    }

    /// # Errors
    /// [`Code::Storage`] where the person's entry cannot be written or removed.
    pub(crate) fn choose(&self, on: bool) -> Result<(), Problem> {
        if on == self.is_on() {
            return Ok(());
        }
        if !on {
            return self.write("[Desktop Entry]\nType=Application\nName=Causeway\nHidden=true\n");
        }
        if self.shared_is_on() {
            return std::fs::remove_file(&self.own).map_err(|error| self.failed(&error));
        }
        let program = self.program.to_str().filter(|path| !path.contains('\n'));
        let program = program.ok_or_else(|| {
            self.failed(&"the path of the program is none that an entry can name")
        })?;
        self.write(&format!(
            "[Desktop Entry]\nType=Application\nName=Causeway\nExec={} --autostart\n\
             Icon=im.causeway.Causeway\nTerminal=false\nNoDisplay=true\n",
            quoted(program)
        ))
    }

    fn shared_is_on(&self) -> bool {
        let mut texts = self.shared.iter();
        let text = texts.find_map(|entry| std::fs::read_to_string(entry).ok());
        text.is_some_and(|text| !is_hidden(&text))
    }

    /// The whole file or nothing.
    fn write(&self, text: &str) -> Result<(), Problem> {
        let dir = self.own.parent().unwrap_or(Path::new("/"));
        let new = self.own.with_extension("new");
        std::fs::create_dir_all(dir)
            .and_then(|()| std::fs::File::create(&new))
            .and_then(|mut file| {
                file.write_all(text.as_bytes())?;
                file.sync_all()
            })
            .and_then(|()| std::fs::rename(&new, &self.own))
            .map_err(|error| self.failed(&error))
    }

    fn failed(&self, error: &dyn std::fmt::Display) -> Problem {
        Problem::new(
            Code::Storage,
            "start at login",
            format!("{} was not changed: {error}", self.own.display()),
            "Make the directory writable, or choose it in the settings of your desktop",
        )
    }
}

/// The choice has nowhere to be kept.
pub(crate) fn no_home() -> Problem {
    Problem::new(
        Code::NotOffered,
        "start at login",
        "Neither $XDG_CONFIG_HOME nor the home directory is known",
        "Set HOME",
    )
}

/// GNOME's settings write a key of their own in place of `Hidden`.
fn is_hidden(text: &str) -> bool {
    let mut group = "";
    text.lines().map(str::trim).any(|line| {
        if line.starts_with('[') {
            group = line;
        }
        let said = line
            .split_once('=')
            .map(|(key, value)| (key.trim_end(), value.trim_start()));
        group == "[Desktop Entry]"
            && matches!(
                said,
                Some(("Hidden", "true") | ("X-GNOME-Autostart-enabled", "false"))
            )
    })
}

/// An argument of `Exec` (Desktop Entry Specification, "The Exec key"): in quotes with what is special escaped, and once
/// more as every text of an entry is.
fn quoted(argument: &str) -> String {
    let mut quoted = String::from("\"");
    for character in argument.chars() {
        match character {
            '"' | '`' | '$' => quoted.extend(["\\\\", character.encode_utf8(&mut [0; 4])]),
            '\\' => quoted.push_str("\\\\\\\\"),
            '%' => quoted.push_str("%%"),
            character => quoted.push(character),
        }
    }
    quoted + "\""
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    fn house() -> (TempDir, Autostart) {
        let dir = tempfile::tempdir().unwrap();
        let autostart = Autostart {
            own: dir.path().join("own/autostart").join(ENTRY),
            shared: vec![dir.path().join(ENTRY)],
            program: "/opt/50 % \"more\"/causeway".into(),
        };
        (dir, autostart)
    }

    #[test]
    fn without_a_package_the_persons_own_entry_starts_this_program() {
        let (_dir, autostart) = house();
        assert!(!autostart.is_on());
        autostart.choose(true).unwrap();
        assert!(autostart.is_on());
        let text = std::fs::read_to_string(&autostart.own).unwrap();
        let wanted = r#"Exec="/opt/50 %% \\"more\\"/causeway" --autostart"#;
        assert!(text.lines().any(|line| line == wanted), "{text}");
        autostart.choose(false).unwrap();
        assert!(!autostart.is_on());
    }

    #[test]
    fn the_packages_entry_is_hidden_by_one_of_the_person_and_comes_back_with_its_end() {
        let (_dir, autostart) = house();
        let entry = "[Desktop Entry]\nExec=causeway --autostart\n";
        std::fs::write(&autostart.shared[0], entry).unwrap();
        assert!(autostart.is_on());
        autostart.choose(true).unwrap();
        assert!(!autostart.own.exists(), "nothing was to change");
        autostart.choose(false).unwrap();
        assert!(!autostart.is_on());
        assert_eq!(
            std::fs::read_to_string(&autostart.shared[0]).unwrap(),
            entry
        );
        autostart.choose(true).unwrap();
        assert!(autostart.is_on());
        assert!(!autostart.own.exists(), "the package's entry holds again");
    }

    #[test]
    fn a_place_that_cannot_be_written_is_named() {
        let (dir, autostart) = house();
        std::fs::write(dir.path().join("own"), "a file").unwrap();
        let problem = autostart.choose(true).unwrap_err();
        assert_eq!(problem.code, Code::Storage);
        assert!(problem.message.contains(ENTRY), "{problem}");
    }

    #[test]
    fn only_the_group_of_the_entry_counts() {
        assert!(is_hidden("[Desktop Entry]\nHidden = true\n"));
        assert!(is_hidden(
            "[Desktop Entry]\nX-GNOME-Autostart-enabled=false\n"
        ));
        assert!(!is_hidden(
            "[Desktop Entry]\nHidden=false\n[Desktop Action x]\nHidden=true\n"
        ));
    }
}
