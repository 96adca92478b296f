//! How the sign-in page reaches its hosts: by the proxy and the authorities of the Lync side, as the agent reaches them.

use causeway_api::{Command, ConfigEntry, Desk as _, Problem, Reply};
use serde_json::Value;
use tauri::{AppHandle, Manager as _, WebviewWindow};

use crate::shell::Shell;

/// Settings of the Lync side that a page of the web obeys too.
pub(super) struct Network {
    /// `lync.ca_file`: the organisation's own authority, which this computer need not know.
    ca_file: Option<String>,
    proxy: Proxy,
    /// `lync.proxy_bypass`.
    exempt: Vec<String>,
}

/// `lync.proxy`.
enum Proxy {
    /// As the desktop is set. A script stands there as well: the web view takes none from us.
    Desktop,
    None,
    At(String),
}

impl Network {
    /// As it holds for the agent.
    pub(super) async fn of(app: &AppHandle) -> Result<Self, Problem> {
        let client = app.state::<Shell>().client().await?;
        let reply = client.request(Command::ShowConfig).await?;
        let Reply::Config { entries, .. } = reply else {
            return Ok(Self::read(&[]));
        };
        Ok(Self::read(&entries))
    }

    fn read(entries: &[ConfigEntry]) -> Self {
        let value = |key: &str| {
            let entry = entries.iter().find(|entry| entry.key == key);
            entry.map_or(&Value::Null, |entry| &entry.value)
        };
        let proxy = match value("lync.proxy").as_str() {
            Some("none") => Proxy::None,
            Some(url) if url.starts_with("http://") => {
                Proxy::At(url.trim_end_matches('/').to_owned())
            }
            Some(_) | None => Proxy::Desktop,
        };
        let exempt = value("lync.proxy_bypass").as_array().into_iter().flatten();
        Self {
            ca_file: value("lync.ca_file").as_str().map(str::to_owned),
            proxy,
            exempt: exempt
                .filter_map(|host| host.as_str().map(str::to_owned))
                .collect(),
        }
    }

    /// Has the window obey, before it opens its first connection.
    #[cfg(target_os = "linux")]
    pub(super) fn rules(self, window: &WebviewWindow) -> tauri::Result<()> {
        window.with_webview(move |webview| {
            let view = webview.inner();
            linux::go_by(&view, &self.proxy, &self.exempt);
            if let Some(file) = self.ca_file {
                linux::trust(&view, file);
            }
        })
    }

    /// The other web views ask the system alone.
    #[cfg(not(target_os = "linux"))]
    pub(super) fn rules(self, _window: &WebviewWindow) -> tauri::Result<()> {
        Ok(())
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use tauri::Url;
    use webkit2gtk::gio::prelude::TlsCertificateExt as _;
    use webkit2gtk::gio::{NetworkAddress, TlsCertificate, TlsCertificateFlags};
    use webkit2gtk::{
        NetworkProxyMode, NetworkProxySettings, WebContextExt as _, WebView, WebViewExt as _,
        WebsiteDataManagerExt as _,
    };

    use super::Proxy;

    /// Hosts of this computer: no proxy can reach them.
    const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.0/8", "::1"];

    /// Takes the proxy of the Lync side for everything but what is exempt from it.
    pub(super) fn go_by(view: &WebView, proxy: &Proxy, exempt: &[String]) {
        let Some(network) = view.website_data_manager() else {
            return;
        };
        match proxy {
            Proxy::Desktop => {}
            Proxy::None => network.set_network_proxy_settings(NetworkProxyMode::NoProxy, None),
            Proxy::At(url) => {
                let exempt = exempt.iter().map(String::as_str);
                let exempt: Vec<&str> = LOOPBACK.into_iter().chain(exempt).collect();
                let mut named = NetworkProxySettings::new(Some(url), &exempt);
                network.set_network_proxy_settings(NetworkProxyMode::Custom, Some(&mut named));
            }
        }
    }

    /// Lets hosts pass whose certificate comes from that authority, and nothing else is wrong with.
    pub(super) fn trust(view: &WebView, ca_file: String) {
        let authorities = TlsCertificate::list_new_from_file(ca_file).unwrap_or_default();
        let trusts = move |host: &str, certificate: &TlsCertificate| {
            let identity = NetworkAddress::new(host, 443);
            authorities.iter().any(|authority| {
                certificate.verify(Some(&identity), Some(authority)) == TlsCertificateFlags::empty()
            })
        };
        view.connect_load_failed_with_tls_errors(move |view, url, certificate, _| {
            let host = Url::parse(url).ok();
            let host = host.as_ref().and_then(Url::host_str);
            let Some(host) = host.filter(|host| trusts(host, certificate)) else {
                return false;
            };
            let Some(context) = view.context() else {
                return false;
            };
            context.allow_tls_certificate_for_host(certificate, host);
            view.load_uri(url);
            true
        });
    }
}
