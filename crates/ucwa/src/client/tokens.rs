//! Tokens: one per host, got by the host's own challenge, renewed before they run out.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex;
use url::{Url, form_urlencoded};

use super::http::{Answer, Asking, Http};
use super::redirect::Trust;
use super::settings::{Method, Settings};
use crate::session::{Content, Response, Verb};
use crate::wire::challenge::{GRANT_PASSWORD, GRANT_WINDOWS, Offer};
use crate::wire::token::{Token, TokenError};
use crate::{Error, ErrorKind};

/// The tokens of one link. One lock around all of it: two requests that meet an old token fetch one new one.
pub(super) struct Tokens {
    user: String,
    password: Option<SecretString>,
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
}

struct Held {
    token: SecretString,
    token_url: Url,
    renew_at: Instant,
}

/// Wait after a renewal that failed.
const RENEW_AGAIN: Duration = Duration::from_secs(60);
/// Life of a token whose answer does not say it.
const LIFE: u64 = 3600;

impl Tokens {
    pub(super) fn new(settings: &Settings, trust: Trust) -> Self {
        Self {
            user: settings
                .user
                .clone()
                .unwrap_or_else(|| settings.address.address().to_owned()),
            password: settings.password.clone(),
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
            let token_url = held.token_url.clone();
            let renewed = self.fetch(http, &mut state, &token_url).await;
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
        let held = self.fetch(http, &mut state, &token_url).await?;
        let token = held.token.clone();
        state.by_host.insert(host(url), held);
        Ok(token)
    }

    /// The token URL, when the offer holds a grant that can be used.
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
        let windows_only = offer.has(GRANT_WINDOWS) && !offer.has(GRANT_PASSWORD);
        if self.method == Method::Windows || windows_only {
            return Err(ErrorKind::WindowsNotSupported {
                offered: offer.grants.clone(),
            });
        }
        if !offer.has(GRANT_PASSWORD) {
            return Err(ErrorKind::NoMethod {
                offered: offer.grants.clone(),
            });
        }
        let url = asked
            .join(text)
            .map_err(|_| ErrorKind::Protocol("the token URL is no URL".to_owned()))?;
        // The password goes there.
        self.trust.allows(asked, &url)?;
        Ok(url)
    }

    async fn fetch(&self, http: &Http, state: &mut State, url: &Url) -> Result<Held, Error> {
        let Some(password) = &self.password else {
            return Err(ErrorKind::PasswordMissing.into());
        };
        if state.refused {
            return Err(ErrorKind::PasswordRefused.into());
        }
        let form: String = form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", GRANT_PASSWORD)
            .append_pair("username", &self.user)
            .append_pair("password", password.expose_secret())
            .finish();
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
        let result = read(&answer, url);
        if matches!(&result, Err(error) if error.kind == ErrorKind::PasswordRefused) {
            state.refused = true;
        }
        result
    }
}

fn read(answer: &Response, url: &Url) -> Result<Held, Error> {
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
            renew_at: Instant::now() + life * 4 / 5,
        });
    }
    let told = serde_json::from_slice::<TokenError>(&answer.body).ok();
    let kind = match (answer.status, told.as_ref().map(|told| told.error.as_str())) {
        (400 | 401, Some("invalid_grant"))
            if told
                .as_ref()
                .is_some_and(|told| told.ms_rtc_passiveauthuri.is_some()) =>
        {
            ErrorKind::NoMethod {
                offered: vec!["urn:microsoft.rtc:passive".to_owned()],
            }
        }
        (400 | 401, Some("invalid_grant")) | (401, None) => ErrorKind::PasswordRefused,
        (400, Some("unsupported_grant_type")) => ErrorKind::NoMethod {
            offered: Vec::new(),
        },
        (403, _) => ErrorKind::NotEnabled,
        (407, _) => ErrorKind::ProxyLogin,
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

    #[tokio::test]
    async fn password_is_not_sent_with_every_request_when_the_token_cannot_be_renewed() {
        let (token_url, asked) = busy_server();
        let settings = Settings {
            address: "sip:lina@example.org".parse().unwrap(),
            user: None,
            method: Method::Forms,
            password: Some(SecretString::from("secret")),
            discovery_url: None,
            trusted_domains: Vec::new(),
            extra_roots: Vec::new(),
            proxy: Proxy::None,
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
            renew_at: Instant::now(),
        };
        tokens
            .state
            .lock()
            .await
            .by_host
            .insert(host(&token_url), old);
        for _ in 0..5 {
            let token = tokens.for_url(&http, &token_url).await.unwrap();
            assert_eq!(token.expose_secret(), "old");
        }
        assert_eq!(asked.load(Ordering::SeqCst), 1);
    }
}
