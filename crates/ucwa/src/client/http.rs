//! Sending a request and reading its answer, with limits on time and size. Redirects are never followed here.

use std::sync::{PoisonError, RwLock};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::header::{
    ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, DATE, ETAG, HOST, HeaderMap,
    HeaderName, HeaderValue, IF_MATCH, LOCATION, RETRY_AFTER, USER_AGENT, WWW_AUTHENTICATE,
};
use hyper::{Method, Request};
use hyper_util::client::legacy::{self, Client};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use tower_http::decompression::Decompression;
use tower_service::Service as _;
use url::{Position, Url};

use super::cookies::Cookies;
use super::dial::{Body, Dialer};
use super::settings::Settings;
use super::tls::{self, Seen};
use crate::session::{Content, Failure, Response, Verb};
use crate::{Error, ErrorKind, Facts};

/// The HTTP side of the link: one set of connections for ordinary requests, one for the event request alone.
pub(super) struct Http {
    clients: RwLock<Clients>,
    pub(super) cookies: Cookies,
    pub(super) dialer: Dialer,
    pub(super) seen: Seen,
    /// Largest body that is read.
    pub(super) largest: usize,
    user_agent: String,
}

/// Connections that are kept, and answers that may be packed.
type Pool = Decompression<Client<Dialer, Body>>;

/// Both sets of connections.
struct Clients {
    ordinary: Pool,
    events: Pool,
}

