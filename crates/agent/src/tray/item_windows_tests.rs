//! The icon in a taskbar: what can be seen of it without a hand on the mouse.

use tray_icon::{Rect, TrayIconId};

use super::*;
use crate::tray::draw::Ground;
use crate::tray::icon::{Glyph, Icon as Value};
use crate::tray::menu::{Item as Entry, Menu};

const PANEL: Panel = Panel {
    ground: Ground::Dark,
    contrast: false,
};

fn look(title: &str) -> Look {
    Look {
        icon: Value {
            glyph: Glyph::Normal,
            mark: None,
            badge: None,
            calls: false,
        },
        tooltip: Tooltip {
            title: title.into(),
            line: "bridge on".into(),
        },
        menu: Menu(vec![Entry::Text(title.into())]),
    }
}

#[test]
fn the_taskbar_has_the_icon_and_takes_what_changes() {
    let mut item = Item::new(look("Causeway — Verfügbar"), PANEL).unwrap();
    // Windows refuses to change an icon that it does not have.
    let mut next = look("Causeway — Beschäftigt");
    next.icon.glyph = Glyph::Dimmed;
    next.menu.0.push(Entry::Line);
    item.show(next.clone(), PANEL).unwrap();
    assert_eq!(item.look, next);
    item.icon.set_visible(false).unwrap();
}

#[tokio::test]
async fn the_thread_of_the_icon_ends_with_it() {
    let (clicks, _) = tokio::sync::mpsc::unbounded_channel();
    let mut item = TrayItem::offer(look("one"), PANEL, clicks).await.unwrap();
    item.show(look("two"), PANEL).await;
    let (_sender, other) = mpsc::channel();
    let ended = std::mem::replace(&mut item.ended, other);
    drop(item);
    let end = ended.recv_timeout(Duration::from_secs(60));
    assert_eq!(end, Err(mpsc::RecvTimeoutError::Disconnected));
}

#[test]
fn two_clicks_toggle_once_and_the_right_button_opens_the_menu_alone() {
    let mut item = Item::new(look("one"), PANEL).unwrap();
    let click = |button, button_state| TrayIconEvent::Click {
        id: TrayIconId::new("icon"),
        position: tray_icon::dpi::PhysicalPosition::new(0.0, 0.0),
        rect: Rect::default(),
        button,
        button_state,
    };
    let double = TrayIconEvent::DoubleClick {
        id: TrayIconId::new("icon"),
        position: tray_icon::dpi::PhysicalPosition::new(0.0, 0.0),
        rect: Rect::default(),
        button: MouseButton::Left,
    };
    let down = click(MouseButton::Left, MouseButtonState::Down);
    let up = click(MouseButton::Left, MouseButtonState::Up);
    let done = [&down, &up, &double, &up].map(|event| item.pointed(event));
    assert_eq!(done, [None, Some(Action::Toggle), None, None]);
    assert_eq!(item.pointed(&up), Some(Action::Toggle));
    let right = click(MouseButton::Right, MouseButtonState::Up);
    assert_eq!(item.pointed(&right), None);
    let middle = click(MouseButton::Middle, MouseButtonState::Up);
    assert_eq!(item.pointed(&middle), Some(Action::NextUnread));
}

#[test]
fn a_tooltip_ends_where_windows_cuts_it_and_not_inside_of_a_character() {
    let of = |title: String, line: &str| {
        tooltip(&Tooltip {
            title,
            line: line.into(),
        })
    };
    assert_eq!(of("Causeway".into(), ""), "Causeway");
    assert_eq!(of("Causeway".into(), "2 unread"), "Causeway\n2 unread");
    assert_eq!(of("x".repeat(200), "").len(), TOOLTIP);
    assert_eq!(of("😀".repeat(100), "").chars().count(), TOOLTIP / 2);
}
