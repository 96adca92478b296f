//! System packages: Debian and Ubuntu are set up here, other systems are told what is needed.

use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use crate::run::{self, works};

/// Why a package is needed decides which command installs it.
pub(crate) struct Packages(&'static [&'static [&'static str]]);

/// C compiler for ring and SQLite; headers of the system's GSSAPI library, and libclang to read them.
const BUILD: &[&str] = &[
    "build-essential",
    "pkg-config",
    "libkrb5-dev",
    "libclang-dev",
    "clang",
];
/// A domain of the tests' own: Kerberos, and a web server that signs people in by it and by NTLM.
const DOMAIN: &[&str] = &[
    "krb5-kdc",
    "krb5-admin-server",
    "krb5-user",
    "apache2",
    "libapache2-mod-auth-gssapi",
    "gss-ntlmssp",
    "faketime",
];
/// Samba as the controller of an Active Directory, whose winbind that web server asks about passwords.
const DIRECTORY: &[&str] = &["samba-ad-dc", "samba-ad-provision", "winbind", "ldb-tools"];
/// The XMPP server of the stories, the demo and the bench.
const XMPP_SERVER: &[&str] = &[
    "prosody",
    "prosody-modules",
    "lua-unbound",
    "lua-sec",
    "lua-event",
    "lua-dbi-sqlite3",
];
/// The window: WebKitGTK to build it, a display without a screen to try it.
const WINDOW: &[&str] = &[
    "libwebkit2gtk-4.1-dev",
    "webkit2gtk-driver",
    "xvfb",
    "x11-utils",
];
/// The window's page: its tests look at it in a browser. Node.js comes with npm where none is there.
const PAGE: &[&str] = &["chromium"];
/// A session bus of the tests' own; a notification service, a key store and the proxy settings of a desktop on it.
const DESKTOP: &[&str] = &[
    "dbus",
    "dunst",
    "gnome-keyring",
    "xdg-desktop-portal",
    "glib-networking-services",
    SCRIPTS,
];
/// With it scripts that name a proxy are run. Newer systems can do that without it, and do not have it.
const SCRIPTS: &str = "libproxy1-plugin-webkit";
/// An HTTP proxy and a network of its own, for stories of what lies between a person and the server.
const NETWORK: &[&str] = &["tinyproxy", "iproute2", "util-linux"];
/// A compiler's tools for Windows, and Wine with what its NTLM and its taskbar stand on.
const FOR_WINDOWS: &[&str] = &[
    "gcc-mingw-w64-x86-64-posix",
    "wine",
    "wine64",
    "winbind",
    "xvfb",
];
/// The tools of the package formats; manual pages are made from what the programs say of themselves.
const WRAP: &[&str] = &["dpkg-dev", "rpm", "help2man"];
/// The critics of the formats, and a clean system to install into.
const TRY: &[&str] = &["lintian", "rpmlint", "mmdebstrap"];

/// Packages that start servers when they are installed, and these.
const SERVERS: &[(&str, &[&str])] = &[
    ("prosody", &["prosody"]),
    ("apache2", &["apache2"]),
    ("krb5-kdc", &["krb5-kdc"]),
    ("krb5-admin-server", &["krb5-admin-server"]),
    ("samba-ad-dc", &["samba-ad-dc", "smbd", "nmbd"]),
    ("winbind", &["winbind"]),
];

/// What the whole of `cargo xtask test` needs.
pub(crate) const EVERYTHING: Packages = Packages(&[
    BUILD,
    XMPP_SERVER,
    NETWORK,
    DOMAIN,
    DIRECTORY,
    WINDOW,
    PAGE,
    DESKTOP,
    WRAP,
    TRY,
]);
/// What the demo with its window needs.
pub(crate) const SCREEN: Packages = Packages(&[BUILD, XMPP_SERVER, WINDOW]);
/// What the bench of tray and window needs.
pub(crate) const DESK: Packages = Packages(&[BUILD, XMPP_SERVER, WINDOW, DESKTOP]);
/// What bench and the demo in a terminal need: no window.
pub(crate) const HEADLESS: Packages = Packages(&[BUILD, XMPP_SERVER]);
/// What `cargo xtask bundle` needs.
pub(crate) const PACKAGING: Packages = Packages(&[BUILD, WINDOW, WRAP]);
/// What `cargo xtask bundle --try` needs besides.
pub(crate) const PACKAGING_TRIAL: Packages = Packages(&[TRY]);
/// What `cargo xtask test --windows` needs.
pub(crate) const WINDOWS: Packages = Packages(&[BUILD, DOMAIN, FOR_WINDOWS]);
/// What `cargo xtask test --fast` needs: neither window nor XMPP server.
pub(crate) const COMPILER: Packages = Packages(&[BUILD]);

/// Installs what is missing where that is allowed, else says which command does it.
pub(crate) fn set_up(packages: &Packages) -> Result<()> {
    if !works("dpkg-query", &["--version"]) {
        if works("cc", &["--version"]) {
            eprintln!(
                "Not a Debian or Ubuntu system: going on with what is installed. Needed are {}.",
                names(packages).join(", ")
            );
            return Ok(());
        }
        bail!(
            "this system has no apt; install by its own means: {}",
            names(packages).join(", ")
        );
    }
    let mut missing: Vec<&str> = names(packages)
        .into_iter()
        .filter(|name| *name != SCRIPTS && !installed(name))
        .collect();
    let scripts = names(packages).contains(&SCRIPTS) && !installed(SCRIPTS);
    // Not a package to look for: Node.js is often there from elsewhere.
    if names(packages).contains(&WINDOW[0]) && !works("npm", &["--version"]) {
        missing.push("npm");
    }
    if scripts && is_known(SCRIPTS) {
        missing.push(SCRIPTS);
    }
    if missing.is_empty() {
        return Ok(());
    }
    let by_hand = format!(
        "sudo apt-get update && sudo apt-get install --yes --no-install-recommends {}",
        missing.join(" ")
    );
    let Some(rights) = rights() else {
        bail!(
            "packages are missing and this account may not install them. Run:\n\n    {by_hand}\n"
        );
    };
    let own_servers: Vec<&str> = SERVERS
        .iter()
        .filter(|(package, _)| missing.contains(package))
        .flat_map(|(_, servers)| servers.iter().copied())
        .collect();
    run::step(
        "package lists",
        Command::new("sh").args(["-c", &format!("{rights}apt-get update -q")]),
    )?;
    // A new machine has no lists before.
    if scripts && !missing.contains(&SCRIPTS) && is_known(SCRIPTS) {
        missing.push(SCRIPTS);
    }
    let install = format!(
        "{rights}env DEBIAN_FRONTEND=noninteractive apt-get install -q --yes --no-install-recommends {}",
        missing.join(" ")
    );
    run::step(
        &format!("installing {}", missing.join(" ")),
        Command::new("sh").args(["-c", &install]),
    )?;
    for server in own_servers {
        stop_system_server(rights, server);
    }
    Ok(())
}

fn names(packages: &Packages) -> Vec<&'static str> {
    packages.0.iter().copied().flatten().copied().collect()
}

fn is_known(package: &str) -> bool {
    works("apt-cache", &["show", package])
}

fn installed(package: &str) -> bool {
    Command::new("dpkg-query")
        .args(["--show", "--showformat=${db:Status-Status}", package])
        .stderr(Stdio::null())
        .output()
        .is_ok_and(|output| output.stdout == b"installed")
}

/// What to put before a command so that it runs as root; `None` where that is not possible without asking.
fn rights() -> Option<&'static str> {
    let root = Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout.trim_ascii() == b"0");
    if root {
        Some("")
    } else {
        works("sudo", &["-n", "true"]).then_some("sudo -n ")
    }
}

/// Debian starts a server that it installs. Ours are started by the tests, so that one is only in the way.
fn stop_system_server(rights: &str, server: &str) {
    let stop = format!(
        "if [ -d /run/systemd/system ]; then {rights}systemctl disable --now {server}; \
         else {rights}service {server} stop; fi"
    );
    // Where service starts are denied by policy there is nothing to stop, and that is fine.
    works("sh", &["-c", &stop]);
}
