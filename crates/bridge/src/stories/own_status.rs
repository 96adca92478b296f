use jiff::Timestamp;

use super::stage::*;
use crate::status::{OwnRows, Table, TableRow, Way};
use crate::*;

fn lync(availability: Availability) -> Input {
    noted(availability, "")
}

fn noted(availability: Availability, note: &str) -> Input {
    Input::OwnLync {
        availability,
        activity: String::new(),
        note: note.into(),
        out_of_office: false,
    }
}

fn phone(show: Show, status: &str) -> Input {
    from_resource("phone", show, status)
}

fn from_resource(resource: &str, show: Show, status: &str) -> Input {
    Input::OwnXmpp {
        resource: resource.into(),
        show,
        status: status.into(),
        idle_since: None,
    }
}

fn phone_idle(show: Show, since: Timestamp) -> Input {
    Input::OwnXmpp {
        resource: "phone".into(),
        show,
        status: String::new(),
        idle_since: Some(since),
    }
}

fn choose(status: Settable) -> Input {
    Input::OwnChosen {
        status: Some(status),
        note: None,
        until: None,
    }
}

/// What is written to either side, without the bookkeeping.
fn written(out: Vec<Output>) -> Vec<Output> {
    out.into_iter()
        .filter(|output| !matches!(output, Output::Remember(_)))
        .collect()
}

fn xmpp(show: Show, status: &str) -> Output {
    Output::SetXmppPresence {
        show,
        status: status.into(),
        idle_since: None,
    }
}

fn signed_in(presence: PresenceDirection) -> Stage {
    let mut stage = Stage::with(Rules {
        presence,
        ..Rules::default()
    });
    let first = written(stage.does(lync(Availability::Online)));
    if presence == PresenceDirection::Both {
        assert_eq!(
            first,
            [xmpp(Show::Available, "")],
            "known at once, not after the first change"
        );
    }
    stage.does(phone(Show::Available, ""));
    stage
}

fn both() -> Stage {
    signed_in(PresenceDirection::Both)
}

#[test]
fn busy_in_lync_is_busy_in_xmpp_after_two_seconds() {
    let mut stage = both();
    assert_eq!(written(stage.does(lync(Availability::Busy))), []);
    assert_eq!(written(stage.passes(1)), []);
    assert_eq!(written(stage.passes(1)), [xmpp(Show::Dnd, "Busy")]);
    assert_eq!(written(stage.passes(3600)), [], "and nothing goes back");
}

#[test]
fn do_not_disturb_in_xmpp_is_the_same_in_lync_after_two_seconds() {
    let mut stage = both();
    assert_eq!(written(stage.does(phone(Show::Dnd, ""))), []);
    assert_eq!(
        written(stage.passes(2)),
        [
            Output::SetLyncPresence(Settable::DoNotDisturb),
            xmpp(Show::Dnd, "")
        ]
    );
    assert_eq!(
        written(stage.does(lync(Availability::DoNotDisturb))),
        [],
        "the echo"
    );
    assert_eq!(written(stage.passes(3600)), []);
}

#[test]
fn somebody_who_clicks_through_a_menu_is_not_followed_step_by_step() {
    let mut stage = both();
    for show in [Show::Away, Show::Xa, Show::Dnd] {
        stage.does(phone(show, ""));
    }
    assert_eq!(
        written(stage.passes(2)),
        [
            Output::SetLyncPresence(Settable::DoNotDisturb),
            xmpp(Show::Dnd, "")
        ]
    );
}

#[test]
fn when_both_sides_change_within_seconds_the_last_person_wins() {
    let mut stage = both();
    stage.does(phone(Show::Dnd, ""));
    stage.passes(1);
    stage.does(lync(Availability::BeRightBack));
    assert_eq!(
        written(stage.passes(5)),
        [xmpp(Show::Away, "Be right back")],
        "Lync was last"
    );

    let mut stage = both();
    stage.does(lync(Availability::BeRightBack));
    stage.passes(1);
    stage.does(phone(Show::Dnd, ""));
    let out = written(stage.passes(5));
    assert!(
        out.contains(&Output::SetLyncPresence(Settable::DoNotDisturb)),
        "the phone was last: {out:?}"
    );
    assert_eq!(out.last(), Some(&xmpp(Show::Dnd, "")));
}

