//! What can go wrong with the Lync side.

use causeway_tests::cast::{Solo, secret};
use causeway_tests::old_server::OldServer;
use causeway_tests::sim::{Sim, free_port};
use causeway_tests::wait::until;
use causeway_tests::web_proxy::WebProxy;
use reqwest::Url;
use serde_json::{Value, json};

use super::{Met, POOL};

/// A front end, and Anna with its address.
async fn anna() -> (Sim, Solo) {
    let sim = Sim::with_its_own_cast().await;
    let anna = Solo::at(&sim);
    (sim, anna)
}

async fn check(anna: &Solo, step: &'static str) -> Met {
    Met::at(&anna.ctl.run(&["check"]).await, step)
}

/// The front end under a name that is not loopback's.
fn by_name(sim: &Sim) -> String {
    let mut url: Url = sim.ready().discovery.parse().expect("a URL");
    url.set_host(Some(POOL)).expect("a host name");
    url.to_string()
}

pub(super) async fn no_discovery_name() -> Met {
    let sim = Sim::with_its_own_cast().await;
    let anna = Solo::new(&sim, "");
    check(&anna, "finding-server").await
}

pub(super) async fn silent() -> Met {
    let sim = Sim::with_its_own_cast().await;
    let url = format!("discovery_url = \"https://127.0.0.1:{}/\"\n", free_port());
    check(&Solo::new(&sim, &url), "finding-server").await
}

pub(super) async fn proxy_login() -> Met {
    let sim = Sim::with_its_own_cast().await;
    let proxy = WebProxy::with_login("anna", "geheim").await;
    let lines = format!(
        "discovery_url = \"{}\"\nproxy = \"{}\"\n",
        by_name(&sim),
        proxy.url()
    );
    check(&Solo::new(&sim, &lines), "finding-server").await
}

pub(super) async fn not_ucwa() -> Met {
    let (sim, anna) = anna().await;
    sim.fault(json!({"what": "html", "count": 20})).await;
    check(&anna, "finding-server").await
}

pub(super) async fn certificate(flaw: &str) -> Met {
    let sim = Sim::at(free_port(), &["--certificate", flaw]).await;
    check(&Solo::at(&sim), "checking-certificate").await
}

pub(super) async fn old_tls() -> Met {
    let old = OldServer::start("-tls1_1").await;
    let sim = Sim::with_its_own_cast().await;
    let url = format!("discovery_url = \"https://127.0.0.1:{}/\"\n", old.port());
    let anna = Solo::new(&sim, &url);
    let ca = old.ca().display().to_string();
    let trust = ["config", "set", "lync.ca_file", &ca];
    anna.ctl.run(&trust).await.done();
    check(&anna, "checking-certificate").await
}

pub(super) async fn foreign_domain() -> Met {
    let (sim, anna) = anna().await;
    let away = json!({"what": "redirect-302", "location": "https://pool.fabrikam.example/"});
    sim.fault(away).await;
    check(&anna, "finding-server").await
}

pub(super) async fn password_refused() -> Met {
    let (_sim, anna) = anna().await;
    secret(&anna.password_file(), "not the password");
    check(&anna, "signing-in").await
}

pub(super) async fn windows() -> Met {
    let sim = Sim::with_its_own_cast().await;
    let lines = format!(
        "discovery_url = \"{}\"\nmethod = \"windows\"\n",
        sim.ready().discovery
    );
    check(&Solo::new(&sim, &lines), "signing-in").await
}

pub(super) async fn no_method() -> Met {
    let (sim, anna) = anna().await;
    sim.fault(json!({"what": "modern-auth", "count": -1})).await;
    check(&anna, "signing-in").await
}

pub(super) async fn password_missing() -> Met {
    let (_sim, anna) = anna().await;
    anna.without("password_file");
    check(&anna, "signing-in").await
}

pub(super) async fn web_sign_in() -> Met {
    let sim = Sim::at(free_port(), &["--passive", "--no-forms"]).await;
    check(&Solo::at(&sim), "signing-in").await
}

/// Anna's address with Ben's name and password.
pub(super) async fn other_person() -> Met {
    let (sim, anna) = anna().await;
    let ben = sim.account("ben");
    let user = ["config", "set", "lync.user", &ben.user];
    anna.ctl.run(&user).await.done();
    secret(&anna.password_file(), &ben.password);
    check(&anna, "opening-session").await
}

pub(super) async fn refuses(rel: &str, status: u16, step: &'static str) -> Met {
    let (sim, anna) = anna().await;
    let fault = json!({"what": "status", "on": rel, "status": status, "count": -1});
    sim.fault(fault).await;
    check(&anna, step).await
}

