//! A Windows domain as far as Kerberos goes: MIT's key distribution centre with a realm of its own.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use tempfile::TempDir;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::process::Command;

use crate::program::{Program, are_installed};
use crate::sim::free_port;
use crate::wait::until;

/// Its realm.
pub const REALM: &str = "CONTOSO.EXAMPLE";
/// The web server whose name and key are in order.
pub const WEB: &str = "web.contoso.example";
/// The proxy; every computer knows that name.
pub const PROXY: &str = "localhost";
/// A web server that the domain does not know.
pub const UNKNOWN: &str = "pool.contoso.example";
/// A web server whose key was changed without telling it.
pub const OUT_OF_STEP: &str = "lync.contoso.example";

/// A running domain.
pub struct Domain {
    program: Program,
    dir: TempDir,
}

/// Whether the programs for it are installed; see [`are_installed`].
///
/// # Panics
/// In CI, when they are missing.
pub fn is_there() -> bool {
    are_installed(
        "no domain to sign in to",
        &[
            "/usr/sbin/krb5kdc",
            "/usr/sbin/apache2",
            "/usr/lib/apache2/modules/mod_auth_gssapi.so",
            "/usr/bin/faketime",
        ],
    )
}

impl Domain {
    /// Starts one with these accounts, name and password, and with its web servers' keys in [`keytab`](Self::keytab).
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start(accounts: &[(&str, &str)]) -> Self {
        let dir = TempDir::new().expect("a temporary directory");
        let port = free_port();
        let write = |name: &str, text: String| {
            std::fs::write(dir.path().join(name), text)
                .expect("a file of the domain can be written");
        };
        write("krb5.conf", client(port));
        write("kdc.conf", server(dir.path(), port));
        let run = |program: &str| {
            let mut command = Command::new(program);
            command
                .env("KRB5_CONFIG", dir.path().join("krb5.conf"))
                .env("KRB5_KDC_PROFILE", dir.path().join("kdc.conf"))
                .stdin(Stdio::piped())
                .stdout(Stdio::null())
                .stderr(Stdio::null());
            command
        };
        let mut create = run("/usr/sbin/kdb5_util");
        create.args(["create", "-r", REALM, "-s", "-P", "master"]);
        let created = create.status().await.expect("kdb5_util runs");
        assert!(created.success(), "the data base of the domain is made");
        let mut admin = run("/usr/sbin/kadmin.local");
        admin.args(["-r", REALM]);
        feed(admin, &setup(dir.path(), accounts)).await;
        let mut kdc = run("/usr/sbin/krb5kdc");
        kdc.args(["-n", "-r", REALM]);
        let program = Program::start(kdc, &dir.path().join("kdc.stderr"));
        until("the domain's port", async || {
            TcpStream::connect(("127.0.0.1", port)).await.ok()
        })
        .await;
        Self { program, dir }
    }

    /// What libkrb5 of a client reads.
    pub fn configuration(&self) -> PathBuf {
        self.dir.path().join("krb5.conf")
    }

    /// The same, for a client that looks for the domain at another port.
    ///
    /// # Panics
    /// When it cannot be written.
    pub fn configuration_for(&self, port: u16) -> PathBuf {
        let path = self.dir.path().join(format!("krb5-{port}.conf"));
        std::fs::write(&path, client(port)).expect("the configuration can be written");
        path
    }

    /// Keys of the web servers.
    pub fn keytab(&self) -> PathBuf {
        self.dir.path().join("http.keytab")
    }

    /// A fresh ticket for so many seconds: the name of its cache.
    ///
    /// # Panics
    /// When the domain gives none.
    pub async fn ticket(&self, name: &str, password: &str, seconds: u32) -> String {
        let life = format!("{seconds}s");
        kinit(&self.configuration(), name, password, &["-l", &life]).await
    }

    /// A cache that holds nothing.
    pub fn no_ticket(&self) -> String {
        format!("FILE:{}/none.cache", self.dir.path().display())
    }

    /// Everything on its standard error, for a test that failed.
    pub fn log(&self) -> String {
        self.program.log_text()
    }
}

/// A fresh ticket, in a file beside that configuration: the name of its cache.
pub(crate) async fn kinit(
    configuration: &Path,
    name: &str,
    password: &str,
    more: &[&str],
) -> String {
    let beside = configuration.parent().expect("a file has a directory");
    let cache = format!("FILE:{}/{name}{}.cache", beside.display(), more.concat());
    let mut kinit = Command::new("kinit");
    kinit
        .args(more)
        .arg(name)
        .env("KRB5_CONFIG", configuration)
        .env("KRB5CCNAME", &cache)
        .stdout(Stdio::null());
    feed(kinit, &format!("{password}\n")).await;
    cache
}

/// Runs a program to its good end, with that input.
pub(crate) async fn feed(mut command: Command, input: &str) {
    let mut child = command
        .stdin(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    if let Some(mut stdin) = child.stdin.take() {
        stdin
            .write_all(input.as_bytes())
            .await
            .expect("it reads its input");
    }
    let status = child
        .wait()
        .await
        .expect("a child of ours can be waited for");
    assert!(status.success(), "{command:?}: {status}");
}

pub(crate) fn client(port: u16) -> String {
    // kdc_timesync hides the client's own clock; the server's name is taken as it is written.
    format!(
        "[libdefaults]\n default_realm = {REALM}\n dns_lookup_kdc = false\n dns_lookup_realm = false\n \
         dns_canonicalize_hostname = false\n rdns = false\n udp_preference_limit = 1\n kdc_timesync = 0\n\
         [realms]\n {REALM} = {{\n  kdc = 127.0.0.1:{port}\n }}\n\
         [domain_realm]\n .contoso.example = {REALM}\n"
    )
}

fn server(dir: &Path, port: u16) -> String {
    let dir = dir.display();
    format!(
        "[kdcdefaults]\n kdc_listen = 127.0.0.1:{port}\n kdc_tcp_listen = 127.0.0.1:{port}\n\
         [realms]\n {REALM} = {{\n  database_name = {dir}/principal\n  key_stash_file = {dir}/stash\n  acl_file = {dir}/kadm5.acl\n  \
         max_life = 10h\n  default_principal_flags = +preauth\n  supported_enctypes = aes256-cts:normal aes128-cts:normal\n }}\n\
         [logging]\n kdc = FILE:{dir}/kdc.log\n admin_server = FILE:{dir}/kdc.log\n default = FILE:{dir}/kdc.log\n"
    )
}

fn setup(dir: &Path, accounts: &[(&str, &str)]) -> String {
    let people: String = accounts
        .iter()
        .map(|(name, password)| format!("addprinc -pw \"{password}\" {name}\n"))
        .collect();
    let keytab = dir.join("http.keytab");
    let keytab = keytab.display();
    format!(
        "{people}addprinc -randkey HTTP/{WEB}\naddprinc -randkey HTTP/{OUT_OF_STEP}\naddprinc -randkey HTTP/{PROXY}\n\
         ktadd -k {keytab} HTTP/{WEB}\nktadd -k {keytab} HTTP/{OUT_OF_STEP}\nktadd -k {keytab} HTTP/{PROXY}\ncpw -randkey HTTP/{OUT_OF_STEP}\n"
    )
}
