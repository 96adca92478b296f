use super::super::Table;
use super::*;

fn lync(availability: Availability, activity: &str, note: &str) -> LyncState {
    LyncState {
        availability,
        activity: activity.into(),
        note: note.into(),
        out_of_office: false,
    }
}

fn carried(preset: Preset, state: &LyncState) -> Option<(Show, String, bool)> {
    to_xmpp(preset, state).map(|state| (state.show, state.status, state.idle))
}

#[test]
fn standard_carries_every_lync_state_to_xmpp() {
    let rows = [
        (Availability::Online, "", Some((Show::Available, "", false))),
        (
            Availability::IdleOnline,
            "",
            Some((Show::Away, "Inactive", true)),
        ),
        (Availability::Busy, "", Some((Show::Dnd, "Busy", false))),
        (
            Availability::Busy,
            "on-the-phone",
            Some((Show::Dnd, "In a call", false)),
        ),
        (
            Availability::Busy,
            "in-a-conference",
            Some((Show::Dnd, "In a call", false)),
        ),
        (
            Availability::Busy,
            "in-a-meeting",
            Some((Show::Dnd, "In a meeting", false)),
        ),
        (
            Availability::Busy,
            "I en biltunnel",
            Some((Show::Dnd, "I en biltunnel", false)),
        ),
        (Availability::IdleBusy, "", Some((Show::Dnd, "Busy", true))),
        (
            Availability::IdleBusy,
            "in-a-meeting",
            Some((Show::Dnd, "In a meeting", true)),
        ),
        (
            Availability::DoNotDisturb,
            "",
            Some((Show::Dnd, "Do not disturb", false)),
        ),
        (
            Availability::DoNotDisturb,
            "presenting",
            Some((Show::Dnd, "Presenting", false)),
        ),
        (
            Availability::DoNotDisturb,
            "urgent-interruptions-only",
            Some((Show::Dnd, "Urgent interruptions only", false)),
        ),
        (
            Availability::BeRightBack,
            "",
            Some((Show::Away, "Be right back", false)),
        ),
        (Availability::Away, "", Some((Show::Away, "", false))),
        (
            Availability::Away,
            "out-of-office",
            Some((Show::Xa, "", false)),
        ),
        (Availability::Away, "off-work", Some((Show::Xa, "", false))),
        (
            Availability::OffWork,
            "off-work",
            Some((Show::Xa, "", false)),
        ),
        (
            Availability::Offline,
            "",
            Some((Show::Unavailable, "", false)),
        ),
        (Availability::Unknown, "", None),
    ];
    for (availability, activity, expected) in rows {
        let expected = expected.map(|(show, text, idle)| (show, text.to_owned(), idle));
        let found = carried(Preset::Standard, &lync(availability, activity, ""));
        assert_eq!(found, expected, "{availability:?} {activity}");
    }
}

#[test]
fn a_note_is_carried_and_wins_over_the_words_for_the_activity() {
    for availability in Availability::ALL {
        let Some(found) = to_xmpp(
            Preset::Standard,
            &lync(availability, "in-a-meeting", "Back at noon"),
        ) else {
            assert_eq!(availability, Availability::Unknown);
            continue;
        };
        assert_eq!(found.status, "Back at noon");
    }
}

#[test]
fn somebody_with_an_out_of_office_note_is_away_for_long() {
    let state = LyncState {
        out_of_office: true,
        ..lync(Availability::Away, "", "On holiday")
    };
    assert_eq!(
        carried(Preset::Standard, &state),
        Some((Show::Xa, "On holiday".into(), false))
    );
}

