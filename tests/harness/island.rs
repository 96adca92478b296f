//! A network, name server and `/etc` of its own for one story: real names, the ports of the real world, and policy files
//! where an administrator puts them. Made of Linux namespaces, for which no rights are needed.

use std::collections::HashMap;
use std::future::Future;
use std::net::Ipv4Addr;
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;
use tokio::net::UdpSocket;

use crate::program::left_out;

/// Set for the part of a story that runs on the island.
const THERE: &str = "CAUSEWAY_ISLAND";

/// Mounts `$1` as `/etc`, with the system's certificates, and goes on as the story.
const VOYAGE: &str = r#"set -e
ip link set lo up
mount --bind /etc/ssl "$1/ssl"
mount --rbind "$1" /etc
shift
exec "$@"
"#;

/// Goes on as the story, with a `/run` of its own: the sockets of servers have names that are compiled in. What it started
/// ends with it.
const VOYAGE_OF_ROOT: &str = r#"set -e
ip link set lo up
mount -t tmpfs tmpfs /run
mkdir /run/samba
shift
exec "$@"
"#;

const AS_ANYBODY: [&str; 4] = ["--user", "--map-root-user", "--net", "--mount"];
const AS_ROOT: [&str; 6] = [
    "--net",
    "--mount",
    "--pid",
    "--fork",
    "--mount-proc",
    "--kill-child",
];

/// Tells a story on an island: the test whose full name is `module` and `name` is run a second time there, and its
/// outcome is that of this one. Where the system gives nobody a namespace it is left out, and says so.
///
/// # Panics
/// When the story fails.
pub fn story<F: Future<Output = ()>>(module: &str, name: &str, told: impl FnOnce() -> F) {
    if std::env::var_os(THERE).is_some() {
        return tell(told);
    }
    let etc = TempDir::new().expect("a temporary directory");
    furnish(etc.path());
    voyage(&AS_ANYBODY, VOYAGE, etc.path(), module, name);
}

/// As [`story`], on an island with the system's `/etc` and its accounts, where the story is root: for servers that give files
/// to others. Away from root, and where there are no namespaces, it is left out, and says so.
///
/// # Panics
/// When the story fails.
pub fn story_of_root<F: Future<Output = ()>>(module: &str, name: &str, told: impl FnOnce() -> F) {
    if std::env::var_os(THERE).is_some() {
        return tell(told);
    }
    voyage(&AS_ROOT, VOYAGE_OF_ROOT, Path::new("/"), module, name);
}

fn tell<F: Future<Output = ()>>(told: impl FnOnce() -> F) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a run-time");
    runtime.block_on(told());
    // A name that is never answered holds a thread of the run-time; nobody waits for it.
    runtime.shutdown_background();
}

/// Runs the test a second time behind `unshare` with these arguments, after `script` with that first argument.
fn voyage(unshare: &[&str], script: &str, first: &Path, module: &str, name: &str) {
    if !possible(unshare) {
        left_out(&format!("{name}: there are no namespaces here for it"));
        return;
    }
    let module = module.split_once("::").map_or("", |(_, rest)| rest);
    let status = Command::new("unshare")
        .args(unshare)
        .args(["sh", "-c", script, "sh"])
        .arg(first)
        .arg(std::env::current_exe().expect("a running program has a path"))
        .arg(format!("{module}::{name}"))
        .args(["--exact", "--nocapture"])
        .env(THERE, "1")
        // Programs are built before the voyage: there is no network to build them with.
        .env("CAUSEWAY_BUILT", built())
        .status()
        .expect("unshare runs");
    assert!(status.success(), "the story failed on its island");
}

/// Our programs, built where that is not done yet.
fn built() -> &'static str {
    crate::program::path("causewayctl");
    "1"
}

fn possible(unshare: &[&str]) -> bool {
    Command::new("unshare")
        .args(unshare)
        .args(["ip", "link"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// What programs look for in `/etc`.
fn furnish(etc: &Path) {
    for (name, text) in [
        (
            "resolv.conf",
            "nameserver 127.0.0.1\noptions timeout:20 attempts:1\n",
        ),
        ("hosts", "127.0.0.1 localhost\n"),
        (
            "nsswitch.conf",
            "passwd: files\ngroup: files\nhosts: files dns\n",
        ),
        ("passwd", "root:x:0:0:root:/root:/bin/sh\n"),
        ("group", "root:x:0:\n"),
    ] {
        std::fs::write(etc.join(name), text).expect("/etc can be furnished");
    }
    for name in ["ssl", "causeway"] {
        std::fs::create_dir(etc.join(name)).expect("/etc can be furnished");
    }
}

/// What the name server says of a name.
#[derive(Clone, Copy, Debug)]
pub enum Name {
    /// It has this address.
    At(Ipv4Addr),
    /// Nothing, for ever.
    Silent,
}

/// Answers at port 53 of the island; a name that is not known does not exist (RFC 1035, 4.1).
///
/// # Panics
/// Away from an island, where the port is not free.
pub async fn name_server(names: &[(&str, Name)]) {
    let names: HashMap<String, Name> = names
        .iter()
        .map(|(name, says)| ((*name).to_owned(), *says))
        .collect();
    let socket = UdpSocket::bind("127.0.0.1:53")
        .await
        .expect("the port of the name server");
    tokio::spawn(async move {
        let mut query = [0; 512];
        while let Ok((length, asker)) = socket.recv_from(&mut query).await {
            if let Some(answer) = query.get(..length).and_then(|query| answer(query, &names)) {
                let _ = socket.send_to(&answer, asker).await;
            }
        }
    });
}

/// The answer to a query with one question; none where nothing is to be said.
fn answer(query: &[u8], names: &HashMap<String, Name>) -> Option<Vec<u8>> {
    let mut labels = Vec::new();
    let mut rest = query.get(12..)?;
    while let Some((&length, after)) = rest.split_first().filter(|(length, _)| **length > 0) {
        let (label, after) = after.split_at_checked(length.into())?;
        labels.push(String::from_utf8_lossy(label).to_lowercase());
        rest = after;
    }
    let question_end = query.len() - rest.len() + 5;
    let is_a = rest.get(1..3)? == [0, 1];
    let found = names.get(&labels.join("."));
    let address = match found {
        Some(Name::Silent) => return None,
        Some(Name::At(address)) if is_a => Some(*address),
        Some(Name::At(_)) | None => None,
    };
    let mut answer = query.get(..2)?.to_vec();
    let failed = if found.is_none() { 3 } else { 0 };
    answer.extend([
        0x81,
        0x80 | failed,
        0,
        1,
        0,
        u8::from(address.is_some()),
        0,
        0,
        0,
        0,
    ]);
    answer.extend(query.get(12..question_end)?);
    if let Some(address) = address {
        answer.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4]);
        answer.extend(address.octets());
    }
    Some(answer)
}
