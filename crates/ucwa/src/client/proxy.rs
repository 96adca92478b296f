//! Which way a request goes: straight, or through a proxy.

use base64::Engine as _;
use hyper_util::client::proxy::matcher::Matcher;
use secrecy::ExposeSecret;
use url::Url;

use super::settings::{Proxy, ProxyLogin, Settings};

/// Hosts of this computer: no proxy can reach them.
const LOOPBACK: &str = "localhost,127.0.0.0/8,::1";

/// The proxy of each host.
pub(super) struct Ways {
    proxies: Option<Matcher>,
    /// Takes what goes to a host that is not exempt; where its proxy would be does not matter.
    far: Matcher,
    login: Option<ProxyLogin>,
}

impl Ways {
    pub(super) fn new(settings: &Settings) -> Self {
        let exempt: Vec<&str> = [LOOPBACK]
            .into_iter()
            .chain(settings.proxy_bypass.iter().map(String::as_str))
            .collect();
        let proxies = match &settings.proxy {
            Proxy::System => Some(Matcher::from_system()),
            Proxy::None => None,
            Proxy::Url(url) => Some(Matcher::builder().all(url.as_str().to_owned()).build()),
        };
        Self {
            proxies,
            far: Matcher::builder()
                .all("http://far".to_owned())
                .no(exempt.join(","))
                .build(),
            login: settings.proxy_login.clone(),
        }
    }

    /// The proxy on the way there, with its login; none where one goes straight.
    pub(super) fn to(&self, url: &Url) -> Option<Url> {
        let target = url.as_str().parse().ok()?;
        self.far.intercept(&target)?;
        let found = self.proxies.as_ref()?.intercept(&target)?;
        let mut proxy: Url = found.uri().to_string().parse().ok()?;
        // A login in the environment stands in the proxy's address.
        let own = found
            .basic_auth()
            .and_then(|header| header.to_str().ok())
            .and_then(decode);
        let (user, password) = match (&self.login, own) {
            (Some(login), _) => (
                login.user.clone(),
                login.password.expose_secret().to_owned(),
            ),
            (None, Some(own)) => own,
            (None, None) => return Some(proxy),
        };
        // Both refuse only what is no address of a host, which it is.
        let _ = (
            proxy.set_username(&user),
            proxy.set_password(Some(&password)),
        );
        Some(proxy)
    }

    /// The proxy on the way there, as it may be shown.
    pub(super) fn shown(&self, url: &Url) -> Option<String> {
        let mut proxy = self.to(url)?;
        let _ = (proxy.set_username(""), proxy.set_password(None));
        Some(proxy.to_string())
    }
}

/// User and password of `Basic …` (RFC 7617).
fn decode(header: &str) -> Option<(String, String)> {
    let coded = header.strip_prefix("Basic ")?;
    let plain = base64::engine::general_purpose::STANDARD
        .decode(coded)
        .ok()?;
    let plain = String::from_utf8(plain).ok()?;
    let (user, password) = plain.split_once(':')?;
    Some((user.to_owned(), password.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ways(login: Option<ProxyLogin>, proxy: &str, bypass: &[&str]) -> Ways {
        let exempt = [&[LOOPBACK], bypass].concat().join(",");
        Ways {
            proxies: Some(Matcher::builder().all(proxy.to_owned()).build()),
            far: Matcher::builder()
                .all("http://far".to_owned())
                .no(exempt)
                .build(),
            login,
        }
    }

    #[test]
    fn loopback_and_exempt_hosts_are_reached_straight() {
        let ways = ways(
            None,
            "http://proxy.example:3128",
            &["contoso.example", "10.0.0.0/8"],
        );
        let check = |url: &str, through: bool| {
            let url: Url = url.parse().unwrap();
            assert_eq!(ways.to(&url).is_some(), through, "{url}");
        };
        check("https://web.fabrikam.example/x", true);
        check("https://web.contoso.example/x", false);
        check("https://contoso.example.fabrikam.example/x", true);
        check("https://10.1.2.3:4443/", false);
        check("https://localhost:4443/", false);
        check("https://127.0.0.9/", false);
        check("https://[::1]:4443/", false);
        check("http://lyncdiscover.fabrikam.example/", true);
    }

    #[test]
    fn a_login_is_sent_and_never_shown() {
        let login = ProxyLogin {
            user: "anna".to_owned(),
            password: "g:e/h@eim".into(),
        };
        let url: Url = "https://web.fabrikam.example/".parse().unwrap();
        let given = ways(Some(login), "http://proxy.example:3128", &[]);
        let proxy = given.to(&url).unwrap();
        assert_eq!(
            proxy.as_str(),
            "http://anna:g%3Ae%2Fh%40eim@proxy.example:3128/"
        );
        assert_eq!(given.shown(&url).unwrap(), "http://proxy.example:3128/");
        let environment = ways(None, "http://ben:g%40heim@proxy.example:3128", &[]);
        assert_eq!(
            environment.to(&url).unwrap().as_str(),
            "http://ben:g%40heim@proxy.example:3128/"
        );
    }
}
