use jiff::tz::TimeZone;

use super::*;
use crate::scene::tests::{failed, own, state, told, unread};
use crate::words::Language;
use causeway_api::Kind;

pub(crate) fn reader() -> Reader {
    Reader {
        language: Language::English,
        zone: TimeZone::UTC,
    }
}

/// What was told, title, second line, glyph, mark, badge.
type Row<'a> = (
    &'a [Kind],
    &'a str,
    &'a str,
    Glyph,
    Option<Mark>,
    Option<Badge>,
);

/// Title, second line and icon of each row of ux.md 3.1.
#[test]
fn every_situation_is_said_by_glyph_mark_and_tooltip() {
    let ready = || state(Side::Lync, SideState::ReadyAvailable);
    let xmpp = || state(Side::Xmpp, SideState::ReadyAvailable);
    let paused = || Kind::Paused {
        paused: true,
        until: Some("1970-01-01T15:00:00Z".parse().unwrap()),
    };
    let rows: [Row<'_>; 12] = [
        (
            &[
                ready(),
                xmpp(),
                own(Availability::Available),
                unread("lync:ben@contoso.example", 2),
            ],
            "Causeway — Available",
            "2 unread · bridge on",
            Glyph::Normal,
            Some(Mark::Available),
            Some(Badge::Unread),
        ),
        (
            &[state(Side::Lync, SideState::ReadyWatching)],
            "Causeway — watching, your status is not changed",
            "",
            Glyph::Outlined,
            Some(Mark::Eye),
            None,
        ),
        (
            &[state(Side::Lync, SideState::CheckingCertificate)],
            "Causeway — checking the certificate",
            "",
            Glyph::Normal,
            Some(Mark::Dots),
            None,
        ),
        (
            &[
                state(Side::Lync, SideState::Reconnecting),
                own(Availability::Busy),
            ],
            "Causeway — reconnecting",
            "",
            Glyph::Dimmed,
            None,
            None,
        ),
        (
            &[state(Side::Lync, SideState::NeedsPassword)],
            "Causeway — password needed",
            "",
            Glyph::Normal,
            Some(Mark::Key),
            None,
        ),
        (
            &[ready(), failed(Side::Xmpp, SideState::Refused, "x")],
            "Causeway — password needed",
            "bridge on",
            Glyph::Normal,
            Some(Mark::Key),
            None,
        ),
        (
            &[state(Side::Lync, SideState::NeedsConsent)],
            "Causeway — your consent is needed",
            "",
            Glyph::Normal,
            Some(Mark::Key),
            None,
        ),
        (
            &[failed(
                Side::Lync,
                SideState::Stopped,
                "certificate expired",
            )],
            "Causeway — cannot sign in: certificate expired",
            "",
            Glyph::Dimmed,
            Some(Mark::Triangle),
            None,
        ),
        (
            &[],
            "Causeway — signed out",
            "",
            Glyph::Outlined,
            None,
            None,
        ),
        (
            &[ready(), xmpp(), own(Availability::Away), paused()],
            "Causeway — Away",
            "bridge paused until 15:00",
            Glyph::Normal,
            Some(Mark::Away),
            Some(Badge::BridgePaused),
        ),
        (
            &[
                ready(),
                failed(Side::Xmpp, SideState::ServerUnavailable, "x"),
                own(Availability::Busy),
                paused(),
                unread("xmpp:carol@xmpp.example", 1),
            ],
            "Causeway — Busy",
            "1 unread · bridge paused until 15:00 · XMPP: reconnecting",
            Glyph::Normal,
            Some(Mark::Busy),
            Some(Badge::Problem),
        ),
        (
            &[ready(), own(Availability::Unknown)],
            "Causeway — Presence unknown",
            "",
            Glyph::Normal,
            Some(Mark::Unknown),
            None,
        ),
    ];
    for (kinds, title, line, glyph, mark, badge) in rows {
        let scene = told(kinds);
        let tooltip = Tooltip::of(&scene, &reader(), Timestamp::UNIX_EPOCH);
        assert_eq!(
            (tooltip.title.as_str(), tooltip.line.as_str()),
            (title, line)
        );
        let icon = Icon::of(&scene);
        assert_eq!(
            (icon.glyph, icon.mark, icon.badge),
            (glyph, mark, badge),
            "{title}"
        );
        assert_eq!(icon.calls, mark == Some(Mark::Key), "{title}");
    }
}

#[test]
fn an_icon_says_the_same_while_only_numbers_change() {
    let ready = state(Side::Lync, SideState::ReadyAvailable);
    let one = told(&[ready.clone(), unread("lync:ben@contoso.example", 1)]);
    let more = told(&[ready, unread("lync:ben@contoso.example", 9)]);
    assert_eq!(Icon::of(&one), Icon::of(&more));
}
