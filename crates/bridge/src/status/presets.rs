//! The tables that ship.
//!
//! `standard` keeps as much as both sides can carry (RFC 8048 in spirit, with the text that keeps Busy and Do not
//! disturb apart). `openscape` is the table of OpenScape Office federated with Lync. Both are printed in `docs/bridge.md`.

use jiff::{Timestamp, tz::TimeZone};

use super::{LyncState, TableRow, Way, XmppState, is_idle};
use crate::{Availability, Preset, Settable, Show};

/// Lync → XMPP. `None`: nothing is known, so nothing is said; unknown never becomes offline.
pub(super) fn to_xmpp(preset: Preset, state: &LyncState) -> Option<XmppState> {
    let show = match preset {
        Preset::Standard => standard_show(state),
        Preset::Openscape => openscape_show(state.availability),
    }?;
    Some(match preset {
        Preset::Standard => XmppState {
            show,
            status: standard_text(state),
            idle: is_idle(state.availability),
        },
        Preset::Openscape => XmppState {
            show,
            status: String::new(),
            idle: false,
        },
    })
}

fn standard_show(state: &LyncState) -> Option<Show> {
    Some(match state.availability {
        Availability::Online => Show::Available,
        Availability::Busy | Availability::IdleBusy | Availability::DoNotDisturb => Show::Dnd,
        Availability::Away if gone_for_long(state) => Show::Xa,
        Availability::IdleOnline | Availability::BeRightBack | Availability::Away => Show::Away,
        Availability::OffWork => Show::Xa,
        Availability::Offline => Show::Unavailable,
        Availability::Unknown => return None,
    })
}

/// Away, and not back this day.
pub(super) fn gone_for_long(state: &LyncState) -> bool {
    state.out_of_office || state.activity == "out-of-office" || state.activity == "off-work"
}

fn openscape_show(availability: Availability) -> Option<Show> {
    Some(match availability {
        Availability::Online | Availability::IdleOnline => Show::Available,
        // The weakness of that coupling, kept on purpose: busy people look free.
        Availability::Busy | Availability::IdleBusy => Show::Available,
        Availability::DoNotDisturb => Show::Dnd,
        Availability::BeRightBack | Availability::Away => Show::Away,
        Availability::OffWork => Show::Xa,
        Availability::Offline => Show::Unavailable,
        Availability::Unknown => return None,
    })
}

fn standard_text(state: &LyncState) -> String {
    if !state.note.is_empty() {
        return state.note.clone();
    }
    let words = match state.availability {
        Availability::IdleOnline => "Inactive",
        Availability::Busy | Availability::IdleBusy => {
            activity_words(&state.activity).unwrap_or("Busy")
        }
        Availability::DoNotDisturb => activity_words(&state.activity).unwrap_or("Do not disturb"),
        Availability::BeRightBack => "Be right back",
        Availability::Online
        | Availability::Away
        | Availability::OffWork
        | Availability::Offline
        | Availability::Unknown => "",
    };
    words.to_owned()
}

/// Words for an activity; free text stands for itself (UCWA reference, presence: `activity`).
fn activity_words(activity: &str) -> Option<&str> {
    Some(match activity {
        "" => return None,
        "on-the-phone" | "in-a-conference" => "In a call",
        "in-a-meeting" => "In a meeting",
        "presenting" | "in-presentation" => "Presenting",
        "urgent-interruptions-only" => "Urgent interruptions only",
        free => free,
    })
}

/// XMPP → Lync, for a state that somebody chose, or (`idle`) that a machine set because its keyboard rests.
/// `None`: not there, which cannot be chosen in Lync; the status goes back to Lync's own logic.
pub(super) fn to_lync(preset: Preset, show: Show, status: &str, idle: bool) -> Option<Settable> {
    match preset {
        Preset::Standard => standard_settable(show, status, idle),
        Preset::Openscape => openscape_settable(show, status),
    }
}

fn standard_settable(show: Show, status: &str, idle: bool) -> Option<Settable> {
    Some(match show {
        Show::Available | Show::Chat if idle => Settable::Away,
        Show::Available | Show::Chat => Settable::Online,
        Show::Away if idle => Settable::Away,
        Show::Away => Settable::BeRightBack,
        Show::Xa => Settable::Away,
        Show::Dnd if says_busy(status) => Settable::Busy,
        Show::Dnd => Settable::DoNotDisturb,
        Show::Unavailable => return None,
    })
}

/// XMPP has one word for Busy and Do not disturb; the text tells which.
fn says_busy(status: &str) -> bool {
    ["meeting", "in a call", "in a meeting", "busy"]
        .iter()
        .any(|word| starts_with_word(status, word))
}

