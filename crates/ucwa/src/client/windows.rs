//! The grant `urn:microsoft.rtc:windows`: the token URL itself asks for Windows authentication (RFC 4559; UCWA documentation,
//! "Authentication in UCWA"). Which mechanism comes next is decided by the [`Chain`]; here its moves are made.

use std::time::Duration;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use hyper::header::HeaderValue;
use jiff::{SignedDuration, Timestamp};
use url::Url;
use windows_auth::{
    Attempt, Cause, Chain, Circumstances, Credentials, Handshake, Mechanism, Move, Offer, Scheme,
    Step, Target, Ticket,
};

use super::dial::{Dialer, Line};
use super::http::Answer;
use crate::session::Response;
use crate::wire::challenge::{Challenge, parse};
use crate::{Error, ErrorKind, PassedOver};

/// What the person has.
pub(super) struct Means<'a> {
    pub(super) ticket: Result<(), Cause>,
    pub(super) credentials: Option<&'a Credentials>,
}

/// The token URL let us in, or gave another answer that is not a challenge.
pub(super) struct Accepted {
    pub(super) response: Response,
    /// `None`: nobody asked.
    pub(super) mechanism: Option<Mechanism>,
    pub(super) passed_over: Vec<PassedOver>,
}

const FORM: &str = "grant_type=urn%3Amicrosoft.rtc%3Awindows";
/// A domain controller that does not answer keeps the library for half a minute. Nobody waits so long.
const CONTROLLER: Duration = Duration::from_secs(10);
/// A handshake has two tokens of ours, and SPNEGO may need one more.
const ROUNDS: usize = 4;

/// The ticket of this session, for whoever has to say whether a sign-in without a password is possible.
///
/// # Errors
/// Why there is none, or none that can be used.
pub async fn ticket() -> Result<Ticket, Cause> {
    aside(windows_auth::ticket).await
}

/// Asks the token URL.
///
/// # Errors
/// [`ErrorKind::PasswordRefused`] after the one attempt with a password, [`ErrorKind::WindowsFailed`] when nothing is left to
/// try; what was passed over is among the facts.
pub(super) async fn ask(
    dialer: &Dialer,
    url: &Url,
    means: Means<'_>,
    limit: Duration,
) -> Result<Accepted, Error> {
    let anonymous = within(limit, async {
        let mut line = dialer.connect(url).await?;
        line.post(FORM, None)
            .await
            .map_err(|error| gone(error, url))
    })
    .await?;
    if anonymous.response.status != 401 {
        return Ok(Accepted {
            response: anonymous.response,
            mechanism: None,
            passed_over: Vec::new(),
        });
    }
    let challenges = challenges(&anonymous);
    let offer = Offer::of(challenges.iter().map(|offered| offered.scheme.as_str()));
    if offer.is_useless() {
        let offered = offer.schemes().to_vec();
        return Err(with(ErrorKind::NoMethod { offered }, &anonymous));
    }
    let around = Circumstances {
        host: url.host_str().unwrap_or_default(),
        ticket: means.ticket,
        password: means.credentials.is_some(),
    };
    let mut chain = Chain::new(&offer, around);
    let mut refused = false;
    while let Move::Try(attempt) = chain.next() {
        let tried = within(limit + CONTROLLER, async {
            shake_hands(dialer, url, attempt, means.credentials).await
        });
        match tried.await? {
            Ok((response, mechanism)) => {
                return Ok(Accepted {
                    response,
                    mechanism: Some(mechanism),
                    passed_over: chain.into_passed(),
                });
            }
            Err(cause) => {
                tracing::info!(mechanism = %attempt.mechanism, scheme = attempt.scheme.name(), %cause, "not let in");
                let with_password = attempt.mechanism == Mechanism::Ntlm;
                refused = with_password && matches!(cause, Cause::Refused | Cause::WrongPassword);
                chain.failed(cause);
            }
        }
    }
    let passed_over = chain.into_passed();
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

/// One attempt, on a connection and with a context of its own: both are spoilt by a failure.
async fn shake_hands(
    dialer: &Dialer,
    url: &Url,
    attempt: Attempt,
    credentials: Option<&Credentials>,
) -> Result<Result<(Response, Mechanism), Cause>, Error> {
    let mut line = dialer.connect(url).await?;
    match converse(&mut line, url, attempt, credentials.cloned()).await {
        Ok(accepted) => Ok(Ok(accepted)),
        Err(Broken::Handshake(cause)) => Ok(Err(cause)),
        Err(Broken::Answer(error)) => Err(error),
    }
}

enum Broken {
    Handshake(Cause),
    Answer(Error),
}

impl From<Cause> for Broken {
    fn from(cause: Cause) -> Self {
        Self::Handshake(cause)
    }
}

async fn converse(
    line: &mut Line,
    url: &Url,
    attempt: Attempt,
    credentials: Option<Credentials>,
) -> Result<(Response, Mechanism), Broken> {
    let scheme = attempt.scheme;
    let target = Target::behind_tls(
        url.host_str().unwrap_or_default(),
        line.certificate.as_deref(),
    );
    let (mut handshake, mut step) = aside(move || {
        let mut handshake = Handshake::begin(attempt, target, credentials.as_ref())?;
        let step = handshake.step(None)?;
        Ok((handshake, step))
    })
    .await?;
    for round in 0..ROUNDS {
        let Step::Send(token) = step else {
            return Err(Cause::BadToken("it asks for more than there is".to_owned()).into());
        };
        let answer = line
            .post(FORM, Some(authorization(scheme, &token)))
            .await
            .map_err(|error| match error {
                Some(error) => Broken::Answer(error),
                None => Broken::Handshake(Cause::ConnectionEnded),
            })?;
        let told = token_of(&answer, scheme)?;
        if answer.response.status != 401 {
            let (proved, mechanism) = aside(move || {
                let proved = handshake.accepted(told.as_deref())?;
                Ok((proved, handshake.mechanism()))
            })
            .await?;
            if mechanism == Mechanism::Kerberos && !proved {
                // TLS has proved who it is; some proxies cut the token off.
                tracing::warn!(
                    host = url.host_str(),
                    "let in without the server's own token"
                );
            }
            return Ok((answer.response, mechanism));
        }
        let Some(told) = told else {
            return Err(turned_down(attempt, handshake.mechanism(), round).into());
        };
        (handshake, step) = aside(move || {
            let step = handshake.step(Some(&told))?;
            Ok((handshake, step))
        })
        .await?;
    }
    Err(Cause::BadToken("the handshake does not end".to_owned()).into())
}

/// Why a server says no without a word, after so many rounds by that mechanism.
fn turned_down(attempt: Attempt, mechanism: Mechanism, round: usize) -> Cause {
    match (attempt.mechanism, mechanism) {
        // NTLM's first message has nothing of the password in it: the server does not want NTLM.
        (_, Mechanism::Ntlm) if round == 0 => Cause::NotOffered,
        // The domain has given a ticket for the password, so it is right, and the server cannot read the ticket.
        (Mechanism::Ntlm, Mechanism::Kerberos) => Cause::ServerKey,
        (_, Mechanism::Ntlm) | (Mechanism::Kerberos, Mechanism::Kerberos) => Cause::Refused,
    }
}

fn authorization(scheme: Scheme, token: &[u8]) -> HeaderValue {
    let text = format!("{} {}", scheme.name(), BASE64_STANDARD.encode(token));
    let mut value = HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""));
    value.set_sensitive(true);
    value
}

