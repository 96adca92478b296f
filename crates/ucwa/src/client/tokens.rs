//! Tokens: one per host, got by the host's own challenge, renewed before they run out.
//!
//! INVARIANT: a password that was refused, by whichever method, is not sent again by this link.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex;
use url::{Url, form_urlencoded};

use windows_auth::{Cause, Credentials, LogonName, Mechanism};

use super::handshake::{self, Means};
use super::http::{Answer, Asking, Http};
use super::methods::{self, Grant, Plan, Who};
use super::redirect::Trust;
use super::settings::{Method, Settings};
use super::windows;
use crate::session::{Content, Response, Verb};
use crate::wire::challenge::{GRANT_PASSIVE, GRANT_PASSWORD, Offer};
use crate::wire::token::{Token, TokenError};
use crate::{Error, ErrorKind, PassedOver, SignedInBy, SignedInHow};

/// The tokens of one link. One lock around all of it: two requests that meet an old token fetch one new one.
pub(super) struct Tokens {
    /// Logon name, where one is configured.
    user: Option<String>,
    address: String,
    password: Option<SecretString>,
    cookies: HashMap<String, SecretString>,
    method: Method,
    limit: Duration,
    trust: Trust,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    by_host: HashMap<String, Held>,
    /// The password was refused once: it is not sent again.
    refused: bool,
    /// How the last token was got.
    how: Option<SignedInHow>,
}

struct Held {
    token: SecretString,
    token_url: Url,
    offer: Offer,
    renew_at: Instant,
}

/// Wait after a renewal that failed.
const RENEW_AGAIN: Duration = Duration::from_secs(60);
/// Life of a token whose answer does not say it.
const LIFE: u64 = 3600;

impl Tokens {
    pub(super) fn new(settings: &Settings, trust: Trust) -> Self {
        Self {
            user: settings.user.clone(),
            address: settings.address.address().to_owned(),
            password: settings.password.clone(),
            cookies: settings.cookies.clone(),
            method: settings.method,
            limit: settings.limits.request,
            trust,
            state: Mutex::default(),
        }
    }

    /// The token for the host of that URL, if there is one; a new one where four fifths of its life are over.
    pub(super) async fn for_url(&self, http: &Http, url: &Url) -> Option<SecretString> {
        let mut state = self.state.lock().await;
        let held = state.by_host.get_mut(&host(url))?;
        if held.renew_at <= Instant::now() {
            // Also when it fails the password is not sent with every request from now on.
            held.renew_at = Instant::now() + RENEW_AGAIN;
            let (token_url, offer) = (held.token_url.clone(), held.offer.clone());
            let renewed = self.fetch(http, &mut state, &token_url, &offer).await;
            match renewed {
                Ok(held) => drop(state.by_host.insert(host(url), held)),
                // The old one is still good; the server's 401 decides when it is not.
                Err(error) => tracing::info!(%error, "the token could not be renewed yet"),
            }
        }
        state.by_host.get(&host(url)).map(|held| held.token.clone())
    }

    /// Answers a challenge of the host of that URL. `stale` is the token that was refused; another request may have
    /// replaced it already.
    pub(super) async fn answer_challenge(
        &self,
        http: &Http,
        url: &Url,
        challenge: &Answer,
        stale: Option<&SecretString>,
    ) -> Result<SecretString, Error> {
        let mut state = self.state.lock().await;
        if let (Some(held), Some(stale)) = (state.by_host.get(&host(url)), stale)
            && held.token.expose_secret() != stale.expose_secret()
        {
            return Ok(held.token.clone());
        }
        let offer = Offer::read(challenge.challenges.iter().map(String::as_str));
        let token_url = self
            .choose(&offer, url)
            .map_err(|kind| with(kind, &challenge.response))?;
        let held = self.fetch(http, &mut state, &token_url, &offer).await?;
        let token = held.token.clone();
        state.by_host.insert(host(url), held);
        Ok(token)
    }

    /// How the last token was got.
    pub(super) async fn how(&self) -> Option<SignedInHow> {
        self.state.lock().await.how.clone()
    }

