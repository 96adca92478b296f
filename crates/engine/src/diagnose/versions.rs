//! Versions: what a help desk asks first.

use causeway_api::Desktop;
use serde_json::{Map, Value, json};

#[cfg_attr(unix, path = "system_unix.rs")]
#[cfg_attr(windows, path = "system_windows.rs")]
mod system;

include!(concat!(env!("OUT_DIR"), "/libraries.rs"));

/// Variables that say what desktop and language this is.
const SESSION: [&str; 6] = [
    "XDG_CURRENT_DESKTOP",
    "XDG_SESSION_TYPE",
    "LANG",
    "LC_ALL",
    "LC_MESSAGES",
    "TZ",
];

pub(super) fn versions(desktop: Option<&Desktop>) -> Value {
    let session: Map<String, Value> = SESSION
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), std::env::var(name).ok()?.into())))
        .collect();
    let libraries: Map<String, Value> = LIBRARIES
        .iter()
        .map(|(name, version)| ((*name).to_owned(), (*version).into()))
        .chain([("sqlite".to_owned(), rusqlite::version().into())])
        .collect();
    json!({
        "program": {
            "version": env!("CARGO_PKG_VERSION"),
            "kerberos": cfg!(feature = "gssapi"),
            "built_for_speed": !cfg!(debug_assertions),
        },
        "system": {
            "name": system::release().unwrap_or_else(|| std::env::consts::OS.to_owned()),
            "kernel": system::kernel(),
            "architecture": std::env::consts::ARCH,
        },
        "desktop": { "session": session, "offers": desktop },
        "libraries": libraries,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn program_system_and_libraries_have_their_versions() {
        let told = versions(None);
        assert_eq!(told["program"]["version"], env!("CARGO_PKG_VERSION"));
        for library in ["reqwest", "rustls", "tokio-xmpp", "sqlite"] {
            let version = told["libraries"][library].as_str().unwrap_or_default();
            assert!(version.contains('.'), "{library}: {told}");
        }
        assert_ne!(told["system"]["kernel"], "");
    }
}