#[test]
fn an_idle_machine_never_overrides_what_a_person_chose() {
    let mut stage = both();
    stage.does(phone(Show::Dnd, ""));
    stage.passes(2);
    stage.does(lync(Availability::DoNotDisturb));
    for idle in [
        Availability::IdleBusy,
        Availability::IdleOnline,
        Availability::Away,
        Availability::Online,
        Availability::Offline,
    ] {
        assert_eq!(written(stage.does(lync(idle))), []);
        assert_eq!(written(stage.passes(10)), [], "{idle:?}");
    }
    let mut stage = both();
    stage.does(lync(Availability::Busy));
    stage.passes(2);
    let since = stage.now;
    stage.does(phone_idle(Show::Away, since));
    assert_eq!(written(stage.passes(10)), [], "an idle phone");
    stage.does(phone(Show::Available, ""));
    assert_eq!(
        written(stage.passes(10)),
        [],
        "a phone that is used again, as it was before"
    );
}

#[test]
fn idle_shows_through_while_nobody_chose_anything() {
    let mut stage = both();
    stage.does(lync(Availability::IdleOnline));
    let since = stage.now;
    assert_eq!(
        written(stage.passes(2)),
        [Output::SetXmppPresence {
            show: Show::Away,
            status: "Inactive".into(),
            idle_since: Some(since)
        }]
    );
    stage.does(lync(Availability::Away));
    assert_eq!(written(stage.passes(2)), [xmpp(Show::Away, "")]);
    stage.does(lync(Availability::Online));
    assert_eq!(written(stage.passes(2)), [xmpp(Show::Available, "")]);
}

#[test]
fn late_echoes_of_several_writes_start_nothing() {
    let mut stage = both();
    for status in [Settable::Busy, Settable::Away, Settable::DoNotDisturb] {
        stage.does(choose(status));
        stage.passes(1);
    }
    stage.passes(20);
    for echo in [
        Availability::Busy,
        Availability::Away,
        Availability::DoNotDisturb,
    ] {
        assert_eq!(written(stage.does(lync(echo))), []);
        assert_eq!(written(stage.passes(3)), [], "{echo:?}");
    }
}

#[test]
fn echoes_through_several_resources_start_nothing() {
    let mut stage = both();
    stage.does(noted(Availability::Busy, "Budget"));
    assert_eq!(written(stage.passes(2)), [xmpp(Show::Dnd, "Budget")]);
    for resource in ["causeway-1234", "phone", "tablet"] {
        stage.does(from_resource(resource, Show::Dnd, "Budget"));
    }
    stage.does(lync(Availability::Online));
    assert_eq!(written(stage.passes(10)), [xmpp(Show::Available, "")]);
}

#[test]
fn two_causeways_of_one_person_do_not_fight() {
    let mut stage = both();
    stage.does(lync(Availability::Busy));
    stage.passes(2);
    stage.does(lync(Availability::Online));
    stage.does(from_resource("Causeway.f00", Show::Dnd, "Busy"));
    assert_eq!(written(stage.passes(10)), [xmpp(Show::Available, "")]);
}

#[test]
fn a_phone_that_comes_online_changes_nothing() {
    let mut stage = both();
    stage.does(lync(Availability::Busy));
    stage.passes(2);
    stage.does(from_resource("tablet", Show::Available, ""));
    stage.does(from_resource("other", Show::Away, ""));
    assert_eq!(written(stage.passes(10)), []);
}

#[test]
fn when_the_last_xmpp_client_leaves_lync_gets_its_own_logic_back_and_never_offline() {
    let mut stage = both();
    stage.does(from_resource("tablet", Show::Available, ""));
    stage.does(phone(Show::Dnd, ""));
    stage.passes(2);
    stage.does(lync(Availability::DoNotDisturb));
    stage.does(phone(Show::Unavailable, ""));
    assert_eq!(written(stage.passes(10)), [], "the tablet is still there");
    stage.does(from_resource("tablet", Show::Unavailable, ""));
    assert_eq!(written(stage.passes(2))[0], Output::ResetLyncPresence);
}

#[test]
fn a_broken_stream_is_not_somebody_leaving() {
    let mut stage = both();
    stage.does(phone(Show::Dnd, ""));
    stage.passes(2);
    stage.does(lync(Availability::DoNotDisturb));
    stage.does(Input::Lost(Side::Xmpp));
    assert_eq!(written(stage.passes(10)), []);
}