#[test]
fn standard_carries_every_xmpp_state_to_lync() {
    let rows = [
        (Show::Available, "", false, Some(Settable::Online)),
        (Show::Chat, "", false, Some(Settable::Online)),
        (Show::Available, "", true, Some(Settable::Away)),
        (Show::Away, "", false, Some(Settable::BeRightBack)),
        (Show::Away, "", true, Some(Settable::Away)),
        (Show::Xa, "", false, Some(Settable::Away)),
        (Show::Xa, "Out of office", true, Some(Settable::Away)),
        (Show::Dnd, "", false, Some(Settable::DoNotDisturb)),
        (
            Show::Dnd,
            "Meetings make me sad",
            false,
            Some(Settable::DoNotDisturb),
        ),
        (
            Show::Dnd,
            "Meeting til: 15:00 / 24.12.2026",
            false,
            Some(Settable::Busy),
        ),
        (Show::Dnd, "in a call", false, Some(Settable::Busy)),
        (Show::Dnd, "In a meeting", false, Some(Settable::Busy)),
        (Show::Dnd, "Busy", false, Some(Settable::Busy)),
        (Show::Unavailable, "", false, None),
    ];
    for (show, status, idle, expected) in rows {
        assert_eq!(
            to_lync(Preset::Standard, show, status, idle),
            expected,
            "{show:?} {status} {idle}"
        );
    }
}

/// product.md, first table: what myPortal shows, the `show` it arrives with, its text, and what Lync then shows.
#[test]
fn openscape_carries_every_myportal_state_to_lync() {
    let rows = [
        ("Office", Show::Available, "", Settable::Online),
        (
            "Meeting",
            Show::Dnd,
            "Meeting til: 15:00 / 24.12.2026",
            Settable::Busy,
        ),
        (
            "Sick",
            Show::Away,
            "Sick til: 08:00 / 28.12.2026",
            Settable::Away,
        ),
        (
            "Break",
            Show::Away,
            "Break til: 10:15 / 24.12.2026",
            Settable::Away,
        ),
        (
            "Vacation",
            Show::Xa,
            "Out of Office til: 08:00 / 07.01.2027",
            Settable::Away,
        ),
        (
            "Lunch",
            Show::Away,
            "Lunch til: 13:00 / 24.12.2026",
            Settable::Away,
        ),
        (
            "Home",
            Show::Away,
            "Home til: 08:00 / 28.12.2026",
            Settable::Away,
        ),
        (
            "Do not disturb",
            Show::Dnd,
            "Do not disturb til: 16:00 / 24.12.2026",
            Settable::Busy,
        ),
    ];
    for (word, show, text, expected) in rows {
        assert_eq!(
            to_lync(Preset::Openscape, show, text, false),
            Some(expected),
            "{word}"
        );
    }
    for show in [Show::Available, Show::Chat, Show::Away, Show::Xa, Show::Dnd] {
        let meeting = to_lync(
            Preset::Openscape,
            show,
            "Meeting til: 15:00 / 24.12.2026 Budget",
            false,
        );
        assert_eq!(
            meeting,
            Some(Settable::Busy),
            "the text is surer than {show:?}"
        );
        let lunch = to_lync(
            Preset::Openscape,
            show,
            "Lunch til: 13:00 / 24.12.2026",
            false,
        );
        assert_eq!(
            lunch,
            Some(Settable::Away),
            "the text is surer than {show:?}"
        );
    }
    assert_eq!(
        to_lync(
            Preset::Openscape,
            Show::Unavailable,
            "Meeting til: 15:00",
            false
        ),
        None
    );
}

/// product.md, second table. The text is not carried in any row.
#[test]
fn openscape_carries_every_lync_state_to_myportal() {
    let rows = [
        (Availability::Online, Some(Show::Available)),
        (Availability::IdleOnline, Some(Show::Available)),
        (Availability::Busy, Some(Show::Available)),
        (Availability::IdleBusy, Some(Show::Available)),
        (Availability::DoNotDisturb, Some(Show::Dnd)),
        (Availability::BeRightBack, Some(Show::Away)),
        (Availability::Away, Some(Show::Away)),
        (Availability::OffWork, Some(Show::Xa)),
        (Availability::Offline, Some(Show::Unavailable)),
        (Availability::Unknown, None),
    ];
    for (availability, expected) in rows {
        let found = carried(
            Preset::Openscape,
            &lync(availability, "in-a-meeting", "Back at noon"),
        );
        assert_eq!(
            found,
            expected.map(|show| (show, String::new(), false)),
            "{availability:?}"
        );
    }
}

