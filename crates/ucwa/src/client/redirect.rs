//! Where redirects and links of discovery may lead.

use std::collections::HashSet;

use url::{Host, Url};

use super::settings::Settings;
use crate::ErrorKind;

/// Below it are the hosts of Skype for Business Online, to which hybrid pools send those who live there.
const CLOUD: &str = ".lync.com";

/// The hosts that may see a password or token: those below the sign-in domain, and those named by configuration.
#[derive(Clone, Debug)]
pub(super) struct Trust {
    domains: Vec<String>,
}

impl Trust {
    pub(super) fn new(settings: &Settings) -> Self {
        let mut domains = vec![settings.address.domain().to_owned()];
        domains.extend(settings.trusted_domains.iter().map(|domain| {
            domain
                .trim()
                .trim_start_matches("*.")
                .trim_matches('.')
                .to_lowercase()
        }));
        domains.extend(
            settings
                .discovery_url
                .as_ref()
                .and_then(Url::host_str)
                .map(str::to_lowercase),
        );
        domains.retain(|domain| !domain.is_empty());
        Self { domains }
    }

    /// Whether one may go there from here.
    ///
    /// # Errors
    /// [`ErrorKind::ForeignRedirect`] when the target is not HTTPS, or its host is neither the one just asked nor trusted;
    /// [`ErrorKind::InCloud`] when it is Microsoft's, which nobody need be asked about.
    pub(super) fn allows(&self, from: &Url, to: &Url) -> Result<(), ErrorKind> {
        let foreign = || {
            let (from, to) = (host(from), host(to));
            if to.ends_with(CLOUD) {
                ErrorKind::InCloud { host: to }
            } else {
                ErrorKind::ForeignRedirect { from, to }
            }
        };
        if to.scheme() != "https" || to.cannot_be_a_base() {
            return Err(foreign());
        }
        // A host that was asked over HTTP has proved nothing yet.
        if from.scheme() == "https" && from.host() == to.host() || self.names(to) {
            return Ok(());
        }
        Err(foreign())
    }

    /// Whether one may go there from nowhere.
    pub(super) fn names(&self, url: &Url) -> bool {
        if url.scheme() != "https" {
            return false;
        }
        match url.host() {
            Some(Host::Domain(name)) => {
                let name = name.trim_end_matches('.').to_lowercase();
                self.domains.iter().any(|domain| {
                    name == *domain
                        || name
                            .strip_suffix(domain.as_str())
                            .is_some_and(|rest| rest.ends_with('.'))
                })
            }
            // An address is trusted only where it is named as such.
            Some(Host::Ipv4(_) | Host::Ipv6(_)) => {
                let address = host(url);
                self.domains
                    .iter()
                    .any(|domain| address == *domain || address.trim_matches(['[', ']']) == domain)
            }
            None => false,
        }
    }
}

fn host(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_lowercase()
}

/// The way taken so far.
#[derive(Debug, Default)]
pub(super) struct Way {
    visited: HashSet<Url>,
    chain: Vec<String>,
}

/// Longest chain of redirects.
const HOPS: usize = 10;

impl Way {
    /// Notes a stop.
    ///
    /// # Errors
    /// [`ErrorKind::RedirectLoop`] when it was visited before, or there are too many.
    pub(super) fn visit(&mut self, url: &Url) -> Result<(), ErrorKind> {
        let mut plain = url.clone();
        plain.set_query(None);
        self.chain.push(plain.to_string());
        if !self.visited.insert(url.clone()) || self.chain.len() > HOPS {
            return Err(ErrorKind::RedirectLoop {
                chain: self.chain.clone(),
            });
        }
        Ok(())
    }

    /// URLs visited, without their queries.
    pub(super) fn into_chain(self) -> Vec<String> {
        self.chain
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(from: &str, to: &str, allowed: bool) {
        let trust = Trust {
            domains: vec!["contoso.example".to_owned(), "10.0.0.5".to_owned()],
        };
        let result = trust.allows(&from.parse().unwrap(), &to.parse().unwrap());
        assert_eq!(result.is_ok(), allowed, "{from} -> {to}");
    }

    #[test]
    fn only_trusted_hosts_over_https_are_followed() {
        check(
            "https://lyncdiscover.contoso.example/",
            "https://web.contoso.example/x",
            true,
        );
        check(
            "https://lyncdiscover.contoso.example/",
            "https://WEB.Contoso.Example/x",
            true,
        );
        check("https://web.contoso.example/", "https://10.0.0.5/x", true);
        check(
            "https://pool.other.example/",
            "https://pool.other.example:4443/x",
            true,
        );
        check(
            "https://web.contoso.example/",
            "http://web.contoso.example/x",
            false,
        );
        check(
            "https://web.contoso.example/",
            "https://evilcontoso.example/",
            false,
        );
        check(
            "https://web.contoso.example/",
            "https://contoso.example.evil.example/",
            false,
        );
        check("https://web.contoso.example/", "https://10.0.0.6/", false);
        check(
            "http://lyncdiscover.other.example/",
            "https://lyncdiscover.other.example/",
            false,
        );
        check(
            "http://lyncdiscover.contoso.example/",
            "https://web.contoso.example/",
            true,
        );
    }

    #[test]
    fn the_cloud_is_told_from_other_foreign_hosts() {
        let trust = |domain: &str| Trust {
            domains: vec![domain.to_owned()],
        };
        let from = "https://lyncdiscover.contoso.example/".parse().unwrap();
        let cloud = "https://WebDir0d.online.lync.com/Autodiscover/AutodiscoverService.svc/root";
        let cloud = cloud.parse().unwrap();
        let host = "webdir0d.online.lync.com".to_owned();
        let told = trust("contoso.example").allows(&from, &cloud);
        assert_eq!(told, Err(ErrorKind::InCloud { host }));
        assert_eq!(trust("lync.com").allows(&from, &cloud), Ok(()));
        let evil = "https://evil-lync.com/".parse().unwrap();
        let told = trust("contoso.example").allows(&from, &evil);
        assert!(matches!(told, Err(ErrorKind::ForeignRedirect { .. })));
    }

    #[test]
    fn a_circle_is_noticed_and_shown() {
        let mut way = Way::default();
        let (a, b): (Url, Url) = (
            "https://a.example/".parse().unwrap(),
            "https://b.example/?x=1".parse().unwrap(),
        );
        way.visit(&a).unwrap();
        way.visit(&b).unwrap();
        let chain = [
            "https://a.example/",
            "https://b.example/",
            "https://a.example/",
        ]
        .map(str::to_owned)
        .to_vec();
        assert_eq!(way.visit(&a), Err(ErrorKind::RedirectLoop { chain }));
    }
}
