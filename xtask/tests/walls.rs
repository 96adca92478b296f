//! The walls of ARCHITECTURE.md: who may use whom, and what must not be in a program. Read from cargo, not from trust.

#![expect(
    clippy::unwrap_used,
    reason = "what cannot be read here fails the test"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Every room, and exactly the rooms that it uses.
const ARROWS: [(&str, &[&str]); 13] = [
    (
        "causeway-agent",
        &[
            "causeway-api",
            "causeway-cli",
            "causeway-engine",
            "windows-native",
        ],
    ),
    ("causeway-api", &["windows-native"]),
    ("causeway-bridge", &[]),
    ("causeway-cli", &["causeway-api", "causeway-engine"]),
    (
        "causeway-engine",
        &[
            "causeway-api",
            "causeway-bridge",
            "causeway-xmpp",
            "ucwa",
            "windows-native",
        ],
    ),
    ("causeway-sim", &[]),
    ("causeway-tests", &["causeway-api", "causeway-xmpp", "ucwa"]),
    ("causeway-window", &["causeway-api"]),
    ("causeway-xmpp", &[]),
    ("ucwa", &["windows-auth"]),
    ("windows-auth", &["windows-native"]),
    ("windows-native", &[]),
    ("xtask", &[]),
];

#[test]
fn every_room_uses_exactly_the_rooms_of_the_picture() {
    let wanted: BTreeMap<String, BTreeSet<String>> = ARROWS
        .iter()
        .map(|(room, uses)| ((*room).to_owned(), owned(uses)))
        .collect();
    let seen: BTreeMap<String, BTreeSet<String>> = rooms()
        .iter()
        .map(|room| (name(room), arrows(room, |kind| kind != "dev")))
        .collect();
    assert_eq!(seen, wanted, "ARCHITECTURE.md and the manifests differ");
}

#[test]
fn tests_inside_a_room_add_no_arrow() {
    for room in rooms() {
        let shipped = arrows(&room, |kind| kind != "dev");
        let tested = arrows(&room, |kind| kind == "dev");
        assert!(
            tested.is_subset(&shipped),
            "{} tests with {tested:?}: stories across rooms belong to tests/",
            name(&room)
        );
    }
}

#[test]
fn programs_without_a_screen_have_no_screen_in_their_tree() {
    for program in ["causeway-cli", "causeway-agent", "causeway-sim"] {
        let tree = tree(program, &[]);
        let screens: Vec<&String> = tree
            .iter()
            .filter(|name| {
                ["gtk", "gdk", "webkit", "tauri", "wry", "tao", "soup"]
                    .iter()
                    .any(|screen| name.starts_with(screen))
            })
            .collect();
        assert!(screens.is_empty(), "{program} depends on {screens:?}");
    }
}

#[test]
fn the_window_has_neither_network_nor_secrets() {
    keeps_out(
        "causeway-window",
        &tree("causeway-window", &[]),
        &[
            "reqwest",
            "rustls",
            "hyper",
            "keyring",
            "rusqlite",
            "tokio-xmpp",
        ],
    );
}

#[test]
fn ucwa_without_its_client_opens_no_connection() {
    keeps_out(
        "ucwa",
        &tree("ucwa", &["--no-default-features"]),
        &["tokio", "hyper", "rustls", "sspi", "libgssapi"],
    );
}

#[test]
fn windows_authentication_opens_no_connection() {
    keeps_out(
        "windows-auth",
        &tree("windows-auth", &["--all-features"]),
        &["reqwest", "tokio", "hyper", "rustls"],
    );
}

#[test]
fn the_stanzas_of_xmpp_need_no_connection() {
    keeps_out(
        "causeway-xmpp",
        &tree("causeway-xmpp", &["--no-default-features"]),
        &["tokio", "tokio-xmpp", "rustls", "hickory-resolver"],
    );
}

#[test]
fn the_bridge_is_pure() {
    keeps_out(
        "causeway-bridge",
        &tree("causeway-bridge", &[]),
        &["tokio", "reqwest", "rusqlite", "xmpp-parsers", "rustix"],
    );
    let lints = fs::read_to_string(top().join("crates/bridge/clippy.toml")).unwrap();
    for disallowed in [
        "std::time::SystemTime::now",
        "std::time::Instant::now",
        "jiff::Timestamp::now",
        "std::fs::",
        "std::env::",
    ] {
        assert!(
            lints.contains(disallowed),
            "crates/bridge/clippy.toml lets {disallowed} in"
        );
    }
}