#[test]
fn each_direction_carries_only_its_way() {
    use PresenceDirection::{Both, Off, ToLync, ToXmpp};
    for (direction, to_xmpp, to_lync) in [
        (Both, true, true),
        (ToXmpp, true, false),
        (ToLync, false, true),
        (Off, false, false),
    ] {
        let mut stage = signed_in(direction);
        stage.does(lync(Availability::Busy));
        assert_eq!(
            !written(stage.passes(5)).is_empty(),
            to_xmpp,
            "{direction:?}"
        );
        stage.does(phone(Show::Dnd, ""));
        let out = written(stage.passes(5));
        assert_eq!(
            out.contains(&Output::SetLyncPresence(Settable::DoNotDisturb)),
            to_lync,
            "{direction:?}"
        );
        let out = written(stage.does(choose(Settable::Away)));
        assert_eq!(
            out,
            [
                Output::SetLyncPresence(Settable::Away),
                xmpp(Show::Away, "")
            ],
            "what is chosen here goes everywhere"
        );
    }
}

#[test]
fn a_bridge_that_is_off_carries_no_presence() {
    let mut stage = both();
    stage.rule(|rules| rules.enabled = false);
    stage.does(lync(Availability::Busy));
    stage.does(phone(Show::Dnd, ""));
    assert_eq!(written(stage.passes(10)), []);
}

#[test]
fn notes_travel_both_ways() {
    let mut stage = both();
    stage.does(noted(Availability::Online, "Back at noon"));
    assert_eq!(
        written(stage.passes(2)),
        [xmpp(Show::Available, "Back at noon")]
    );
    stage.does(phone(Show::Dnd, "Meeting til: 15:00 / 24.12.2026"));
    assert_eq!(
        written(stage.passes(2)),
        [
            Output::SetLyncPresence(Settable::Busy),
            Output::SetLyncNote("Meeting til: 15:00 / 24.12.2026".into()),
            xmpp(Show::Dnd, "Meeting til: 15:00 / 24.12.2026")
        ]
    );
    stage.does(noted(Availability::Busy, "Meeting til: 15:00 / 24.12.2026"));
    assert_eq!(written(stage.passes(5)), [], "the echo");
    stage.does(phone(Show::Available, ""));
    let out = written(stage.passes(2));
    assert_eq!(
        out,
        [
            Output::SetLyncPresence(Settable::Online),
            Output::SetLyncNote(String::new()),
            xmpp(Show::Available, "")
        ]
    );
}

#[test]
fn a_note_written_in_lync_is_not_wiped_out_by_a_phone_without_one() {
    let mut stage = both();
    stage.does(noted(Availability::Online, "Back at noon"));
    stage.passes(2);
    stage.does(phone(Show::Dnd, ""));
    let out = written(stage.passes(2));
    assert!(
        !out.iter()
            .any(|output| matches!(output, Output::SetLyncNote(_))),
        "{out:?}"
    );
}

#[test]
fn a_note_changed_in_lync_replaces_the_one_from_the_phone() {
    let mut stage = both();
    stage.does(phone(Show::Dnd, "on the train"));
    stage.passes(2);
    stage.does(noted(Availability::DoNotDisturb, "on the train"));
    stage.passes(2);
    stage.does(noted(Availability::DoNotDisturb, "in the tunnel"));
    assert_eq!(written(stage.passes(2)), [xmpp(Show::Dnd, "in the tunnel")]);
}

#[test]
fn an_out_of_office_note_goes_to_xmpp_only() {
    let mut stage = both();
    stage.does(Input::OwnLync {
        availability: Availability::Away,
        activity: String::new(),
        note: "On holiday".into(),
        out_of_office: true,
    });
    assert_eq!(written(stage.passes(2)), [xmpp(Show::Xa, "On holiday")]);
    stage.does(from_resource("other", Show::Xa, "On holiday"));
    assert_eq!(written(stage.passes(10)), []);
}

#[test]
fn the_openscape_preset_loses_busy_and_notes_as_that_product_does() {
    let mut stage = both();
    stage.rule(|rules| rules.table = Preset::Openscape.into());
    stage.does(noted(Availability::Busy, "Budget"));
    assert_eq!(written(stage.passes(2)), [], "still shown as Office");
    stage.does(lync(Availability::DoNotDisturb));
    assert_eq!(written(stage.passes(2)), [xmpp(Show::Dnd, "")]);
    stage.does(phone(Show::Away, "Lunch til: 13:00 / 24.12.2026"));
    let out = written(stage.passes(2));
    assert_eq!(
        out[..2],
        [
            Output::SetLyncPresence(Settable::Away),
            Output::SetLyncNote("Lunch til: 13:00 / 24.12.2026".into())
        ]
    );
}

/// `away` is Busy and back, with a note of the table's.
fn lunch_table() -> Table {
    let row = TableRow {
        show: Show::Away,
        text: String::new(),
        way: Way::Both,
        lync: Availability::Busy,
        note: "At lunch".into(),
    };
    Table::new(Preset::Standard, OwnRows::new(vec![row]).ok())
}

