//! An Active Directory of the tests' own: Samba as its domain controller, with Kerberos and, by winbind, NTLM. It has the ports
//! that it has everywhere, and needs an island ([`story_of_root`](crate::island::story_of_root)).

use std::path::{Path, PathBuf};
use std::process::Stdio;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::process::Command;

use crate::domain::{REALM, WEB, client, feed, kinit};
use crate::program::{Program, are_installed};
use crate::wait::until;

/// Where Kerberos and the directory are asked.
const PORTS: [u16; 2] = [88, 389];
/// The people's place in the directory.
const USERS: &str = "CN=Users,DC=contoso,DC=example";
/// Wrong passwords after which an account is locked.
pub const LOCKED_AFTER: usize = 3;

/// An account: names, password, and what else stands in the directory, line by line in LDIF.
#[derive(Clone, Copy)]
pub struct Person<'a> {
    /// `sAMAccountName`.
    pub name: &'a str,
    /// Password.
    pub password: &'a str,
    /// Further attributes.
    pub more: &'a str,
}

/// A domain controller.
pub struct Directory {
    _program: Program,
    dir: TempDir,
}

/// Whether it is installed; see [`are_installed`].
///
/// # Panics
/// In CI, when it is missing.
pub fn is_there() -> bool {
    crate::domain::is_there()
        && are_installed(
            "no Active Directory to sign in to",
            &[
                "/usr/sbin/samba",
                "/usr/sbin/winbindd",
                "/usr/bin/samba-tool",
                "/usr/bin/ldbmodify",
                "/usr/share/samba/setup/provision.ldif",
            ],
        )
}

