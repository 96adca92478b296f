//! Cookies (RFC 6265): a load balancer knows us by one.

use std::sync::{PoisonError, RwLock};

use cookie_store::{CookieStore, RawCookie};
use hyper::header::{HeaderMap, HeaderValue, SET_COOKIE};
use url::Url;

/// What servers want to be told again.
#[derive(Debug, Default)]
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

    /// The header `Cookie` for that URL.
    pub(super) fn header(&self, url: &Url) -> Option<HeaderValue> {
        let store = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let pairs: Vec<_> = store
            .get_request_values(url)
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        HeaderValue::try_from(pairs.join("; "))
            .ok()
            .filter(|header| !header.is_empty())
    }
}
