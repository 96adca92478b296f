//! Opens connections, all on the same terms: trust, proxy, limits.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http_body_util::Full;
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::rt::{Read, Write};
use hyper::{Request, Response, Uri};
use hyper_rustls::MaybeHttpsStream;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::Name;
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use tokio_rustls::TlsConnector;
use tower_service::Service;
use url::Url;

use super::http::{cause, path, plain, with_url};
use super::proxy::{Via, Way, Ways};
use super::settings::Settings;
use super::tls::{self, Seen};
use super::tunnel::{self, Gate};
use crate::{Error, ErrorKind};

/// What is sent.
pub(super) type Body = Full<bytes::Bytes>;
/// A connection to the first stop: a server or a proxy, which may want TLS of its own.
pub(super) type Hop = MaybeHttpsStream<TokioIo<TcpStream>>;
/// A connection to a server.
pub(super) type Stream = MaybeHttpsStream<Hop>;

/// Opens connections.
#[derive(Clone)]
pub(super) struct Dialer(Arc<Inner>);

struct Inner {
    tls: TlsConnector,
    tcp: HttpConnector<SystemNames>,
    ways: Ways,
    seen: Seen,
    user_agent: String,
    limit: Duration,
    /// INVARIANT: a login that a proxy refused is not sent again by this link. Locked while it may be sent.
    login_refused: Mutex<bool>,
}

impl Dialer {
    pub(super) fn new(settings: &Settings, tls: ClientConfig, seen: Seen) -> Self {
        let mut tcp = HttpConnector::new_with_resolver(SystemNames);
        // The URL keeps its scheme: only host and port are of interest here.
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_keepalive(Some(Duration::from_secs(30)));
        tcp.set_connect_timeout(Some(settings.limits.discovery));
        Self(Arc::new(Inner {
            tls: TlsConnector::from(Arc::new(tls)),
            tcp,
            ways: Ways::new(settings),
            seen,
            user_agent: settings.user_agent.clone(),
            limit: settings.limits.discovery,
            login_refused: Mutex::new(false),
        }))
    }

    pub(super) fn user_agent(&self) -> &str {
        &self.0.user_agent
    }

    /// How long anything but a domain controller may take.
    pub(super) fn limit(&self) -> Duration {
        self.0.limit
    }

    pub(super) fn login_refused(&self) -> &Mutex<bool> {
        &self.0.login_refused
    }

    /// A connection to the host of that URL, which must be HTTPS.
    pub(super) async fn secured(&self, url: &Url) -> Result<Stream, Error> {
        let told = |kind| self.told(kind, url);
        if url.scheme() != "https" {
            return Err(told(strange(url)));
        }
        let mut first = None;
        for way in self.0.ways.to(url).await {
            let hop = match &way {
                Way::Straight => self.straight(url).await,
                Way::Through(via) => tunnel::open(self, via, url).await,
            };
            match hop {
                Ok(hop) => return self.limited(url, self.secure(url, hop)).await.map_err(told),
                Err(error) => keep_first(&mut first, error)?,
            }
        }
        Err(first.unwrap_or_else(|| told(strange(url))))
    }

    /// Asks in the clear, on a connection of its own. Nobody signs in so.
    pub(super) async fn plain(
        &self,
        mut request: Request<Body>,
        url: &Url,
    ) -> Result<Response<Incoming>, Error> {
        let told = |kind| self.told(kind, url);
        let mut first = None;
        for way in self.0.ways.to(url).await {
            let answer = match &way {
                Way::Straight => match self.straight(url).await {
                    Ok(hop) => {
                        *request.uri_mut() = path(url).parse().map_err(|_| told(strange(url)))?;
                        return send(hop, request)
                            .await
                            .map_err(|error| told(broken(&error)));
                    }
                    Err(error) => Err(error),
                },
                Way::Through(via) => tunnel::pass(&Gate::new(self, via, url, &request)).await,
            };
            match answer {
                Ok(answer) => return Ok(answer),
                Err(error) => keep_first(&mut first, error)?,
            }
        }
        Err(first.unwrap_or_else(|| told(strange(url))))
    }

    async fn straight(&self, url: &Url) -> Result<Hop, Error> {
        let reached = self.limited(url, self.tcp(url)).await;
        reached
            .map(MaybeHttpsStream::Http)
            .map_err(|kind| self.told(kind, url))
    }

    /// A connection to a proxy, on the way to that URL.
    pub(super) async fn to_proxy(&self, via: &Via, url: &Url) -> Result<Hop, ErrorKind> {
        let proxy = &via.url;
        let reached = self.limited(url, async {
            let tcp = self.tcp(proxy).await.map_err(|error| {
                tracing::info!(proxy = proxy.as_str(), %error, "the proxy cannot be reached");
                ErrorKind::Silent {
                    host: host_and_port(url),
                    refused: false,
                }
            })?;
            if proxy.scheme() == "https" {
                self.secure(proxy, tcp).await
            } else {
                Ok(MaybeHttpsStream::Http(tcp))
            }
        });
        reached.await
    }

