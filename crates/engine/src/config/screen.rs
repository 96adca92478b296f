//! Settings of the window and of notifications. The engine keeps them and hands them out; who shows something obeys them.

use std::path::Path;
use std::str::FromStr;

use jiff::civil::Time;
use serde_json::{Value as Json, json};

use super::table::{Key, WithDefault};
use super::value::{Choice, HttpsUrl, List, PersonAddress, Raw, Value, Whole};

/// `window.theme`
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Theme {
    System,
    Light,
    Dark,
}

impl Choice for Theme {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("system", Self::System),
        ("light", Self::Light),
        ("dark", Self::Dark),
    ];
}

/// `window.language`
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Language {
    System,
    English,
    German,
}

impl Choice for Language {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("system", Self::System),
        ("en", Self::English),
        ("de", Self::German),
    ];
}

/// `window.density`
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Density {
    Comfortable,
    Compact,
    Dense,
}

impl Choice for Density {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("comfortable", Self::Comfortable),
        ("compact", Self::Compact),
        ("dense", Self::Dense),
    ];
}

/// `window.chat_order`
#[derive(Clone, Copy, PartialEq)]
pub(super) enum ChatOrder {
    Time,
    Unread,
}

impl Choice for ChatOrder {
    const WORDS: &'static [(&'static str, Self)] =
        &[("time", Self::Time), ("unread", Self::Unread)];
}

/// `window.on_close`
#[derive(Clone, Copy, PartialEq)]
pub(super) enum OnClose {
    Automatic,
    KeepRunning,
    Quit,
}

impl Choice for OnClose {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("automatic", Self::Automatic),
        ("keep-running", Self::KeepRunning),
        ("quit", Self::Quit),
    ];
}

/// `notifications.content`
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Content {
    All,
    Name,
    Nothing,
}

impl Choice for Content {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("all", Self::All),
        ("name", Self::Name),
        ("none", Self::Nothing),
    ];
}

/// What the window keeps of its keys: a JSON object that only it understands.
pub(super) struct Strokes(String);

impl Strokes {
    const LONGEST: usize = 4096;
}

impl Value for Strokes {
    fn expected() -> String {
        "a JSON object as the window writes it".into()
    }

    fn read(raw: &Raw, _base: &Path) -> Option<Self> {
        let Raw::Text(text) = raw else { return None };
        let parsed: Json = serde_json::from_str(text).ok()?;
        (text.len() <= Self::LONGEST && parsed.is_object()).then(|| Self(text.clone()))
    }

    fn show(&self) -> Json {
        json!(self.0)
    }
}

/// A time of every day, on the clock of this computer; it may go over midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuietHours {
    from: Time,
    until: Time,
}

impl QuietHours {
    /// Does it hold at this time of the day?
    #[must_use]
    pub fn hold_at(self, time: Time) -> bool {
        if self.from <= self.until {
            self.from <= time && time < self.until
        } else {
            self.from <= time || time < self.until
        }
    }
}

impl FromStr for QuietHours {
    type Err = ();

    /// `22:00-07:00`
    fn from_str(text: &str) -> Result<Self, ()> {
        let time = |text: &str| Time::strptime("%H:%M", text.trim()).map_err(drop);
        let (from, until) = text.split_once('-').ok_or(())?;
        let (from, until) = (time(from)?, time(until)?);
        (from != until).then_some(Self { from, until }).ok_or(())
    }
}

impl Value for QuietHours {
    fn expected() -> String {
        "two times of the day such as 22:00-07:00".into()
    }

    fn read(raw: &Raw, _base: &Path) -> Option<Self> {
        let Raw::Text(text) = raw else { return None };
        text.parse().ok()
    }

    fn show(&self) -> Json {
        let [from, until] = [self.from, self.until].map(|time| time.strftime("%H:%M").to_string());
        json!(format!("{from}-{until}"))
    }
}

