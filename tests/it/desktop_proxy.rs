//! The desktop names the proxy: by hand, or by a script.

use causeway_tests::cast::Solo;
use causeway_tests::ctl::Answer;
use causeway_tests::desktop::Desktop;
use causeway_tests::names::Names;
use causeway_tests::proxy_settings::ProxySettings;
use causeway_tests::sim::{Sim, free_port};
use causeway_tests::wait::until;
use reqwest::Url;

/// Who reaches the pool only through a proxy that knows its name.
struct Office {
    desktop: Desktop,
    settings: ProxySettings,
    names: Names,
    anna: Solo,
    discovery: String,
    sim: Sim,
}

impl Office {
    /// `None`: the services of a desktop are not on this computer, which was said.
    async fn new() -> Option<Self> {
        let desktop = Desktop::new().await;
        let settings = ProxySettings::of(&desktop).await?;
        let sim = Sim::with_its_own_cast().await;
        let root: Url = sim.ready().discovery.parse().expect("a URL");
        let port = root.port().expect("a port of its own");
        let discovery = format!("discovery_url = \"https://pool.contoso.example:{port}/\"\n");
        Some(Self {
            anna: Solo::new(&sim, &discovery),
            names: Names::start().await,
            desktop,
            settings,
            discovery,
            sim,
        })
    }

    async fn check(&self, anna: &Solo) -> Answer {
        anna.ctl.run_on(&self.desktop, &["check"], "").await
    }

    /// Services notice by themselves that a setting has changed.
    async fn becomes(&self, exit: i32) {
        until(&format!("a check that ends with {exit}"), async || {
            (self.check(&self.anna).await.exit == exit).then_some(())
        })
        .await;
    }

    fn proxy(&self) -> String {
        self.names.url().replace("http://", "PROXY ")
    }
}

#[tokio::test]
async fn the_desktop_names_the_proxy_by_hand_and_by_a_script() {
    let Some(office) = Office::new().await else {
        return;
    };
    office.becomes(4).await;
    office.settings.name(office.names.port());
    office.becomes(0).await;

    let silent = free_port();
    office.settings.name(silent);
    office.becomes(4).await;
    // The second way is gone when the first one leads nowhere.
    let script = format!("PROXY 127.0.0.1:{silent}; {}", office.proxy());
    let script = office.settings.script(&script);
    office.settings.follow(&script);
    office.becomes(0).await;
}

#[tokio::test]
async fn the_environment_and_the_configuration_come_before_the_desktop() {
    let Some(office) = Office::new().await else {
        return;
    };
    office.settings.name(office.names.port());
    office.becomes(0).await;
    let without = Solo::new(
        &office.sim,
        &format!("{}proxy = \"none\"\n", office.discovery),
    );
    assert_eq!(office.check(&without).await.exit, 4);
    let silent = format!("http://127.0.0.1:{}", free_port());
    let environment = [("https_proxy", silent)];
    let ctl = &office.anna.ctl;
    let overruled = ctl.run_on_in(&office.desktop, &["check"], &environment);
    assert_eq!(overruled.await.exit, 4);

    office.settings.name_none();
    office.becomes(4).await;
    let script = office.settings.script(&office.proxy());
    let with = Solo::new(
        &office.sim,
        &format!("{}proxy = \"pac+{script}\"\n", office.discovery),
    );
    office.check(&with).await.done();
}
