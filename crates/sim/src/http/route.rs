//! What a path names.

use crate::discovery;
use crate::href::{APPLICATIONS, Kind};
use crate::passive;
use crate::world::World;

/// What a path names.
pub(super) enum Route {
    Root,
    User,
    Token,
    XFrame,
    /// The page of the passive grant.
    SignInPage,
    /// The AD FS behind it.
    Adfs,
    Applications,
    /// A resource of an application: its key, what it is, the parts of its path.
    Below(String, Kind, Vec<String>),
    /// A path of this application that it never gave out.
    Invented(String),
    /// A path below an application that does not exist.
    NoApplication,
    Nothing,
}

impl Route {
    pub(super) fn of(world: &World, path: &str) -> Self {
        match path {
            "/" | discovery::ROOT => return Self::Root,
            discovery::USER => return Self::User,
            discovery::TOKEN => return Self::Token,
            "/Autodiscover/XFrame/XFrame.html" => return Self::XFrame,
            passive::PAGE => return Self::SignInPage,
            passive::ADFS => return Self::Adfs,
            APPLICATIONS => return Self::Applications,
            _ => {}
        }
        let Some(rest) = path
            .strip_prefix(APPLICATIONS)
            .and_then(|rest| rest.strip_prefix('/'))
        else {
            return Self::Nothing;
        };
        let key = rest.split('/').next().unwrap_or_default();
        let Some(app) = world.apps.get(key) else {
            return Self::NoApplication;
        };
        match app.hrefs.read(rest.get(key.len()..).unwrap_or_default()) {
            Some((kind, arguments)) => Self::Below(key.to_owned(), kind, arguments),
            None => Self::Invented(key.to_owned()),
        }
    }

    /// How faults and `GET /requests` name it.
    pub(super) fn rel(&self) -> &'static str {
        match self {
            Self::Root => "discovery",
            Self::User => "user",
            Self::Token => "token",
            Self::XFrame => "xframe",
            Self::SignInPage => "sign-in-page",
            Self::Adfs => "adfs",
            Self::Applications => "applications",
            Self::Below(_, kind, _) => kind.rel(),
            Self::Invented(_) | Self::NoApplication | Self::Nothing => "unknown",
        }
    }
}
