//! A connection for one handshake. NTLM signs in the connection, not the request, and a pool may put the next request on another.

use std::sync::Arc;
use std::time::Duration;

use http_body_util::Full;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue, USER_AGENT};
use hyper::{Method, Request, StatusCode, Uri};
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio::task::AbortHandle;
use tokio_rustls::TlsConnector;
use url::Url;

use super::http::Answer;
use super::proxy::Ways;
use super::settings::Settings;
use super::tls::{self, Seen};
use crate::{Error, ErrorKind};

/// Opens connections on the same terms as everything else: trust, proxy, limits.
pub(super) struct Dialer {
    tls: TlsConnector,
    ways: Arc<Ways>,
    seen: Seen,
    user_agent: String,
    limit: Duration,
    largest: usize,
}

/// A connection to one server, by TLS.
pub(super) struct Line {
    sender: SendRequest<Full<bytes::Bytes>>,
    connection: AbortHandle,
    url: Url,
    user_agent: String,
    largest: usize,
    /// The server's own certificate.
    pub(super) certificate: Option<CertificateDer<'static>>,
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

impl Dialer {
    pub(super) fn new(settings: &Settings, tls: ClientConfig, seen: Seen, ways: Arc<Ways>) -> Self {
        Self {
            tls: TlsConnector::from(Arc::new(tls)),
            ways,
            seen,
            user_agent: settings.user_agent.clone(),
            limit: settings.limits.discovery,
            largest: settings.limits.body,
        }
    }

    /// Connects to the host of that URL, which must be HTTPS.
    pub(super) async fn connect(&self, url: &Url) -> Result<Line, Error> {
        let silent = || ErrorKind::Silent { host: host(url) };
        tokio::time::timeout(self.limit, self.open(url))
            .await
            .unwrap_or_else(|_| Err(silent()))
            .map_err(|kind| super::http::with_url(kind, url))
    }

