//! TLS with a certificate authority of its own, and connections that can be cut from within.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, Result};
use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, SanType, date_time_ymd,
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use tokio_rustls::server::TlsStream;

/// What is wrong with the server's certificate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Certificate {
    /// Nothing.
    #[default]
    Good,
    /// It ended on 1 January 2024.
    Expired,
    /// It ends in ten days.
    EndsSoon,
    /// It begins on 1 January 2100.
    NotYetValid,
    /// It is for `elsewhere.contoso.example`.
    OtherName,
    /// It signs itself, and is an authority at that, as a plain `openssl req -x509` makes it.
    SelfSigned,
}

const TEN_DAYS: Duration = Duration::from_secs(10 * 24 * 3600);

/// Takes the authority from `directory`, or makes one and leaves it there; gives a TLS set-up for these names.
pub(crate) fn acceptor(
    directory: &Path,
    domains: &[String],
    certificate: Certificate,
) -> Result<TlsAcceptor> {
    let (ca_file, key_file) = (directory.join("ca.pem"), directory.join("ca.key"));
    let key = match std::fs::read_to_string(&key_file) {
        Ok(pem) => KeyPair::from_pem(&pem)
            .with_context(|| format!("{} is not a private key", key_file.display()))?,
        Err(_) => KeyPair::generate()?,
    };
    // Name and key make the issuer: a certificate kept from an earlier run stays the one that clients trust.
    let mut ca = CertificateParams::default();
    ca.distinguished_name
        .push(DnType::CommonName, "Causeway simulator CA");
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    ca.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    if !ca_file.exists() || !key_file.exists() {
        write_private(&key_file, &key.serialize_pem())?;
        std::fs::write(&ca_file, ca.self_signed(&key)?.pem())
            .with_context(|| format!("cannot write {}", ca_file.display()))?;
    }
    let issuer = Issuer::new(ca, key);
    let mut leaf = CertificateParams::default();
    leaf.distinguished_name
        .push(DnType::CommonName, "sim.contoso.example");
    leaf.use_authority_key_identifier_extension = true;
    leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    match certificate {
        Certificate::Good | Certificate::OtherName => {}
        Certificate::Expired => {
            leaf.not_before = date_time_ymd(2023, 1, 1);
            leaf.not_after = date_time_ymd(2024, 1, 1);
        }
        Certificate::EndsSoon => leaf.not_after = (SystemTime::now() + TEN_DAYS).into(),
        Certificate::NotYetValid => leaf.not_before = date_time_ymd(2100, 1, 1),
        Certificate::SelfSigned => leaf.is_ca = IsCa::Ca(BasicConstraints::Unconstrained),
    }
    let names = domains.iter().flat_map(|domain| {
        ["lyncdiscover", "lyncdiscoverinternal", "pool", "web", "sim"]
            .map(|host| format!("{host}.{domain}"))
    });
    let names: Vec<String> = if certificate == Certificate::OtherName {
        vec!["elsewhere.contoso.example".to_owned()]
    } else {
        leaf.subject_alt_names
            .push(SanType::IpAddress(IpAddr::V4(Ipv4Addr::LOCALHOST)));
        names.chain(["localhost".to_owned()]).collect()
    };
    for name in names {
        leaf.subject_alt_names.push(SanType::DnsName(
            name.as_str()
                .try_into()
                .with_context(|| format!("{name} is not a host name"))?,
        ));
    }
    let leaf_key = KeyPair::generate()?;
    let signed = if certificate == Certificate::SelfSigned {
        leaf.self_signed(&leaf_key)?
    } else {
        leaf.signed_by(&leaf_key, &issuer)?
    };
    let certificate: CertificateDer<'static> = signed.der().clone();
    let provider = Arc::new(ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate],
            PrivatePkcs8KeyDer::from(leaf_key.serialize_der()).into(),
        )?;
    // Like the real one: HTTP/1.1 and nothing else.
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

fn write_private(path: &Path, text: &str) -> Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options
        .open(path)
        .with_context(|| format!("cannot write {}", path.display()))?;
    io::Write::write_all(&mut file, text.as_bytes())
        .with_context(|| format!("cannot write {}", path.display()))
}

/// Lets a handler cut its own connection, as a crash or a proxy would.
#[derive(Clone, Debug, Default)]
pub(crate) struct Connection(Arc<AtomicBool>);

impl Connection {
    /// Nothing more is written: not even the answer under way.
    pub(crate) fn cut(&self) {
        self.0.store(true, Ordering::Release);
    }

    pub(crate) fn is_cut(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    fn check(&self) -> io::Result<()> {
        if self.is_cut() {
            Err(io::ErrorKind::ConnectionReset.into())
        } else {
            Ok(())
        }
    }
}

impl Connected<IncomingStream<'_, Front>> for Connection {
    fn connect_info(stream: IncomingStream<'_, Front>) -> Self {
        stream.io().connection.clone()
    }
}

/// Accepts TLS connections; slow or failing handshakes do not hold up the others.
pub(crate) struct Front {
    address: SocketAddr,
    accepted: mpsc::Receiver<(Stream, SocketAddr)>,
}

impl Front {
    pub(crate) fn new(listener: TcpListener, acceptor: TlsAcceptor) -> io::Result<Self> {
        let address = listener.local_addr()?;
        let (hand_over, accepted) = mpsc::channel(64);
        tokio::spawn(async move {
            loop {
                let (stream, peer) = tokio::select! {
                    accepted = listener.accept() => match accepted {
                        Ok(accepted) => accepted,
                        Err(error) => {
                            tracing::warn!(%error, "cannot accept a connection");
                            tokio::task::yield_now().await;
                            continue;
                        }
                    },
                    () = hand_over.closed() => return,
                };
                tokio::spawn(handshake(stream, peer, acceptor.clone(), hand_over.clone()));
            }
        });
        Ok(Self { address, accepted })
    }
}

async fn handshake(
    stream: TcpStream,
    peer: SocketAddr,
    acceptor: TlsAcceptor,
    hand_over: mpsc::Sender<(Stream, SocketAddr)>,
) {
    let _ = stream.set_nodelay(true);
    match acceptor.accept(stream).await {
        Ok(tls) => drop(
            hand_over
                .send((
                    Stream {
                        tls: Box::new(tls),
                        connection: Connection::default(),
                    },
                    peer,
                ))
                .await,
        ),
        Err(error) => tracing::debug!(%peer, %error, "no TLS"),
    }
}

impl Listener for Front {
    type Io = Stream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Stream, SocketAddr) {
        match self.accepted.recv().await {
            Some(accepted) => accepted,
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}

/// A TLS connection that can be cut.
pub(crate) struct Stream {
    tls: Box<TlsStream<TcpStream>>,
    connection: Connection,
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.connection.check()?;
        Pin::new(&mut self.tls).poll_read(context, buffer)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.connection.check()?;
        Pin::new(&mut self.tls).poll_write(context, buffer)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.connection.check()?;
        Pin::new(&mut self.tls).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tls).poll_shutdown(context)
    }
}
