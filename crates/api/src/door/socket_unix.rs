//! Where the socket is, and who may use it, on Unix.

use std::fs::{self, DirBuilder};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

#[cfg(target_os = "linux")]
use tokio::io::{Interest, unix::AsyncFd};
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{UnixListener, UnixStream};

/// `sun_path` holds 108 bytes with its NUL on Linux, 104 on macOS and the BSDs.
const LONGEST_PATH: usize = 103;

/// In the data directory.
const DIRECTORY: &str = "door";

/// In the directory.
const SOCKET: &str = "socket";

/// In the data directory's `door`: the path of a socket that had to be elsewhere.
const ELSEWHERE: &str = "elsewhere";

/// The connection, as the engine has it.
pub(super) type Visitor = UnixStream;
/// What a visitor says.
pub(super) type FromVisitor = OwnedReadHalf;
/// The connection, as a program in front of the door has it.
pub(super) type Host = UnixStream;

/// The open door. The socket's file goes with it.
#[derive(Debug)]
pub(super) struct Listener {
    inner: UnixListener,
    socket: PathBuf,
    /// The directory outside of the data directory that was made for it.
    shelter: Option<PathBuf>,
}

impl Listener {
    /// Opens the socket of a data directory. A socket that a killed program left behind is replaced: the caller holds
    /// the lock of the data directory, so nobody else serves it.
    pub(super) fn bind(data_dir: &Path) -> io::Result<Self> {
        let home = data_dir.canonicalize()?.join(DIRECTORY);
        make_private(&home)?;
        let mut elsewhere = None;
        let mut socket = home.join(SOCKET);
        if is_too_long(&socket) {
            let shelter = shelter(&home, &shelters())?;
            socket = shelter.join(SOCKET);
            fs::write(home.join(ELSEWHERE), socket.as_os_str().as_bytes())?;
            elsewhere = Some(shelter);
        }
        remove(&socket)?;
        let inner = UnixListener::bind(&socket)?;
        fs::set_permissions(&socket, PermissionsExt::from_mode(0o600))?;
        Ok(Self {
            inner,
            socket,
            shelter: elsewhere,
        })
    }

    /// The next connection, of whomever.
    pub(super) async fn accept(&mut self) -> io::Result<Visitor> {
        self.inner.accept().await.map(|(stream, _)| stream)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        // What cannot be removed is replaced by the next one who binds.
        let _ = fs::remove_file(&self.socket);
        if let Some(shelter) = &self.shelter {
            let _ = fs::remove_dir(shelter);
        }
    }
}

/// Connects to whoever serves the data directory; `None` where nobody does.
pub(super) async fn connect(data_dir: &Path) -> io::Result<Option<Host>> {
    match try_connect(data_dir).await {
        Ok(stream) => Ok(Some(stream)),
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused
            ) =>
        {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

async fn try_connect(data_dir: &Path) -> io::Result<UnixStream> {
    let home = data_dir.canonicalize()?.join(DIRECTORY);
    let mut socket = home.join(SOCKET);
    if is_too_long(&socket) {
        let record = fs::read(home.join(ELSEWHERE))?;
        socket = PathBuf::from(std::ffi::OsStr::from_bytes(&record));
    }
    UnixStream::connect(&socket).await
}

/// Does the same person run the other end? (`SO_PEERCRED`)
pub(super) fn visitor_is_ours(stream: &Visitor) -> io::Result<bool> {
    Ok(is_same_user(stream.peer_cred()?.uid(), own_user()))
}

/// Does the same person run the other end? (`SO_PEERCRED`)
pub(super) fn host_is_ours(stream: &Host) -> io::Result<bool> {
    visitor_is_ours(stream)
}

/// For one who listens and one who speaks. The other end learns when the latter is gone.
pub(super) fn visitor_halves(stream: Visitor) -> (FromVisitor, OwnedWriteHalf) {
    stream.into_split()
}

/// For one who listens and one who speaks. The other end learns when the latter is gone.
pub(super) fn host_halves(stream: Host) -> (OwnedReadHalf, OwnedWriteHalf) {
    stream.into_split()
}

/// Nobody else may, root neither: files that root would make in the data directory could not be used any more.
fn is_same_user(peer: u32, own: u32) -> bool {
    peer == own
}

/// Resolves when the program at the other end has ended; at once where the system cannot tell.
#[cfg(target_os = "linux")]
pub(super) async fn ended(peer: Option<&PeerProcess>) {
    let Some(PeerProcess(process)) = peer else {
        return;
    };
    // A process descriptor becomes readable when its process ends. Each of several waiters needs one of its own.
    #[expect(
        deprecated,
        reason = "its successor is unsafe; an OwnedFd keeps the promise that this one takes on trust"
    )]
    let watched = process
        .try_clone()
        .and_then(|process| AsyncFd::with_interest(process, Interest::READABLE));
    if let Ok(watched) = watched {
        let _ = watched.readable().await;
    }
}

/// The process at the other end, safe from its id being used again.
#[cfg(target_os = "linux")]
#[derive(Debug)]
pub(super) struct PeerProcess(std::os::fd::OwnedFd);

/// `None` where the process is out of sight, for example in another container.
#[cfg(target_os = "linux")]
pub(super) fn peer_process(stream: &UnixStream) -> Option<PeerProcess> {
    let id = stream.peer_cred().ok()?.pid()?;
    let id = rustix::process::Pid::from_raw(id)?;
    rustix::process::pidfd_open(id, rustix::process::PidfdFlags::empty())
        .ok()
        .map(PeerProcess)
}

