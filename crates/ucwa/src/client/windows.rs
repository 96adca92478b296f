//! The grant `urn:microsoft.rtc:windows`: the token URL itself asks for Windows authentication (UCWA documentation,
//! "Authentication in UCWA").

use std::time::Duration;

use hyper::Request;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue, USER_AGENT};
use jiff::{SignedDuration, Timestamp};
use tokio::task::AbortHandle;
use url::Url;
use windows_auth::{Cause, Mechanism, Target};

use super::dial::{Body, Dialer, certificate};
use super::handshake::{Asks, Means, Reply, TurnedAway, challenges, enter, offer, within};
use super::http::{Answer, Http};
use crate::session::Response;
use crate::{Error, ErrorKind, PassedOver};

/// The token URL let us in, or gave another answer that is not a challenge.
pub(super) struct Accepted {
    pub(super) response: Response,
    /// `None`: nobody asked.
    pub(super) mechanism: Option<Mechanism>,
    pub(super) passed_over: Vec<PassedOver>,
}

const FORM: &str = "grant_type=urn%3Amicrosoft.rtc%3Awindows";

/// Asks the token URL.
///
/// # Errors
/// [`ErrorKind::PasswordRefused`] after the one attempt with a password, [`ErrorKind::WindowsFailed`] when nothing is left to
/// try; what was passed over is among the facts.
pub(super) async fn ask(
    http: &Http,
    url: &Url,
    means: Means,
    limit: Duration,
) -> Result<Accepted, Error> {
    let gate = TokenUrl {
        dialer: &http.dialer,
        url,
        largest: http.largest,
    };
    let anonymous = within(limit, async {
        let mut line = gate.connect().await?;
        gate.ask(&mut line, None).await.map_err(|error| {
            let gone = || ErrorKind::Connection("ended before the answer".to_owned());
            error.unwrap_or_else(|| super::http::with_url(gone(), url))
        })
    })
    .await?;
    if !anonymous.refused {
        return Ok(Accepted {
            response: anonymous.answer.response,
            mechanism: None,
            passed_over: Vec::new(),
        });
    }
    let offer = offer(&anonymous.challenges);
    let anonymous = anonymous.answer;
    if offer.is_useless() {
        let offered = offer.schemes().to_vec();
        return Err(with(ErrorKind::NoMethod { offered }, &anonymous));
    }
    match enter(&gate, &offer, means, limit).await? {
        Ok(entered) => Ok(Accepted {
            response: entered.answer.response,
            mechanism: Some(entered.mechanism),
            passed_over: entered.passed_over,
        }),
        Err(TurnedAway {
            refused,
            passed_over,
        }) => {
            let kind = if refused {
                ErrorKind::PasswordRefused
            } else {
                ErrorKind::WindowsFailed {
                    cause: telling(&passed_over),
                }
            };
            let mut error = with(kind, &anonymous);
            error.facts.passed_over = passed_over;
            error.facts.clock_ahead = anonymous.date.map(|server| ahead(Timestamp::now(), server));
            Err(error)
        }
    }
}

struct TokenUrl<'a> {
    dialer: &'a Dialer,
    url: &'a Url,
    largest: usize,
}

/// A connection for one handshake. A pool may put the next request on another.
struct Line {
    sender: SendRequest<Body>,
    connection: AbortHandle,
    target: Target,
}

impl Drop for Line {
    fn drop(&mut self) {
        // It is signed in for one person and of no use to anything else.
        self.connection.abort();
    }
}

impl Asks for TokenUrl<'_> {
    type Line = Line;
    type Answer = Answer;

    fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    async fn connect(&self) -> Result<Line, Error> {
        // Boxed: a TLS connection in the making is large.
        let stream = Box::pin(self.dialer.secured(self.url)).await?;
        let target = Target::behind_tls(self.host(), certificate(&stream));
        let (sender, connection) = http1::handshake(stream).await.map_err(|error| {
            super::http::with_url(ErrorKind::Connection(error.to_string()), self.url)
        })?;
        let connection = tokio::spawn(async move {
            // The request that is under way tells it better.
            if let Err(error) = connection.await {
                tracing::trace!(%error, "a connection of a handshake ended");
            }
        });
        Ok(Line {
            sender,
            connection: connection.abort_handle(),
            target,
        })
    }

    fn target(&self, line: &Line) -> Target {
        line.target.clone()
    }

    async fn ask(
        &self,
        line: &mut Line,
        authorization: Option<HeaderValue>,
    ) -> Result<Reply<Answer>, Option<Error>> {
        let mut request = Request::post(super::http::path(self.url))
            .header(HOST, super::http::authority(self.url))
            .header(USER_AGENT, self.dialer.user_agent())
            .header(ACCEPT, "application/json")
            .header(
                CONTENT_TYPE,
                "application/x-www-form-urlencoded;charset=UTF-8",
            )
            .body(Body::from(FORM))
            .map_err(|error| Some(ErrorKind::Protocol(error.to_string()).into()))?;
        if let Some(authorization) = authorization {
            request.headers_mut().insert(AUTHORIZATION, authorization);
        }
        line.sender.ready().await.map_err(|_| None)?;
        let answer = line.sender.send_request(request).await.map_err(|_| None)?;
        // To its end: the next request goes the same way.
        let answer = super::http::read(answer, self.url, self.largest).await?;
        Ok(Reply {
            refused: answer.response.status == 401,
            challenges: challenges(answer.challenges.iter().map(String::as_str)),
            answer,
        })
    }
}

/// The cause that says most: what failed or stopped everything before what was not there to be tried.
fn telling(passed_over: &[PassedOver]) -> Cause {
    let weight = |cause: &Cause| {
        if matches!(cause, Cause::NotOffered | Cause::NotBuilt) {
            0
        } else if *cause == Cause::NoPassword {
            1
        } else if matches!(
            cause,
            Cause::NoTicket | Cause::OtherAccount { .. } | Cause::HostIsAddress
        ) {
            2
        } else {
            3
        }
    };
    passed_over
        .iter()
        .map(|passed| &passed.cause)
        .max_by_key(|cause| weight(cause))
        .cloned()
        .unwrap_or(Cause::NotOffered)
}

/// How far our clock is ahead of the server's.
fn ahead(ours: Timestamp, server: Timestamp) -> SignedDuration {
    ours.duration_since(server)
}

fn with(kind: ErrorKind, answer: &Answer) -> Error {
    Error {
        kind,
        facts: Box::new(answer.response.facts.clone()),
    }
}
