//! Which named pipe it is, and who may use it, on Windows.
//!
//! The pipe's access control list lets in its own user alone, and nobody from the network; Windows itself refuses everybody
//! else. A client that finds a pipe of that name asks whose it is, since anybody may make one.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::os::windows::io::AsHandle;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{ReadHalf, WriteHalf, split};
use tokio::net::windows::named_pipe::{ClientOptions, NamedPipeClient, NamedPipeServer};
use tokio::time::Instant;
use windows_native::process::Process;
use windows_native::{pipe, security};

/// A pipe serves one client in each of its instances. `ERROR_PIPE_BUSY`: all of them are taken.
const BUSY: i32 = 231;

/// The next instance is made as soon as one is taken. Where none comes, the pipe has been shut, and goes with its last client.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often it is tried.
const PAUSE: Duration = Duration::from_millis(10);

/// The connection, as the engine has it.
pub(super) type Visitor = NamedPipeServer;
/// What a visitor says.
pub(super) type FromVisitor = ReadHalf<Visitor>;
/// The connection, as a program in front of the door has it.
pub(super) type Host = NamedPipeClient;

/// The open door. It is shut with the value.
#[derive(Debug)]
pub(super) struct Listener {
    name: String,
    user: String,
    /// Waits for a client. There always is one, so that nobody finds nothing.
    next: NamedPipeServer,
}

impl Listener {
    /// Opens the pipe of a data directory. One who was served by a former program may still hold an instance of it.
    pub(super) fn bind(data_dir: &Path) -> io::Result<Self> {
        let user = security::user()?;
        let name = name(data_dir, &user)?;
        let next = instance(&name, &user)?;
        Ok(Self { name, user, next })
    }

    /// The next connection, of this user.
    pub(super) async fn accept(&mut self) -> io::Result<Visitor> {
        self.next.connect().await?;
        let next = instance(&self.name, &self.user)?;
        Ok(std::mem::replace(&mut self.next, next))
    }
}

/// One instance. Whoever makes the first one says to whom the pipe is open: it has to be this user.
fn instance(name: &str, user: &str) -> io::Result<NamedPipeServer> {
    let instance = pipe::serve(name, user)?;
    if is_of(&instance, user)? {
        Ok(instance)
    } else {
        Err(io::Error::new(
            io::ErrorKind::PermissionDenied,
            "another user has made the pipe of that name",
        ))
    }
}

/// Of a user and a directory: neither two users of one computer nor two data directories of one of them meet.
fn name(data_dir: &Path, user: &str) -> io::Result<String> {
    let mut hasher = DefaultHasher::new();
    data_dir.canonicalize()?.hash(&mut hasher);
    Ok(format!(
        r"\\.\pipe\causeway-{user}-{:016x}",
        hasher.finish()
    ))
}

/// Connects to whoever serves the data directory; `None` where nobody does.
pub(super) async fn connect(data_dir: &Path) -> io::Result<Option<Host>> {
    let until = Instant::now() + PATIENCE;
    loop {
        let opened = security::user()
            .and_then(|user| name(data_dir, &user))
            .and_then(|name| ClientOptions::new().open(name));
        match opened {
            Ok(host) => return Ok(Some(host)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) if error.raw_os_error() != Some(BUSY) => return Err(error),
            Err(_) if Instant::now() >= until => return Ok(None),
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    }
}

/// Windows has let in nobody else.
#[expect(clippy::unnecessary_wraps, reason = "it can fail on other systems")]
pub(super) fn visitor_is_ours(_: &Visitor) -> io::Result<bool> {
    Ok(true)
}

/// Does the same person own the pipe?
pub(super) fn host_is_ours(host: &Host) -> io::Result<bool> {
    is_of(host, &security::user()?)
}

fn is_of(end: &impl AsHandle, user: &str) -> io::Result<bool> {
    Ok(security::owner(end.as_handle())? == user)
}

/// For one who listens and one who speaks. The other end learns when both are gone: a pipe has no half.
pub(super) fn visitor_halves(stream: Visitor) -> (FromVisitor, WriteHalf<Visitor>) {
    split(stream)
}

/// For one who listens and one who speaks. The other end learns when both are gone: a pipe has no half.
pub(super) fn host_halves(stream: Host) -> (ReadHalf<Host>, WriteHalf<Host>) {
    split(stream)
}

/// The process at the other end, safe from its id being used again.
#[derive(Clone, Debug)]
pub(super) struct PeerProcess(Arc<Process>);

/// `None` where it has ended just now.
pub(super) fn peer_process(host: &Host) -> Option<PeerProcess> {
    let process = Process::serving(host.as_handle()).ok()?;
    Some(PeerProcess(Arc::new(process)))
}

/// Resolves when the program at the other end has ended; at once where it is not known.
pub(super) async fn ended(peer: Option<&PeerProcess>) {
    let Some(PeerProcess(process)) = peer.cloned() else {
        return;
    };
    // An error would mean that the run-time is ending.
    let _ = tokio::task::spawn_blocking(move || process.wait()).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_pipe_that_somebody_else_made_is_not_ours() {
        let directory = tempfile::tempdir().unwrap();
        let mut listener = Listener::bind(directory.path()).unwrap();
        let (host, visitor) = tokio::join!(connect(directory.path()), listener.accept());
        let (host, _visitor) = (host.unwrap().unwrap(), visitor.unwrap());
        assert!(host_is_ours(&host).unwrap());
        assert!(!is_of(&host, "S-1-5-18").unwrap());
    }

    #[tokio::test]
    async fn the_pipe_is_of_a_directory_and_can_be_opened_anew_while_a_client_stays() {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let mut listener = Listener::bind(one.path()).unwrap();
        assert!(connect(other.path()).await.unwrap().is_none());
        let (_staying, visitor) = tokio::join!(connect(one.path()), listener.accept());
        let _visitor = visitor.unwrap();
        drop(listener);
        assert!(connect(one.path()).await.unwrap().is_none(), "it was shut");
        let mut next = Listener::bind(one.path()).unwrap();
        let (host, visitor) = tokio::join!(connect(one.path()), next.accept());
        assert!(host.unwrap().is_some() && visitor.is_ok());
    }
}
