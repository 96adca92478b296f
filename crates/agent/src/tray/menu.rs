//! The menu, as a value (ux.md 3.3).

use causeway_api::{Settable, View, Wish};
use jiff::Timestamp;

use super::icon::headline;
use super::{Action, Span, presence_word};
use crate::scene::{Scene, Situation};
use crate::words::{Reader, Word, plain};

/// Unread chats that are named; the window shows the rest.
const MOST_CHATS: usize = 12;
/// Characters of a name.
const LONGEST_NAME: usize = 40;

/// The items from the top.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Menu(pub(crate) Vec<Item>);

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Item {
    Line,
    /// Text that does nothing.
    Text(String),
    Entry {
        label: String,
        action: Action,
    },
    /// With a check mark or the place for one.
    Check {
        label: String,
        checked: bool,
        action: Action,
    },
    Sub {
        label: String,
        items: Vec<Self>,
    },
}

impl Menu {
    pub(crate) fn of(scene: &Scene, reader: &Reader, now: Timestamp) -> Self {
        let page = |word, page| entry(reader, word, Action::Show(Wish::page(page)));
        let mut items = Vec::new();
        let situation = scene.situation();
        match &situation {
            Situation::SigningIn(_) | Situation::Reconnecting(_) => {
                items.push(Item::Text(headline(scene, reader)));
                items.push(entry(reader, Word::CancelSignIn, Action::CancelSignIn));
                items.push(Item::Line);
            }
            Situation::NeedsUser(..) | Situation::StoppedBy(..) => {
                items.push(Item::Entry {
                    label: headline(scene, reader),
                    action: Action::Show(Wish::page(View::Check)),
                });
                items.push(Item::Line);
            }
            Situation::SignedIn(_) | Situation::Watching | Situation::SignedOut => {}
        }
        items.push(entry(reader, Word::Open, Action::Show(Wish::default())));
        items.push(Item::Line);
        if let Situation::SignedIn(_) | Situation::Watching = situation {
            items.push(status(scene, reader, now));
        }
        if !scene.unread.is_empty() {
            items.push(unread(scene, reader));
        }
        items.push(page(Word::NewMessage, View::Switcher));
        items.push(Item::Line);
        if scene.has_bridge() {
            items.push(bridge(scene, reader, now));
        }
        items.push(notifications(scene, reader, now));
        items.push(Item::Line);
        items.push(page(Word::Settings, View::Settings));
        items.push(Item::Sub {
            label: reader.say(Word::Help).into(),
            items: vec![
                page(Word::CheckSetup, View::Check),
                page(Word::ExportDiagnostics, View::Report),
                page(Word::About, View::About),
            ],
        });
        if scene.sides().next().is_some() {
            items.push(if can_sign_in(scene) {
                entry(reader, Word::SignIn, Action::SignIn)
            } else {
                // It deletes stored passwords, so the window asks first.
                page(Word::SignOut, View::Settings)
            });
        }
        items.push(entry(reader, Word::Quit, Action::Quit));
        Self(items)
    }
}

fn can_sign_in(scene: &Scene) -> bool {
    matches!(
        scene.situation(),
        Situation::SignedOut | Situation::StoppedBy(..)
    )
}

fn status(scene: &Scene, reader: &Reader, now: Timestamp) -> Item {
    let own = scene.own();
    let watching = scene.situation() == Situation::Watching;
    let locked = scene.locked.iter().any(|key| key == "lync.mode");
    let mut said = own.map_or_else(String::new, |own| {
        reader.say(presence_word(own.availability)).to_owned()
    });
    let note = own.and_then(|own| own.note.as_deref());
    let until = own.and_then(|own| own.until);
    let why: Vec<String> = [
        note.filter(|note| !note.is_empty())
            .map(|note| plain(note, LONGEST_NAME)),
        until.map(|until| reader.fill(Word::StatusUntil, &reader.clock(until, now))),
    ]
    .into_iter()
    .flatten()
    .collect();
    if !why.is_empty() {
        said = format!("{said} — {}", why.join(", "));
    }
    let mut items = Vec::new();
    if !watching {
        let chosen = own.and_then(|own| settable(own.availability));
        for value in [
            Settable::Available,
            Settable::Busy,
            Settable::DoNotDisturb,
            Settable::BeRightBack,
            Settable::Away,
            Settable::OffWork,
        ] {
            items.push(Item::Check {
                label: reader.say(settable_word(value)).into(),
                checked: chosen == Some(value),
                action: Action::SetStatus(value),
            });
        }
        items.push(Item::Line);
        items.push(entry(reader, Word::ResetStatus, Action::ResetStatus));
        for word in [Word::SetNote, Word::SetUntil] {
            items.push(entry(reader, word, Action::Show(Wish::page(View::Status))));
        }
    }
    if !locked && scene.state(causeway_api::Side::Lync).is_some() {
        items.push(Item::Check {
            label: reader.say(Word::WatchOnly).into(),
            checked: watching,
            action: Action::WatchOnly(!watching),
        });
    }
    Item::Sub {
        label: reader.fill(Word::Status, &said),
        items,
    }
}

