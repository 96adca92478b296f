//! Sending a request and reading its answer, with limits on time and size. Redirects are never followed here.

use std::error::Error as _;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use jiff::Timestamp;
use reqwest::header::{
    ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, DATE, HeaderMap, HeaderName, LOCATION, RETRY_AFTER,
    WWW_AUTHENTICATE,
};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::dial::Dialer;
use super::proxy::Ways;
use super::settings::Settings;
use super::tls::{self, Seen};
use crate::session::{Content, Failure, Response, Verb};
use crate::{Error, ErrorKind, Facts};

/// The HTTP side of the link: one set of connections for ordinary requests, one for the event request alone.
pub(super) struct Http {
    maker: Maker,
    clients: RwLock<Clients>,
    pub(super) dialer: Dialer,
    pub(super) seen: Seen,
    largest: usize,
}

/// Both sets of connections.
struct Clients {
    ordinary: reqwest::Client,
    events: reqwest::Client,
}

/// What clients are made of. Cookies outlive them: a load balancer knows us by one.
struct Maker {
    tls: rustls::ClientConfig,
    cookies: Arc<reqwest::cookie::Jar>,
    ways: Arc<Ways>,
    user_agent: String,
    connect: Duration,
}

impl Maker {
    fn clients(&self) -> Result<Clients, reqwest::Error> {
        Ok(Clients {
            ordinary: self.client()?,
            events: self.client()?,
        })
    }

    fn client(&self) -> Result<reqwest::Client, reqwest::Error> {
        let ways = self.ways.clone();
        reqwest::Client::builder()
            .tls_backend_preconfigured(self.tls.clone())
            .http1_only()
            .redirect(reqwest::redirect::Policy::none())
            .cookie_provider(self.cookies.clone())
            .user_agent(self.user_agent.clone())
            .connect_timeout(self.connect)
            .tcp_nodelay(true)
            .tcp_keepalive(Duration::from_secs(30))
            .dns_resolver(Arc::new(SystemNames))
            // Named in place of the environment's, which the ways know as well.
            .proxy(reqwest::Proxy::custom(move |url| ways.to(url)))
            .build()
    }
}

/// An answer with the headers that only sign-in needs.
pub(super) struct Answer {
    pub(super) response: Response,
    pub(super) challenges: Vec<String>,
    /// `Date`: the server's clock.
    pub(super) date: Option<Timestamp>,
}

impl Answer {
    /// The same answer with its body.
    pub(super) fn with_body(self, body: Bytes) -> Self {
        Self {
            response: Response {
                body,
                ..self.response
            },
            ..self
        }
    }
}

/// A request without its number.
pub(super) struct Asking<'a> {
    pub(super) verb: Verb,
    pub(super) url: &'a Url,
    pub(super) content: &'a Content,
    pub(super) token: Option<&'a SecretString>,
    pub(super) events: bool,
    pub(super) limit: Duration,
}

impl<'a> Asking<'a> {
    /// A plain GET.
    pub(super) fn get(url: &'a Url, token: Option<&'a SecretString>, limit: Duration) -> Self {
        Self {
            verb: Verb::Get,
            url,
            content: &Content::Empty,
            token,
            events: false,
            limit,
        }
    }
}

/// Longest `Retry-After` that is obeyed.
const LONGEST_WAIT: Duration = Duration::from_secs(3600);

/// The name has no address.
#[derive(Debug, thiserror::Error)]
#[error("no address found for the name")]
pub(super) struct NoAddress;

struct SystemNames;

impl reqwest::dns::Resolve for SystemNames {
    fn resolve(&self, name: reqwest::dns::Name) -> reqwest::dns::Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0))
                .await
                .map_err(|_| NoAddress)?;
            let addresses: Vec<_> = found.collect();
            if addresses.is_empty() {
                return Err(NoAddress.into());
            }
            let addresses: reqwest::dns::Addrs = Box::new(addresses.into_iter());
            Ok(addresses)
        })
    }
}

impl Http {
    /// # Errors
    /// When TLS or the proxy cannot be set up.
    pub(super) fn new(settings: &Settings) -> Result<Self, Error> {
        let seen = Seen::default();
        let tls = tls::config(settings.extra_roots.clone(), seen.clone())?;
        let ways = Arc::new(Ways::new(settings));
        let dialer = Dialer::new(settings, tls.clone(), seen.clone(), ways.clone());
        let maker = Maker {
            tls,
            cookies: Arc::default(),
            ways,
            user_agent: settings.user_agent.clone(),
            connect: settings.limits.discovery,
        };
        let clients = maker
            .clients()
            .map_err(|error| Error::new(ErrorKind::Connection(plain(&error))))?;
        Ok(Self {
            dialer,
            maker,
            clients: RwLock::new(clients),
            seen,
            largest: settings.limits.body,
        })
    }