#[test]
fn a_row_that_was_edited_changes_at_once_what_xmpp_sees() {
    let mut stage = both();
    stage.does(lync(Availability::Busy));
    assert_eq!(written(stage.passes(2)), [xmpp(Show::Dnd, "Busy")]);
    stage.rule(|rules| rules.table = lunch_table());
    assert_eq!(written(stage.does(Input::Tick)), [xmpp(Show::Away, "Busy")]);
    stage.rule(|rules| rules.table = Preset::Standard.into());
    assert_eq!(written(stage.does(Input::Tick)), [xmpp(Show::Dnd, "Busy")]);
}

#[test]
fn a_note_of_the_table_goes_with_the_status_that_brought_it() {
    let mut stage = both();
    stage.rule(|rules| rules.table = lunch_table());
    stage.does(phone(Show::Available, ""));
    stage.does(phone(Show::Away, ""));
    assert_eq!(
        written(stage.passes(2)),
        [
            Output::SetLyncPresence(Settable::Busy),
            Output::SetLyncNote("At lunch".into()),
            xmpp(Show::Away, "")
        ]
    );
    stage.does(noted(Availability::Busy, "At lunch"));
    assert_eq!(written(stage.passes(10)), [], "an echo");
    stage.does(phone(Show::Available, ""));
    let out = written(stage.passes(2));
    assert_eq!(
        out[..2],
        [
            Output::SetLyncPresence(Settable::Online),
            Output::SetLyncNote(String::new())
        ]
    );
}

#[test]
fn a_status_with_an_end_says_so_and_ends_by_itself_even_over_a_restart() {
    let mut stage = both();
    let until = "2026-12-24T15:00:00Z".parse().unwrap();
    let out = written(stage.does(Input::OwnChosen {
        status: Some(Settable::Busy),
        note: None,
        until: Some(until),
    }));
    assert_eq!(
        out,
        [
            Output::SetLyncPresence(Settable::Busy),
            xmpp(Show::Dnd, "Busy til: 15:00 / 24.12.2026")
        ]
    );
    stage.restarts();
    let out = written(stage.does(lync(Availability::Online)));
    assert_eq!(
        out,
        [
            Output::SetLyncPresence(Settable::Busy),
            xmpp(Show::Dnd, "Busy til: 15:00 / 24.12.2026")
        ],
        "a new session at the server"
    );
    stage.does(lync(Availability::Busy));
    assert_eq!(written(stage.passes(3 * 3600 - 1)), []);
    assert_eq!(written(stage.passes(1)), [Output::ResetLyncPresence]);
    stage.does(lync(Availability::Online));
    assert_eq!(written(stage.passes(2)), [xmpp(Show::Available, "")]);
    stage.restarts();
    assert_eq!(stage.bridge.next_deadline(), None);
}

#[test]
fn a_note_that_came_with_an_end_gives_way_to_the_one_before() {
    let mut stage = both();
    stage.does(noted(Availability::Online, "Room 12"));
    stage.passes(2);
    let until = "2026-12-24T15:00:00Z".parse().unwrap();
    let out = written(stage.does(Input::OwnChosen {
        status: Some(Settable::Busy),
        note: Some("Budget".into()),
        until: Some(until),
    }));
    assert_eq!(
        out,
        [
            Output::SetLyncPresence(Settable::Busy),
            Output::SetLyncNote("Budget".into()),
            xmpp(Show::Dnd, "Budget til: 15:00 / 24.12.2026")
        ]
    );
    stage.does(noted(Availability::Busy, "Budget"));
    let out = written(stage.passes(3 * 3600));
    assert_eq!(
        out[..2],
        [
            Output::SetLyncNote("Room 12".into()),
            Output::ResetLyncPresence
        ]
    );
}

#[test]
fn a_note_that_came_with_a_status_goes_with_it_and_others_stay() {
    let mut stage = both();
    stage.does(noted(Availability::Online, "Room 12"));
    stage.passes(2);
    let budget = Input::OwnChosen {
        status: Some(Settable::Busy),
        note: Some("Budget".into()),
        until: None,
    };
    stage.does(budget.clone());
    stage.does(noted(Availability::Busy, "Budget"));
    let out = written(stage.does(Input::OwnReset));
    assert_eq!(
        out,
        [
            Output::SetLyncNote("Room 12".into()),
            Output::ResetLyncPresence
        ]
    );
    stage.does(noted(Availability::Online, "Room 12"));
    assert_eq!(
        written(stage.does(Input::OwnReset)),
        [Output::ResetLyncPresence],
        "a note that did not come with a status"
    );
    stage.passes(10);
    stage.does(budget);
    stage.does(noted(Availability::Busy, "written in Lync"));
    assert_eq!(
        written(stage.does(Input::OwnReset)),
        [Output::ResetLyncPresence],
        "a note changed elsewhere since"
    );
}