#[test]
fn an_unknown_state_never_becomes_offline() {
    for preset in [Preset::Standard, Preset::Openscape] {
        assert_eq!(to_xmpp(preset, &lync(Availability::Unknown, "", "")), None);
        for show in [Show::Available, Show::Chat, Show::Away, Show::Xa, Show::Dnd] {
            let seen = Table::from(preset).seen_in_xmpp(show, "", false);
            assert_ne!(seen, Availability::Offline);
        }
    }
}

#[test]
fn texts_for_an_end_have_the_shape_that_openscape_people_know() {
    let clock = TimeZone::fixed(jiff::tz::offset(1));
    let until: Timestamp = "2026-12-24T14:00:00Z".parse().unwrap();
    let rows = [
        (
            Preset::Openscape,
            Settable::Busy,
            "",
            Some("Meeting til: 15:00 / 24.12.2026"),
        ),
        (
            Preset::Openscape,
            Settable::DoNotDisturb,
            "",
            Some("Do not disturb til: 15:00 / 24.12.2026"),
        ),
        (
            Preset::Openscape,
            Settable::BeRightBack,
            "",
            Some("Break til: 15:00 / 24.12.2026"),
        ),
        (
            Preset::Openscape,
            Settable::Away,
            "",
            Some("Out of Office til: 15:00 / 24.12.2026"),
        ),
        (
            Preset::Openscape,
            Settable::Offwork,
            "",
            Some("Home til: 15:00 / 24.12.2026"),
        ),
        (Preset::Openscape, Settable::Online, "", None),
        (
            Preset::Standard,
            Settable::Busy,
            "",
            Some("Busy til: 15:00 / 24.12.2026"),
        ),
        (
            Preset::Standard,
            Settable::DoNotDisturb,
            "",
            Some("Do not disturb til: 15:00 / 24.12.2026"),
        ),
        (
            Preset::Standard,
            Settable::BeRightBack,
            "",
            Some("Be right back til: 15:00 / 24.12.2026"),
        ),
        (
            Preset::Standard,
            Settable::Away,
            "",
            Some("Away til: 15:00 / 24.12.2026"),
        ),
        (
            Preset::Standard,
            Settable::Offwork,
            "",
            Some("Off work til: 15:00 / 24.12.2026"),
        ),
        (
            Preset::Standard,
            Settable::Busy,
            "Meeting",
            Some("Meeting til: 15:00 / 24.12.2026"),
        ),
        (Preset::Standard, Settable::Online, "", None),
    ];
    for (preset, status, own, expected) in rows {
        assert_eq!(
            til(preset, status, own, until, &clock).as_deref(),
            expected,
            "{preset:?} {status:?}"
        );
    }
}

#[test]
fn what_the_bridge_writes_in_xmpp_means_the_same_when_read_back() {
    for (settable, activity) in [
        (Settable::Online, ""),
        (Settable::Busy, ""),
        (Settable::Busy, "in-a-meeting"),
        (Settable::DoNotDisturb, ""),
        (Settable::BeRightBack, ""),
    ] {
        let there = to_xmpp(Preset::Standard, &lync(settable.shown(), activity, "")).unwrap();
        assert_eq!(
            to_lync(Preset::Standard, there.show, &there.status, there.idle),
            Some(settable)
        );
    }
}

#[test]
fn each_row_of_the_table_is_what_the_bridge_does() {
    for preset in [Preset::Standard, Preset::Openscape] {
        let rows = rows(preset);
        assert!(rows.len() > 5, "{rows:?}");
        for row in rows {
            if row.way != Way::ToXmpp {
                let settable = to_lync(preset, row.show, &row.text, false).unwrap();
                assert_eq!(settable.shown(), row.lync, "{row:?}");
            }
            if row.way != Way::ToLync {
                let state = LyncState {
                    availability: row.lync,
                    ..LyncState::default()
                };
                assert_eq!(to_xmpp(preset, &state).unwrap().show, row.show, "{row:?}");
            }
        }
    }
}