pub(super) async fn no_ucwa() -> Met {
    let (sim, anna) = anna().await;
    sim.fault(json!({"what": "no-user-link", "count": -1}))
        .await;
    check(&anna, "finding-server").await
}

/// What the running bridge tells of its link after that fault.
async fn told_after(fault: Value) -> Met {
    let (sim, anna) = anna().await;
    let mut bridge = anna.ctl.stream(&["bridge", "run"]);
    bridge
        .find("ready", |event| event["state"] == "ready-available")
        .await;
    sim.fault(fault).await;
    let state = bridge
        .next("the loss", |event| {
            event["kind"] == "state" && event["error"]["code"].is_string()
        })
        .await;
    Met::event(&state["error"])
}

pub(super) async fn session_ended() -> Met {
    told_after(json!({"what": "application-gone"})).await
}

pub(super) async fn events_stopped() -> Met {
    told_after(json!({"what": "pget-cut", "count": 10})).await
}

pub(super) async fn not_delivered() -> Met {
    let (sim, anna) = anna().await;
    sim.goes("ben@contoso.example", "Offline", "", "").await;
    Met::told(
        &anna
            .ctl
            .run(&["send", "sip:ben@contoso.example", "hello?"])
            .await,
    )
}

/// The server ends in the middle of it, and knows nothing when it is back.
pub(super) async fn outcome_unknown() -> Met {
    let (mut sim, anna) = anna().await;
    let mut bridge = anna.ctl.stream(&["bridge", "run"]);
    bridge
        .find("ready", |event| event["state"] == "ready-available")
        .await;
    let to = "sip:ben@contoso.example";
    anna.ctl.run(&["send", to, "the first"]).await.done();
    sim.fault(json!({"what": "drop", "on": "sendMessage"}))
        .await;
    let second = ["send", to, "the second"];
    let end = async {
        until("the second text on the wire", async || {
            (sim.count("anna@contoso.example", "sendMessage").await > 0).then_some(())
        })
        .await;
        sim.kill().await;
        sim.start_again().await;
    };
    let (answer, ()) = tokio::join!(anna.ctl.run(&second), end);
    Met::told(&answer)
}

pub(super) async fn other_account() -> Met {
    let (mut sim, anna) = anna().await;
    let mut bridge = anna.ctl.stream(&["bridge", "run"]);
    bridge
        .find("ready", |event| event["state"] == "ready-available")
        .await;
    sim.kill().await;
    bridge
        .next("the loss", |event| event["state"] == "reconnecting")
        .await;
    let mut send = anna
        .ctl
        .stream(&["send", "sip:ben@contoso.example", "as Anna"]);
    bridge
        .next("the text in the queue", |event| {
            event["kind"] == "delivery" && event["state"] == "queued"
        })
        .await;
    bridge.program.kill().await;
    send.program.kill().await;
    sim.start_again().await;
    anna.becomes(&sim, "ben");
    let mut bridge = anna.ctl.stream(&["bridge", "run"]);
    let notice = bridge
        .find("the notice", |event| {
            event["kind"] == "notices" && event["problems"][0]["code"].is_string()
        })
        .await;
    Met::event(&notice["problems"][0])
}

pub(super) async fn time_limit() -> Met {
    let (sim, anna) = anna().await;
    sim.fault(json!({"what": "silent", "on": "applications", "count": -1}))
        .await;
    check(&anna, "opening-session").await
}

pub(super) async fn not_offered() -> Met {
    let (sim, anna) = anna().await;
    let fault =
        json!({"what": "status", "on": "search", "status": 403, "code": "Forbidden", "count": -1});
    sim.fault(fault).await;
    Met::told(&anna.ctl.run(&["search", "ben"]).await)
}

/// A change of the contact list is refused with that reason.
pub(super) async fn list_refuses(code: &str, subcode: &str, status: u16) -> Met {
    let (sim, anna) = anna().await;
    let fault = json!({"what": "status", "on": "myGroupMemberships", "status": status,
        "code": code, "subcode": subcode, "count": -1});
    sim.fault(fault).await;
    let add = ["contacts", "add", "sip:newcomer@contoso.example"];
    Met::told(&anna.ctl.run(&add).await)
}

/// A group of the directory with one member more than the server tells.
pub(super) async fn group_too_large() -> Met {
    let (sim, anna) = anna().await;
    let members: Vec<String> = (0..=100).map(|n| format!("c{n}@contoso.example")).collect();
    let members: Vec<&str> = members.iter().map(String::as_str).collect();
    sim.has_group("all@contoso.example", "All", &members).await;
    let shown = anna
        .ctl
        .run(&["contacts", "members", "all@contoso.example"]);
    Met::told(&shown.await)
}
