use causeway_api::{Availability, Kind, OwnStatus, Side, SideState};

use super::super::icon::tests::reader;
use super::*;
use crate::scene::tests::{failed, own, state, told, unread};

/// The menu as lines: `▸` before what has a menu of its own, `✓` before what is checked, `(…)` around what does
/// nothing.
fn lines(items: &[Item]) -> Vec<String> {
    let line = |item: &Item| match item {
        Item::Line => vec!["-".to_owned()],
        Item::Text(label) => vec![format!("({label})")],
        Item::Entry { label, .. } => vec![label.clone()],
        Item::Check { label, checked, .. } => {
            vec![if *checked {
                format!("✓ {label}")
            } else {
                label.clone()
            }]
        }
        Item::Sub { label, items } => {
            let inner = lines(items).into_iter().map(|line| format!("  {line}"));
            std::iter::once(format!("▸ {label}")).chain(inner).collect()
        }
    };
    items.iter().flat_map(line).collect()
}

fn top(kinds: &[Kind]) -> Vec<String> {
    menu(kinds)
        .into_iter()
        .filter(|line| !line.starts_with("  ") && line != "-")
        .collect()
}

fn menu(kinds: &[Kind]) -> Vec<String> {
    lines(&Menu::of(&told(kinds), &reader(), Timestamp::UNIX_EPOCH).0)
}

fn ready() -> Kind {
    state(Side::Lync, SideState::ReadyAvailable)
}

#[test]
fn signed_in_on_both_sides_it_is_the_whole_menu() {
    let status = OwnStatus {
        availability: Availability::BusyIdle,
        activity: None,
        note: Some("Review\nround".into()),
        until: Some("1970-01-01T15:00:00Z".parse().unwrap()),
        reason: causeway_api::Reason::You,
    };
    let told = menu(&[
        ready(),
        state(Side::Xmpp, SideState::ReadyAvailable),
        Kind::Own { status },
        unread("lync:anna@contoso.example", 2),
        unread("xmpp:carol@xmpp.example", 1),
    ]);
    let wanted = "\
Open Causeway
-
▸ Status: Busy, inactive — Review round, until 15:00
  Available
  ✓ Busy
  Do not disturb
  Be right back
  Away
  Off work
  -
  Reset to automatic
  Set note…
  Set until…
  Watch only
▸ Unread (3)
  sip:anna@contoso.example — 2
  xmpp:carol@xmpp.example — 1
  -
  Mark all as read
New message…
-
▸ Bridge: on
  Pause 15 min
  Pause 1 h
  Until tomorrow
  Until I resume
▸ Pause notifications
  30 min
  1 h
  Until tomorrow
-
Settings…
▸ Help
  Check my set-up…
  Export diagnostics…
  About
Sign out…
Quit (bridge stops)";
    assert_eq!(told.join("\n"), wanted);
}

#[test]
fn while_signing_in_it_begins_with_the_step_and_the_way_out() {
    let told = top(&[state(Side::Lync, SideState::CheckingCertificate)]);
    assert_eq!(
        told[..3],
        [
            "(checking the certificate)",
            "Cancel sign-in",
            "Open Causeway"
        ]
    );
}

#[test]
fn an_error_comes_first_and_opens_its_page() {
    let scene = told(&[failed(
        Side::Lync,
        SideState::Stopped,
        "certificate expired",
    )]);
    let menu = Menu::of(&scene, &reader(), Timestamp::UNIX_EPOCH);
    assert_eq!(
        menu.0.first(),
        Some(&Item::Entry {
            label: "cannot sign in: certificate expired".into(),
            action: Action::Show(Wish::page(View::Check)),
        })
    );
    assert!(lines(&menu.0).contains(&"Sign in".to_owned()));
}

#[test]
fn watching_offers_nothing_that_would_change_the_status() {
    let told = menu(&[
        state(Side::Lync, SideState::ReadyWatching),
        own(Availability::Away),
    ]);
    assert!(told.contains(&"  ✓ Watch only".to_owned()), "{told:?}");
    assert!(!told.contains(&"  Busy".to_owned()), "{told:?}");
}

#[test]
fn what_the_administrator_decides_is_not_in_the_menu() {
    let mut scene = told(&[ready()]);
    scene.locked = vec!["lync.mode".into()];
    let menu = lines(&Menu::of(&scene, &reader(), Timestamp::UNIX_EPOCH).0);
    assert!(!menu.contains(&"  Watch only".to_owned()), "{menu:?}");
}

#[test]
fn without_an_account_there_is_no_status_no_bridge_and_no_sign_in() {
    assert_eq!(
        top(&[]),
        [
            "Open Causeway",
            "New message…",
            "▸ Pause notifications",
            "Settings…",
            "▸ Help",
            "Quit (bridge stops)"
        ]
    );
}

#[test]
fn a_paused_bridge_can_be_resumed() {
    let told = menu(&[
        ready(),
        state(Side::Xmpp, SideState::ReadyAvailable),
        Kind::Paused {
            paused: true,
            until: None,
        },
    ]);
    assert!(told.contains(&"▸ Bridge: paused".to_owned()), "{told:?}");
    assert!(told.contains(&"  Resume".to_owned()), "{told:?}");
}

#[test]
fn three_hundred_unread_chats_stay_a_menu() {
    let mut kinds = vec![ready()];
    kinds.extend((0..300).map(|n| unread(&format!("lync:p{n:03}@contoso.example"), 1)));
    let told = menu(&kinds);
    assert!(told.contains(&"▸ Unread (300)".to_owned()));
    let named = told.iter().filter(|line| line.contains("@contoso"));
    assert_eq!(named.count(), MOST_CHATS);
    assert!(told.contains(&"  More…".to_owned()));
}

#[test]
fn equal_scenes_make_equal_menus_and_other_labels_the_same_structure() {
    let of = |availability| {
        let scene = told(&[ready(), own(availability)]);
        Menu::of(&scene, &reader(), Timestamp::UNIX_EPOCH)
    };
    assert_eq!(of(Availability::Busy), of(Availability::Busy));
    let (busy, away) = (of(Availability::Busy), of(Availability::Away));
    assert_ne!(busy, away);
    assert_eq!(lines(&busy.0).len(), lines(&away.0).len());
}
