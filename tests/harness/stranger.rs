//! An XMPP client that shares no code with ours: it writes XML and reads XML. For what our own library never sends,
//! and as a witness of what is really on the wire.

use std::sync::Arc;

use base64::Engine as _;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::cast::password;
use crate::person::roots;
use crate::prosody::{HOST, Prosody};
use crate::wait::PATIENCE;

/// A signed-in stranger.
pub struct Stranger {
    stream: TlsStream<TcpStream>,
    /// Everything that the server wrote since the sign-in and that was not yet taken.
    read: String,
}

impl Stranger {
    /// Signs in through the direct TLS port and sends an initial presence.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn sign_in(prosody: &Prosody, name: &str) -> Self {
        Self::bound(prosody, name, "").await
    }

    /// As [`sign_in`](Self::sign_in), under this resource, whoever has it.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn sign_in_as(prosody: &Prosody, name: &str, resource: &str) -> Self {
        Self::bound(prosody, name, &format!("<resource>{resource}</resource>")).await
    }

    async fn bound(prosody: &Prosody, name: &str, resource: &str) -> Self {
        let mut store = RootCertStore::empty();
        store.add_parsable_certificates(roots(&prosody.ca()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("ring knows TLS")
            .with_root_certificates(store)
            .with_no_client_auth();
        let tcp = TcpStream::connect(("127.0.0.1", prosody.direct_port()))
            .await
            .expect("Prosody accepts");
        let host = ServerName::try_from(HOST).expect("a host name");
        let stream = TlsConnector::from(Arc::new(config))
            .connect(host, tcp)
            .await
            .expect("TLS with the server");
        let mut stranger = Self {
            stream,
            read: String::new(),
        };
        stranger.open().await;
        let secret = base64::engine::general_purpose::STANDARD
            .encode(format!("\0{name}\0{}", password(name)));
        stranger
            .writes(&format!(
                "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{secret}</auth>"
            ))
            .await;
        stranger.reads("<success").await;
        stranger.open().await;
        stranger
            .writes(&format!(
                "<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>{resource}</bind></iq>"
            ))
            .await;
        stranger.reads("<jid>").await;
        stranger.writes("<presence/>").await;
        stranger
    }

    async fn open(&mut self) {
        self.writes(&format!(
            "<stream:stream to='{HOST}' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>"
        ))
        .await;
        self.reads("</stream:features>").await;
    }

    /// Writes XML as it stands.
    ///
    /// # Panics
    /// When the connection is gone.
    pub async fn writes(&mut self, xml: &str) {
        self.stream
            .write_all(xml.as_bytes())
            .await
            .expect("the server reads");
        self.stream.flush().await.expect("the server reads");
    }

    /// Reads until `part` has come, and returns everything up to and with it.
    ///
    /// # Panics
    /// When it does not come in time.
    pub async fn reads(&mut self, part: &str) -> String {
        let limit = tokio::time::Instant::now() + PATIENCE;
        loop {
            if let Some(at) = self.read.find(part) {
                let rest = self.read.split_off(at + part.len());
                return std::mem::replace(&mut self.read, rest);
            }
            let mut buffer = [0; 8192];
            match tokio::time::timeout_at(limit, self.stream.read(&mut buffer)).await {
                Ok(Ok(count)) if count > 0 => {
                    self.read
                        .push_str(&String::from_utf8_lossy(&buffer[..count]));
                }
                ended => panic!(
                    "waited in vain for {part:?} ({ended:?}); read: {}",
                    self.read
                ),
            }
        }
    }
}
