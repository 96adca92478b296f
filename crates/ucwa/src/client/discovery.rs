//! From an address to the URL where applications are created, signing in on the way (UCWA reference, autodiscovery).

use std::time::Duration;

use url::Url;

use super::http::{Answer, Asking, Http};
use super::redirect::{Trust, Way};
use super::settings::Settings;
use super::tokens::Tokens;
use crate::session::{Failure, Response};
use crate::wire::Href;
use crate::wire::challenge::Offer;
use crate::wire::discovery::Document;
use crate::{Error, ErrorKind};

/// What finding the server needs.
pub(super) struct Discovery<'a> {
    pub(super) settings: &'a Settings,
    pub(super) http: &'a Http,
    pub(super) tokens: &'a Tokens,
    pub(super) trust: &'a Trust,
}

/// The server was found: its user step, and the way there.
pub(super) struct FoundServer {
    pub(super) user: Url,
    pub(super) chain: Vec<String>,
}

/// The user step asks for a token.
pub(super) struct Challenged {
    pub(super) url: Url,
    pub(super) answer: Answer,
}

impl Challenged {
    /// Grant types offered.
    pub(super) fn methods(&self) -> Vec<String> {
        Offer::read(self.answer.challenges.iter().map(String::as_str)).grants
    }
}

/// An attempt over the inner name has so much longer than one over the outer name that is done.
const INNER_FIRST: Duration = Duration::from_millis(500);
/// Host changes of the user step.
const MOVES: usize = 5;