impl Clients {
    fn new(dialer: &Dialer) -> Self {
        let pool = || {
            let client = Client::builder(TokioExecutor::new())
                .pool_timer(TokioTimer::new())
                .build(dialer.clone());
            Decompression::new(client)
        };
        Self {
            ordinary: pool(),
            events: pool(),
        }
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

impl Http {
    /// # Errors
    /// When TLS cannot be set up.
    pub(super) fn new(settings: &Settings) -> Result<Self, Error> {
        let seen = Seen::default();
        let tls = tls::config(settings.extra_roots.clone(), seen.clone())?;
        let dialer = Dialer::new(settings, tls, seen.clone());
        Ok(Self {
            clients: RwLock::new(Clients::new(&dialer)),
            cookies: Cookies::default(),
            dialer,
            seen,
            largest: settings.limits.body,
            user_agent: settings.user_agent.clone(),
        })
    }

    /// Lets go of all connections: they belong to a network that is gone. What is under way on them goes on.
    pub(super) fn renew(&self) {
        let mut clients = self.clients.write().unwrap_or_else(PoisonError::into_inner);
        *clients = Clients::new(&self.dialer);
    }

    fn pool(&self, events: bool) -> Pool {
        let clients = self.clients.read().unwrap_or_else(PoisonError::into_inner);
        if events {
            clients.events.clone()
        } else {
            clients.ordinary.clone()
        }
    }

    /// Sends it once.
    pub(super) async fn send(&self, asking: Asking<'_>) -> Result<Answer, Failure> {
        let begun = Instant::now();
        let answered = tokio::time::timeout(asking.limit, self.exchange(&asking));
        let answer = answered.await.unwrap_or_else(|_| {
            let kind = ErrorKind::TimeLimit { step: "answer" };
            Err(Failure::Lost(with_url(kind, asking.url)))
        })?;
        tracing::trace!(
            host = asking.url.host_str(),
            status = answer.response.status,
            ms = begun.elapsed().as_millis(),
            bytes = answer.response.body.len(),
            "answered"
        );
        Ok(answer)
    }

    async fn exchange(&self, asking: &Asking<'_>) -> Result<Answer, Failure> {
        let url = asking.url;
        let request = self.request(asking).map_err(|error| {
            Failure::NotSent(with_url(ErrorKind::Protocol(error.to_string()), url))
        })?;
        let read = if url.scheme() == "http" {
            // Boxed: connections in the making are large, and hardly a request comes to this point.
            let answer = Box::pin(self.dialer.plain(request, url)).await;
            read(answer.map_err(Failure::NotSent)?, url, self.largest).await
        } else {
            let answer = self.pool(asking.events).call(request).await;
            let answer = answer.map_err(|error| failure(&error, url))?;
            self.cookies.keep(answer.headers(), url);
            read(answer, url, self.largest).await
        };
        read.map_err(|error| {
            let broke = || ErrorKind::Connection("ended before the answer".to_owned());
            Failure::Lost(error.unwrap_or_else(|| with_url(broke(), url)))
        })
    }

    fn request(&self, asking: &Asking<'_>) -> Result<Request<Body>, hyper::http::Error> {
        let method = match asking.verb {
            Verb::Get => Method::GET,
            Verb::Post => Method::POST,
            Verb::Put => Method::PUT,
            Verb::Delete => Method::DELETE,
        };
        let accept = if matches!(asking.content, Content::Batch { .. }) {
            "multipart/batching"
        } else {
            "application/json"
        };
        let mut request = Request::builder()
            .method(method)
            .uri(asking.url.as_str())
            .header(HOST, authority(asking.url))
            .header(USER_AGENT, &self.user_agent)
            .header(ACCEPT, accept);
        if let Some(token) = asking.token {
            let mut bearer = HeaderValue::try_from(format!("Bearer {}", token.expose_secret()))?;
            bearer.set_sensitive(true);
            request = request.header(AUTHORIZATION, bearer);
        }
        if let Some(cookies) = self.cookies.header(asking.url) {
            request = request.header(COOKIE, cookies);
        }
        let json = "application/json";
        let (content_type, body) = match asking.content {
            Content::Empty => (None, Body::default()),
            Content::Json(body) => (Some(json), body.clone().into()),
            Content::Edit(body) => {
                request = request.header("X-MS-RequiresMinResourceVersion", "2");
                match body {
                    Some(body) => (Some(json), body.clone().into()),
                    None => (None, Body::default()),
                }
            }
            Content::Replace { body, etag } => {
                request = request
                    .header("X-MS-RequiresMinResourceVersion", "2")
                    .header(IF_MATCH, etag);
                (Some(json), body.clone().into())
            }
            Content::Text(body) => (Some("text/plain; charset=utf-8"), body.clone().into()),
            Content::Form(body) => (
                Some("application/x-www-form-urlencoded;charset=UTF-8"),
                body.expose_secret().to_owned().into(),
            ),
            Content::Batch { content_type, body } => {
                (Some(content_type.as_str()), body.clone().into())
            }
        };
        if let Some(content_type) = content_type {
            request = request.header(CONTENT_TYPE, content_type);
        } else if asking.verb == Verb::Post {
            // IIS answers 411 to a POST that does not say that it is empty.
            request = request.header(CONTENT_LENGTH, "0");
        }
        request.body(body)
    }
}

/// What the pool's error says about cause, and about whether the request can have been executed.
fn failure(error: &legacy::Error, url: &Url) -> Failure {
    if let Some(told) = cause::<Error>(error) {
        return Failure::NotSent(told.clone());
    }
    let told = with_url(ErrorKind::Connection(plain(error)), url);
    if error.is_connect() {
        Failure::NotSent(told)
    } else {
        Failure::Lost(told)
    }
}

/// Reads an answer to its end.
///
/// # Errors
/// `None` when the connection broke.
pub(super) async fn read<B>(
    answer: hyper::Response<B>,
    url: &Url,
    largest: usize,
) -> Result<Answer, Option<Error>>
where
    B: hyper::body::Body<Data = Bytes, Error: Into<Box<dyn std::error::Error + Send + Sync>>>,
{
    let (parts, body) = answer.into_parts();
    let head = head(parts.status.as_u16(), &parts.headers, url);
    match Limited::new(body, largest).collect().await {
        Ok(body) => Ok(head.with_body(body.to_bytes())),
        Err(error) if error.is::<LengthLimitError>() => {
            let kind = ErrorKind::Protocol(format!("the answer is larger than {largest} bytes"));
            let facts = Box::new(head.response.facts);
            Err(Some(Error { kind, facts }))
        }
        Err(_) => Err(None),
    }
}

/// Path and query, as a request to the server itself has them.
pub(super) fn path(url: &Url) -> &str {
    &url[Position::BeforePath..Position::AfterQuery]
}

/// Host, and port where it is not the usual one.
pub(super) fn authority(url: &Url) -> &str {
    &url[Position::BeforeHost..Position::AfterPort]
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
            etag: header(headers, ETAG.as_str()),
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
pub(super) fn plain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut last = error;
    while let Some(source) = last.source() {
        last = source;
    }
    last.to_string()
}

/// A cause of that type, wherever in the chain.
pub(super) fn cause<'a, T: std::error::Error + 'static>(
    error: &'a (dyn std::error::Error + 'static),
) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(source) = next {
        if let Some(found) = source.downcast_ref::<T>() {
            return Some(found);
        }
        next = source.source();
    }
    None
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
