//! A real Prosody on loopback, with a certificate authority of its own.

use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::process::Command;

use crate::certificates::certificates;
use crate::program::Program;
use crate::sim::free_port;
use crate::wait::until;

/// The host that every instance serves.
pub const HOST: &str = "xmpp.example";

/// A running Prosody.
pub struct Prosody {
    program: Option<Program>,
    dir: TempDir,
    port: u16,
    direct_port: u16,
}

impl Prosody {
    /// Starts one with accounts `(name, password)` on [`HOST`].
    ///
    /// # Panics
    /// When it does not start; Prosody must be installed (`cargo xtask test` does that).
    pub async fn start(accounts: &[(&str, &str)]) -> Self {
        Self::start_with(accounts, Work::Stories).await
    }

    /// Starts one that does nothing but what a text needs, so that a measurement is not one of Prosody: without the
    /// archive and without a line in the log for each stanza.
    ///
    /// # Panics
    /// As [`start`](Self::start).
    pub async fn start_for_measurements(accounts: &[(&str, &str)]) -> Self {
        Self::start_with(accounts, Work::Measurements).await
    }

    async fn start_with(accounts: &[(&str, &str)], work: Work) -> Self {
        let dir = TempDir::new().expect("a temporary directory");
        certificates(dir.path(), &[HOST, &format!("*.{HOST}")]);
        let host = HOST.replace('.', "%2e");
        let account_dir = dir.path().join("data").join(host).join("accounts");
        std::fs::create_dir_all(&account_dir).expect("the data directory can be made");
        for (name, password) in accounts {
            let file = account_dir.join(format!("{name}.dat"));
            std::fs::write(
                file,
                format!("return {{ [\"password\"] = {password:?}; }};\n"),
            )
            .expect("the account can be written");
        }
        let (port, direct_port) = (free_port(), free_port());
        std::fs::write(
            dir.path().join("prosody.cfg.lua"),
            configuration(dir.path(), port, direct_port, work),
        )
        .expect("the configuration can be written");
        let mut prosody = Self {
            program: None,
            dir,
            port,
            direct_port,
        };
        prosody.start_again().await;
        prosody
    }

    /// Port for STARTTLS.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Port for direct TLS.
    pub fn direct_port(&self) -> u16 {
        self.direct_port
    }

    /// `127.0.0.1:port`, as `xmpp.server` wants it.
    pub fn server(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// PEM file of the CA.
    pub fn ca(&self) -> PathBuf {
        self.dir.path().join("ca.crt")
    }

    /// Its log so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("prosody.log")).unwrap_or_default()
    }

    /// Process id, for measurements.
    pub fn pid(&self) -> u32 {
        self.program.as_ref().map_or(0, Program::pid)
    }

    /// Ends it in order (SIGTERM): every stream is closed with a farewell.
    pub async fn stop(&mut self) {
        if let Some(mut program) = self.program.take() {
            program.terminate().await;
        }
    }

    /// Ends it without a word (SIGKILL).
    pub async fn kill(&mut self) {
        if let Some(mut program) = self.program.take() {
            program.kill().await;
        }
    }

    /// Starts it again on the same ports with the same accounts.
    pub async fn start_again(&mut self) {
        let mut command = Command::new("prosody");
        command
            .arg("--config")
            .arg(self.dir.path().join("prosody.cfg.lua"))
            .arg("-F");
        command.stdout(std::process::Stdio::null());
        self.program = Some(Program::start(command, &self.dir.path().join("stderr.log")));
        for port in [self.port, self.direct_port] {
            until("Prosody's port", async || {
                tokio::time::timeout(
                    Duration::from_secs(1),
                    TcpStream::connect(("127.0.0.1", port)),
                )
                .await
                .ok()?
                .ok()
            })
            .await;
        }
    }
}

/// What an instance is for.
#[derive(Clone, Copy)]
enum Work {
    Stories,
    Measurements,
}

fn configuration(dir: &Path, port: u16, direct_port: u16, work: Work) -> String {
    let dir = dir.display();
    let (level, archive) = match work {
        Work::Stories => ("debug", r#""mam"; "#),
        Work::Measurements => ("info", ""),
    };
    let as_root = if rustix::process::getuid().is_root() {
        "run_as_root = true"
    } else {
        ""
    };
    format!(
        r#"{as_root}
data_path = "{dir}/data"
plugin_paths = {{ "/usr/lib/prosody/modules" }}
log = {{ {{ levels = {{ min = "{level}" }}, to = "file", filename = "{dir}/prosody.log" }} }}
network_settings = {{ nagle = false }}
interfaces = {{ "127.0.0.1" }}
c2s_ports = {{ {port} }}; c2s_direct_tls_ports = {{ {direct_port} }}; s2s_ports = {{ }}; component_ports = {{ }}
http_ports = {{ }}; https_ports = {{ }}
modules_enabled = {{ "roster"; "saslauth"; "tls"; "disco"; "posix"; "carbons"; "pep"; "private"; "blocklist"; "version"; "time";
  "ping"; {archive}"smacks"; "csi_simple"; "offline"; "lastactivity" }}
modules_disabled = {{ "s2s" }}
authentication = "internal_plain"
storage = {{ archive = "memory"; archive_cleanup = "memory" }}
default_storage = "internal"
c2s_require_encryption = true
ssl = {{ certificate = "{dir}/host.crt", key = "{dir}/host.key" }}
smacks_hibernation_time = 300
VirtualHost "{HOST}"
"#
    )
}

#[cfg(test)]
mod tests {
    use super::{HOST, Prosody};

    #[tokio::test]
    async fn it_starts_stops_and_starts_again() {
        let mut prosody = Prosody::start(&[("anna", "secret")]).await;
        assert!(prosody.log().contains(HOST));
        prosody.kill().await;
        prosody.start_again().await;
        prosody.stop().await;
    }
}
