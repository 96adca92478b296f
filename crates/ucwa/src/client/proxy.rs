//! Which way a request goes: straight, or through a proxy.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use base64::Engine as _;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use url::Url;

use super::settings::{Proxy, ProxyLogin, Settings};

/// Knows which proxy leads to a host: the desktop's settings, and the scripts (PAC) that may stand in them.
pub trait ProxyResolver: fmt::Debug + Send + Sync {
    /// The ways to that URL in their order, each `direct://` or the URL of a proxy; by that script, or as the desktop is
    /// set. `None` where nobody answers.
    fn ways(&self, script: Option<&Url>, to: &Url) -> ProxyAnswer<'_>;
}

/// What a [`ProxyResolver`] answers.
pub type ProxyAnswer<'a> = Pin<Box<dyn Future<Output = Option<Vec<String>>> + Send + 'a>>;

/// Hosts of this computer: no proxy can reach them.
const LOOPBACK: &str = "localhost,127.0.0.0/8,::1";

/// The ways to each host.
pub(super) struct Ways {
    source: Source,
    /// Takes what goes to a host that is not exempt; where its proxy would be does not matter.
    far: Matcher,
    login: Option<ProxyLogin>,
}

enum Source {
    Straight,
    Named(Box<Matcher>),
    Asked(Arc<dyn ProxyResolver>, Option<Url>),
}

/// A way to a host.
#[derive(Clone, Debug)]
pub(super) enum Way {
    Straight,
    Through(Via),
}

/// A proxy.
#[derive(Clone, Debug)]
pub(super) struct Via {
    /// Where it is; may be shown.
    pub(super) url: Url,
    pub(super) login: Option<ProxyLogin>,
}

impl Ways {
    pub(super) fn new(settings: &Settings) -> Self {
        let exempt: Vec<&str> = [LOOPBACK]
            .into_iter()
            .chain(settings.proxy_bypass.iter().map(String::as_str))
            .collect();
        let source = match (&settings.proxy, &settings.proxy_resolver) {
            (Proxy::System, Some(resolver)) if !environment_names_one() => {
                Source::Asked(resolver.clone(), None)
            }
            (Proxy::System, _) => Source::Named(Box::new(Matcher::from_system())),
            (Proxy::Url(url), _) => Source::Named(Box::new(
                Matcher::builder().all(url.as_str().to_owned()).build(),
            )),
            (Proxy::Script(script), Some(resolver)) => {
                Source::Asked(resolver.clone(), Some(script.clone()))
            }
            (Proxy::Script(_), None) => {
                tracing::warn!("nobody here can run the script that names the proxy");
                Source::Straight
            }
            (Proxy::None, _) => Source::Straight,
        };
        Self {
            source,
            far: Matcher::builder()
                .all("http://far".to_owned())
                .no(exempt.join(","))
                .build(),
            login: settings.proxy_login.clone(),
        }
    }

    /// The ways there, in the order in which they are tried; at least one.
    pub(super) async fn to(&self, url: &Url) -> Vec<Way> {
        let straight = vec![Way::Straight];
        let Ok(target) = url.as_str().parse() else {
            return straight;
        };
        if self.far.intercept(&target).is_none() {
            return straight;
        }
        let ways: Vec<Way> = match &self.source {
            Source::Straight => return straight,
            Source::Named(proxies) => match proxies.intercept(&target) {
                Some(found) => self.named(&found).into_iter().collect(),
                None => return straight,
            },
            Source::Asked(resolver, script) => {
                let Some(told) = resolver.ways(script.as_ref(), url).await else {
                    if script.is_some() {
                        tracing::warn!("the script that names the proxy could not be asked");
                    }
                    return straight;
                };
                told.iter().filter_map(|way| self.told(way)).collect()
            }
        };
        if ways.is_empty() {
            tracing::warn!(host = url.host_str(), "the proxy is no HTTP proxy");
            return straight;
        }
        ways
    }

    fn named(&self, found: &Intercept) -> Option<Way> {
        let url: Url = found.uri().to_string().parse().ok()?;
        // A login in the environment stands in the proxy's address.
        let own = found
            .basic_auth()
            .and_then(|header| header.to_str().ok())
            .and_then(decode);
        self.through(url, own)
    }

    fn told(&self, way: &str) -> Option<Way> {
        if way == "direct://" {
            return Some(Way::Straight);
        }
        self.through(way.parse().ok()?, None)
    }

    fn through(&self, url: Url, own: Option<ProxyLogin>) -> Option<Way> {
        matches!(url.scheme(), "http" | "https").then(|| {
            Way::Through(Via {
                url,
                login: self.login.clone().or(own),
            })
        })
    }
}

