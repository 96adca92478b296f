//! A real HTTP proxy (tinyproxy) on loopback.

use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::process::Command;

use crate::program::Program;
use crate::sim::free_port;
use crate::wait::until;

/// A running proxy.
pub struct WebProxy {
    _program: Program,
    dir: TempDir,
    port: u16,
}

impl WebProxy {
    /// Starts one that serves everybody.
    ///
    /// # Panics
    /// When it does not start; tinyproxy must be installed (`cargo xtask test` does that).
    pub async fn open() -> Self {
        Self::start("").await
    }

    /// Starts one that wants this login (Basic).
    ///
    /// # Panics
    /// As [`open`](Self::open).
    pub async fn with_login(user: &str, password: &str) -> Self {
        Self::start(&format!("BasicAuth {user} {password}\n")).await
    }

    async fn start(login: &str) -> Self {
        let dir = TempDir::new().expect("a temporary directory");
        let port = free_port();
        let file = dir.path().join("tinyproxy.conf");
        let text = format!(
            "Port {port}\nListen 127.0.0.1\nTimeout 600\nMaxClients 100\nLogLevel Connect\nLogFile \"{}\"\n{login}",
            dir.path().join("proxy.log").display()
        );
        std::fs::write(&file, text).expect("the configuration can be written");
        let mut command = Command::new("tinyproxy");
        command.arg("-d").arg("-c").arg(&file);
        command.stdout(std::process::Stdio::null());
        let program = Program::start(command, &dir.path().join("stderr.log"));
        until("the proxy's port", async || {
            TcpStream::connect(("127.0.0.1", port)).await.ok()
        })
        .await;
        Self {
            _program: program,
            dir,
            port,
        }
    }

    /// `http://127.0.0.1:port`, as `lync.proxy` wants it.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Whether it was asked for that host and port.
    pub fn was_asked_for(&self, host: &str) -> bool {
        let log = std::fs::read_to_string(self.dir.path().join("proxy.log")).unwrap_or_default();
        log.contains(&format!("CONNECT {host}"))
    }
}