impl Discovery<'_> {
    /// Step one: the autodiscovery root, by the configured URL or by the names of the domain.
    pub(super) async fn find_server(&self) -> Result<FoundServer, Error> {
        if let Some(url) = &self.settings.discovery_url {
            let found = self.ask_root(url.clone()).await;
            return found.map_err(|error| unnamed(error, url.host_str().unwrap_or_default()));
        }
        let domain = self.settings.address.domain();
        let names = [
            format!("lyncdiscoverinternal.{domain}"),
            format!("lyncdiscover.{domain}"),
        ];
        match self.ask_both(&names, "https").await {
            Ok(found) => Ok(found),
            // Where HTTPS is not published under these names, HTTP may still redirect to it; nothing else is taken from it.
            Err(error) => self.ask_both(&names, "http").await.map_err(|_| error),
        }
    }

    /// Both names at once, each with a limit of its own: an inner name whose DNS never answers must not keep anybody.
    async fn ask_both(&self, names: &[String; 2], scheme: &str) -> Result<FoundServer, Error> {
        let (inner, outer) = (
            self.ask_name(&names[0], scheme),
            self.ask_name(&names[1], scheme),
        );
        tokio::pin!(inner, outer);
        let results = tokio::select! {
            inner = &mut inner => match inner {
                Ok(found) => return Ok(found),
                Err(error) => (error, outer.await),
            },
            outer = &mut outer => match (outer, tokio::time::timeout(INNER_FIRST, &mut inner).await) {
                (_, Ok(Ok(found))) | (Ok(found), _) => return Ok(found),
                (Err(error), Ok(Err(inner))) => (inner, Err(error)),
                (Err(error), Err(_)) => match inner.await {
                    Ok(found) => return Ok(found),
                    Err(inner) => (inner, Err(error)),
                },
            },
        };
        match results {
            (_, Ok(found)) => Ok(found),
            (inner, Err(outer)) => Err(more_telling(inner, outer)),
        }
    }

    async fn ask_name(&self, name: &str, scheme: &str) -> Result<FoundServer, Error> {
        let url =
            Url::parse(&format!("{scheme}://{name}/")).map_err(|_| ErrorKind::NoDiscoveryName {
                tried: vec![name.to_owned()],
            })?;
        tokio::time::timeout(self.settings.limits.discovery, self.ask_root(url))
            .await
            .unwrap_or_else(|_| {
                Err(ErrorKind::Silent {
                    host: name.to_owned(),
                    refused: false,
                }
                .into())
            })
            .map_err(|error| unnamed(error, name))
    }

    async fn ask_root(&self, url: Url) -> Result<FoundServer, Error> {
        let mut way = Way::default();
        let user = self.walk_to_user(url, &mut way).await?;
        Ok(FoundServer {
            user,
            chain: way.into_chain(),
        })
    }

    /// Follows redirects, in the body or by status, until a document names the user step.
    async fn walk_to_user(&self, mut url: Url, way: &mut Way) -> Result<Url, Error> {
        loop {
            way.visit(&url)?;
            let answer = self
                .get(&url, None, self.settings.limits.discovery)
                .await?
                .response;
            let next = match follow(&answer, &url)? {
                Some(next) => next,
                None => {
                    let document = document(&answer, &url)?;
                    if url.scheme() != "https" {
                        return Err(not_ucwa(&answer, &url));
                    }
                    if let Some(user) = &document.user {
                        let user = self.allowed(user, &url)?;
                        return Ok(user);
                    }
                    let redirect = document
                        .redirect
                        .ok_or_else(|| with(ErrorKind::NoUcwa, &answer))?;
                    resolve(&redirect, &url)?
                }
            };
            self.trust
                .allows(&url, &next)
                .map_err(|kind| with(kind, &answer))?;
            url = next;
        }
    }

    /// Step two: the challenge of the user step.
    pub(super) async fn ask_challenge(&self, url: Url) -> Result<Challenged, Error> {
        let answer = self.get(&url, None, self.settings.limits.request).await?;
        match answer.response.status {
            401 => Ok(Challenged { url, answer }),
            // Some servers redirect before they ask who it is; the caller's next step follows that.
            200 | 300..=399 => Ok(Challenged { url, answer }),
            _ => Err(refused(&answer.response, &url)),
        }
    }

    /// Steps three and four: the token, and with it the URL where applications are created.
    pub(super) async fn sign_in(&self, challenged: Challenged) -> Result<Url, Error> {
        let mut way = Way::default();
        let Challenged {
            mut url,
            mut answer,
        } = challenged;
        for _ in 0..MOVES {
            way.visit(&url)?;
            if answer.response.status == 401 {
                let token = self
                    .tokens
                    .answer_challenge(self.http, &url, &answer, None)
                    .await?;
                answer = self
                    .get(&url, Some(&token), self.settings.limits.request)
                    .await?;
            }
            if answer.response.status == 401 {
                // A fresh token is refused: asking again would only lock the account.
                return Err(with(ErrorKind::PasswordRefused, &answer.response));
            }
            let next = match follow(&answer.response, &url)? {
                Some(next) => next,
                None => {
                    let document = document(&answer.response, &url)?;
                    if let Some(applications) = &document.applications {
                        let applications = self.allowed(applications, &url)?;
                        self.sign_in_at(&applications, &url).await?;
                        return Ok(applications);
                    }
                    let onward = document.user.or(document.redirect);
                    resolve(
                        &onward.ok_or_else(|| with(ErrorKind::NoUcwa, &answer.response))?,
                        &url,
                    )?
                }
            };
            self.trust
                .allows(&url, &next)
                .map_err(|kind| with(kind, &answer.response))?;
            // Tokens do not travel: the new host is asked for its own challenge. It may be a root document again.
            url = next;
            answer = self.get(&url, None, self.settings.limits.request).await?;
        }
        Err(ErrorKind::RedirectLoop {
            chain: way.into_chain(),
        }
        .into())
    }

    /// The token for the URL that was asked, which is where applications were created before.
    pub(super) async fn sign_in_where(&self, challenged: Challenged) -> Result<(), Error> {
        let Challenged { url, answer } = challenged;
        if answer.response.status != 401 {
            return Err(not_ucwa(&answer.response, &url));
        }
        self.tokens
            .answer_challenge(self.http, &url, &answer, None)
            .await
            .map(drop)
    }

    /// Applications often live on another host than the one that gave the token: it has a challenge of its own.
    async fn sign_in_at(&self, applications: &Url, user: &Url) -> Result<(), Error> {
        if applications.origin() == user.origin() {
            return Ok(());
        }
        let answer = self
            .get(applications, None, self.settings.limits.request)
            .await?;
        if answer.response.status == 401 {
            self.tokens
                .answer_challenge(self.http, applications, &answer, None)
                .await?;
        }
        Ok(())
    }

    fn allowed(&self, href: &Href, from: &Url) -> Result<Url, Error> {
        let url = resolve(href, from)?;
        self.trust.allows(from, &url)?;
        Ok(url)
    }

    async fn get(
        &self,
        url: &Url,
        token: Option<&secrecy::SecretString>,
        limit: Duration,
    ) -> Result<Answer, Error> {
        self.http
            .send(Asking::get(url, token, limit))
            .await
            .map_err(|failure| match failure {
                Failure::NotSent(error) | Failure::Lost(error) => error,
            })
    }
}

fn resolve(href: &Href, base: &Url) -> Result<Url, Error> {
    href.resolve(base)
        .map_err(|_| ErrorKind::Protocol("a link of discovery is no URL".to_owned()).into())
}

