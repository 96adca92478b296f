//! The item on the panel: StatusNotifierItem over D-Bus (freedesktop.org), drawn by the desktop.

use ksni::menu::{CheckmarkItem, StandardItem, SubMenu};
use ksni::{Category, Handle, MenuItem, OfflineReason, Status, ToolTip, Tray, TrayMethods as _};
use tokio::sync::mpsc;
use tracing::{debug, info};

use super::draw::{Panel, pictures};
use super::menu::{self, Menu};
use super::themed::Themed;
use super::{Action, Click, Look};

/// The item. It is offered to every tray host that comes.
pub(crate) struct TrayItem {
    handle: Handle<Offered>,
    themed: Themed,
    shown: (Look, Panel),
}

impl TrayItem {
    /// Offers the item on the session bus. A host should be there; it may go and come back.
    ///
    /// # Errors
    /// Where there is no session bus, or the watcher refuses the item.
    pub(crate) async fn offer(
        look: Look,
        panel: Panel,
        clicks: mpsc::UnboundedSender<Click>,
    ) -> Result<Self, ksni::Error> {
        let themed = Themed::of_session();
        let offered = Offered {
            name: themed.name_of(look.icon),
            pictures: drawn(&look, panel),
            look: look.clone(),
            clicks,
        };
        let handle = offered.assume_sni_available(true).spawn().await?;
        Ok(Self {
            handle,
            themed,
            shown: (look, panel),
        })
    }

    /// Shows this from now on. What is shown already is not sent again.
    pub(crate) async fn show(&mut self, look: Look, panel: Panel) {
        if self.shown == (look.clone(), panel) {
            return;
        }
        let drawn_anew = (self.shown.0.icon, self.shown.1) != (look.icon, panel);
        self.shown = (look.clone(), panel);
        let name = self.themed.name_of(look.icon);
        // `None`: the bus is gone, and the session with it.
        let _ = self
            .handle
            .update(move |offered| {
                if drawn_anew {
                    offered.pictures = drawn(&look, panel);
                    offered.name = name;
                }
                offered.look = look;
            })
            .await;
    }
}

fn drawn(look: &Look, panel: Panel) -> Vec<ksni::Icon> {
    let pictures = pictures(look.icon, panel).into_iter();
    pictures
        .map(|picture| ksni::Icon {
            width: picture.edge.cast_signed(),
            height: picture.edge.cast_signed(),
            data: picture.argb,
        })
        .collect()
}

/// What hosts ask.
struct Offered {
    look: Look,
    /// In the icon theme; empty where that has none.
    name: String,
    pictures: Vec<ksni::Icon>,
    clicks: mpsc::UnboundedSender<Click>,
}

impl Offered {
    fn clicked(&self, action: Action) {
        let token = ksni::current_xdg_activation_token();
        // An error means that the agent is ending.
        let _ = self.clicks.send(Click { action, token });
    }
}

impl Tray for Offered {
    fn id(&self) -> String {
        "causeway".into()
    }

    fn category(&self) -> Category {
        Category::Communications
    }

    fn title(&self) -> String {
        self.look.tooltip.title.clone()
    }

    fn status(&self) -> Status {
        if self.look.icon.calls {
            Status::NeedsAttention
        } else {
            Status::Active
        }
    }

    fn icon_name(&self) -> String {
        self.name.clone()
    }

    fn attention_icon_name(&self) -> String {
        if self.look.icon.calls {
            self.name.clone()
        } else {
            String::new()
        }
    }

    fn icon_pixmap(&self) -> Vec<ksni::Icon> {
        self.pictures.clone()
    }

    fn attention_icon_pixmap(&self) -> Vec<ksni::Icon> {
        if self.look.icon.calls {
            self.pictures.clone()
        } else {
            Vec::new()
        }
    }

    fn tool_tip(&self) -> ToolTip {
        ToolTip {
            title: self.look.tooltip.title.clone(),
            description: escaped(&self.look.tooltip.line),
            ..ToolTip::default()
        }
    }

    fn menu(&self) -> Vec<MenuItem<Self>> {
        items(&self.look.menu)
    }

    fn activate(&mut self, _x: i32, _y: i32) {
        self.clicked(Action::Toggle);
    }

    fn secondary_activate(&mut self, _x: i32, _y: i32) {
        self.clicked(Action::NextUnread);
    }

    fn watcher_online(&self) {
        debug!("the tray is back");
    }

    fn watcher_offline(&self, reason: OfflineReason) -> bool {
        info!(?reason, "no tray");
        true
    }
}

/// The tooltip's second line may hold a subset of HTML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// A single underscore would mark the next letter as an access key.
fn label(text: &str) -> String {
    text.replace('_', "__")
}

fn items(menu: &Menu) -> Vec<MenuItem<Offered>> {
    menu.0.iter().map(item).collect()
}

fn item(item: &menu::Item) -> MenuItem<Offered> {
    match item {
        menu::Item::Line => MenuItem::Separator,
        menu::Item::Text(text) => StandardItem {
            label: label(text),
            enabled: false,
            ..StandardItem::default()
        }
        .into(),
        menu::Item::Entry {
            label: text,
            action,
        } => {
            let action = action.clone();
            StandardItem {
                label: label(text),
                activate: Box::new(move |offered: &mut Offered| offered.clicked(action.clone())),
                ..StandardItem::default()
            }
            .into()
        }
        menu::Item::Check {
            label: text,
            checked,
            action,
        } => {
            let action = action.clone();
            CheckmarkItem {
                label: label(text),
                checked: *checked,
                activate: Box::new(move |offered: &mut Offered| offered.clicked(action.clone())),
                ..CheckmarkItem::default()
            }
            .into()
        }
        menu::Item::Sub { label: text, items } => SubMenu {
            label: label(text),
            submenu: items.iter().map(self::item).collect(),
            ..SubMenu::default()
        }
        .into(),
    }
}