    /// Lets go of all connections: they belong to a network that is gone. What is under way on them goes on.
    pub(super) fn renew(&self) {
        match self.maker.clients() {
            Ok(clients) => {
                *self.clients.write().unwrap_or_else(PoisonError::into_inner) = clients;
            }
            Err(error) => tracing::warn!(%error, "the connections could not be made anew"),
        }
    }

    fn client(&self, events: bool) -> reqwest::Client {
        let clients = self.clients.read().unwrap_or_else(PoisonError::into_inner);
        if events {
            clients.events.clone()
        } else {
            clients.ordinary.clone()
        }
    }

    /// Sends it once.
    pub(super) async fn send(&self, asking: Asking<'_>) -> Result<Answer, Failure> {
        let client = self.client(asking.events);
        let method = match asking.verb {
            Verb::Get => reqwest::Method::GET,
            Verb::Post => reqwest::Method::POST,
            Verb::Put => reqwest::Method::PUT,
            Verb::Delete => reqwest::Method::DELETE,
        };
        let mut request = client
            .request(method, asking.url.clone())
            .timeout(asking.limit);
        if let Some(token) = asking.token {
            request = request.bearer_auth(token.expose_secret());
        }
        let accept = if matches!(asking.content, Content::Batch { .. }) {
            "multipart/batching"
        } else {
            "application/json"
        };
        request = request.header(ACCEPT, accept);
        request = match asking.content {
            // IIS answers 411 to a POST that does not say that it is empty.
            Content::Empty if asking.verb == Verb::Post => request.header(CONTENT_LENGTH, "0"),
            Content::Empty => request,
            Content::Json(body) => request
                .header(CONTENT_TYPE, "application/json")
                .body(body.clone()),
            Content::Edit(body) => {
                let request = request.header("X-MS-RequiresMinResourceVersion", "2");
                match body {
                    Some(body) => request
                        .header(CONTENT_TYPE, "application/json")
                        .body(body.clone()),
                    None => request,
                }
            }
            Content::Text(body) => request
                .header(CONTENT_TYPE, "text/plain; charset=utf-8")
                .body(body.clone()),
            Content::Form(body) => request
                .header(
                    CONTENT_TYPE,
                    "application/x-www-form-urlencoded;charset=UTF-8",
                )
                .body(body.expose_secret().to_owned()),
            Content::Batch { content_type, body } => request
                .header(CONTENT_TYPE, content_type)
                .body(body.clone()),
        };
        let begun = Instant::now();
        let answer = request
            .send()
            .await
            .map_err(|error| self.failure(&error, asking.url))?;
        let answer = self.read(answer, asking.url).await?;
        tracing::trace!(
            host = asking.url.host_str(),
            status = answer.response.status,
            ms = begun.elapsed().as_millis(),
            bytes = answer.response.body.len(),
            "answered"
        );
        Ok(answer)
    }