#[test]
fn what_ended_while_causeway_was_closed_is_taken_back_in_the_next_session_with_its_note() {
    let mut stage = both();
    stage.does(noted(Availability::Online, "Room 12"));
    stage.passes(2);
    stage.does(Input::OwnChosen {
        status: Some(Settable::Busy),
        note: Some("Budget".into()),
        until: Some(stage.now + jiff::SignedDuration::from_mins(5)),
    });
    stage.restarts();
    assert_eq!(written(stage.passes(600)), [], "nobody is signed in");
    assert_eq!(stage.bridge.next_deadline(), None);
    let out = written(stage.does(noted(Availability::Busy, "Budget")));
    assert_eq!(
        out.get(..2),
        Some(
            &[
                Output::SetLyncNote("Room 12".into()),
                Output::ResetLyncPresence
            ][..]
        )
    );
}

#[test]
fn a_status_with_an_end_that_was_changed_elsewhere_is_left_alone() {
    let mut stage = both();
    let until = "2026-12-24T15:00:00Z".parse().unwrap();
    stage.does(Input::OwnChosen {
        status: Some(Settable::Busy),
        note: None,
        until: Some(until),
    });
    stage.does(lync(Availability::Busy));
    stage.does(lync(Availability::BeRightBack));
    let out = written(stage.passes(4 * 3600));
    assert_eq!(out, [xmpp(Show::Away, "Be right back")]);
}

#[test]
fn giving_the_status_back_shows_what_lync_makes_of_it() {
    let mut stage = both();
    stage.does(choose(Settable::DoNotDisturb));
    stage.does(lync(Availability::DoNotDisturb));
    stage.passes(10);
    assert_eq!(
        written(stage.does(Input::OwnReset)),
        [Output::ResetLyncPresence]
    );
    stage.does(Input::OwnLync {
        availability: Availability::Busy,
        activity: "in-a-meeting".into(),
        note: String::new(),
        out_of_office: false,
    });
    assert_eq!(written(stage.passes(2)), [xmpp(Show::Dnd, "In a meeting")]);
}

#[test]
fn a_status_that_the_server_never_took_is_not_shown_for_ever() {
    let mut stage = both();
    stage.does(choose(Settable::DoNotDisturb));
    stage.passes(5);
    stage.does(lync(Availability::IdleOnline));
    assert_eq!(written(stage.passes(30)), []);
    let out = written(stage.passes(60));
    assert!(
        matches!(
            out[..],
            [Output::SetXmppPresence {
                show: Show::Away,
                ..
            }]
        ),
        "{out:?}"
    );
}

#[test]
fn an_unknown_state_is_not_carried() {
    let mut stage = both();
    stage.does(lync(Availability::Unknown));
    assert_eq!(written(stage.passes(10)), []);
}

#[test]
fn offline_in_lync_keeps_ben_reachable_in_xmpp() {
    let mut stage = both();
    stage.does(lync(Availability::Offline));
    assert_eq!(written(stage.passes(10)), [xmpp(Show::Xa, "")]);
}

#[test]
fn a_status_with_an_end_is_not_forced_on_somebody_who_chose_anew_while_causeway_was_closed() {
    let mut stage = both();
    let until = "2026-12-24T15:00:00Z".parse().unwrap();
    stage.does(Input::OwnChosen {
        status: Some(Settable::Busy),
        note: None,
        until: Some(until),
    });
    stage.restarts();
    let out = written(stage.does(lync(Availability::DoNotDisturb)));
    assert_eq!(out, [xmpp(Show::Dnd, "Do not disturb")]);
    assert_eq!(stage.bridge.next_deadline(), None);
}

#[test]
fn a_reset_before_the_end_brings_the_note_back() {
    let mut stage = both();
    stage.does(noted(Availability::Online, "Room 12"));
    stage.passes(2);
    let until = stage.now + jiff::SignedDuration::from_mins(5);
    stage.does(Input::OwnChosen {
        status: Some(Settable::Busy),
        note: Some("Budget".into()),
        until: Some(until),
    });
    stage.does(noted(Availability::Busy, "Budget"));
    stage.now = until;
    let expected = [
        Output::SetLyncNote("Room 12".into()),
        Output::ResetLyncPresence,
    ];
    assert_eq!(written(stage.does(Input::OwnReset)), expected);
}
