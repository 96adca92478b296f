//! The tray: what it shows as comparable values, how its icon is drawn, and the item on the panel.

pub(crate) mod draw;
pub(crate) mod icon;
#[cfg_attr(unix, path = "item_unix.rs")]
#[cfg_attr(windows, path = "item_windows.rs")]
pub(crate) mod item;
mod marks;
pub(crate) mod menu;
#[cfg(windows)]
mod menu_windows;
#[cfg(unix)]
mod themed;

use causeway_api::{Availability, Settable, Wish};

use crate::scene::Scene;
use crate::words::{Reader, Word};
use icon::{Icon, Tooltip};
use jiff::Timestamp;
use menu::Menu;

/// Everything that the tray shows. Equal values are not sent again.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Look {
    pub(crate) icon: Icon,
    pub(crate) tooltip: Tooltip,
    pub(crate) menu: Menu,
}

impl Look {
    pub(crate) fn of(scene: &Scene, reader: &Reader, now: Timestamp) -> Self {
        Self {
            icon: Icon::of(scene),
            tooltip: Tooltip::of(scene, reader, now),
            menu: Menu::of(scene, reader, now),
        }
    }
}

/// What a click asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Left click: the window comes, or goes where it has the keyboard.
    Toggle,
    /// Middle click.
    NextUnread,
    Show(Wish),
    SetStatus(Settable),
    ResetStatus,
    WatchOnly(bool),
    MarkAllRead,
    PauseBridge(Span),
    ResumeBridge,
    PauseNotifications(Span),
    ResumeNotifications,
    SignIn,
    CancelSignIn,
    Quit,
}

/// A click on the icon or in its menu.
#[derive(Debug)]
pub(crate) struct Click {
    pub(crate) action: Action,
    /// Lets a window come to the front (xdg-activation).
    pub(crate) token: Option<String>,
}

/// For how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Span {
    Minutes(i64),
    /// Eight in the morning of the next day.
    Tomorrow,
    /// Until the person says otherwise.
    Open,
}

impl Span {
    /// Its end; `None`: open.
    pub(crate) fn until(self, now: Timestamp, reader: &Reader) -> Option<Timestamp> {
        match self {
            Self::Minutes(minutes) => Some(now + jiff::SignedDuration::from_mins(minutes)),
            Self::Tomorrow => {
                let tomorrow = now.to_zoned(reader.zone.clone()).date().tomorrow().ok()?;
                let morning = tomorrow.at(8, 0, 0, 0).to_zoned(reader.zone.clone());
                Some(morning.ok()?.timestamp())
            }
            Self::Open => None,
        }
    }
}

/// The word for a presence (ux.md section 2).
pub(crate) fn presence_word(availability: Availability) -> Word {
    match availability {
        Availability::Available => Word::Available,
        Availability::AvailableIdle => Word::Inactive,
        Availability::Busy => Word::Busy,
        Availability::BusyIdle => Word::BusyInactive,
        Availability::DoNotDisturb => Word::DoNotDisturb,
        Availability::BeRightBack => Word::BeRightBack,
        Availability::Away => Word::Away,
        Availability::OffWork => Word::OffWork,
        Availability::Offline => Word::Offline,
        Availability::Unknown => Word::PresenceUnknown,
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::words::Language;

    #[test]
    fn until_tomorrow_is_the_next_morning_of_the_reader() {
        let reader = Reader {
            language: Language::English,
            zone: TimeZone::fixed(jiff::tz::offset(2)),
        };
        let late: Timestamp = "2026-11-25T23:30:00Z".parse().unwrap();
        assert_eq!(
            Span::Tomorrow.until(late, &reader),
            Some("2026-11-27T06:00:00Z".parse().unwrap())
        );
        assert_eq!(Span::Open.until(late, &reader), None);
    }
}