    /// The token URL.
    fn choose(&self, offer: &Offer, asked: &Url) -> Result<Url, ErrorKind> {
        let Some(text) = &offer.token_url else {
            return Err(if offer.modern {
                ErrorKind::ModernAuthOnly
            } else {
                ErrorKind::NoMethod {
                    offered: offer.grants.clone(),
                }
            });
        };
        let url = asked
            .join(text)
            .map_err(|_| ErrorKind::Protocol("the token URL is no URL".to_owned()))?;
        // The password goes there.
        self.trust.allows(asked, &url)?;
        Ok(url)
    }

    async fn plan(&self, offer: &Offer) -> Result<Plan, ErrorKind> {
        let ticket = if methods::wants_ticket(self.method, offer) {
            handshake::ticket().await
        } else {
            Err(Cause::NotOffered)
        };
        let who = Who {
            user: self.user.as_deref(),
            address: &self.address,
            password: self.password.is_some(),
        };
        methods::plan(self.method, offer, ticket, &who)
    }

    /// A new token, by the methods of the offer in their order. A refused password ends it.
    async fn fetch(
        &self,
        http: &Http,
        state: &mut State,
        url: &Url,
        offer: &Offer,
    ) -> Result<Held, Error> {
        if state.refused {
            return Err(ErrorKind::PasswordRefused.into());
        }
        let Plan {
            grants,
            mut passed_over,
        } = self.plan(offer).await?;
        let mut failed = None;
        for grant in grants {
            let tried = match (grant, &self.password) {
                (Grant::Windows { ticket, password }, _) => {
                    self.windows(http, url, ticket, password).await
                }
                (Grant::Forms, Some(password)) => self.forms(http, url, password).await,
                (Grant::Forms, None) => continue,
                (Grant::Web, _) => self.web(http, url).await,
            };
            let read = tried.and_then(|got| {
                passed_over.extend(got.passed_over);
                let held = self.read(&got.answer, url, offer, got.by)?;
                Ok((held, got.by))
            });
            match read {
                Ok((held, by)) => {
                    let passed_over = self.worth_telling(passed_over);
                    state.how = Some(SignedInHow { by, passed_over });
                    return Ok(held);
                }
                Err(mut error) => {
                    passed_over.append(&mut error.facts.passed_over);
                    let goes_on = matches!(error.kind, ErrorKind::WindowsFailed { .. });
                    failed = Some(error);
                    if !goes_on {
                        break;
                    }
                }
            }
        }
        let mut error = failed
            .filter(|error: &Error| !self.asks_for_password(&error.kind))
            .unwrap_or_else(|| match passed_over.first() {
                // A ticket that is over is nearer to the goal than a password that was never there.
                Some(passed) if passed.cause == Cause::TicketExpired => {
                    let cause = Cause::TicketExpired;
                    ErrorKind::WindowsFailed { cause }.into()
                }
                _ => ErrorKind::PasswordMissing.into(),
            });
        error.facts.passed_over = self.worth_telling(passed_over);
        state.refused = error.kind == ErrorKind::PasswordRefused;
        Err(error)
    }

    /// A password that is kept for the form is not missing.
    fn worth_telling(&self, mut passed_over: Vec<PassedOver>) -> Vec<PassedOver> {
        let known = self.password.is_some();
        passed_over.retain(|passed| !(known && passed.cause == Cause::NoPassword));
        passed_over
    }

    /// Where nobody insists on the Windows method, a missing ticket is no failure but a question for a password.
    fn asks_for_password(&self, kind: &ErrorKind) -> bool {
        let no_ticket = matches!(
            kind,
            ErrorKind::WindowsFailed {
                cause: Cause::NoTicket | Cause::NotBuilt | Cause::NoPassword
            }
        );
        no_ticket && self.method == Method::Automatic && self.password.is_none()
    }

