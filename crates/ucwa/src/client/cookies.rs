//! Cookies (RFC 6265): a load balancer knows us by one.

use std::sync::{PoisonError, RwLock};

use cookie_store::{CookieStore, RawCookie};
use hyper::header::{HeaderMap, HeaderValue, SET_COOKIE};
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

/// What servers want to be told again. Some of it is a sign-in.
#[derive(Default)]
pub(super) struct Cookies(RwLock<CookieStore>);

impl Cookies {
    /// Keeps those of an answer.
    pub(super) fn keep(&self, headers: &HeaderMap, url: &Url) {
        let given: Vec<_> = headers
            .get_all(SET_COOKIE)
            .iter()
            .filter_map(|value| RawCookie::parse(value.to_str().ok()?).ok())
            .map(RawCookie::into_owned)
            .collect();
        if !given.is_empty() {
            let mut store = self.0.write().unwrap_or_else(PoisonError::into_inner);
            store.store_response_cookies(given.into_iter(), url);
        }
    }

    /// Takes what a sign-in page gave, as the value of a header `Cookie`, for that URL alone.
    pub(super) fn carry(&self, url: &Url, cookies: &SecretString) {
        let cookies = cookies.expose_secret().split(';');
        let given = cookies.filter_map(|cookie| {
            let cookie = format!("{}; Path={}; Secure", cookie.trim(), url.path());
            RawCookie::parse(cookie).ok()
        });
        let mut store = self.0.write().unwrap_or_else(PoisonError::into_inner);
        store.store_response_cookies(given, url);
    }

    /// The header `Cookie` for that URL.
    pub(super) fn header(&self, url: &Url) -> Option<HeaderValue> {
        let store = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let pairs: Vec<_> = store
            .get_request_values(url)
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let mut header = HeaderValue::try_from(pairs.join("; ")).ok()?;
        header.set_sensitive(true);
        Some(header).filter(|header| !header.is_empty())
    }
}
