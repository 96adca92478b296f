//! An HTTP proxy that knows every name: all of them are on this computer. Kerberos wants servers by their names, and no test
//! may touch the names of the system.

use std::net::SocketAddr;

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A running proxy. Dropping it ends it.
pub struct Names {
    address: SocketAddr,
    accepting: JoinHandle<()>,
}

impl Names {
    /// Starts one.
    ///
    /// # Panics
    /// When no port is free.
    pub async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0))
            .await
            .expect("a free port");
        let address = listener.local_addr().expect("a bound socket");
        let accepting = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(connect(client));
            }
        });
        Self { address, accepting }
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// As `lync.proxy` wants it.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Names {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// `CONNECT name:port`, to that port of loopback.
async fn connect(client: TcpStream) -> std::io::Result<()> {
    let mut client = BufReader::new(client);
    let mut request = String::new();
    client.read_line(&mut request).await?;
    let mut header = String::new();
    while client.read_line(&mut header).await? > 2 {
        header.clear();
    }
    let port = request
        .strip_prefix("CONNECT ")
        .and_then(|rest| rest.split(' ').next())
        .and_then(|target| target.rsplit(':').next()?.parse::<u16>().ok());
    let Some(port) = port else {
        return client
            .write_all(b"HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n")
            .await;
    };
    match TcpStream::connect(("127.0.0.1", port)).await {
        Ok(mut server) => {
            client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
            copy_bidirectional(&mut client, &mut server).await?;
            Ok(())
        }
        Err(_) => {
            client
                .write_all(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
                .await
        }
    }
}