fn challenges(answer: &Answer) -> Vec<Challenge> {
    let headers = answer.challenges.iter();
    headers.flat_map(|header| parse(header)).collect()
}

/// The token that the answer has for us.
fn token_of(answer: &Answer, scheme: Scheme) -> Result<Option<Vec<u8>>, Cause> {
    let challenges = challenges(answer);
    let token = challenges
        .iter()
        .filter(|challenge| challenge.scheme.eq_ignore_ascii_case(scheme.name()))
        .find_map(|challenge| challenge.token.as_deref());
    let Some(token) = token else { return Ok(None) };
    match BASE64_STANDARD.decode(token) {
        Ok(token) => Ok(Some(token)),
        Err(_) => Err(Cause::BadToken("it is not Base64".to_owned())),
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

/// Runs what may block on a thread of its own. When it takes too long, nobody waits: neither who asked nor the end of the
/// program, which would wait for a thread of the run-time.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Cause> + Send + 'static,
) -> Result<T, Cause> {
    let (tell, told) = tokio::sync::oneshot::channel();
    std::thread::Builder::new()
        .name("windows-auth".to_owned())
        .spawn(move || drop(tell.send(work())))
        .map_err(|error| Cause::Other(error.to_string()))?;
    match tokio::time::timeout(CONTROLLER, told).await {
        Ok(Ok(result)) => result,
        Ok(Err(_)) => Err(Cause::Other("the handshake broke off".to_owned())),
        Err(_) => Err(Cause::ControllerSilent),
    }
}

async fn within<T>(
    limit: Duration,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    tokio::time::timeout(limit, work).await.unwrap_or_else(|_| {
        Err(ErrorKind::TimeLimit {
            step: "windows authentication",
        }
        .into())
    })
}

fn gone(error: Option<Error>, url: &Url) -> Error {
    error.unwrap_or_else(|| {
        let kind = ErrorKind::Connection("ended before the answer".to_owned());
        super::http::with_url(kind, url)
    })
}

fn with(kind: ErrorKind, answer: &Answer) -> Error {
    Error {
        kind,
        facts: Box::new(answer.response.facts.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_counts_as_refused_only_where_the_server_has_judged_it() {
        let told = |tried, by, round| {
            let attempt = Attempt {
                mechanism: tried,
                scheme: Scheme::Negotiate,
            };
            turned_down(attempt, by, round)
        };
        let (session, password) = (Mechanism::Kerberos, Mechanism::Ntlm);
        assert_eq!(told(session, Mechanism::Kerberos, 0), Cause::Refused);
        assert_eq!(told(password, Mechanism::Ntlm, 0), Cause::NotOffered);
        assert_eq!(told(password, Mechanism::Ntlm, 1), Cause::Refused);
        // On Windows either may be inside.
        assert_eq!(told(password, Mechanism::Kerberos, 0), Cause::ServerKey);
        assert_eq!(told(session, Mechanism::Ntlm, 0), Cause::NotOffered);
        assert_eq!(told(session, Mechanism::Ntlm, 1), Cause::Refused);
    }
}