    async fn read(&self, mut answer: reqwest::Response, url: &Url) -> Result<Answer, Failure> {
        let head = head(answer.status().as_u16(), answer.headers(), url);
        let mut body = BytesMut::new();
        while let Some(chunk) = answer
            .chunk()
            .await
            .map_err(|error| self.failure(&error, url))?
        {
            if body.len() + chunk.len() > self.largest {
                return Err(Failure::Lost(too_large(self.largest, &head.response)));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(head.with_body(body.freeze()))
    }

    /// What reqwest's error says about cause, and about whether the request can have been executed.
    fn failure(&self, error: &reqwest::Error, url: &Url) -> Failure {
        let host = url.host_str().unwrap_or_default().to_owned();
        let kind = if let Some(tls) = cause::<rustls::Error>(error) {
            tls::error_kind(tls, &host, &self.seen)
        } else if cause::<NoAddress>(error).is_some() {
            ErrorKind::NoAddress { host }
        } else if says(error, "proxy authorization required") {
            ErrorKind::ProxyLogin
        } else if says(error, "tunnel error: unsuccessful") {
            // The proxy finds no way there either, or lets nobody go.
            ErrorKind::Silent { host }
        } else if error.is_timeout() && !error.is_connect() {
            ErrorKind::TimeLimit { step: "answer" }
        } else if error.is_timeout() || refused(error) {
            ErrorKind::Silent { host }
        } else {
            ErrorKind::Connection(plain(error))
        };
        let certificate = kind
            .is_about_certificate()
            .then(|| self.seen.of(url.host_str().unwrap_or_default()))
            .flatten();
        let on_the_way = matches!(kind, ErrorKind::ProxyLogin | ErrorKind::Silent { .. });
        let proxy = on_the_way.then(|| self.maker.ways.shown(url)).flatten();
        let mut error_kind = with_url(kind, url);
        error_kind.facts.certificate = certificate.map(Box::new);
        error_kind.facts.proxy = proxy;
        if error.is_connect() || error.is_builder() {
            Failure::NotSent(error_kind)
        } else {
            Failure::Lost(error_kind)
        }
    }
}

/// What the head of an answer says.
pub(super) fn head(status: u16, headers: &HeaderMap, url: &Url) -> Answer {
    let facts = Facts {
        status: Some(status),
        diagnostics: header(headers, "x-ms-diagnostics"),
        server_fqdn: header(headers, "x-ms-server-fqdn"),
        ucwa_version: header(headers, "x-ms-ucwaversion"),
        request_id: header(headers, "x-ms-correlation-id")
            .or_else(|| header(headers, "client-request-id")),
        ..facts_of(url)
    };
    let challenges = headers
        .get_all(WWW_AUTHENTICATE)
        .iter()
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        .collect();
    let date = header(headers, DATE.as_str());
    Answer {
        response: Response {
            status,
            content_type: header(headers, CONTENT_TYPE.as_str()).unwrap_or_default(),
            location: header(headers, LOCATION.as_str()),
            retry_after: header(headers, RETRY_AFTER.as_str()).and_then(|text| retry_after(&text)),
            body: Bytes::new(),
            facts,
        },
        challenges,
        date: date.and_then(|date| {
            jiff::fmt::rfc2822::parse(&date)
                .ok()
                .map(|date| date.timestamp())
        }),
    }
}

/// An answer that nobody reads to its end.
pub(super) fn too_large(largest: usize, response: &Response) -> Error {
    Error {
        kind: ErrorKind::Protocol(format!("the answer is larger than {largest} bytes")),
        facts: Box::new(response.facts.clone()),
    }
}

/// A failure before there was an answer.
pub(super) fn with_url(kind: ErrorKind, url: &Url) -> Error {
    Error {
        kind,
        facts: Box::new(facts_of(url)),
    }
}

fn facts_of(url: &Url) -> Facts {
    let mut plain = url.clone();
    plain.set_query(None);
    Facts {
        url: Some(plain.to_string()),
        host: url.host_str().map(str::to_owned),
        ..Facts::default()
    }
}

/// `Retry-After` in seconds. A date is not understood; no server is obeyed for longer than an hour.
fn retry_after(text: &str) -> Option<Duration> {
    let text = text.trim();
    let number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    // What does not even fit is more than an hour as well.
    number.then(|| {
        let seconds = text.parse::<u64>().unwrap_or(u64::MAX);
        Duration::from_secs(seconds).min(LONGEST_WAIT)
    })
}

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
    headers
        .get(name)
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}

/// The last cause in words: the outer ones only repeat the URL.
fn plain(error: &reqwest::Error) -> String {
    let mut last: &dyn std::error::Error = error;
    while let Some(source) = last.source() {
        last = source;
    }
    if std::ptr::addr_eq(last, error) {
        "request failed".to_owned()
    } else {
        last.to_string()
    }
}

/// A cause of that type, wherever in the chain.
fn cause<T: std::error::Error + 'static>(error: &reqwest::Error) -> Option<&T> {
    let mut next = error.source();
    while let Some(source) = next {
        if let Some(found) = source.downcast_ref::<T>() {
            return Some(found);
        }
        // An I/O error names the source of what it wraps as its own, so what it wraps has to be asked for.
        let inner = source
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref);
        next = match inner {
            Some(inner) => Some(inner),
            None => source.source(),
        };
    }
    None
}

/// What a proxy answered to CONNECT. The type of that error is not public; its words are.
fn says(error: &reqwest::Error, words: &str) -> bool {
    let mut next = error.source();
    while let Some(source) = next {
        if source.to_string().contains(words) {
            return true;
        }
        next = source.source();
    }
    false
}

fn refused(error: &reqwest::Error) -> bool {
    cause::<std::io::Error>(error)
        .is_some_and(|error| error.kind() == std::io::ErrorKind::ConnectionRefused)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_server_makes_us_wait_longer_than_an_hour() {
        let seconds = |text| retry_after(text).map(|wait| wait.as_secs());
        assert_eq!(seconds(" 20 "), Some(20));
        assert_eq!(seconds("18446744073709551615"), Some(3600));
        assert_eq!(seconds("99999999999999999999999"), Some(3600));
        assert_eq!(seconds("Wed, 25 Nov 2026 08:00:00 GMT"), None);
        assert_eq!(seconds(""), None);
    }
}