/// The words of myPortal arrive as a `show` and a text such as `Meeting til: 15:00 / 24.12.2026`; the text is surer.
fn openscape_settable(show: Show, status: &str) -> Option<Settable> {
    if show == Show::Unavailable {
        return None;
    }
    if ["meeting til:", "do not disturb til:"]
        .iter()
        .any(|word| starts_with_word(status, word))
    {
        return Some(Settable::Busy);
    }
    let away = [
        "sick til:",
        "break til:",
        "out of office til:",
        "lunch til:",
        "home til:",
    ];
    if away.iter().any(|word| starts_with_word(status, word)) {
        return Some(Settable::Away);
    }
    Some(match show {
        Show::Available | Show::Chat => Settable::Online,
        Show::Dnd => Settable::Busy,
        Show::Away | Show::Xa | Show::Unavailable => Settable::Away,
    })
}

pub(super) fn starts_with_word(text: &str, lower_case_word: &str) -> bool {
    let mut text = text.trim_start().chars().flat_map(char::to_lowercase);
    lower_case_word
        .chars()
        .all(|wanted| text.next() == Some(wanted))
        && !text.next().is_some_and(char::is_alphanumeric)
}

/// A preset as rows: what [`to_lync`] and [`to_xmpp`] do with each state that they tell apart.
pub(super) fn rows(preset: Preset) -> Vec<TableRow> {
    let texts: &[(Show, &str)] = match preset {
        Preset::Standard => &[
            (Show::Dnd, "Busy"),
            (Show::Dnd, "Meeting"),
            (Show::Dnd, "In a meeting"),
            (Show::Dnd, "In a call"),
        ],
        Preset::Openscape => &[
            (Show::Dnd, "Meeting til: {time} / {date}"),
            (Show::Dnd, "Do not disturb til: {time} / {date}"),
            (Show::Away, "Sick til: {time} / {date}"),
            (Show::Away, "Break til: {time} / {date}"),
            (Show::Away, "Lunch til: {time} / {date}"),
            (Show::Away, "Home til: {time} / {date}"),
            (Show::Xa, "Out of Office til: {time} / {date}"),
        ],
    };
    let plain = [Show::Available, Show::Away, Show::Xa, Show::Dnd].map(|show| (show, ""));
    let mut rows: Vec<TableRow> = plain
        .iter()
        .chain(texts)
        .filter_map(|&(show, text)| {
            Some(TableRow {
                show,
                text: text.to_owned(),
                way: Way::ToLync,
                lync: to_lync(preset, show, text, false)?.shown(),
                note: String::new(),
            })
        })
        .collect();
    for lync in [
        Availability::Online,
        Availability::Busy,
        Availability::DoNotDisturb,
        Availability::BeRightBack,
        Availability::Away,
        Availability::OffWork,
    ] {
        let state = LyncState {
            availability: lync,
            ..LyncState::default()
        };
        let Some(XmppState { show, status, .. }) = to_xmpp(preset, &state) else {
            continue;
        };
        // A word that is set without a note is no text that the way back asks for.
        let there_and_back = rows.iter_mut().find(|row| {
            row.show == show && row.lync == lync && (row.text.is_empty() || row.text == status)
        });
        match there_and_back {
            Some(row) => row.way = Way::Both,
            None => rows.push(TableRow {
                show,
                text: status,
                way: Way::ToXmpp,
                lync,
                note: String::new(),
            }),
        }
    }
    rows
}

/// The text for a status that ends by itself, e.g. `Busy til: 15:00 / 24.12.2026`, in the shape that OpenScape people
/// know. A text of the person's own takes the place of the word. `None` for Online, whose end says nothing.
pub(super) fn til(
    preset: Preset,
    status: Settable,
    own_text: &str,
    until: Timestamp,
    clock: &TimeZone,
) -> Option<String> {
    let word = match (preset, status) {
        (_, Settable::Online) => return None,
        (Preset::Standard, Settable::Busy) => "Busy",
        (Preset::Openscape, Settable::Busy) => "Meeting",
        (_, Settable::DoNotDisturb) => "Do not disturb",
        (Preset::Standard, Settable::BeRightBack) => "Be right back",
        (Preset::Openscape, Settable::BeRightBack) => "Break",
        (Preset::Standard, Settable::Away) => "Away",
        (Preset::Openscape, Settable::Away) => "Out of Office",
        (Preset::Standard, Settable::Offwork) => "Off work",
        (Preset::Openscape, Settable::Offwork) => "Home",
    };
    let word = if own_text.is_empty() { word } else { own_text };
    let end = until.to_zoned(clock.clone());
    Some(format!("{word} til: {}", end.strftime("%H:%M / %d.%m.%Y")))
}

#[cfg(test)]
mod tests;
