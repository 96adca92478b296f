//! A way through an HTTP proxy: CONNECT (RFC 9110 section 9.3.6), and the login that the proxy may ask for (section 11.7): by
//! the session's ticket, else by the password that is kept for it, which is sent once. Browsers do the same.

use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{HOST, HeaderValue, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, USER_AGENT};
use hyper::{Method, Request, Response, StatusCode};
use secrecy::ExposeSecret as _;
use url::Url;
use windows_auth::{Cause, Credentials, LogonName, Mechanism, Scheme, Target};

use super::dial::{Body, Dialer, Hop, broken, certificate, host, host_and_port};
use super::handshake::{
    Asks, Means, Reply, authorization, challenges, enter, offer, ticket, within,
};
use super::http::with_url;
use super::proxy::Via;
use super::settings::ProxyLogin;
use crate::{Error, ErrorKind, PassedOver};

/// A connection through the proxy to the host of that URL.
pub(super) async fn open(dialer: &Dialer, via: &Via, url: &Url) -> Result<Hop, Error> {
    let port = url.port_or_known_default().unwrap_or(443);
    let target = format!("{}:{port}", host(url));
    let request = Request::builder()
        .method(Method::CONNECT)
        .uri(&target)
        .header(HOST, &target)
        .header(USER_AGENT, dialer.user_agent())
        .body(Body::default())
        .map_err(|error| with_url(ErrorKind::Protocol(error.to_string()), url))?;
    let gate = Gate::new(dialer, via, url, &request);
    let answer = pass(&gate).await?;
    let status = answer.status();
    if !status.is_success() {
        tracing::info!(proxy = via.url.as_str(), %target, %status, "the proxy opens no way");
        let mut error = gate.told(ErrorKind::Silent {
            host: host_and_port(url),
            refused: false,
        });
        error.facts.status = Some(status.as_u16());
        return Err(error);
    }
    let upgraded = hyper::upgrade::on(answer)
        .await
        .map_err(|error| gate.told(broken(&error)))?;
    // Nobody speaks before us in TLS.
    match upgraded.downcast::<Hop>() {
        Ok(parts) if parts.read_buf.is_empty() => Ok(parts.io),
        Ok(_) | Err(_) => {
            let kind = ErrorKind::Protocol("the proxy speaks before the server".to_owned());
            Err(gate.told(kind))
        }
    }
}

/// Hands a request to the proxy, and answers for the login that it asks for.
pub(super) async fn pass(gate: &Gate<'_>) -> Result<Response<Incoming>, Error> {
    let limit = gate.dialer.limit();
    let anonymous = within(limit, gate.ask_anew(None)).await?;
    if !anonymous.refused {
        return Ok(anonymous.answer);
    }
    let offer = offer(&anonymous.challenges);
    // One connection at a time as long as a password may be sent: what is refused to one is not sent by the next.
    let mut refused = match &gate.via.login {
        Some(_) => Some(gate.dialer.login_refused().lock().await),
        None => None,
    };
    let spent = refused.as_ref().is_some_and(|refused| **refused);
    let login = gate.via.login.as_ref().filter(|_| !spent);
    let means = Means {
        ticket: if offer.has(Scheme::Negotiate) {
            usable_ticket(gate.via.login.as_ref()).await
        } else {
            Err(Cause::NotOffered)
        },
        credentials: login.map(|login| Credentials {
            name: LogonName::read(&login.user),
            password: login.password.clone(),
        }),
    };
    let away = match enter(gate, &offer, means, limit).await? {
        Ok(entered) => return Ok(entered.answer),
        Err(away) => away,
    };
    let mut refusal = away.refused;
    let basic = offer
        .schemes()
        .iter()
        .any(|scheme| scheme.eq_ignore_ascii_case("Basic"));
    if let Some(login) = login.filter(|_| basic && !password_was_used(&away.passed_over)) {
        let pair = format!("{}:{}", login.user, login.password.expose_secret());
        let login = authorization("Basic", pair.as_bytes());
        let reply = within(limit, gate.ask_anew(Some(login))).await?;
        if !reply.refused {
            return Ok(reply.answer);
        }
        refusal = true;
    }
    if let Some(refused) = &mut refused {
        **refused |= refusal;
    }
    let mut error = gate.told(ErrorKind::ProxyLogin {
        offered: offer.schemes().to_vec(),
        refused: refusal || spent,
    });
    error.facts.status = Some(anonymous.answer.status().as_u16());
    error.facts.passed_over = away.passed_over;
    if spent {
        // It was there, and is kept back.
        for passed in &mut error.facts.passed_over {
            if passed.cause == Cause::NoPassword {
                passed.cause = Cause::Refused;
            }
        }
    }
    Err(error)
}

