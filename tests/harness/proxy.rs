//! A network between client and server that can fail on command.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// State of the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Network {
    /// Bytes go through.
    Up,
    /// Bytes wait, connections stay: nobody notices at once.
    Frozen,
    /// Connections are reset, new ones too.
    Cut,
}

/// A TCP proxy to one server. Dropping it cuts everything.
pub struct Proxy {
    address: SocketAddr,
    /// What new connections go by comes last; those before are of networks that were left.
    networks: Arc<Mutex<Vec<watch::Sender<Network>>>>,
    accepting: JoinHandle<()>,
}

impl Proxy {
    /// Starts one in front of `127.0.0.1:port`.
    ///
    /// # Panics
    /// When no port is free.
    pub async fn to(port: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0))
            .await
            .expect("a free port");
        let address = listener.local_addr().expect("a bound socket");
        let networks = Arc::new(Mutex::new(vec![watch::Sender::new(Network::Up)]));
        let all = networks.clone();
        let accepting = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let state = last(&all);
                if *state.borrow() == Network::Cut {
                    continue;
                }
                tokio::spawn(connect(client, port, state));
            }
        });
        Self {
            address,
            networks,
            accepting,
        }
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Resets every connection and refuses new ones.
    pub fn cut(&self) {
        self.all_become(Network::Cut);
    }

    /// Holds back every byte from now on; connections stay open.
    pub fn freeze(&self) {
        self.all_become(Network::Frozen);
    }

    /// Everything works again. What was cut stays cut, what was held back goes on.
    pub fn restore(&self) {
        self.all_become(Network::Up);
    }

    /// Another network: of the connections that stand nobody hears any more, new ones work.
    pub fn leave(&self) {
        self.freeze();
        let mut networks = self.networks.lock().unwrap_or_else(PoisonError::into_inner);
        networks.push(watch::Sender::new(Network::Up));
    }

    fn all_become(&self, state: Network) {
        let networks = self.networks.lock().unwrap_or_else(PoisonError::into_inner);
        for network in networks.iter() {
            network.send_replace(state);
        }
    }
}

fn last(networks: &Mutex<Vec<watch::Sender<Network>>>) -> watch::Receiver<Network> {
    let networks = networks.lock().unwrap_or_else(PoisonError::into_inner);
    let last = networks.last().expect("there is always one");
    last.subscribe()
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.cut();
        self.accepting.abort();
    }
}

async fn connect(client: TcpStream, port: u16, state: watch::Receiver<Network>) {
    let Ok(server) = TcpStream::connect(("127.0.0.1", port)).await else {
        return;
    };
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    // Either direction's end ends both.
    tokio::select! {
        () = forward(from_client, to_server, state.clone()) => {}
        () = forward(from_server, to_client, state.clone()) => {}
    }
}

async fn forward(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut state: watch::Receiver<Network>,
) {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let read = tokio::select! {
            cut = state.wait_for(|network| *network == Network::Cut) => {
                drop(cut);
                return;
            }
            read = from.read(&mut buffer) => read.unwrap_or(0),
        };
        let Ok(now) = state
            .wait_for(|network| *network != Network::Frozen)
            .await
            .map(|network| *network)
        else {
            return;
        };
        if read == 0 || now == Network::Cut || to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
}