    async fn windows(
        &self,
        http: &Http,
        url: &Url,
        ticket: Result<(), Cause>,
        password: bool,
    ) -> Result<Got, Error> {
        let credentials = self.password.as_ref().filter(|_| password);
        let credentials = credentials.map(|password| Credentials {
            name: LogonName::read(self.logon()),
            password: password.clone(),
        });
        let means = Means {
            ticket,
            credentials,
        };
        // Boxed: a TLS connection in the making is large, and every request could come to this point.
        let accepted = Box::pin(windows::ask(http, url, means, self.limit)).await?;
        // A server that asks for nothing has let in whoever it took us for.
        let by = accepted
            .mechanism
            .map_or(SignedInBy::Anonymous, |mechanism| match mechanism {
                Mechanism::Kerberos => SignedInBy::Kerberos,
                Mechanism::Ntlm => SignedInBy::Ntlm,
            });
        Ok(Got {
            answer: accepted.response,
            by,
            passed_over: accepted.passed_over,
        })
    }

    async fn forms(&self, http: &Http, url: &Url, password: &SecretString) -> Result<Got, Error> {
        let form: String = form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", GRANT_PASSWORD)
            .append_pair("username", self.logon())
            .append_pair("password", password.expose_secret())
            .finish();
        self.post(http, url, form, SignedInBy::Forms).await
    }

    /// The passive grant: by the cookies of the sign-in page, or without, so that the server names that page.
    async fn web(&self, http: &Http, url: &Url) -> Result<Got, Error> {
        if let Some(cookies) = self.cookies.get(&host(url)) {
            http.cookies.carry(url, cookies);
        }
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", GRANT_PASSIVE)
            .finish();
        self.post(http, url, form, SignedInBy::Web).await
    }

    async fn post(
        &self,
        http: &Http,
        url: &Url,
        form: String,
        by: SignedInBy,
    ) -> Result<Got, Error> {
        let content = Content::Form(SecretString::from(form));
        let asking = Asking {
            verb: Verb::Post,
            url,
            content: &content,
            token: None,
            events: false,
            limit: self.limit,
        };
        let answer = http
            .send(asking)
            .await
            .map_err(|failure| failure.error().clone())?
            .response;
        Ok(Got {
            answer,
            by,
            passed_over: Vec::new(),
        })
    }

    /// The token, or why there is none.
    fn read(
        &self,
        answer: &Response,
        url: &Url,
        offer: &Offer,
        by: SignedInBy,
    ) -> Result<Held, Error> {
        let told = serde_json::from_slice::<TokenError>(&answer.body).ok();
        let page = told
            .filter(|_| by == SignedInBy::Web && answer.status >= 400)
            .and_then(|told| told.ms_rtc_passiveauthuri);
        let Some(page) = page else {
            return read(answer, url, offer, by);
        };
        let kind = match url.join(&page) {
            // Cookies come from its host, and the person is led to it.
            Ok(page) => match self.trust.allows(url, &page) {
                Ok(()) => ErrorKind::WebSignIn {
                    page: Box::new(page),
                    token_url: Box::new(url.clone()),
                    refused: self.cookies.contains_key(&host(url)),
                },
                Err(kind) => kind,
            },
            Err(_) => ErrorKind::Protocol("the sign-in page is no URL".to_owned()),
        };
        Err(with(kind, answer))
    }

    /// The logon name; the address, where no other is configured.
    fn logon(&self) -> &str {
        self.user.as_deref().unwrap_or(&self.address)
    }
}

/// An answer of the token URL.
struct Got {
    answer: Response,
    by: SignedInBy,
    passed_over: Vec<PassedOver>,
}

