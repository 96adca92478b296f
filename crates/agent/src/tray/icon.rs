//! What the icon says, as a value, and the tooltip beside it (ux.md 3.1).

use causeway_api::{Availability, Side, SideState};
use jiff::Timestamp;

use super::presence_word;
use crate::scene::{Scene, Situation};
use crate::words::{Reader, Word, plain};

/// Description of the icon. It is drawn anew only where this differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Icon {
    pub(crate) glyph: Glyph,
    pub(crate) mark: Option<Mark>,
    pub(crate) badge: Option<Badge>,
    /// The panel should draw attention to it.
    pub(crate) calls: bool,
}

/// How the arch is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Glyph {
    Normal,
    Outlined,
    Dimmed,
}

/// The one mark at the lower right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Mark {
    Available,
    AvailableIdle,
    Busy,
    BusyIdle,
    DoNotDisturb,
    BeRightBack,
    /// Away and off work.
    Away,
    Offline,
    Unknown,
    /// Watch only.
    Eye,
    /// Signing in.
    Dots,
    /// The person is needed.
    Key,
    /// Stopped by an error.
    Triangle,
}

/// The one badge at the upper right; the first that holds wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Badge {
    Problem,
    Unread,
    BridgePaused,
}

impl Icon {
    pub(crate) fn of(scene: &Scene) -> Self {
        let situation = scene.situation();
        let (glyph, mark) = match situation {
            Situation::SignedIn(availability) => (Glyph::Normal, Some(mark(availability))),
            Situation::Watching => (Glyph::Outlined, Some(Mark::Eye)),
            Situation::SigningIn(_) => (Glyph::Normal, Some(Mark::Dots)),
            Situation::Reconnecting(_) => (Glyph::Dimmed, None),
            Situation::NeedsUser(..) => (Glyph::Normal, Some(Mark::Key)),
            Situation::StoppedBy(..) => (Glyph::Dimmed, Some(Mark::Triangle)),
            Situation::SignedOut => (Glyph::Outlined, None),
        };
        let problem = mark != Some(Mark::Triangle)
            && scene
                .trouble()
                .is_some_and(|(_, state)| !is_on_its_way(state));
        let badge = if problem {
            Some(Badge::Problem)
        } else if !scene.unread.is_empty() {
            Some(Badge::Unread)
        } else if scene.has_bridge() && scene.paused.is_some() {
            Some(Badge::BridgePaused)
        } else {
            None
        };
        Self {
            glyph,
            mark,
            badge,
            calls: matches!(situation, Situation::NeedsUser(..)),
        }
    }
}

fn is_on_its_way(state: SideState) -> bool {
    matches!(
        state,
        SideState::Reconnecting | SideState::WaitingForNetwork
    )
}

fn mark(availability: Availability) -> Mark {
    match availability {
        Availability::Available => Mark::Available,
        Availability::AvailableIdle => Mark::AvailableIdle,
        Availability::Busy => Mark::Busy,
        Availability::BusyIdle => Mark::BusyIdle,
        Availability::DoNotDisturb => Mark::DoNotDisturb,
        Availability::BeRightBack => Mark::BeRightBack,
        Availability::Away | Availability::OffWork => Mark::Away,
        Availability::Offline => Mark::Offline,
        Availability::Unknown => Mark::Unknown,
    }
}

/// Title and second line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tooltip {
    pub(crate) title: String,
    pub(crate) line: String,
}

impl Tooltip {
    pub(crate) fn of(scene: &Scene, reader: &Reader, now: Timestamp) -> Self {
        let title = reader.fill(Word::Titled, &headline(scene, reader));
        let mut parts = Vec::new();
        let unread = scene.unread_texts();
        if unread > 0 {
            parts.push(reader.count(Word::OneUnread, Word::ManyUnread, unread));
        }
        if scene.has_bridge() {
            parts.push(match scene.paused {
                None => reader.say(Word::BridgeOn).to_owned(),
                Some(None) => reader.say(Word::BridgePaused).to_owned(),
                Some(Some(until)) => {
                    reader.fill(Word::BridgePausedUntil, &reader.clock(until, now))
                }
            });
        } else if scene.sides().count() == 2 {
            parts.push(reader.say(Word::BridgeOff).to_owned());
        }
        if let Some((side, state)) = scene.trouble() {
            let word = if side == Side::Lync {
                Word::LyncTrouble
            } else {
                Word::XmppTrouble
            };
            parts.push(reader.fill(word, reader.say(state_word(state))));
        }
        Self {
            title,
            line: parts.join(" · "),
        }
    }
}

/// The situation in words.
pub(crate) fn headline(scene: &Scene, reader: &Reader) -> String {
    match scene.situation() {
        Situation::SignedIn(availability) => reader.say(presence_word(availability)).to_owned(),
        Situation::Watching => reader.say(Word::Watching).to_owned(),
        Situation::SigningIn(state) | Situation::Reconnecting(state) => {
            reader.say(state_word(state)).to_owned()
        }
        Situation::NeedsUser(_, state) => reader.say(state_word(state)).to_owned(),
        Situation::StoppedBy(_, Some(problem)) => {
            reader.fill(Word::CannotSignIn, &plain(&problem.message, 90))
        }
        Situation::StoppedBy(_, None) => reader.say(Word::Stopped).to_owned(),
        Situation::SignedOut => reader.say(Word::SignedOut).to_owned(),
    }
}

/// The word for what a side does or why it does nothing.
pub(crate) fn state_word(state: SideState) -> Word {
    match state {
        SideState::SignedOut => Word::SignedOut,
        SideState::FindingServer => Word::FindingServer,
        SideState::CheckingCertificate => Word::CheckingCertificate,
        SideState::AskingMethods => Word::AskingMethods,
        SideState::SigningIn => Word::SigningIn,
        SideState::OpeningSession => Word::OpeningSession,
        SideState::LoadingContacts => Word::LoadingContacts,
        SideState::ReadyWatching => Word::Watching,
        SideState::ReadyAvailable => Word::Available,
        SideState::WaitingForNetwork => Word::WaitingForNetwork,
        SideState::Reconnecting | SideState::ServerUnavailable => Word::Reconnecting,
        SideState::NeedsPassword | SideState::Refused => Word::PasswordNeeded,
        SideState::NeedsConsent => Word::ConsentNeeded,
        SideState::NeedsSignIn => Word::WebSignInNeeded,
        SideState::NotAllowed | SideState::Stopped => Word::Stopped,
    }
}

#[cfg(test)]
#[path = "icon_tests.rs"]
pub(crate) mod tests;