/// Whether the environment names a proxy; then it alone decides, as everywhere.
fn environment_names_one() -> bool {
    let names = ["all_proxy", "https_proxy", "http_proxy"];
    names.iter().any(|name| {
        [(*name).to_owned(), name.to_uppercase()]
            .iter()
            .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
    })
}

/// User and password of `Basic …` (RFC 7617).
fn decode(header: &str) -> Option<ProxyLogin> {
    let coded = header.strip_prefix("Basic ")?;
    let plain = base64::engine::general_purpose::STANDARD
        .decode(coded)
        .ok()?;
    let plain = String::from_utf8(plain).ok()?;
    let (user, password) = plain.split_once(':')?;
    Some(ProxyLogin {
        user: user.to_owned(),
        password: password.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret as _;

    fn ways(source: Source, login: Option<ProxyLogin>, bypass: &[&str]) -> Ways {
        let exempt = [&[LOOPBACK], bypass].concat().join(",");
        Ways {
            source,
            far: Matcher::builder()
                .all("http://far".to_owned())
                .no(exempt)
                .build(),
            login,
        }
    }

    fn named(proxy: &str) -> Source {
        Source::Named(Box::new(Matcher::builder().all(proxy.to_owned()).build()))
    }

    /// Each way in a word.
    async fn told(ways: &Ways, url: &str) -> Vec<String> {
        let ways = ways.to(&url.parse().unwrap()).await;
        let ways = ways.iter().map(|way| match way {
            Way::Straight => "straight".to_owned(),
            Way::Through(via) => via.url.to_string(),
        });
        ways.collect()
    }

    #[tokio::test]
    async fn loopback_and_exempt_hosts_are_reached_straight() {
        let ways = ways(
            named("http://proxy.example:3128"),
            None,
            &["contoso.example", "10.0.0.0/8"],
        );
        for (url, through) in [
            ("https://web.fabrikam.example/x", true),
            ("https://web.contoso.example/x", false),
            ("https://contoso.example.fabrikam.example/x", true),
            ("https://10.1.2.3:4443/", false),
            ("https://localhost:4443/", false),
            ("https://127.0.0.9/", false),
            ("https://[::1]:4443/", false),
            ("http://lyncdiscover.fabrikam.example/", true),
        ] {
            assert_eq!(told(&ways, url).await != ["straight"], through, "{url}");
        }
    }

    #[tokio::test]
    async fn a_login_is_kept_apart_from_the_address_that_is_shown() {
        let login = ProxyLogin {
            user: "anna".to_owned(),
            password: "g:e/h@eim".into(),
        };
        let sent = async |source, login| {
            let ways = ways(source, login, &[]);
            let url = "https://web.fabrikam.example/".parse().unwrap();
            match ways.to(&url).await.remove(0) {
                Way::Through(Via { url, login }) => {
                    assert_eq!(url.as_str(), "http://proxy.example:3128/");
                    login.map(|login| (login.user, login.password.expose_secret().to_owned()))
                }
                Way::Straight => panic!("straight"),
            }
        };
        let pair = |user: &str, password: &str| Some((user.to_owned(), password.to_owned()));
        assert_eq!(
            sent(named("http://proxy.example:3128"), Some(login)).await,
            pair("anna", "g:e/h@eim")
        );
        assert_eq!(
            sent(named("http://ben:g%40heim@proxy.example:3128"), None).await,
            pair("ben", "g@heim")
        );
    }

    #[derive(Debug)]
    struct Told(Option<&'static [&'static str]>);

    impl ProxyResolver for Told {
        fn ways(&self, _script: Option<&Url>, _to: &Url) -> ProxyAnswer<'_> {
            let told = self.0.map(|ways| ways.iter().map(|way| (*way).to_owned()));
            Box::pin(std::future::ready(told.map(Iterator::collect)))
        }
    }

    #[tokio::test]
    async fn what_a_resolver_tells_is_tried_in_its_order() {
        let asked = async |answer, url| {
            let resolver = Arc::new(Told(answer));
            told(&ways(Source::Asked(resolver, None), None, &[]), url).await
        };
        let far = "https://web.fabrikam.example/";
        let several: &[_] = &[
            "socks://a.example:1080",
            "http://b.example:8080",
            "direct://",
        ];
        assert_eq!(
            asked(Some(several), far).await,
            ["http://b.example:8080/", "straight"]
        );
        assert_eq!(
            asked(Some(several), "https://localhost/").await,
            ["straight"]
        );
        assert_eq!(asked(Some(&several[..1]), far).await, ["straight"]);
        assert_eq!(asked(None, far).await, ["straight"]);
    }
}