pub(super) static THEME: WithDefault<Theme> =
    Key::new("window.theme", r#""system""#, "Colours of the window").or(|| Theme::System);
pub(super) static LANGUAGE: WithDefault<Language> =
    Key::new("window.language", r#""system""#, "Language of the window").or(|| Language::System);
pub(super) static TEXT_SIZE: WithDefault<Whole<12, 20>> =
    Key::new("window.text_size", "14", "Height of letters in pixels").or(|| Whole(14));
pub(super) static DENSITY: WithDefault<Density> = Key::new(
    "window.density",
    r#""comfortable""#,
    "How much room a row of a list takes",
)
.or(|| Density::Comfortable);
pub(super) static CHAT_ORDER: WithDefault<ChatOrder> = Key::new(
    "window.chat_order",
    r#""time""#,
    "Chats by time alone, or unread ones first",
)
.or(|| ChatOrder::Time);
pub(super) static ENTER_SENDS: WithDefault<bool> = Key::new(
    "window.enter_sends",
    "true",
    "Enter sends and Shift+Enter begins a line; false swaps them",
)
.or(|| true);
pub(super) static SAY_TYPING: WithDefault<bool> = Key::new(
    "window.say_typing",
    "false",
    "Tell a screen reader that somebody types",
)
.or(|| false);
pub(super) static ON_CLOSE: WithDefault<OnClose> = Key::new(
    "window.on_close",
    r#""automatic""#,
    "What closing the window does; automatic: it is hidden where a tray is there, else the person is asked",
)
.or(|| OnClose::Automatic);
pub(super) static MINIMIZE_TO_TRAY: WithDefault<bool> = Key::new(
    "window.minimize_to_tray",
    "false",
    "A window that is minimised is hidden where a tray is there",
)
.or(|| false);
pub(super) static END_HIDDEN_AFTER: WithDefault<Whole<0, 86_400>> = Key::new(
    "window.end_hidden_after",
    "60",
    "A window that was hidden for so many seconds gives its memory back, and opens a little slower then; 0: never",
)
.or(|| Whole(60));
pub(super) static KEYS: WithDefault<Strokes> = Key::new(
    "window.keys",
    "'{}'",
    "Keys that the person has changed; the window writes it",
)
.or(|| Strokes("{}".into()));
pub(super) static ENABLED: WithDefault<bool> =
    Key::new("notifications.enabled", "true", "Show notifications").or(|| true);
pub(super) static SOUND: WithDefault<bool> = Key::new(
    "notifications.sound",
    "true",
    "Notifications may make a sound",
)
.or(|| true);
pub(super) static CONTENT: WithDefault<Content> = Key::new(
    "notifications.content",
    r#""all""#,
    "What a notification shows: name and text, the name alone, or only that there is something",
)
.or(|| Content::All);
pub(super) static BUSY_SILENCES: WithDefault<bool> = Key::new(
    "notifications.busy_silences",
    "false",
    "No notifications while the own status is Busy; Do not disturb always silences",
)
.or(|| false);
pub(super) static QUIET_HOURS: Key<QuietHours> = Key::new(
    "notifications.quiet_hours",
    r#""22:00-07:00""#,
    "No notifications in this time of every day; empty: none",
);
pub(super) static ALWAYS: WithDefault<List<PersonAddress>> = Key::new(
    "notifications.always",
    r#"["ben@contoso.example"]"#,
    "Addresses of people whose texts are shown whatever silences the others",
)
.or(List::empty);
pub(super) static SUPPORT_URL: Key<HttpsUrl> = Key::new(
    "support.url",
    r#""https://help.contoso.example/causeway""#,
    "Where people find help; shown in the menu and with problems",
);

#[cfg(test)]
mod tests {
    use super::*;

    fn hold(hours: &str, at: &str) -> bool {
        let at = Time::strptime("%H:%M", at).unwrap();
        hours.parse::<QuietHours>().unwrap().hold_at(at)
    }

    #[test]
    fn quiet_hours_go_over_midnight() {
        assert!(hold("22:00-07:00", "23:30"));
        assert!(hold("22:00-07:00", "06:59"));
        assert!(!hold("22:00-07:00", "07:00"));
        assert!(hold("12:00 - 13:00", "12:00"));
        assert!(!hold("12:00-13:00", "13:00"));
    }

    #[test]
    fn hours_that_mean_nothing_are_refused() {
        for text in ["", "22:00", "22:00-22:00", "25:00-07:00", "a-b"] {
            assert!(text.parse::<QuietHours>().is_err(), "{text}");
        }
    }
}