    async fn tcp(&self, url: &Url) -> Result<TokioIo<TcpStream>, ErrorKind> {
        let uri: Uri = url.as_str().parse().map_err(|_| strange(url))?;
        self.0.tcp.clone().call(uri).await.map_err(|error| {
            let io = cause::<std::io::Error>(&error).map(std::io::Error::kind);
            if cause::<NoAddress>(&error).is_some() {
                ErrorKind::NoAddress { host: host(url) }
            } else if matches!(
                io,
                Some(std::io::ErrorKind::ConnectionRefused | std::io::ErrorKind::TimedOut)
            ) {
                ErrorKind::Silent {
                    host: host_and_port(url),
                    refused: io == Some(std::io::ErrorKind::ConnectionRefused),
                }
            } else {
                ErrorKind::Connection(plain(&error))
            }
        })
    }

    async fn secure<S: Read + Write + Unpin>(
        &self,
        url: &Url,
        stream: S,
    ) -> Result<MaybeHttpsStream<S>, ErrorKind> {
        let host = host(url);
        let name = ServerName::try_from(host.trim_matches(['[', ']']).to_owned());
        let name = name.map_err(|_| strange(url))?;
        let stream = self.0.tls.connect(name, TokioIo::new(stream)).await;
        stream.map(Into::into).map_err(|error| {
            let tls = error.get_ref().and_then(|cause| cause.downcast_ref());
            match tls {
                Some(tls) => tls::error_kind(tls, &host, &self.0.seen),
                None => ErrorKind::Connection(error.to_string()),
            }
        })
    }

    async fn limited<T>(
        &self,
        url: &Url,
        work: impl Future<Output = Result<T, ErrorKind>>,
    ) -> Result<T, ErrorKind> {
        let silent = || ErrorKind::Silent {
            host: host_and_port(url),
            refused: false,
        };
        let done = tokio::time::timeout(self.0.limit, work).await;
        done.unwrap_or_else(|_| Err(silent()))
    }

    /// The failure with its facts.
    fn told(&self, kind: ErrorKind, url: &Url) -> Error {
        let certificate = kind
            .is_about_certificate()
            .then(|| self.0.seen.of(&host(url)))
            .flatten();
        let mut error = with_url(kind, url);
        error.facts.certificate = certificate.map(Box::new);
        error
    }
}

/// The pool's door.
impl Service<Uri> for Dialer {
    type Response = Stream;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Stream, Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let dialer = self.clone();
        Box::pin(async move {
            let url = uri.to_string().parse();
            let url = url.map_err(|_| ErrorKind::Protocol("the URL has no host".to_owned()))?;
            dialer.secured(&url).await
        })
    }
}

/// The certificate of the other side.
pub(super) fn certificate<S>(stream: &MaybeHttpsStream<S>) -> Option<&[u8]> {
    match stream {
        MaybeHttpsStream::Https(tls) => {
            let chain = tls.inner().get_ref().1.peer_certificates()?;
            chain.first().map(AsRef::as_ref)
        }
        MaybeHttpsStream::Http(_) => None,
    }
}

async fn send(hop: Hop, request: Request<Body>) -> Result<Response<Incoming>, hyper::Error> {
    let (mut sender, connection) = http1::handshake(hop).await?;
    // It ends when the answer is read; what goes wrong before is told by the request.
    tokio::spawn(connection);
    sender.send_request(request).await
}

/// Another way is tried where this one leads nowhere; the failure of the first is told in the end.
fn keep_first(first: &mut Option<Error>, error: Error) -> Result<(), Error> {
    if matches!(
        error.kind,
        ErrorKind::Silent { .. } | ErrorKind::NoAddress { .. } | ErrorKind::Connection(_)
    ) {
        first.get_or_insert(error);
        Ok(())
    } else {
        Err(error)
    }
}

pub(super) fn broken(error: &hyper::Error) -> ErrorKind {
    ErrorKind::Connection(plain(error))
}

fn strange(url: &Url) -> ErrorKind {
    ErrorKind::Protocol(format!("{} is no host for HTTPS", host(url)))
}

pub(super) fn host(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_owned()
}

/// The host, with its port where that is not the usual one.
pub(super) fn host_and_port(url: &Url) -> String {
    match url.port() {
        Some(port) => format!("{}:{port}", host(url)),
        None => host(url),
    }
}

/// The name has no address.
#[derive(Debug, thiserror::Error)]
#[error("no address found for the name")]
struct NoAddress;

#[derive(Clone)]
struct SystemNames;

impl Service<Name> for SystemNames {
    type Response = std::vec::IntoIter<std::net::SocketAddr>;
    type Error = NoAddress;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, NoAddress>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), NoAddress>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await;
            let addresses: Vec<_> = found.map_err(|_| NoAddress)?.collect();
            if addresses.is_empty() {
                return Err(NoAddress);
            }
            Ok(addresses.into_iter())
        })
    }
}
