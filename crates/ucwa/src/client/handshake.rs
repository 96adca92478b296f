//! Windows authentication over HTTP (RFC 4559), towards whoever asks for it: a web server or a proxy. Which mechanism comes
//! next is decided by the [`Chain`]; here its moves are made.

use std::time::Duration;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use hyper::header::HeaderValue;
use windows_auth::{
    Attempt, Cause, Chain, Circumstances, Credentials, Handshake, Mechanism, Move, Offer, Scheme,
    Step, Target, Ticket,
};

use crate::wire::challenge::{Challenge, parse};
use crate::{Error, ErrorKind, PassedOver};

/// Who asks for a login.
pub(super) trait Asks {
    /// A connection to it.
    type Line;
    /// What it gives to those whom it lets in.
    type Answer;

    /// Its name.
    fn host(&self) -> &str;

    /// Opens a connection. A handshake has one of its own: NTLM signs in the connection, not the request.
    async fn connect(&self) -> Result<Self::Line, Error>;

    /// What the handshake is bound to.
    fn target(&self, line: &Self::Line) -> Target;

    /// Asks for what is wanted, and reads the answer so far that the next question can follow.
    ///
    /// # Errors
    /// `None` when the connection is gone.
    async fn ask(
        &self,
        line: &mut Self::Line,
        authorization: Option<HeaderValue>,
    ) -> Result<Reply<Self::Answer>, Option<Error>>;
}

/// An answer, and whether it only asks for a login.
pub(super) struct Reply<A> {
    pub(super) answer: A,
    pub(super) refused: bool,
    pub(super) challenges: Vec<Challenge>,
}

/// What the person has.
pub(super) struct Means {
    pub(super) ticket: Result<(), Cause>,
    pub(super) credentials: Option<Credentials>,
}

/// Let in.
pub(super) struct Entered<A> {
    pub(super) answer: A,
    pub(super) mechanism: Mechanism,
    pub(super) passed_over: Vec<PassedOver>,
}

/// Nothing is left to try.
pub(super) struct TurnedAway {
    /// The one attempt with a password was made, and refused.
    pub(super) refused: bool,
    pub(super) passed_over: Vec<PassedOver>,
}

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

/// The challenges in the headers of an answer.
pub(super) fn challenges<'a>(headers: impl IntoIterator<Item = &'a str>) -> Vec<Challenge> {
    headers.into_iter().flat_map(parse).collect()
}

/// The schemes that are offered.
pub(super) fn offer(challenges: &[Challenge]) -> Offer {
    Offer::of(challenges.iter().map(|offered| offered.scheme.as_str()))
}

/// Tries one mechanism after the other, each on a connection of its own; `limit` is for one attempt, without the domain controller.
///
/// # Errors
/// Where no answer comes at all.
pub(super) async fn enter<A: Asks>(
    gate: &A,
    offer: &Offer,
    means: Means,
    limit: Duration,
) -> Result<Result<Entered<A::Answer>, TurnedAway>, Error> {
    let around = Circumstances {
        host: gate.host(),
        ticket: means.ticket,
        password: means.credentials.is_some(),
    };
    let mut chain = Chain::new(offer, around);
    let mut refused = false;
    while let Move::Try(attempt) = chain.next() {
        let tried = within(limit + CONTROLLER, async {
            let mut line = gate.connect().await?;
            match converse(gate, &mut line, attempt, means.credentials.clone()).await {
                Ok(accepted) => Ok(Ok(accepted)),
                Err(Broken::Handshake(cause)) => Ok(Err(cause)),
                Err(Broken::Answer(error)) => Err(error),
            }
        });
        match tried.await? {
            Ok((answer, mechanism)) => {
                return Ok(Ok(Entered {
                    answer,
                    mechanism,
                    passed_over: chain.into_passed(),
                }));
            }
            Err(cause) => {
                tracing::info!(host = gate.host(), mechanism = %attempt.mechanism, scheme = attempt.scheme.name(), %cause, "not let in");
                let with_password = attempt.mechanism == Mechanism::Ntlm;
                refused = with_password && matches!(cause, Cause::Refused | Cause::WrongPassword);
                chain.failed(cause);
            }
        }
    }
    Ok(Err(TurnedAway {
        refused,
        passed_over: chain.into_passed(),
    }))
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

/// One attempt, on a connection and with a context of its own: both are spoilt by a failure.
async fn converse<A: Asks>(
    gate: &A,
    line: &mut A::Line,
    attempt: Attempt,
    credentials: Option<Credentials>,
) -> Result<(A::Answer, Mechanism), Broken> {
    let scheme = attempt.scheme;
    let target = gate.target(line);
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
        let authorization = authorization(scheme.name(), &token);
        let reply = gate
            .ask(line, Some(authorization))
            .await
            .map_err(|error| match error {
                Some(error) => Broken::Answer(error),
                None => Broken::Handshake(Cause::ConnectionEnded),
            })?;
        let told = token_of(&reply.challenges, scheme)?;
        if !reply.refused {
            let (proved, mechanism) = aside(move || {
                let proved = handshake.accepted(told.as_deref())?;
                Ok((proved, handshake.mechanism()))
            })
            .await?;
            if mechanism == Mechanism::Kerberos && !proved {
                // TLS has proved who a server is, and a proxy sees nothing but TLS. Some cut the token off.
                tracing::debug!(host = gate.host(), "let in without a token in return");
            }
            return Ok((reply.answer, mechanism));
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

/// The value of a header that carries a login, which no log shows.
pub(super) fn authorization(scheme: &str, login: &[u8]) -> HeaderValue {
    let text = format!("{scheme} {}", BASE64_STANDARD.encode(login));
    let mut value = HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""));
    value.set_sensitive(true);
    value
}

/// The token that the answer has for us.
fn token_of(challenges: &[Challenge], scheme: Scheme) -> Result<Option<Vec<u8>>, Cause> {
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

pub(super) async fn within<T>(
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