#[test]
fn there_is_one_provider_of_tls() {
    let versions = versions();
    assert!(versions.contains_key("ring"));
    for other in [
        "aws-lc-rs",
        "aws-lc-sys",
        "native-tls",
        "openssl",
        "openssl-sys",
    ] {
        assert!(!versions.contains_key(other), "{other} is in Cargo.lock");
    }
}

#[test]
fn there_is_one_version_of_what_matters() {
    let versions = versions();
    for library in [
        "hyper",
        "jid",
        "libsqlite3-sys",
        "minidom",
        "reqwest",
        "ring",
        "rustls",
        "serde_json",
        "tauri",
        "tokio",
        "tokio-rustls",
        "url",
        "uuid",
        "xmpp-parsers",
        "zbus",
    ] {
        let found = versions.get(library).cloned().unwrap_or_default();
        assert_eq!(found.len(), 1, "{library}: {found:?}");
    }
}

#[test]
fn every_room_keeps_the_lints_of_the_house() {
    for room in rooms() {
        let manifest = room["manifest_path"].as_str().unwrap();
        let text = fs::read_to_string(manifest).unwrap();
        if name(&room) == "windows-native" {
            // A manifest takes all lints of the house or none. This one has them all but that on unsafe code.
            let house = lints(&fs::read_to_string(top().join("Cargo.toml")).unwrap());
            let allowed = house.replace("unsafe_code = \"forbid\"", "unsafe_code = \"allow\"");
            assert_eq!(lints(&text), allowed, "{manifest} has lints of its own");
            continue;
        }
        assert!(
            text.contains("[lints]\nworkspace = true"),
            "{manifest} has lints of its own"
        );
    }
}

/// The lines of the lint tables.
fn lints(manifest: &str) -> String {
    let tables = manifest.replace("[workspace.lints.", "[lints.");
    let tables: Vec<&str> = tables
        .split("\n[")
        .filter(|table| table.starts_with("lints."))
        .map(str::trim)
        .collect();
    tables.join("\n")
}

fn keeps_out(room: &str, tree: &BTreeSet<String>, unwanted: &[&str]) {
    for library in unwanted {
        assert!(!tree.contains(*library), "{room} depends on {library}");
    }
}

fn top() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

fn owned(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn name(package: &Value) -> String {
    package["name"].as_str().unwrap().to_owned()
}

fn dependencies(room: &Value) -> &Vec<Value> {
    room["dependencies"].as_array().unwrap()
}

/// The rooms that a manifest names, for the kinds of dependency asked for (`normal`, `build`, `dev`).
fn arrows(room: &Value, wanted: impl Fn(&str) -> bool) -> BTreeSet<String> {
    dependencies(room)
        .iter()
        .filter(|dependency| dependency["path"].is_string())
        .filter(|dependency| wanted(dependency["kind"].as_str().unwrap_or("normal")))
        .map(name)
        .collect()
}

/// The packages of this workspace, as cargo sees them.
fn rooms() -> Vec<Value> {
    let text = cargo(&["metadata", "--format-version=1", "--no-deps"]);
    let metadata: Value = serde_json::from_str(&text).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

/// Names of everything that is compiled into a package.
fn tree(package: &str, arguments: &[&str]) -> BTreeSet<String> {
    let mut all = vec![
        "tree",
        "--package",
        package,
        "--edges",
        "normal",
        "--prefix",
        "none",
        "--format",
        "{lib}",
    ];
    all.extend(arguments);
    let names: BTreeSet<String> = cargo(&all)
        .lines()
        .map(|line| line.trim_end_matches("(*)").trim().replace('_', "-"))
        .collect();
    assert!(names.len() > 1, "cargo tree shows nothing of {package}");
    names
}

/// Versions of every package in Cargo.lock.
fn versions() -> BTreeMap<String, Vec<String>> {
    let mut versions: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let lock = fs::read_to_string(top().join("Cargo.lock")).unwrap();
    for package in lock.split("[[package]]").skip(1) {
        let field = |key: &str| {
            package
                .lines()
                .find_map(|line| line.strip_prefix(key))
                .map(|value| value.trim_matches('"').to_owned())
        };
        let (Some(name), Some(version)) = (field("name = "), field("version = ")) else {
            continue;
        };
        versions.entry(name).or_default().push(version);
    }
    versions
}

fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(top())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "cargo {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}
