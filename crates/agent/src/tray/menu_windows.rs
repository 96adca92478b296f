//! The menu's value as a menu of Windows. While its structure stays the same, labels and check marks are changed in place.

use tray_icon::menu::{
    CheckMenuItem, IsMenuItem, Menu as Native, MenuId, MenuItem, PredefinedMenuItem, Result,
    Submenu,
};

use super::Action;
use super::menu::{Item, Menu};

/// A menu that is shown, with what its items do.
pub(super) struct Shown {
    native: Native,
    pieces: Vec<Piece>,
    value: Menu,
    /// Numbers of items are places here.
    actions: Vec<Action>,
}

/// An item, as Windows has it.
enum Piece {
    Line(PredefinedMenuItem),
    Plain(MenuItem),
    Check(CheckMenuItem),
    Sub(Submenu, Vec<Piece>),
}

impl Shown {
    /// # Errors
    /// Of the system.
    pub(super) fn new(value: Menu) -> Result<Self> {
        let mut actions = Vec::new();
        let pieces: Vec<Piece> = value
            .0
            .iter()
            .map(|item| Piece::new(item, &mut actions))
            .collect::<Result<_>>()?;
        let native = Native::new();
        for piece in &pieces {
            native.append(piece.as_item())?;
        }
        Ok(Self {
            native,
            pieces,
            value,
            actions,
        })
    }

    /// For the icon.
    pub(super) fn native(&self) -> Native {
        self.native.clone()
    }

    /// Shows another value from now on; false where that needs another menu.
    pub(super) fn changes_to(&mut self, value: &Menu) -> bool {
        if !is_alike(&self.value.0, &value.0) {
            return false;
        }
        self.value = value.clone();
        self.refresh();
        true
    }

    /// What a clicked item does. Windows has put a mark on it, or taken it away, but nothing has changed yet.
    pub(super) fn clicked(&mut self, id: &MenuId) -> Option<Action> {
        let action = self.actions.get(id.0.parse::<usize>().ok()?)?.clone();
        self.refresh();
        Some(action)
    }

    fn refresh(&mut self) {
        self.actions.clear();
        for (piece, item) in self.pieces.iter().zip(&self.value.0) {
            piece.show(item, &mut self.actions);
        }
    }
}

impl Piece {
    fn new(item: &Item, actions: &mut Vec<Action>) -> Result<Self> {
        Ok(match item {
            Item::Line => Self::Line(PredefinedMenuItem::separator()),
            Item::Text(text) => Self::Plain(MenuItem::new(label(text), false, None)),
            Item::Entry {
                label: text,
                action,
            } => Self::Plain(MenuItem::with_id(
                number(action, actions),
                label(text),
                true,
                None,
            )),
            Item::Check {
                label: text,
                checked,
                action,
            } => Self::Check(CheckMenuItem::with_id(
                number(action, actions),
                label(text),
                true,
                *checked,
                None,
            )),
            Item::Sub { label: text, items } => {
                let sub = Submenu::new(label(text), true);
                let mut pieces = Vec::new();
                for item in items {
                    let piece = Self::new(item, actions)?;
                    sub.append(piece.as_item())?;
                    pieces.push(piece);
                }
                Self::Sub(sub, pieces)
            }
        })
    }

    fn as_item(&self) -> &dyn IsMenuItem {
        match self {
            Self::Line(line) => line,
            Self::Plain(item) => item,
            Self::Check(item) => item,
            Self::Sub(sub, _) => sub,
        }
    }

    /// The item is of this kind.
    fn show(&self, item: &Item, actions: &mut Vec<Action>) {
        match (self, item) {
            (Self::Plain(shown), Item::Text(text)) => shown.set_text(label(text)),
            (
                Self::Plain(shown),
                Item::Entry {
                    label: text,
                    action,
                },
            ) => {
                number(action, actions);
                shown.set_text(label(text));
            }
            (
                Self::Check(shown),
                Item::Check {
                    label: text,
                    checked,
                    action,
                },
            ) => {
                number(action, actions);
                shown.set_text(label(text));
                shown.set_checked(*checked);
            }
            (Self::Sub(shown, pieces), Item::Sub { label: text, items }) => {
                shown.set_text(label(text));
                for (piece, item) in pieces.iter().zip(items) {
                    piece.show(item, actions);
                }
            }
            (Self::Line(_) | Self::Plain(_) | Self::Check(_) | Self::Sub(..), _) => {}
        }
    }
}

/// The number of an item is the place of what it does.
fn number(action: &Action, actions: &mut Vec<Action>) -> MenuId {
    actions.push(action.clone());
    MenuId((actions.len() - 1).to_string())
}

/// The same kinds of items in the same places.
fn is_alike(one: &[Item], other: &[Item]) -> bool {
    one.len() == other.len()
        && one.iter().zip(other).all(|pair| match pair {
            (Item::Sub { items: one, .. }, Item::Sub { items: other, .. }) => is_alike(one, other),
            (one, other) => std::mem::discriminant(one) == std::mem::discriminant(other),
        })
}

/// A single ampersand would mark the next letter as an access key.
fn label(text: &str) -> String {
    text.replace('&', "&&")
}

#[cfg(test)]
#[path = "menu_windows_tests.rs"]
mod tests;
