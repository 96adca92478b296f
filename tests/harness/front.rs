//! A web server in front of the simulator that does Windows authentication, as IIS does it: Apache with mod_auth_gssapi, which
//! asks a real Kerberos library and gss-ntlmssp.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::process::Command;

use crate::certificates::certificates;
use crate::directory::Directory;
use crate::domain::{Domain, OUT_OF_STEP, UNKNOWN, WEB};
use crate::program::Program;
use crate::sim::{Sim, free_port};
use crate::wait::until;

/// What a port of the front asks for.
#[derive(Clone, Copy, Debug)]
pub enum Asks {
    /// Kerberos or NTLM, by Negotiate or NTLM.
    Either,
    /// Kerberos alone, by Negotiate.
    Kerberos,
    /// NTLM alone.
    Ntlm,
    /// Basic.
    Basic,
}

pub(crate) const ALL: [Asks; 4] = [Asks::Either, Asks::Kerberos, Asks::Ntlm, Asks::Basic];

/// Accounts for NTLM, in the directory of Apache.
const NTLM_USERS: &str = "ntlm-users";
/// Who may ask winbind about passwords.
const WINBIND: &str = "winbindd_priv";

/// A running Apache.
pub struct Front {
    program: Program,
    dir: TempDir,
    ports: [u16; 4],
}

impl Front {
    /// Starts one in front of that simulator, which must trust it. NTLM knows `accounts`, name and password, in the domain CONTOSO.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start(sim: &Sim, domain: &Domain, accounts: &[(&str, &str)]) -> Self {
        let people: String = accounts
            .iter()
            .map(|(name, password)| format!("CONTOSO:{name}:{password}\n"))
            .collect();
        let (krb5, keytab) = (domain.configuration(), domain.keytab());
        Self::with(sim, &krb5, &keytab, Some(people), "").await
    }

    /// Starts one that asks this directory about NTLM too. `aliases` are names that people sign in with, as regular expressions,
    /// and the accounts that they are of: IIS learns that from the domain controller, Apache knows the name alone.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn of(sim: &Sim, directory: &Directory, aliases: &[(&str, &str)]) -> Self {
        // Debian's group of those who may ask; it has to get there.
        let door = directory.winbind();
        for above in door.ancestors().skip(1).take(2) {
            let open = std::fs::Permissions::from_mode(0o755);
            std::fs::set_permissions(above, open).expect("a directory of ours");
        }
        let given = std::process::Command::new("chgrp")
            .arg(WINBIND)
            .arg(&door)
            .status();
        assert!(given.is_ok_and(|status| status.success()), "no {WINBIND}");
        let (krb5, keytab) = (directory.configuration(), directory.keytab());
        let aliases: String = aliases
            .iter()
            .map(|(name, account)| {
                format!("RequestHeader edit X-Remote-User \"^{name}$\" {account}\n")
            })
            .collect();
        Self::with(sim, &krb5, &keytab, None, &aliases).await
    }

    /// `accounts` for NTLM in the form of gss-ntlmssp; none: winbind knows them. `more`: further directives.
    async fn with(
        sim: &Sim,
        krb5: &Path,
        keytab: &Path,
        accounts: Option<String>,
        more: &str,
    ) -> Self {
        let dir = TempDir::new().expect("a temporary directory");
        certificates(dir.path(), &[WEB, UNKNOWN, OUT_OF_STEP, "127.0.0.1"]);
        let ports = [free_port(), free_port(), free_port(), free_port()];
        let keytab = std::fs::read(keytab).expect("the domain has made keys");
        let group = accounts.as_ref().map_or(WINBIND, |_| "www-data");
        let mut files = vec![
            (
                "httpd.conf",
                (configuration(dir.path(), sim, ports, group) + more).into_bytes(),
            ),
            ("http.keytab", keytab),
            ("nobody", Vec::new()),
        ];
        files.extend(accounts.map(|accounts| (NTLM_USERS, accounts.into_bytes())));
        for (name, content) in files {
            std::fs::write(dir.path().join(name), content)
                .expect("a file of Apache can be written");
        }
        let program = apache(dir.path(), krb5, &ports).await;
        Self {
            program,
            dir,
            ports,
        }
    }

    /// The port that asks for that.
    pub fn port(&self, asks: Asks) -> u16 {
        self.ports[asks as usize]
    }

    /// PEM file of its CA.
    pub fn ca(&self) -> PathBuf {
        self.dir.path().join("ca.crt")
    }

    /// Exactly so many NTLM logins (AUTHENTICATE messages) came in, with whatever outcome.
    ///
    /// # Panics
    /// When there were more, or fewer after a while.
    pub async fn had_ntlm_logins(&self, wanted: usize) {
        // `NTLMSSP`, zero, three: in Base64.
        let count = || self.access().matches("TlRMTVNTUAADAAAA").count();
        // Apache writes its log after it has answered.
        until("the NTLM logins in Apache's log", async || {
            (count() >= wanted).then_some(())
        })
        .await;
        assert_eq!(count(), wanted, "{}", self.access());
    }

    /// A line for each request: status, and the first letters of its `Authorization`.
    pub fn access(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("access.log")).unwrap_or_default()
    }

    /// Its errors, for a test that failed.
    pub fn log(&self) -> String {
        let errors = std::fs::read_to_string(self.dir.path().join("error.log"));
        format!("{}{}", self.program.log_text(), errors.unwrap_or_default())
    }
}

