//! Icons that an icon theme has for us. Without them the panel shows the pictures that we draw; a name that is in no theme
//! would make some panels show a question mark in their place.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::icon::{Badge, Glyph, Icon, Mark};

/// Where programs' own icons are, for every theme to stand on (Icon Theme Specification).
const THEME: &str = "icons/hicolor";
/// Kind of icon within each size.
const CONTEXT: &str = "status";
/// What is ours among them.
const OURS: &str = "causeway-";

/// Names that are there.
#[derive(Debug, Default)]
pub(crate) struct Themed(HashSet<String>);

impl Themed {
    /// Of this session (XDG Base Directory Specification). Read once: themes are not installed every day.
    pub(crate) fn of_session() -> Self {
        let own = std::env::var_os("XDG_DATA_HOME")
            .map(PathBuf::from)
            .or_else(|| Some(std::env::home_dir()?.join(".local/share")));
        let shared = std::env::var_os("XDG_DATA_DIRS")
            .filter(|dirs| !dirs.is_empty())
            .unwrap_or_else(|| "/usr/local/share:/usr/share".into());
        Self::of(own.into_iter().chain(std::env::split_paths(&shared)))
    }

    fn of(dirs: impl Iterator<Item = PathBuf>) -> Self {
        let entries = |dir: &Path| std::fs::read_dir(dir).into_iter().flatten().flatten();
        let mut names = HashSet::new();
        for theme in dirs.map(|dir| dir.join(THEME)) {
            for size in entries(&theme) {
                for file in entries(&size.path().join(CONTEXT)) {
                    let file = file.path();
                    let name = file.file_stem().and_then(|name| name.to_str());
                    names.extend(
                        name.filter(|name| name.starts_with(OURS))
                            .map(str::to_owned),
                    );
                }
            }
        }
        Self(names)
    }

    /// What the theme has for this icon; empty where it has nothing.
    pub(crate) fn name_of(&self, icon: Icon) -> String {
        let name = name(icon);
        if self.0.contains(&name) {
            name
        } else {
            String::new()
        }
    }
}

/// `causeway-busy-unread`
fn name(icon: Icon) -> String {
    let state = match (icon.mark, icon.glyph) {
        (None, Glyph::Dimmed) => "reconnecting",
        (None, Glyph::Normal | Glyph::Outlined) => "signed-out",
        (Some(mark), _) => mark_name(mark),
    };
    let badge = match icon.badge {
        None => "",
        Some(Badge::Problem) => "-problem",
        Some(Badge::Unread) => "-unread",
        Some(Badge::BridgePaused) => "-paused",
    };
    format!("{OURS}{state}{badge}")
}

fn mark_name(mark: Mark) -> &'static str {
    match mark {
        Mark::Available => "available",
        Mark::AvailableIdle => "available-idle",
        Mark::Busy => "busy",
        Mark::BusyIdle => "busy-idle",
        Mark::DoNotDisturb => "do-not-disturb",
        Mark::BeRightBack => "be-right-back",
        Mark::Away => "away",
        Mark::Offline => "offline",
        Mark::Unknown => "unknown",
        Mark::Eye => "watching",
        Mark::Dots => "signing-in",
        Mark::Key => "needs-you",
        Mark::Triangle => "stopped",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_name_that_a_theme_has_is_told() {
        let dir = tempfile::tempdir().unwrap();
        for (size, name) in [
            ("scalable", "causeway-busy-unread.svg"),
            ("22x22", "causeway-available.png"),
            ("22x22", "other-busy.png"),
        ] {
            let place = dir.path().join("icons/hicolor").join(size).join("status");
            std::fs::create_dir_all(&place).unwrap();
            std::fs::write(place.join(name), "").unwrap();
        }
        let themed = Themed::of([dir.path().to_owned(), "/nowhere".into()].into_iter());
        let icon = |mark, badge| Icon {
            glyph: Glyph::Normal,
            mark: Some(mark),
            badge,
            calls: false,
        };
        let busy = icon(Mark::Busy, Some(Badge::Unread));
        assert_eq!(themed.name_of(busy), "causeway-busy-unread");
        assert_eq!(themed.name_of(icon(Mark::Busy, None)), "");
        assert_eq!(
            themed.name_of(icon(Mark::Available, None)),
            "causeway-available"
        );
    }
}