/// Where a redirect by status leads.
fn follow(answer: &Response, url: &Url) -> Result<Option<Url>, Error> {
    match (answer.status, &answer.location) {
        (301 | 302 | 303 | 307 | 308, Some(location)) => {
            resolve(&Href::from_header(location), url).map(Some)
        }
        _ => Ok(None),
    }
}

fn document(answer: &Response, url: &Url) -> Result<Document, Error> {
    if answer.status != 200 {
        return Err(refused(answer, url));
    }
    Document::read(&answer.body).map_err(|_| not_ucwa(answer, url))
}

fn refused(answer: &Response, url: &Url) -> Error {
    let kind = match answer.status {
        403 => ErrorKind::AppNotAllowed,
        // The server does not know this user's home.
        404 if answer.body.is_empty() => ErrorKind::NotEnabled,
        404 | 410 => ErrorKind::NoUcwa,
        407 => ErrorKind::ProxyLogin {
            offered: Vec::new(),
            refused: false,
        },
        408 | 429 | 500.. => ErrorKind::Busy {
            retry_after: answer.retry_after,
        },
        _ => return not_ucwa(answer, url),
    };
    with(kind, answer)
}

fn not_ucwa(answer: &Response, url: &Url) -> Error {
    let host = url.host_str().unwrap_or_default().to_owned();
    with(
        ErrorKind::NotUcwa {
            host,
            content_type: answer.content_type.clone(),
        },
        answer,
    )
}

fn with(kind: ErrorKind, answer: &Response) -> Error {
    Error {
        kind,
        facts: Box::new(answer.facts.clone()),
    }
}

/// The name with which discovery begins does not exist, or is never answered; one that it leads to is another matter.
fn unnamed(mut error: Error, name: &str) -> Error {
    if matches!(error.kind, ErrorKind::TimeLimit { .. })
        && error.facts.host.as_deref() == Some(name)
    {
        error.kind = ErrorKind::Silent {
            host: name.to_owned(),
            refused: false,
        };
    }
    if let ErrorKind::NoAddress { host } = &error.kind
        && host == name
    {
        let tried = vec![host.clone()];
        error.kind = ErrorKind::NoDiscoveryName { tried };
    }
    error
}

/// Of two failed attempts, the one that got further says more.
fn more_telling(inner: Error, outer: Error) -> Error {
    if let (
        ErrorKind::NoDiscoveryName { tried: one },
        ErrorKind::NoDiscoveryName { tried: other },
    ) = (&inner.kind, &outer.kind)
    {
        return ErrorKind::NoDiscoveryName {
            tried: one.iter().chain(other).cloned().collect(),
        }
        .into();
    }
    let weight = |error: &Error| match error.kind {
        ErrorKind::NoDiscoveryName { .. } => 0,
        ErrorKind::NoAddress { .. }
        | ErrorKind::Silent { .. }
        | ErrorKind::Connection(_)
        | ErrorKind::TimeLimit { .. } => 1,
        ErrorKind::NoUcwa
        | ErrorKind::NotUcwa { .. }
        | ErrorKind::Busy { .. }
        | ErrorKind::Protocol(_) => 2,
        ErrorKind::ProxyLogin { .. }
        | ErrorKind::CertificateExpired { .. }
        | ErrorKind::CertificateIssuer { .. }
        | ErrorKind::CertificateName { .. }
        | ErrorKind::Tls(_)
        | ErrorKind::ForeignRedirect { .. }
        | ErrorKind::RedirectLoop { .. }
        | ErrorKind::PasswordMissing
        | ErrorKind::PasswordRefused
        | ErrorKind::WindowsNotOffered { .. }
        | ErrorKind::WindowsFailed { .. }
        | ErrorKind::NoMethod { .. }
        | ErrorKind::WebSignIn { .. }
        | ErrorKind::OtherPerson { .. }
        | ErrorKind::ModernAuthOnly
        | ErrorKind::AppNotAllowed
        | ErrorKind::NotEnabled
        | ErrorKind::InCloud { .. }
        | ErrorKind::TooManyApplications
        | ErrorKind::SessionEnded
        | ErrorKind::EventsStopped
        | ErrorKind::Refused { .. }
        | ErrorKind::NotPossible(_)
        | ErrorKind::NotInDirectory
        | ErrorKind::Journal(_) => 3,
    };
    if weight(&inner) > weight(&outer) {
        inner
    } else {
        outer
    }
}
