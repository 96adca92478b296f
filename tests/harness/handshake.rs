//! A handshake without HTTP: our end as a program of this system or of Windows, the server's end by GSSAPI, and their tokens
//! carried from one to the other.

use std::io::Write as _;
use std::process::Stdio;

use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::domain::{Domain, WEB};
use crate::program;
use crate::wait::PATIENCE;

/// Whose program makes our tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    /// The one that the test runs on.
    Here,
    /// Windows' own interface, by Wine. It is not Windows.
    Wine,
}

/// The program for Windows, where somebody has built it: `cargo xtask test --windows`.
const FOR_WINDOWS: &str = "CAUSEWAY_HANDSHAKE_EXE";

impl System {
    /// Whether it can be tried. Where not, that is said, also where nothing else may be skipped: it takes packages and a
    /// compiler of its own.
    pub fn is_there(self) -> bool {
        let there = self == Self::Here || std::env::var_os(FOR_WINDOWS).is_some();
        if !there {
            let _ = writeln!(
                std::io::stderr(),
                "skipped: handshakes by Windows' own interface are tried by `cargo xtask test --windows`"
            );
        }
        there
    }

    fn program(self) -> Command {
        match self {
            Self::Here => Command::new(program::example("windows-auth", "handshake")),
            Self::Wine => {
                let mut wine = Command::new("wine");
                wine.arg(std::env::var_os(FOR_WINDOWS).unwrap_or_default());
                wine
            }
        }
    }
}

/// A certificate of the TLS connection that a handshake runs over.
#[derive(Clone, Copy, Debug)]
pub enum Sees {
    /// That of the server.
    Own,
    /// That of somebody on the way.
    Other,
    /// One that gives no channel binding.
    Nothing,
}

/// One attempt.
#[derive(Clone)]
pub struct Attempt<'a> {
    /// Who makes our tokens.
    pub system: System,
    /// By the session, or by logon name and password.
    pub by: Option<(&'a str, &'a str)>,
    /// `Negotiate` or `NTLM`.
    pub scheme: &'a str,
    /// The host that is asked for.
    pub host: &'a str,
    /// Name of the cache that Kerberos reads.
    pub ticket: String,
    /// Which certificate our end sees.
    pub sees: Sees,
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// The server knows who it is.
    In {
        /// Who, as the server names him.
        name: String,
        /// Whether the server saw the same TLS connection.
        bound: bool,
        /// What our end says: `in by Kerberos, proved`.
        ours: String,
    },
    /// The server says no.
    Refused {
        /// Whose token it was, as our end says: `NTLM`.
        mechanism: String,
        /// Major status of GSSAPI, and words.
        why: String,
    },
    /// Our end goes no further: code of the cause, and words.
    Fails {
        /// As in `Cause::code`.
        code: String,
        /// Its words.
        words: String,
    },
}

/// A domain with a web server's keys and with accounts for NTLM.
pub struct Counter {
    domain: Domain,
    dir: TempDir,
}

impl Counter {
    /// With these accounts, name and password; NTLM knows them in the domain CONTOSO.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start(accounts: &[(&str, &str)]) -> Self {
        let dir = TempDir::new().expect("a temporary directory");
        let people: String = accounts
            .iter()
            .map(|(name, password)| format!("CONTOSO:{name}:{password}\n"))
            .collect();
        std::fs::write(dir.path().join("ntlm-users"), people).expect("the accounts can be written");
        for name in ["own.der", "other.der"] {
            let made = rcgen::generate_simple_self_signed([WEB.to_owned()]);
            let made = made.expect("a certificate");
            std::fs::write(dir.path().join(name), made.cert.der())
                .expect("the certificate can be written");
        }
        Self {
            domain: Domain::start(accounts).await,
            dir,
        }
    }

    /// The domain.
    pub fn domain(&self) -> &Domain {
        &self.domain
    }

    /// Carries the tokens to and fro until one end says how it ends.
    ///
    /// # Panics
    /// When an end stops in the middle.
    pub async fn meets(&self, attempt: &Attempt<'_>) -> End {
        let mut client = self.client(attempt);
        let mut server = self.server();
        if let Some((name, password)) = attempt.by {
            client.write(name).await;
            client.write(password).await;
        }
        loop {
            let said = client.read().await;
            let mut parts = said.splitn(3, ' ');
            let mut part = || parts.next().unwrap_or_default().to_owned();
            let (verb, what, rest) = (part(), part(), part());
            if verb != "send" {
                return End::Fails {
                    code: what,
                    words: rest,
                };
            }
            let (mechanism, token) = (what, &rest);
            server.write(token).await;
            let said = server.read().await;
            let (verdict, rest) = said.split_once(' ').unwrap_or((&said, ""));
            match verdict {
                "more" => client.write(rest).await,
                "in" => {
                    // gss-ntlmssp counts the zero at the end of a name as a part of it.
                    let rest = rest.replace('\0', "");
                    let mut words = rest.split(' ');
                    let (name, bound) = (words.next(), words.next());
                    let last = words.next().unwrap_or_default();
                    client.write(&format!("accepted {last}")).await;
                    return End::In {
                        name: name.unwrap_or_default().to_owned(),
                        bound: bound == Some("bound"),
                        ours: client.read().await,
                    };
                }
                _ => {
                    return End::Refused {
                        mechanism,
                        why: rest.to_owned(),
                    };
                }
            }
        }
    }

    fn client(&self, attempt: &Attempt<'_>) -> Speaker {
        let mut command = attempt.system.program();
        let whose = if attempt.by.is_some() {
            "password"
        } else {
            "session"
        };
        command.args([whose, attempt.scheme, attempt.host]);
        match attempt.sees {
            Sees::Own => drop(command.arg(self.dir.path().join("own.der"))),
            Sees::Other => drop(command.arg(self.dir.path().join("other.der"))),
            Sees::Nothing => {}
        }
        command
            .env("KRB5_CONFIG", self.domain.configuration())
            .env("KRB5CCNAME", &attempt.ticket);
        Speaker::start(command)
    }

    fn server(&self) -> Speaker {
        let mut command = Command::new(program::path("causeway-acceptor"));
        command
            .arg(self.dir.path().join("own.der"))
            .env("KRB5_CONFIG", self.domain.configuration())
            .env("KRB5_KTNAME", self.domain.keytab())
            .env("NTLM_USER_FILE", self.dir.path().join("ntlm-users"));
        Speaker::start(command)
    }
}

/// A program that hears and says lines.
struct Speaker {
    /// Killed when it is dropped.
    _child: Child,
    stdin: ChildStdin,
    stdout: Lines<BufReader<ChildStdout>>,
}

impl Speaker {
    fn start(mut command: Command) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let stdin = child.stdin.take().expect("it was piped");
        let stdout = child.stdout.take().expect("it was piped");
        Self {
            _child: child,
            stdin,
            stdout: BufReader::new(stdout).lines(),
        }
    }

    async fn write(&mut self, line: &str) {
        let line = format!("{line}\n");
        let written = self.stdin.write_all(line.as_bytes()).await;
        written.expect("it hears us");
    }

    async fn read(&mut self) -> String {
        let line = tokio::time::timeout(PATIENCE, self.stdout.next_line()).await;
        let line = line.expect("it answers in time").expect("it can be heard");
        // Windows ends its lines with two characters.
        line.expect("it says something").trim_end().to_owned()
    }
}