fn read(answer: &Response, url: &Url, offer: &Offer, by: SignedInBy) -> Result<Held, Error> {
    if answer.status == 200
        && let Ok(Token {
            access_token,
            expires_in,
        }) = serde_json::from_slice(&answer.body)
    {
        let life = Duration::from_secs(expires_in.unwrap_or(LIFE).min(7 * 24 * 3600));
        return Ok(Held {
            token: access_token,
            token_url: url.clone(),
            offer: offer.clone(),
            renew_at: Instant::now() + life * 4 / 5,
        });
    }
    let told = serde_json::from_slice::<TokenError>(&answer.body).ok();
    let kind = match (answer.status, told.as_ref().map(|told| told.error.as_str())) {
        // The domain knows the account; the pool does not.
        (400 | 401, Some("invalid_grant")) if by == SignedInBy::Kerberos => ErrorKind::NotEnabled,
        (400 | 401, Some("invalid_grant")) | (401, None) => ErrorKind::PasswordRefused,
        (400, Some("unsupported_grant_type")) => ErrorKind::NoMethod {
            offered: Vec::new(),
        },
        (403, _) => ErrorKind::NotEnabled,
        (407, _) => ErrorKind::ProxyLogin {
            offered: Vec::new(),
            refused: false,
        },
        (429 | 500.., _) => ErrorKind::Busy {
            retry_after: answer.retry_after,
        },
        (_, Some(error)) => ErrorKind::Refused {
            code: error.to_owned(),
            subcode: String::new(),
            message: String::new(),
        },
        (status, None) => {
            ErrorKind::Protocol(format!("the token URL answered with status {status}"))
        }
    };
    Err(with(kind, answer))
}

fn with(kind: ErrorKind, answer: &Response) -> Error {
    Error {
        kind,
        facts: Box::new(answer.facts.clone()),
    }
}

/// Tokens are bound to scheme, host and port.
fn host(url: &Url) -> String {
    url.origin().ascii_serialization()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Limits;
    use crate::client::settings::{Mode, Proxy};
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// A server that is busy whatever is asked, and how often it was asked.
    fn busy_server() -> (Url, Arc<AtomicUsize>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/token", listener.local_addr().unwrap());
        let asked = Arc::new(AtomicUsize::new(0));
        let count = asked.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let _ = stream.read(&mut [0; 4096]);
                count.fetch_add(1, Ordering::SeqCst);
                let _ = stream.write_all(
                    b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                );
            }
        });
        (url.parse().unwrap(), asked)
    }

    /// With this token for that URL's host.
    async fn holding(token_url: &Url, renew_at: Instant) -> (Http, Tokens) {
        let settings = Settings {
            address: "sip:lina@example.org".parse().unwrap(),
            user: None,
            method: Method::Forms,
            password: Some(SecretString::from("secret")),
            cookies: HashMap::new(),
            discovery_url: None,
            applications: None,
            trusted_domains: Vec::new(),
            extra_roots: Vec::new(),
            proxy: Proxy::None,
            proxy_resolver: None,
            proxy_login: None,
            proxy_bypass: Vec::new(),
            mode: Mode::Available,
            endpoint_id: uuid::Uuid::nil(),
            culture: "en-US".to_owned(),
            user_agent: "Test/1".to_owned(),
            limits: Limits::default(),
        };
        let http = Http::new(&settings).unwrap();
        let tokens = Tokens::new(&settings, Trust::new(&settings));
        let old = Held {
            token: SecretString::from("old"),
            token_url: token_url.clone(),
            offer: Offer {
                grants: vec![GRANT_PASSWORD.to_owned()],
                ..Offer::default()
            },
            renew_at,
        };
        let mut state = tokens.state.lock().await;
        state.by_host.insert(host(token_url), old);
        drop(state);
        (http, tokens)
    }

    #[tokio::test]
    async fn password_is_not_sent_with_every_request_when_the_token_cannot_be_renewed() {
        let (token_url, asked) = busy_server();
        let (http, tokens) = holding(&token_url, Instant::now()).await;
        for _ in 0..5 {
            let token = tokens.for_url(&http, &token_url).await.unwrap();
            assert_eq!(token.expose_secret(), "old");
        }
        assert_eq!(asked.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn a_token_is_shown_to_its_own_host_alone() {
        let own: Url = "https://pool.example.org/token".parse().unwrap();
        let later = Instant::now() + Duration::from_secs(3600);
        let (http, tokens) = holding(&own, later).await;
        for (url, shown) in [
            ("https://pool.example.org/ucwa", true),
            ("https://POOL.example.org:443/", true),
            ("https://pool.example.org:4443/ucwa", false),
            ("https://web.example.org/ucwa", false),
        ] {
            let token = tokens.for_url(&http, &url.parse().unwrap()).await;
            assert_eq!(token.is_some(), shown, "{url}");
        }
    }
}
