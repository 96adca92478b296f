use super::*;
use crate::Availability::{Away, Busy, DoNotDisturb, OffWork, Offline, Online};

fn row(show: Show, text: &str, way: Way, lync: Availability) -> TableRow {
    TableRow {
        show,
        text: text.into(),
        way,
        lync,
        note: String::new(),
    }
}

fn with_note(note: &str, row: TableRow) -> TableRow {
    TableRow {
        note: note.into(),
        ..row
    }
}

fn edited(rows: Vec<TableRow>) -> Table {
    Table::new(Preset::Standard, Some(OwnRows::new(rows).unwrap()))
}

fn set(table: &Table, show: Show, status: &str) -> (Settable, String) {
    let choice = table.to_lync(show, status, false).unwrap();
    (choice.status, choice.note)
}

fn shown(table: &Table, availability: Availability) -> (Show, String) {
    let state = LyncState {
        availability,
        ..LyncState::default()
    };
    let there = table.to_xmpp(&state).unwrap();
    (there.show, there.status)
}

#[test]
fn the_rows_of_a_preset_do_as_the_preset_does() {
    for preset in [Preset::Standard, Preset::Openscape] {
        let table = Table::from(preset);
        let same = Table::new(preset, Some(OwnRows::new(table.rows()).unwrap()));
        for show in [Show::Available, Show::Chat, Show::Away, Show::Xa, Show::Dnd] {
            for text in [
                "",
                "Busy",
                "in a call: Ben",
                "Meeting til: 15:00",
                "At the lake",
            ] {
                for idle in [false, true] {
                    assert_eq!(
                        same.to_lync(show, text, idle).map(|choice| choice.note),
                        table.to_lync(show, text, idle).map(|choice| choice.note)
                    );
                }
                // A text of that product arrives with the show of its row.
                if preset == Preset::Standard {
                    assert_eq!(
                        same.to_lync(show, text, false),
                        table.to_lync(show, text, false),
                        "{show:?} {text}"
                    );
                }
            }
        }
        for availability in Availability::ALL {
            for activity in ["", "in-a-meeting", "out-of-office"] {
                for note in ["", "Back at noon"] {
                    let state = LyncState {
                        availability,
                        activity: activity.into(),
                        note: note.into(),
                        out_of_office: false,
                    };
                    assert_eq!(same.to_xmpp(&state), table.to_xmpp(&state), "{state:?}");
                }
            }
        }
    }
}

#[test]
fn a_row_of_the_persons_own_decides_both_ways() {
    let table = edited(vec![row(Show::Away, "", Way::Both, Busy)]);
    assert_eq!(set(&table, Show::Away, "x"), (Settable::Busy, "x".into()));
    assert_eq!(shown(&table, Busy).0, Show::Away);
    assert_eq!(set(&table, Show::Xa, ""), (Settable::Away, String::new()));
    assert_eq!(
        shown(&table, DoNotDisturb),
        (Show::Dnd, "Do not disturb".into()),
        "what no row names goes by the preset"
    );
}

#[test]
fn a_row_of_one_way_says_nothing_about_the_other() {
    let table = edited(vec![
        row(Show::Dnd, "", Way::ToXmpp, Online),
        row(Show::Dnd, "", Way::ToLync, OffWork),
    ]);
    assert_eq!(shown(&table, Online).0, Show::Dnd);
    assert_eq!(set(&table, Show::Dnd, "").0, Settable::Offwork);
    assert_eq!(shown(&table, OffWork).0, Show::Xa);
}

#[test]
fn a_row_with_a_text_goes_before_one_without_and_needs_the_whole_word() {
    let table = edited(vec![
        row(Show::Away, "", Way::ToLync, Away),
        row(Show::Away, "Lunch til {time}", Way::ToLync, Busy),
    ]);
    for text in ["Lunch til: 13:00 / 24.12.2026", "LUNCH TIL 13:00"] {
        assert_eq!(set(&table, Show::Away, text).0, Settable::Busy, "{text}");
    }
    for text in ["Lunch", "Lunch tilted", "no Lunch til 13:00"] {
        assert_eq!(set(&table, Show::Away, text).0, Settable::Away, "{text}");
    }
    assert_eq!(
        set(&table, Show::Dnd, "Lunch til 13:00").0,
        Settable::DoNotDisturb
    );
}

#[test]
fn a_note_of_a_row_names_the_end_that_the_text_says() {
    let note = "Back at {time} on {date}";
    let table = edited(vec![with_note(
        note,
        row(Show::Away, "", Way::ToLync, Away),
    )]);
    let says = |text: &str| set(&table, Show::Away, text).1;
    assert_eq!(
        says("Lunch til: 13:00 / 24.12.2026"),
        "Back at 13:00 on 24.12.2026"
    );
    assert_eq!(says("(9:30, 2026-12-24)"), "Back at 9:30 on 2026-12-24");
    for kept in ["Lunch til: 13:00", "", "24.12.2026", "1:2:3 / 24.12."] {
        assert_eq!(says(kept), kept, "what is not said cannot be named");
    }
}

#[test]
fn an_end_is_told_by_the_row_that_has_a_place_for_it() {
    let until: Timestamp = "2026-12-24T14:00:00Z".parse().unwrap();
    let table = edited(vec![
        row(Show::Dnd, "In der Sitzung bis {time}", Way::Both, Busy),
        row(Show::Dnd, "Sitzung", Way::Both, Busy),
    ]);
    let til = |own| table.til(Settable::Busy, own, until, &TimeZone::UTC);
    assert_eq!(til("").as_deref(), Some("In der Sitzung bis 14:00"));
    assert_eq!(
        til("Budget").as_deref(),
        Some("Budget til: 14:00 / 24.12.2026")
    );
    assert_eq!(
        shown(&table, Busy),
        (Show::Dnd, "Sitzung".into()),
        "without an end the row without one"
    );
    let away = table.til(Settable::Away, "", until, &TimeZone::UTC);
    assert_eq!(away.as_deref(), Some("Away til: 14:00 / 24.12.2026"));
}

#[test]
fn what_nobody_can_choose_is_no_row() {
    let wrong = |row| OwnRows::new(vec![row]).unwrap_err();
    assert_eq!(
        wrong(row(Show::Away, "", Way::Both, Offline)),
        WrongRow::NotSettable(0)
    );
    assert_eq!(
        wrong(row(Show::Away, "", Way::ToXmpp, Availability::Unknown)),
        WrongRow::NotSettable(0),
        "unknown never becomes something"
    );
    assert_eq!(
        wrong(row(Show::Unavailable, "", Way::Both, Away)),
        WrongRow::NotThere(0)
    );
    let rows = vec![row(Show::Away, "", Way::Both, Away); OwnRows::MOST + 1];
    assert_eq!(OwnRows::new(rows), Err(WrongRow::TooMany));
    edited(vec![row(Show::Xa, "", Way::ToXmpp, Offline)]);
}

#[test]
fn idle_is_still_a_machines_doing() {
    let table = edited(vec![row(Show::Available, "", Way::Both, Busy)]);
    assert_eq!(
        table.to_lync(Show::Available, "", true).unwrap().status,
        Settable::Away
    );
    let idle = LyncState {
        availability: Availability::IdleBusy,
        ..LyncState::default()
    };
    let there = table.to_xmpp(&idle).unwrap();
    assert_eq!((there.show, there.idle), (Show::Available, true));
}
