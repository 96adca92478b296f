//! The programs for Windows, run by Wine. It is not Windows.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};

use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{ChildStdout, Command};
use tokio::time::timeout;

use crate::ctl::Answer;
use crate::program::Program;
use crate::wait::{PATIENCE, until};

/// Where the programs are, once somebody has built them: `cargo xtask test --windows`.
const PROGRAMS: &str = "CAUSEWAY_WINDOWS_PROGRAMS";
/// Authorities that a person of Windows trusts.
const ROOTS: &str = r"HKCU\Software\Microsoft\SystemCertificates\Root\Certificates";

/// A configuration and a data directory of somebody on Windows.
pub struct Desk {
    programs: PathBuf,
    dir: TempDir,
    /// The key of an authority in the registry.
    trusted: Option<String>,
}

impl Desk {
    /// `None`, and that is said, where there are no programs: they take a compiler of their own.
    ///
    /// # Panics
    /// When the configuration cannot be written.
    pub fn new(configuration: &str) -> Option<Self> {
        let Some(programs) = std::env::var_os(PROGRAMS) else {
            let _ = writeln!(
                std::io::stderr(),
                "skipped: programs for Windows are tried by `cargo xtask test --windows`"
            );
            return None;
        };
        let dir = TempDir::new().expect("a temporary directory");
        std::fs::write(dir.path().join("config.toml"), configuration).expect("it can be written");
        Some(Self {
            programs: programs.into(),
            dir,
            trusted: None,
        })
    }

    /// Windows trusts this authority as long as there is this desk: its certificate stands where those of the person are.
    /// (`lync.ca_file` cannot be tried: Wine knows no chain engine with roots of its own.)
    ///
    /// # Panics
    /// When it is none, or the registry refuses it.
    pub async fn trusts(&mut self, authority: &Path) {
        let certificate = CertificateDer::from_pem_file(authority).expect("it is a certificate");
        let name = hex(digest(&SHA1_FOR_LEGACY_USE_ONLY, &certificate).as_ref());
        let key = format!(r"{ROOTS}\{name}");
        // CERT_CERT_PROP_ID, encoding, length, certificate.
        let length = u32::try_from(certificate.len()).expect("it is short");
        let mut blob = [32_u32, 1, length].map(u32::to_le_bytes).concat();
        blob.extend_from_slice(&certificate);
        let blob = hex(&blob);
        self.registry(&[
            "add",
            &key,
            "/v",
            "Blob",
            "/t",
            "REG_BINARY",
            "/d",
            &blob,
            "/f",
        ])
        .await;
        self.trusted = Some(key);
    }

    /// A program on this configuration.
    fn program(&self, name: &str) -> Command {
        let mut command = Command::new("wine");
        command
            .arg(self.programs.join(name))
            .arg("--config")
            .arg(windows(&self.dir.path().join("config.toml")))
            .arg("--data-dir")
            .arg(windows(&self.dir.path().join("data")))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    /// Runs a verb of `causewayctl` to its end, with this on standard input.
    ///
    /// # Panics
    /// When it does not end in time, or prints something that is not one JSON document.
    pub async fn ctl(&self, arguments: &[&str], input: &str) -> Answer {
        let mut command = self.program("causewayctl.exe");
        command.arg("--json").args(arguments).stdin(Stdio::piped());
        let mut child = command.spawn().expect("wine starts");
        let mut typed = child.stdin.take().expect("it is piped");
        // An error means that it does not read.
        let _ = typed.write_all(input.as_bytes()).await;
        drop(typed);
        let ended = timeout(PATIENCE, child.wait_with_output()).await;
        let output = ended
            .unwrap_or_else(|_| panic!("{arguments:?} does not end"))
            .expect("its end is known");
        let text = String::from_utf8(output.stdout).expect("it prints text");
        Answer {
            exit: output.status.code().unwrap_or(-1),
            json: match text.trim() {
                "" => serde_json::Value::Null,
                text => serde_json::from_str(text).unwrap_or_else(|_| panic!("no JSON: {text}")),
            },
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// What `causewayctl watch` tells, line by line.
    ///
    /// # Panics
    /// When it does not start.
    pub fn watch(&self) -> (Program, Lines<BufReader<ChildStdout>>) {
        let mut command = self.program("causewayctl.exe");
        command.args(["--json", "watch"]);
        let mut program = Program::start(command, &self.dir.path().join("watch.log"));
        let told = program.child().stdout.take().expect("it is piped");
        (program, BufReader::new(told).lines())
    }

    /// Starts the agent and waits until it answers at its door.
    ///
    /// # Panics
    /// When it does not.
    pub async fn agent(&self) -> Program {
        let mut command = self.program("causeway.exe");
        command.args(["--log", "debug"]).stdout(Stdio::null());
        let agent = Program::start(command, &self.dir.path().join("agent.log"));
        until("the agent's door", async || {
            agent.log_text().contains("ready").then_some(())
        })
        .await;
        agent
    }

    /// `causeway --quit`, which waits for the agent's end.
    ///
    /// # Panics
    /// When it does not end.
    pub async fn quit(&self) -> ExitStatus {
        let mut command = self.program("causeway.exe");
        let status = timeout(PATIENCE, command.arg("--quit").status()).await;
        status.expect("it ends").expect("wine starts")
    }

    /// The registry, by its own tool.
    ///
    /// # Panics
    /// When it refuses.
    pub async fn registry(&self, arguments: &[&str]) {
        let output = Command::new("wine").arg("reg").args(arguments).output();
        let output = output.await.expect("wine starts");
        assert!(output.status.success(), "{arguments:?}: {output:?}");
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        if let Some(key) = &self.trusted {
            let mut forget = std::process::Command::new("wine");
            // Where it fails, an authority that is over stays with this Windows of the tests.
            let _ = forget.args(["reg", "delete", key, "/f"]).output();
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

/// A path of ours, as Wine shows it to its programs.
fn windows(path: &Path) -> String {
    let path = path.to_str().expect("paths of tests are text");
    format!("Z:{}", path.replace('/', r"\"))
}