impl Directory {
    /// Makes the domain CONTOSO with these people and the key of [`WEB`], and starts its controller.
    ///
    /// # Panics
    /// When one of its tools fails, or it does not start.
    pub async fn start(people: &[Person<'_>]) -> Self {
        let dir = TempDir::new().expect("a temporary directory");
        let at = |name: &str| dir.path().join(name);
        std::fs::write(at("krb5.conf"), client(PORTS[0])).expect("a file can be written");
        std::fs::write(at("empty.conf"), "").expect("a file can be written");
        std::fs::create_dir(at("run")).expect("a directory can be made");
        provision(dir.path()).await;
        let mut modify = Command::new("ldbmodify");
        modify.arg("-H").arg(at("private/sam.ldb"));
        modify.stdout(Stdio::null());
        feed(modify, &ldif(people)).await;
        let mut export = tool(dir.path(), &["domain", "exportkeytab"]);
        export.arg(at("http.keytab"));
        export.arg(format!("--principal=HTTP/{WEB}"));
        // What it says goes to its standard error.
        export.stderr(Stdio::null());
        feed(export, "").await;
        let mut samba = Command::new("/usr/sbin/samba");
        samba.args(["-i", "--debug-stdout", "-d1", "-s"]);
        samba.arg(at("etc/smb.conf")).stdout(Stdio::null());
        let program = Program::start(samba, &at("samba.stderr"));
        for port in PORTS {
            until("the domain controller's port", async || {
                TcpStream::connect(("127.0.0.1", port)).await.ok()
            })
            .await;
        }
        until("winbind", async || {
            let mut ping = Command::new("wbinfo");
            ping.arg("-p").stdout(Stdio::null()).stderr(Stdio::null());
            let answered = ping.status().await.is_ok_and(|status| status.success());
            answered.then_some(())
        })
        .await;
        Self {
            _program: program,
            dir,
        }
    }

    /// What libkrb5 of a client reads.
    pub fn configuration(&self) -> PathBuf {
        self.dir.path().join("krb5.conf")
    }

    /// Key of the web server.
    pub fn keytab(&self) -> PathBuf {
        self.dir.path().join("http.keytab")
    }

    /// Where whoever may ask winbind about passwords finds it.
    pub(crate) fn winbind(&self) -> PathBuf {
        self.dir.path().join("state/winbindd_privileged")
    }

    /// A ticket: the name of its cache.
    ///
    /// # Panics
    /// When the controller gives none.
    pub async fn ticket(&self, name: &str, password: &str) -> String {
        // A name with a domain of its own is one for the controller to resolve (RFC 6806 section 5).
        let kind: &[&str] = if name.contains('@') { &["-E"] } else { &[] };
        kinit(&self.configuration(), name, password, kind).await
    }

    /// A cache that holds nothing.
    pub fn no_ticket(&self) -> String {
        format!("FILE:{}/none.cache", self.dir.path().display())
    }

    /// How often a password was wrong since the last right one, as the controller counts for the lock.
    ///
    /// # Panics
    /// When the directory does not tell.
    pub async fn wrong_passwords_of(&self, name: &str) -> usize {
        let mut search = Command::new("ldbsearch");
        search
            .arg("-H")
            .arg(self.dir.path().join("private/sam.ldb"));
        search.args([&format!("(sAMAccountName={name})"), "badPwdCount"]);
        let output = search.output().await.expect("ldbsearch runs");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let count = text
            .lines()
            .find_map(|line| line.strip_prefix("badPwdCount: "));
        let count = count.and_then(|count| count.parse().ok());
        count.unwrap_or_else(|| panic!("no count of {name}: {text}"))
    }
}

/// `samba-tool` of the domain in `dir`.
fn tool(dir: &Path, verb: &[&str]) -> Command {
    let mut command = Command::new("samba-tool");
    command
        .args(verb)
        .arg("-s")
        .arg(dir.join("etc/smb.conf"))
        .stdout(Stdio::null());
    command
}

/// Makes an empty domain. All of it lies in `dir`, whatever the system's Samba is set to.
async fn provision(dir: &Path) {
    let shown = dir.display();
    let mut command = Command::new("samba-tool");
    command
        .args(["domain", "provision", "-s"])
        .arg(dir.join("empty.conf"))
        .arg(format!("--realm={REALM}"))
        .args(["--domain=CONTOSO", "--server-role=dc", "--dns-backend=NONE"])
        .args(["--host-name=dc1", "--host-ip=127.0.0.1"])
        .args(["--adminpass=Adm1n#Pass", "--quiet"])
        .arg(format!("--targetdir={shown}"))
        .stdout(Stdio::null());
    for option in [
        "interfaces=lo".to_owned(),
        "bind interfaces only=yes".to_owned(),
        "server services=ldap,kdc,winbindd,rpc,cldap".to_owned(),
        "vfs objects=acl_xattr".to_owned(),
        "ntlm auth=ntlmv2-only".to_owned(),
        "log level=0".to_owned(),
        format!("pid directory={shown}/run"),
        format!("ncalrpc dir={shown}/ncalrpc"),
        format!("ntp signd socket directory={shown}/ntp"),
    ] {
        command.arg(format!("--option={option}"));
    }
    let output = command.output().await.expect("samba-tool runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "no domain was made: {said}");
}

/// Short passwords and a lock after a few wrong ones; the people, and the account whose key the web server has.
fn ldif(people: &[Person<'_>]) -> String {
    let server = Person {
        name: "websvc",
        password: "Websvc#123",
        // AES alone (MS-KILE 2.2.7).
        more: &format!("servicePrincipalName: HTTP/{WEB}\nmsDS-SupportedEncryptionTypes: 24\n"),
    };
    let people: String = [server].iter().chain(people).map(entry).collect();
    format!(
        "dn: DC=contoso,DC=example\nchangetype: modify\nreplace: pwdProperties\npwdProperties: 0\n-\n\
         replace: minPwdLength\nminPwdLength: 4\n-\nreplace: lockoutThreshold\nlockoutThreshold: {LOCKED_AFTER}\n\n{people}"
    )
}

fn entry(person: &Person<'_>) -> String {
    // In quotation marks and UTF-16 (MS-ADTS 3.1.1.3.1.5).
    let password = format!("\"{}\"", person.password);
    let password: Vec<u8> = password.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let enabled = if person.more.contains("userAccountControl") {
        ""
    } else {
        "userAccountControl: 512\n"
    };
    format!(
        "dn: CN={name},{USERS}\nchangetype: add\nobjectClass: user\nsAMAccountName: {name}\nunicodePwd:: {password}\n{enabled}{more}\n",
        name = person.name,
        password = STANDARD.encode(password),
        more = person.more,
    )
}
