//! Where applications are created is kept across starts (UCWA documentation, caching of discovery).

use causeway_tests::sim::Sim;
use reqwest::Url;
use serde_json::json;
use ucwa::Event;
use ucwa::client::Settings;

use super::account::{Account, is_ready, settings};

/// Kinds of the requests that came in for finding the server.
async fn search(sim: &Sim) -> Vec<String> {
    let requests = sim.requests().await;
    let kinds = requests
        .iter()
        .filter_map(|request| request["rel"].as_str());
    kinds
        .filter(|rel| ["discovery", "user"].contains(rel))
        .map(str::to_owned)
        .collect()
}

/// Signs in and says what was told of the server meanwhile.
async fn located(settings: Settings) -> (Account, Vec<Option<Url>>) {
    let mut account = Account::start(settings);
    account.until("ready", is_ready).await;
    let told = account.seen.iter().filter_map(|event| match event {
        Event::Located(url) => Some(url.clone()),
        _ => None,
    });
    let told = told.collect();
    (account, told)
}

#[tokio::test]
async fn the_server_that_was_found_once_is_not_looked_for_at_the_next_start() {
    let sim = Sim::with_its_own_cast().await;
    let mut settings = settings(&sim, "anna");
    let (first, told) = located(settings.clone()).await;
    let [Some(found)] = told.as_slice() else {
        panic!("{told:?}")
    };
    drop(first);
    let before = sim.http_requests().await;
    assert_eq!(search(&sim).await, ["discovery", "user", "user"]);

    sim.forget_requests().await;
    settings.applications = Some(found.clone());
    let (_second, told) = located(settings).await;
    assert_eq!(told, [], "nothing new");
    assert_eq!(search(&sim).await, Vec::<String>::new());
    assert!(sim.http_requests().await < before);
}

#[tokio::test]
async fn a_server_that_refuses_is_forgotten_and_found_anew_without_a_word() {
    for status in [403, 502] {
        let sim = Sim::with_its_own_cast().await;
        let mut settings = settings(&sim, "anna");
        let root: Url = sim.ready().discovery.parse().expect("a URL");
        settings.applications = root.join("/ucwa/oauth/v1/applications").ok();
        sim.fault(json!({"what": "status", "on": "applications", "status": status}))
            .await;
        let kept = settings.applications.clone();
        let (account, told) = located(settings).await;
        assert_eq!(told, [None, kept], "{status}");
        let bad = account
            .seen
            .iter()
            .find(|event| matches!(event, Event::State(ucwa::State::Reconnecting { .. })));
        assert!(bad.is_none(), "{bad:?}");
    }
}

#[tokio::test]
async fn a_busy_server_is_not_forgotten_and_a_foreign_one_never_asked() {
    let sim = Sim::with_its_own_cast().await;
    let root: Url = sim.ready().discovery.parse().expect("a URL");
    let mut busy = settings(&sim, "anna");
    busy.applications = root.join("/ucwa/oauth/v1/applications").ok();
    sim.fault(json!({"what": "status", "on": "applications", "status": 503}))
        .await;
    let (_busy, told) = located(busy.clone()).await;
    assert!(!told.contains(&None), "{told:?}");

    // The same front end under a name that nobody has approved.
    let mut foreign = busy;
    foreign.endpoint_id = uuid::Uuid::new_v4();
    let port = root.port().expect("a port of its own");
    foreign.applications = Some(
        format!("https://localhost:{port}/ucwa/oauth/v1/applications")
            .parse()
            .expect("a URL"),
    );
    sim.forget_requests().await;
    let (_foreign, told) = located(foreign).await;
    assert_eq!(told, [root.join("/ucwa/oauth/v1/applications").ok()]);
    assert!(search(&sim).await.contains(&"discovery".to_owned()));
}

#[tokio::test]
async fn a_server_that_is_gone_is_looked_for_and_a_wrong_password_is_sent_once() {
    let sim = Sim::with_its_own_cast().await;
    let mut settings = settings(&sim, "anna");
    let gone = causeway_tests::sim::free_port();
    let gone = format!("https://127.0.0.1:{gone}/ucwa/oauth/v1/applications");
    settings.applications = gone.parse().ok();
    let (_there, told) = located(settings.clone()).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].is_some(), "where it is now: {told:?}");

    settings.applications.clone_from(&told[0]);
    settings.password = Some("not it".to_owned().into());
    sim.forget_requests().await;
    let refused = Account::start(settings).stopped().await;
    assert_eq!(refused, ucwa::ErrorKind::PasswordRefused);
    let requests = sim.requests().await;
    let tokens = requests.iter().filter(|request| request["rel"] == "token");
    assert_eq!(tokens.count(), 1);
}
