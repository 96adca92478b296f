//! A plain browser: follows redirects, keeps cookies, fills in forms. It knows nothing of the pages that it is sent to.

use std::collections::HashMap;
use std::sync::Arc;

use reqwest::cookie::{CookieStore as _, Jar};
use reqwest::{Client, Response, Url};

use crate::sim::Sim;
use crate::wait::PATIENCE;

/// A browser that trusts the simulator's authority.
pub struct Browser {
    http: Client,
    cookies: Arc<Jar>,
}

impl Browser {
    /// Without any cookie.
    ///
    /// # Panics
    /// Where the authority cannot be read.
    pub fn new(sim: &Sim) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let ca = std::fs::read(&sim.ready().ca).expect("the CA");
        let ca = reqwest::Certificate::from_pem(&ca).expect("a certificate");
        let cookies = Arc::new(Jar::default());
        let http = Client::builder()
            .tls_certs_only([ca])
            .no_proxy()
            .cookie_provider(cookies.clone())
            .timeout(PATIENCE);
        Self {
            http: http.build().expect("a client"),
            cookies,
        }
    }

    /// Goes to a page, fills in every form that comes and shows the last page: its text.
    ///
    /// # Panics
    /// When a page does not come, or forms come without end.
    pub async fn signs_in(&self, page: &Url, user: &str, password: &str) -> String {
        let mut answer = self.http.get(page.clone()).send().await;
        for _ in 0..4 {
            let (url, text) = read(answer.expect("an answer")).await;
            let Some(form) = text.find("<form") else {
                return text;
            };
            let inputs = inputs(&text[form..]);
            if text.contains("role=\"alert\"") {
                return text;
            }
            let filled = inputs.into_iter().map(|(name, value)| match name.as_str() {
                "UserName" => (name, user.to_owned()),
                "Password" => (name, password.to_owned()),
                _ => (name, value),
            });
            let filled: HashMap<String, String> = filled.collect();
            let action = attribute(&text[form..], "action").unwrap_or_default();
            let to = if action.is_empty() {
                url
            } else {
                url.join(&action).expect("a URL")
            };
            answer = self.http.post(to).form(&filled).send().await;
        }
        panic!("forms without end");
    }

    /// What a request to this URL would carry, as the header `Cookie`.
    pub fn cookies(&self, url: &Url) -> Option<String> {
        let cookies = self.cookies.cookies(url)?;
        Some(cookies.to_str().ok()?.to_owned())
    }
}

async fn read(answer: Response) -> (Url, String) {
    let url = answer.url().clone();
    (url, answer.text().await.expect("a page"))
}

/// Names and values of the inputs.
fn inputs(form: &str) -> Vec<(String, String)> {
    let inputs = form.split("<input").skip(1);
    let inputs = inputs.filter_map(|input| {
        Some((
            attribute(input, "name")?,
            attribute(input, "value").unwrap_or_default(),
        ))
    });
    inputs.collect()
}

/// An attribute of the first element.
fn attribute(html: &str, name: &str) -> Option<String> {
    let element = html.split('>').next()?;
    let (_, value) = element.split_once(&format!("{name}=\""))?;
    Some(value.split('"').next()?.to_owned())
}
