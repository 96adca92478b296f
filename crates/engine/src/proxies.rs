//! The desktop's proxies, by whoever knows them on the session bus: its settings stand there, and scripts are run there.

use std::sync::Arc;

use ucwa::client::ProxyResolver;

/// Whom to ask. Each new connection asks anew: an answer holds for the network of its time.
pub(crate) fn resolver() -> Option<Arc<dyn ProxyResolver>> {
    #[cfg(target_os = "linux")]
    return Some(Arc::new(linux::SessionBus));
    #[cfg(not(target_os = "linux"))]
    None
}

#[cfg(target_os = "linux")]
mod linux {
    use std::time::Duration;

    use ucwa::client::{ProxyAnswer, ProxyResolver};
    use url::Url;
    use zbus::Connection;

    /// `org.freedesktop.portal.ProxyResolver` (XDG desktop portal): as GNOME, Plasma and the others are set.
    const PORTAL: [&str; 3] = [
        "org.freedesktop.portal.Desktop",
        "/org/freedesktop/portal/desktop",
        "org.freedesktop.portal.ProxyResolver",
    ];
    /// Runs a script outside of its callers (glib-networking).
    const RUNNER: [&str; 3] = [
        "org.gtk.GLib.PACRunner",
        "/org/gtk/GLib/PACRunner",
        "org.gtk.GLib.PACRunner",
    ];
    /// It may have to be started first. Nobody waits longer to connect.
    const PATIENCE: Duration = Duration::from_secs(3);

    #[derive(Debug)]
    pub(super) struct SessionBus;

    impl ProxyResolver for SessionBus {
        fn ways(&self, script: Option<&Url>, to: &Url) -> ProxyAnswer<'_> {
            // Where we go there is nobody's business.
            let to = format!("{}/", to.origin().ascii_serialization());
            let script = script.map(Url::to_string);
            Box::pin(async move {
                let asked = tokio::time::timeout(PATIENCE, ask(script.as_deref(), &to));
                match asked.await {
                    Ok(Ok(ways)) => Some(ways),
                    // Servers have no session bus, and small desktops no portal.
                    Ok(Err(error)) => {
                        tracing::debug!(%error, "nobody tells which proxy to use");
                        None
                    }
                    Err(_) => {
                        tracing::info!("whoever knows which proxy to use does not answer");
                        None
                    }
                }
            })
        }
    }

    async fn ask(script: Option<&str>, to: &str) -> zbus::Result<Vec<String>> {
        let bus = Connection::session().await?;
        let reply = match script {
            Some(script) => {
                let [name, path, interface] = RUNNER;
                bus.call_method(Some(name), path, Some(interface), "Lookup", &(script, to))
                    .await
            }
            None => {
                let [name, path, interface] = PORTAL;
                bus.call_method(Some(name), path, Some(interface), "Lookup", &(to,))
                    .await
            }
        };
        reply?.body().deserialize()
    }
}
