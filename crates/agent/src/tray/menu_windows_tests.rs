//! The menu as Windows has it.

use tray_icon::menu::MenuItemKind;

use super::*;
use crate::tray::Span;

fn entry(label: &str, action: Action) -> Item {
    Item::Entry {
        label: label.into(),
        action,
    }
}

fn away(label: &str, checked: bool) -> Item {
    Item::Check {
        label: label.into(),
        checked,
        action: Action::WatchOnly(checked),
    }
}

fn menu(bridge: &str, checked: bool, last: Action) -> Menu {
    Menu(vec![
        Item::Text("checking certificate".into()),
        Item::Line,
        Item::Sub {
            label: bridge.into(),
            items: vec![
                entry("15 min", Action::PauseBridge(Span::Minutes(15))),
                away("Watch only", checked),
            ],
        },
        entry("Quit", last),
    ])
}

/// What Windows shows, line by line.
fn shown(items: &[MenuItemKind]) -> Vec<String> {
    items
        .iter()
        .flat_map(|item| match item {
            MenuItemKind::MenuItem(item) => {
                let off = if item.is_enabled() { "" } else { " (off)" };
                vec![format!("{}{off}", item.text())]
            }
            MenuItemKind::Check(item) => {
                vec![format!("{}: {}", item.text(), item.is_checked())]
            }
            MenuItemKind::Submenu(sub) => {
                let mut lines = vec![format!("{} >", sub.text())];
                lines.extend(shown(&sub.items()));
                lines
            }
            MenuItemKind::Predefined(_) => vec!["-".into()],
            MenuItemKind::Icon(_) => vec!["?".into()],
        })
        .collect()
}

#[test]
fn every_item_of_the_value_is_there_and_does_its_own() {
    let mut menu = Shown::new(menu("Bridge: A & B", false, Action::Quit)).unwrap();
    let lines = shown(&menu.native.items());
    assert_eq!(
        lines,
        [
            "checking certificate (off)",
            "-",
            "Bridge: A && B >",
            "15 min",
            "Watch only: false",
            "Quit"
        ]
    );
    let click = |menu: &mut Shown, id: &str| menu.clicked(&MenuId(id.into()));
    let pause = Action::PauseBridge(Span::Minutes(15));
    assert_eq!(click(&mut menu, "0"), Some(pause));
    assert_eq!(click(&mut menu, "2"), Some(Action::Quit));
    assert_eq!(click(&mut menu, "3"), None);
}

#[test]
fn the_same_structure_is_changed_in_place_and_another_one_is_not() {
    let mut shows = Shown::new(menu("Bridge: on", false, Action::Quit)).unwrap();
    let before = shows.native.items();
    assert!(shows.changes_to(&menu("Bridge: paused", true, Action::SignIn)));
    let lines = shown(&before);
    assert_eq!(
        lines[2..5],
        ["Bridge: paused >", "15 min", "Watch only: true"]
    );
    assert_eq!(shows.clicked(&MenuId("2".into())), Some(Action::SignIn));
    let mut longer = menu("Bridge: on", false, Action::Quit);
    longer.0.push(Item::Line);
    assert!(!shows.changes_to(&longer));
}

#[test]
fn a_mark_that_windows_made_by_itself_does_not_stay() {
    let mut shows = Shown::new(menu("Bridge: on", false, Action::Quit)).unwrap();
    let items = shows.native.items();
    let MenuItemKind::Submenu(sub) = &items[2] else {
        panic!("it is the third")
    };
    let MenuItemKind::Check(check) = &sub.items()[1] else {
        panic!("it is the second")
    };
    check.set_checked(true);
    assert!(shows.clicked(&MenuId("1".into())).is_some());
    assert!(!check.is_checked());
}
