//! What codes and values are called in front of people (ux.md sections 2 and 13).

use causeway_api::{Availability, Side, SideState};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use crate::text::{Cell, Colour};

/// Shape of a presence. It carries the meaning where colours cannot be seen.
pub(crate) fn shape(availability: Availability) -> Cell {
    let (shape, colour) = match availability {
        Availability::Available => ("●", Some(Colour::Green)),
        Availability::AvailableIdle => ("◐", Some(Colour::Green)),
        Availability::Busy => ("■", Some(Colour::Red)),
        Availability::BusyIdle => ("◧", Some(Colour::Red)),
        Availability::DoNotDisturb => ("⊘", Some(Colour::Magenta)),
        Availability::BeRightBack => ("◷", Some(Colour::Yellow)),
        Availability::Away | Availability::OffWork => ("☾", Some(Colour::Yellow)),
        Availability::Offline => ("○", Some(Colour::Grey)),
        Availability::Unknown => ("?", Some(Colour::Grey)),
    };
    Cell::coloured(shape, colour)
}

/// Word of a presence.
pub(crate) fn availability(availability: Availability) -> &'static str {
    match availability {
        Availability::Available => "Available",
        Availability::AvailableIdle => "Inactive",
        Availability::Busy => "Busy",
        Availability::BusyIdle => "Busy, inactive",
        Availability::DoNotDisturb => "Do not disturb",
        Availability::BeRightBack => "Be right back",
        Availability::Away => "Away",
        Availability::OffWork => "Off work",
        Availability::Offline => "Offline",
        Availability::Unknown => "Presence unknown",
    }
}

/// Name of a side.
pub(crate) fn side(side: Side) -> &'static str {
    match side {
        Side::Lync => "Lync",
        Side::Xmpp => "XMPP",
        Side::Gateway => "Gateway",
    }
}

/// What a link does or waits for.
pub(crate) fn state(state: SideState) -> &'static str {
    match state {
        SideState::SignedOut => "signed out",
        SideState::FindingServer => "finding the server",
        SideState::CheckingCertificate => "checking the certificate",
        SideState::AskingMethods => "asking how to sign in",
        SideState::SigningIn => "signing in",
        SideState::OpeningSession => "opening the session",
        SideState::LoadingContacts => "loading contacts",
        SideState::ReadyWatching => "signed in, watching only",
        SideState::ReadyAvailable => "signed in",
        SideState::WaitingForNetwork => "waiting for the network",
        SideState::Reconnecting => "reconnecting",
        SideState::NeedsPassword => "needs a password",
        SideState::NeedsConsent => "needs your consent",
        SideState::NeedsSignIn => "needs a sign-in on a web page",
        SideState::Refused => "sign-in refused",
        SideState::NotAllowed => "not allowed",
        SideState::ServerUnavailable => "server not available",
        SideState::Stopped => "stopped",
    }
}

/// A step of the ladder, as `check` and problems name it; others stay as they are.
pub(crate) fn step(name: &str) -> &str {
    match name {
        "finding-server" => "finding the server",
        "checking-certificate" => "checking the certificate",
        "asking-methods" => "asking how to sign in",
        "signing-in" => "signing in",
        "opening-session" => "opening the session",
        "loading-contacts" => "loading contacts",
        other => other,
    }
}

/// Local time, with the date where it is not today.
pub(crate) fn time(at: Timestamp) -> String {
    time_seen_at(at, &Zoned::now())
}

/// Local time of day, to the second.
pub(crate) fn clock(at: Timestamp) -> String {
    at.to_zoned(TimeZone::system())
        .strftime("%H:%M:%S")
        .to_string()
}

fn time_seen_at(at: Timestamp, now: &Zoned) -> String {
    let at = at.to_zoned(now.time_zone().clone());
    let format = if at.date() == now.date() {
        "%H:%M"
    } else {
        "%Y-%m-%d %H:%M"
    };
    at.strftime(format).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_date_is_named_where_it_is_not_today() {
        let now: Zoned = "2026-11-25T14:30:00+01:00[Europe/Berlin]".parse().unwrap();
        let check = |at: &str, expected: &str| {
            assert_eq!(time_seen_at(at.parse().unwrap(), &now), expected)
        };
        check("2026-11-25T14:00:00Z", "15:00");
        check("2026-12-24T09:00:00Z", "2026-12-24 10:00");
    }
}