/// Not known on this system: the end of the connection is the sign.
#[cfg(not(target_os = "linux"))]
#[derive(Debug)]
pub(super) struct PeerProcess;

#[cfg(not(target_os = "linux"))]
pub(super) async fn ended(_: Option<&PeerProcess>) {}

#[cfg(not(target_os = "linux"))]
pub(super) fn peer_process(_: &UnixStream) -> Option<PeerProcess> {
    None
}

fn own_user() -> u32 {
    rustix::process::geteuid().as_raw()
}

fn is_too_long(path: &Path) -> bool {
    path.as_os_str().len() > LONGEST_PATH
}

/// Makes a directory of the data directory private, whoever made it before.
fn make_private(directory: &Path) -> io::Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)?;
    fs::set_permissions(directory, PermissionsExt::from_mode(0o700))
}

/// Directories that are on every system and have short names.
fn shelters() -> Vec<PathBuf> {
    std::env::var_os("XDG_RUNTIME_DIR")
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
        .into_iter()
        .chain([std::env::temp_dir(), "/tmp".into()])
        .collect()
}

/// A private directory with a short name for a socket whose own place has too long a path.
fn shelter(home: &Path, shelters: &[PathBuf]) -> io::Result<PathBuf> {
    let mut hasher = DefaultHasher::new();
    home.hash(&mut hasher);
    let name = format!("causeway-{}-{:016x}", own_user(), hasher.finish());
    // Others may have made a directory of that name in /tmp to be in our way: then the next number serves.
    (0..16)
        .flat_map(|number| shelters.iter().map(move |base| (number, base)))
        .map(|(number, base)| match number {
            0 => base.join(&name),
            _ => base.join(format!("{name}-{number}")),
        })
        .filter(|directory| !is_too_long(&directory.join(SOCKET)))
        .find(|directory| is_private(directory))
        .ok_or_else(|| {
            io::Error::new(
                io::ErrorKind::PermissionDenied,
                "no private directory with a short path for the socket in $XDG_RUNTIME_DIR or /tmp",
            )
        })
}

/// Made by us just now, or ours and closed to others.
fn is_private(directory: &Path) -> bool {
    match DirBuilder::new().mode(0o700).create(directory) {
        Ok(()) => true,
        Err(_) => fs::symlink_metadata(directory).is_ok_and(|found| {
            found.is_dir() && is_same_user(found.uid(), own_user()) && found.mode() & 0o077 == 0
        }),
    }
}

fn remove(file: &Path) -> io::Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_user_is_refused_even_root() {
        assert!(is_same_user(1000, 1000));
        assert!(!is_same_user(1001, 1000));
        assert!(!is_same_user(0, 1000));
        assert!(!is_same_user(1000, 0));
    }

    #[tokio::test]
    async fn directory_and_socket_are_closed_to_others() {
        let data_dir = tempfile::tempdir().unwrap();
        let home = data_dir.path().join(DIRECTORY);
        fs::create_dir(&home).unwrap();
        fs::set_permissions(&home, PermissionsExt::from_mode(0o755)).unwrap();
        let listener = Listener::bind(data_dir.path()).unwrap();
        assert_eq!(fs::metadata(&home).unwrap().mode() & 0o777, 0o700);
        assert_eq!(
            fs::metadata(&listener.socket).unwrap().mode() & 0o777,
            0o600
        );
    }

    #[tokio::test]
    async fn a_socket_with_a_long_path_is_found_elsewhere() {
        let root = tempfile::tempdir().unwrap();
        let data_dir = root.path().join("long".repeat(40));
        fs::create_dir(&data_dir).unwrap();
        let listener = Listener::bind(&data_dir).unwrap();
        assert!(!is_too_long(&listener.socket));
        let shelter = listener.socket.parent().unwrap().to_owned();
        assert_eq!(fs::metadata(&shelter).unwrap().mode() & 0o777, 0o700);
        assert!(connect(&data_dir).await.unwrap().is_some());
        drop(listener);
        assert!(connect(&data_dir).await.unwrap().is_none());
        assert!(!shelter.exists());
    }

    #[test]
    fn a_shelter_that_others_can_enter_is_not_used() {
        let base = tempfile::tempdir().unwrap();
        let bases = [base.path().to_owned()];
        let first = shelter(Path::new("/somewhere"), &bases).unwrap();
        fs::set_permissions(&first, PermissionsExt::from_mode(0o755)).unwrap();
        let second = shelter(Path::new("/somewhere"), &bases).unwrap();
        assert_ne!(first, second);
        fs::remove_dir(&second).unwrap();
        std::os::unix::fs::symlink(base.path(), &second).unwrap();
        assert_ne!(shelter(Path::new("/somewhere"), &bases).unwrap(), second);
    }

    #[tokio::test]
    async fn a_socket_left_behind_is_replaced() {
        let data_dir = tempfile::tempdir().unwrap();
        let killed = Listener::bind(data_dir.path()).unwrap();
        // As kill -9 leaves it: the file stays, nobody listens.
        let socket = killed.socket.clone();
        drop(killed);
        drop(std::os::unix::net::UnixListener::bind(&socket).unwrap());
        assert!(connect(data_dir.path()).await.unwrap().is_none());
        let _listener = Listener::bind(data_dir.path()).unwrap();
        assert!(connect(data_dir.path()).await.unwrap().is_some());
    }

    #[tokio::test]
    async fn nobody_serves_a_directory_that_is_not_there() {
        let root = tempfile::tempdir().unwrap();
        assert!(connect(&root.path().join("none")).await.unwrap().is_none());
    }
}