    async fn open(&self, url: &Url) -> Result<Line, ErrorKind> {
        let host = host(url);
        let strange = || ErrorKind::Protocol("the token URL is no address over HTTPS".to_owned());
        if url.scheme() != "https" {
            return Err(strange());
        }
        let uri: Uri = url.as_str().parse().map_err(|_| strange())?;
        let port = url.port_or_known_default().unwrap_or(443);
        let proxy = self.ways.to(url).and_then(|proxy| {
            let all = Matcher::builder().all(String::from(proxy)).build();
            all.intercept(&uri)
        });
        let stream: Box<dyn Stream> = match proxy {
            Some(proxy) => Box::new(tunnel(&proxy, &format!("{host}:{port}")).await?),
            None => Box::new(reach(&host, port).await?),
        };
        let name = ServerName::try_from(host.trim_matches(['[', ']']).to_owned());
        let stream = self
            .tls
            .connect(name.map_err(|_| strange())?, stream)
            .await
            .map_err(|error| {
                let tls = error.get_ref().and_then(|cause| cause.downcast_ref());
                match tls {
                    Some(tls) => tls::error_kind(tls, &host, &self.seen),
                    None => ErrorKind::Connection(error.to_string()),
                }
            })?;
        let certificates = stream.get_ref().1.peer_certificates();
        let certificate = certificates.and_then(|chain| chain.first().cloned());
        let (sender, connection) = http1::handshake(TokioIo::new(stream))
            .await
            .map_err(broken)?;
        let connection = tokio::spawn(async move {
            // The request that is under way tells it better.
            if let Err(error) = connection.await {
                tracing::trace!(%error, "a connection of a handshake ended");
            }
        });
        Ok(Line {
            sender,
            connection: connection.abort_handle(),
            url: url.clone(),
            user_agent: self.user_agent.clone(),
            largest: self.largest,
            certificate,
        })
    }
}

impl Line {
    /// Sends the form, with that `Authorization`, and reads the answer to its end: the next request goes the same way.
    ///
    /// # Errors
    /// `None` when the connection is gone.
    pub(super) async fn post(
        &mut self,
        form: &'static str,
        authorization: Option<HeaderValue>,
    ) -> Result<Answer, Option<Error>> {
        let mut path = self.url.path().to_owned();
        if let Some(query) = self.url.query() {
            path = format!("{path}?{query}");
        }
        let authority = match self.url.port() {
            Some(port) => format!("{}:{port}", host(&self.url)),
            None => host(&self.url),
        };
        let mut request = Request::post(path)
            .header(HOST, authority)
            .header(USER_AGENT, &self.user_agent)
            .header(ACCEPT, "application/json")
            .header(
                CONTENT_TYPE,
                "application/x-www-form-urlencoded;charset=UTF-8",
            )
            .body(Full::from(form))
            .map_err(|error| Some(ErrorKind::Protocol(error.to_string()).into()))?;
        if let Some(authorization) = authorization {
            request.headers_mut().insert(AUTHORIZATION, authorization);
        }
        self.sender.ready().await.map_err(|_| None)?;
        let answer = self.sender.send_request(request).await.map_err(|_| None)?;
        let (head, body) = answer.into_parts();
        let answer = super::http::head(head.status.as_u16(), &head.headers, &self.url);
        let body =
            http_body_util::BodyExt::collect(http_body_util::Limited::new(body, self.largest));
        let body = body.await.map_err(|error| {
            error
                .is::<http_body_util::LengthLimitError>()
                .then(|| super::http::too_large(self.largest, &answer.response))
        })?;
        Ok(answer.with_body(body.to_bytes()))
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        // It is signed in for one person and of no use to anything else.
        self.connection.abort();
    }
}

async fn reach(host: &str, port: u16) -> Result<TcpStream, ErrorKind> {
    let unknown = |_| ErrorKind::NoDiscoveryName {
        tried: vec![host.to_owned()],
    };
    let addresses: Vec<_> = lookup_host((host.trim_matches(['[', ']']), port))
        .await
        .map_err(unknown)?
        .collect();
    let stream = TcpStream::connect(&*addresses).await.map_err(|error| {
        if error.kind() == std::io::ErrorKind::ConnectionRefused {
            let host = host.to_owned();
            ErrorKind::Silent { host }
        } else {
            ErrorKind::Connection(error.to_string())
        }
    })?;
    let _ = stream.set_nodelay(true);
    Ok(stream)
}

/// A way through an HTTP proxy (RFC 9110 section 9.3.6).
async fn tunnel(proxy: &Intercept, target: &str) -> Result<impl Stream + use<>, ErrorKind> {
    let uri = proxy.uri();
    let port = uri.port_u16().unwrap_or(80);
    let stream = reach(uri.host().unwrap_or_default(), port).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
        .await
        .map_err(broken)?;
    tokio::spawn(connection.with_upgrades());
    let mut request = Request::builder()
        .method(Method::CONNECT)
        .uri(target)
        .header(HOST, target);
    if let Some(login) = proxy.basic_auth() {
        request = request.header(hyper::header::PROXY_AUTHORIZATION, login);
    }
    let request = request
        .body(Full::<bytes::Bytes>::default())
        .map_err(|error| ErrorKind::Protocol(error.to_string()))?;
    let answer = sender.send_request(request).await.map_err(broken)?;
    match answer.status() {
        status if status.is_success() => {}
        StatusCode::PROXY_AUTHENTICATION_REQUIRED => return Err(ErrorKind::ProxyLogin),
        status => {
            let status = status.as_u16();
            return Err(ErrorKind::Connection(format!(
                "the proxy refuses the way to {target} (HTTP {status})"
            )));
        }
    }
    let upgraded = hyper::upgrade::on(answer).await.map_err(broken)?;
    Ok(TokioIo::new(upgraded))
}

fn broken(error: hyper::Error) -> ErrorKind {
    ErrorKind::Connection(error.to_string())
}

fn host(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_owned()
}
