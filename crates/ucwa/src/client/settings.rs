//! What the link is started with.

use std::collections::HashMap;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use secrecy::SecretString;
use url::Url;
use uuid::Uuid;

use super::proxy::ProxyResolver;
use crate::{Limits, SipUri};

/// Everything that the link needs to know.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Sign-in address; its domain is asked for the server.
    pub address: SipUri,
    /// Logon name where it differs from the address: UPN or `DOMAIN\user`.
    pub user: Option<String>,
    /// How to sign in.
    pub method: Method,
    /// Password, for whichever method takes one.
    pub password: Option<SecretString>,
    /// What sign-in pages gave, as the value of a `Cookie` header, by the origin of the token URL that wanted it
    /// ([`ErrorKind::WebSignIn`](crate::ErrorKind::WebSignIn)).
    pub cookies: HashMap<String, SecretString>,
    /// Autodiscovery root; wins over DNS, and its host counts as trusted.
    pub discovery_url: Option<Url>,
    /// Where applications were created last ([`Event::Located`](crate::Event::Located)): asked first, in place of discovery.
    pub applications: Option<Url>,
    /// Domains, host names or IP addresses that redirects may lead to, besides the sign-in domain.
    pub trusted_domains: Vec<String>,
    /// Certificate authorities besides the system's.
    pub extra_roots: Vec<CertificateDer<'static>>,
    /// Proxy.
    pub proxy: Proxy,
    /// Who knows the desktop's proxies, and runs scripts that name one.
    pub proxy_resolver: Option<Arc<dyn ProxyResolver>>,
    /// Login for the proxy (NTLM, Basic). Without it one that stands in the environment's address of the proxy is used.
    pub proxy_login: Option<ProxyLogin>,
    /// Hosts, domains with all below them, addresses and networks that are reached without the proxy. This computer
    /// always is.
    pub proxy_bypass: Vec<String>,
    /// Whether to appear.
    pub mode: Mode,
    /// `endpointId`: one per installation and running instance, kept across restarts.
    pub endpoint_id: Uuid,
    /// `culture`, e.g. `en-US`: language of messages and activities made by the server.
    pub culture: String,
    /// `userAgent` and the header of that name, e.g. `Causeway/0.1.0`.
    pub user_agent: String,
    /// Time limits.
    pub limits: Limits,
}

/// How to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Whatever the server offers and we can.
    Automatic,
    /// Integrated Windows authentication only.
    Windows,
    /// User name and password only.
    Forms,
    /// The sign-in page of the organisation only (the passive grant).
    Web,
}

/// Whether this client is one of the places where its person appears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// makeMeAvailable: presence is published, messages reach us.
    Available,
    /// Sees others and changes nothing for its own person.
    WatchOnly,
}

/// Who one is to a proxy.
#[derive(Clone, Debug)]
pub struct ProxyLogin {
    /// User name.
    pub user: String,
    /// Password.
    pub password: SecretString,
}

/// Which proxy to use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proxy {
    /// As the environment says (`https_proxy`, `http_proxy`, `all_proxy`, `no_proxy`); where it names none, as the desktop
    /// is set.
    System,
    /// None.
    None,
    /// This one, for everything.
    Url(Url),
    /// The one that the script at this address names (PAC).
    Script(Url),
}
