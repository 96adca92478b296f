//! A server from before TLS 1.2: OpenSSL, which can still do that when it is told to.

use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::process::Command;

use crate::certificates::certificates;
use crate::program::Program;
use crate::sim::free_port;
use crate::wait::until;

/// A running server that speaks this version of TLS alone.
pub struct OldServer {
    _program: Program,
    dir: TempDir,
    port: u16,
}

impl OldServer {
    /// Starts one for `127.0.0.1`; `version` is OpenSSL's option, such as `-tls1_1`.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start(version: &str) -> Self {
        let dir = TempDir::new().expect("a temporary directory");
        certificates(dir.path(), &["127.0.0.1", "localhost"]);
        let port = free_port();
        let mut command = Command::new("openssl");
        command
            .args(["s_server", "-quiet", "-www", version])
            // Old versions are below the level of today's defaults.
            .args(["-cipher", "DEFAULT@SECLEVEL=0"])
            .args(["-accept", &format!("127.0.0.1:{port}")])
            .arg("-cert")
            .arg(dir.path().join("host.crt"))
            .arg("-key")
            .arg(dir.path().join("host.key"))
            .stdout(std::process::Stdio::null());
        let program = Program::start(command, &dir.path().join("openssl.log"));
        until("the port of the old server", async || {
            TcpStream::connect(("127.0.0.1", port)).await.ok()
        })
        .await;
        Self {
            _program: program,
            dir,
            port,
        }
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// PEM file of its CA.
    pub fn ca(&self) -> std::path::PathBuf {
        self.dir.path().join("ca.crt")
    }
}