/// Apache on what lies in `dir`, with that configuration of Kerberos and the accounts for NTLM, if there are some; waits for its
/// ports.
///
/// # Panics
/// When it does not start.
pub(crate) async fn apache(dir: &Path, krb5: &Path, ports: &[u16]) -> Program {
    readable(dir);
    readable(krb5);
    let mut command = Command::new("/usr/sbin/apache2");
    command
        // One process: it is gone when it is killed.
        .args(["-X", "-d"])
        .arg(dir)
        .arg("-f")
        .arg(dir.join("httpd.conf"))
        .env("KRB5_CONFIG", krb5)
        .env("KRB5_KTNAME", dir.join("http.keytab"));
    let accounts = dir.join(NTLM_USERS);
    if accounts.exists() {
        command.env("NTLM_USER_FILE", accounts);
    }
    let program = Program::start(command, &dir.join("stderr.log"));
    for port in ports {
        until("Apache's port", async || {
            TcpStream::connect(("127.0.0.1", *port)).await.ok()
        })
        .await;
    }
    program
}

/// Started by root Apache reads as `www-data`, what belongs to root and to a test that is over in a moment.
fn readable(path: &Path) {
    let open = |path: &Path| {
        let mode = if path.is_dir() { 0o755 } else { 0o644 };
        let _ = std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode));
    };
    open(path);
    if let Some(parent) = path.parent().filter(|_| path.is_file()) {
        open(parent);
    }
    for entry in std::fs::read_dir(path).into_iter().flatten().flatten() {
        open(&entry.path());
    }
}

fn configuration(dir: &Path, sim: &Sim, ports: [u16; 4], group: &str) -> String {
    let dir = dir.display();
    let modules: String = [
        "mpm_event",
        "authn_core",
        "authn_file",
        "auth_basic",
        "authz_core",
        "authz_user",
        "auth_gssapi",
        "headers",
        "proxy",
        "proxy_http",
        "ssl",
        "socache_shmcb",
    ]
    .iter()
    .map(|name| format!("LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n"))
    .collect();
    let hosts: String = ALL
        .iter()
        .zip(ports)
        .map(|(asks, port)| host(&dir.to_string(), *asks, port))
        .collect();
    let sim = &sim.ready().discovery;
    format!(
        "ServerRoot {dir}\nServerName {WEB}\nPidFile {dir}/httpd.pid\nDefaultRuntimeDir {dir}\nMutex file:{dir} default\n{modules}\
         User www-data\nGroup {group}\nStartServers 1\nServerLimit 1\nThreadsPerChild 16\nMaxRequestWorkers 16\n\
         KeepAlive On\nErrorLog {dir}/error.log\nLogLevel warn auth_gssapi:debug\n\
         LogFormat \"%>s %{{Authorization}}i\" short\nCustomLog {dir}/access.log short\n\
         SSLProxyEngine on\nSSLProxyVerify none\nSSLProxyCheckPeerName off\nProxyPreserveHost On\nProxyPass / {sim}\n\
         RequestHeader unset X-Remote-User early\nRequestHeader set X-Remote-User expr=%{{REMOTE_USER}}\n\
         SSLCertificateFile {dir}/host.crt\nSSLCertificateKeyFile {dir}/host.key\n{hosts}"
    )
}

fn host(dir: &str, asks: Asks, port: u16) -> String {
    let asks = asks.directives(dir);
    format!(
        "Listen 127.0.0.1:{port} https\n<VirtualHost *:{port}>\nSSLEngine on\n<Location \"/WebTicket/oauthtoken\">\n{asks}Require valid-user\n</Location>\n</VirtualHost>\n"
    )
}

impl Asks {
    /// What Apache has to be told.
    pub(crate) fn directives(self, dir: &str) -> String {
        let gssapi = "AuthType GSSAPI\nAuthName pool\nGssapiConnectionBound On\n";
        let kerberos = "GssapiAllowedMech krb5\n";
        let ntlm = "GssapiAllowedMech ntlmssp\n";
        match self {
            Self::Either => format!("{gssapi}{kerberos}{ntlm}"),
            Self::Kerberos => {
                format!("AuthType GSSAPI\nAuthName pool\nGssapiNegotiateOnce On\n{kerberos}")
            }
            Self::Ntlm => format!("{gssapi}{ntlm}"),
            Self::Basic => {
                format!(
                    "AuthType Basic\nAuthName pool\nAuthBasicProvider file\nAuthUserFile {dir}/nobody\n"
                )
            }
        }
    }
}