/// The session's ticket, unless the login is somebody else's.
async fn usable_ticket(login: Option<&ProxyLogin>) -> Result<(), Cause> {
    let ticket = ticket().await?;
    match login {
        Some(login) if !ticket.is_of(&LogonName::read(&login.user)) => Err(Cause::OtherAccount {
            account: ticket.to_string(),
        }),
        _ => Ok(()),
    }
}

/// NTLM got so far as to send something of the password, or may have.
fn password_was_used(passed_over: &[PassedOver]) -> bool {
    passed_over.iter().any(|passed| {
        passed.mechanism == Mechanism::Ntlm
            && !matches!(
                passed.cause,
                Cause::NotOffered | Cause::NotBuilt | Cause::NoPassword
            )
    })
}

/// A proxy, and what it is asked for.
pub(super) struct Gate<'a> {
    dialer: &'a Dialer,
    via: &'a Via,
    url: &'a Url,
    request: &'a Request<Body>,
}

/// A connection to a proxy.
pub(super) struct Line {
    sender: SendRequest<Body>,
    target: Target,
}

impl<'a> Gate<'a> {
    pub(super) fn new(
        dialer: &'a Dialer,
        via: &'a Via,
        url: &'a Url,
        request: &'a Request<Body>,
    ) -> Self {
        Self {
            dialer,
            via,
            url,
            request,
        }
    }

    async fn ask_anew(
        &self,
        login: Option<HeaderValue>,
    ) -> Result<Reply<Response<Incoming>>, Error> {
        let mut line = self.connect().await?;
        self.ask(&mut line, login).await.map_err(|error| {
            let gone = || ErrorKind::Connection("the proxy ended the connection".to_owned());
            error.unwrap_or_else(|| self.told(gone()))
        })
    }

    /// The failure with the proxy on the way.
    fn told(&self, kind: ErrorKind) -> Error {
        let mut error = with_url(kind, self.url);
        error.facts.proxy = Some(self.via.url.to_string());
        error
    }

    /// Some proxies answer a wrong login as a web server would.
    fn asks_for_login(&self, status: StatusCode) -> bool {
        status == StatusCode::PROXY_AUTHENTICATION_REQUIRED
            || status == StatusCode::UNAUTHORIZED && self.request.method() == Method::CONNECT
    }
}

impl Asks for Gate<'_> {
    type Line = Line;
    type Answer = Response<Incoming>;

    fn host(&self) -> &str {
        self.via.url.host_str().unwrap_or_default()
    }

    async fn connect(&self) -> Result<Line, Error> {
        let hop = self.dialer.to_proxy(self.via, self.url).await;
        let hop = hop.map_err(|kind| self.told(kind))?;
        let target = match certificate(&hop) {
            Some(certificate) => Target::behind_tls(self.host(), Some(certificate)),
            None => Target::proxy(self.host()),
        };
        let (sender, connection) = http1::handshake(hop)
            .await
            .map_err(|error| self.told(broken(&error)))?;
        // It ends with the sender, or becomes the tunnel.
        tokio::spawn(connection.with_upgrades());
        Ok(Line { sender, target })
    }

    fn target(&self, line: &Line) -> Target {
        line.target.clone()
    }

    async fn ask(
        &self,
        line: &mut Line,
        login: Option<HeaderValue>,
    ) -> Result<Reply<Response<Incoming>>, Option<Error>> {
        let mut request = self.request.clone();
        if let Some(login) = login {
            request.headers_mut().insert(PROXY_AUTHORIZATION, login);
        }
        line.sender.ready().await.map_err(|_| None)?;
        let mut answer = line.sender.send_request(request).await.map_err(|_| None)?;
        let headers = answer.headers().get_all(PROXY_AUTHENTICATE).iter();
        let headers: Vec<_> = headers
            .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
            .collect();
        let refused = self.asks_for_login(answer.status());
        if refused {
            // To its end: the next question goes the same way. Where that is not possible, it fails.
            while let Some(Ok(_)) = answer.frame().await {}
        }
        Ok(Reply {
            answer,
            refused,
            challenges: challenges(headers.iter().map(String::as_str)),
        })
    }
}