fn unread(scene: &Scene, reader: &Reader) -> Item {
    let mut items: Vec<Item> = scene
        .unread
        .values()
        .take(MOST_CHATS)
        .map(|chat| Item::Entry {
            label: format!("{} — {}", plain(chat.who(), LONGEST_NAME), chat.count),
            action: Action::Show(Wish::chat(chat.address.clone())),
        })
        .collect();
    if scene.unread.len() > MOST_CHATS {
        items.push(entry(
            reader,
            Word::MoreChats,
            Action::Show(Wish::page(View::Chats)),
        ));
    }
    items.push(Item::Line);
    items.push(entry(reader, Word::MarkAllRead, Action::MarkAllRead));
    Item::Sub {
        label: reader.fill(Word::Unread, &scene.unread_texts().to_string()),
        items,
    }
}

fn bridge(scene: &Scene, reader: &Reader, now: Timestamp) -> Item {
    let pause = |word, span| entry(reader, word, Action::PauseBridge(span));
    let mut items = vec![
        pause(Word::Pause15, Span::Minutes(15)),
        pause(Word::Pause60, Span::Minutes(60)),
        pause(Word::UntilTomorrow, Span::Tomorrow),
        pause(Word::UntilResumed, Span::Open),
    ];
    let label = match scene.paused {
        None => reader.say(Word::MenuBridgeOn).into(),
        Some(until) => {
            items.push(entry(reader, Word::Resume, Action::ResumeBridge));
            match until {
                None => reader.say(Word::MenuBridgePaused).into(),
                Some(until) => reader.fill(Word::MenuBridgePausedUntil, &reader.clock(until, now)),
            }
        }
    };
    Item::Sub { label, items }
}

fn notifications(scene: &Scene, reader: &Reader, now: Timestamp) -> Item {
    let pause = |word, span| entry(reader, word, Action::PauseNotifications(span));
    let mut items = vec![
        pause(Word::For30, Span::Minutes(30)),
        pause(Word::For60, Span::Minutes(60)),
        pause(Word::UntilTomorrow, Span::Tomorrow),
    ];
    let label = match scene.quiet_until {
        None => reader.say(Word::PauseNotifications).into(),
        Some(until) => {
            items.push(entry(reader, Word::Resume, Action::ResumeNotifications));
            reader.fill(Word::NotificationsPausedUntil, &reader.clock(until, now))
        }
    };
    Item::Sub { label, items }
}

fn entry(reader: &Reader, word: Word, action: Action) -> Item {
    Item::Entry {
        label: reader.say(word).into(),
        action,
    }
}

fn settable_word(value: Settable) -> Word {
    match value {
        Settable::Available => Word::Available,
        Settable::Busy => Word::Busy,
        Settable::DoNotDisturb => Word::DoNotDisturb,
        Settable::BeRightBack => Word::BeRightBack,
        Settable::Away => Word::Away,
        Settable::OffWork => Word::OffWork,
    }
}

/// The choice that a presence shows; the keyboard does not undo it.
fn settable(availability: causeway_api::Availability) -> Option<Settable> {
    use causeway_api::Availability;
    match availability {
        Availability::Available | Availability::AvailableIdle => Some(Settable::Available),
        Availability::Busy | Availability::BusyIdle => Some(Settable::Busy),
        Availability::DoNotDisturb => Some(Settable::DoNotDisturb),
        Availability::BeRightBack => Some(Settable::BeRightBack),
        Availability::Away => Some(Settable::Away),
        Availability::OffWork => Some(Settable::OffWork),
        Availability::Offline | Availability::Unknown => None,
    }
}

#[cfg(test)]
#[path = "menu_tests.rs"]
mod tests;
