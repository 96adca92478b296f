//! What happens to a session that lasts: other networks, sleep, another password.

use std::process::Command as Program;

use causeway_api::door::Client;
use causeway_api::{Command, Desk as _, Reply};
use causeway_tests::agent::Agent;
use causeway_tests::cast::{Solo, secret};
use causeway_tests::desktop::Desktop;
use causeway_tests::island::story;
use causeway_tests::proxy::Proxy;
use causeway_tests::sim::Sim;
use causeway_tests::wait::until;
use jiff::Timestamp;
use reqwest::Url;
use serde_json::{Value, json};

const ANNA: &str = "anna@contoso.example";
const BEN: &str = "ben@contoso.example";

fn ip(arguments: &[&str]) {
    let done = Program::new("ip").args(arguments).status();
    assert!(done.expect("ip runs").success(), "{arguments:?}");
}

/// The last moment named for the next try.
fn next_try(seen: &[Value]) -> Option<Timestamp> {
    let last = seen.iter().rfind(|event| event["kind"] == "next-try")?;
    last["next_at"].as_str()?.parse().ok()
}

#[test]
fn another_network_ends_a_long_wait() {
    story(
        module_path!(),
        "another_network_ends_a_long_wait",
        async || {
            let sim = Sim::with_its_own_cast().await;
            let root: Url = sim.ready().discovery.parse().expect("a URL");
            let network = Proxy::to(root.port().expect("a port of its own")).await;
            let way = format!(
                "discovery_url = \"https://127.0.0.1:{}/\"\n",
                network.port()
            );
            let anna = Solo::new(&sim, &way);
            let mut bridge = anna.ctl.stream(&["bridge", "run"]);
            bridge
                .find("ready", |event| event["state"] == "ready-available")
                .await;
            network.cut();
            // Waits double: sooner or later one is longer than everything that follows takes.
            let far = |event: &Value| {
                let at = event["next_at"]
                    .as_str()
                    .and_then(|at| at.parse::<Timestamp>().ok());
                event["kind"] == "next-try"
                    && at.is_some_and(|at| at.duration_since(Timestamp::now()).as_secs() >= 12)
            };
            bridge.next("a long wait", far).await;
            network.restore();
            ip(&["address", "add", "192.0.2.7/32", "dev", "lo"]);
            bridge
                .next("the return", |event| event["state"] == "ready-available")
                .await;
            let planned = next_try(bridge.seen()).expect("a planned try");
            assert!(Timestamp::now() < planned, "it waited until {planned}");
        },
    );
}

#[tokio::test]
async fn after_a_sleep_the_server_is_asked_on_new_connections() {
    let sim = Sim::with_its_own_cast().await;
    let root: Url = sim.ready().discovery.parse().expect("a URL");
    let network = Proxy::to(root.port().expect("a port of its own")).await;
    let way = format!(
        "discovery_url = \"https://127.0.0.1:{}/\"\n",
        network.port()
    );
    let anna = Solo::new(&sim, &way);
    let desktop = Desktop::new().await;
    let _agent = Agent::start_prepared(&anna.ctl, |command| desktop.wakes(command)).await;
    ready(&anna).await;
    // Nobody is told that the connections are dead.
    network.leave();
    desktop.wakes_up().await;
    sim.writes(BEN, ANNA, "good morning").await;
    until("the text", async || {
        sim.inbox(ANNA)
            .await
            .contains(&"good morning".to_owned())
            .then_some(())
    })
    .await;
}

/// Waits until she is signed in.
async fn ready(anna: &Solo) {
    until("ready", async || {
        let status = anna.ctl.run(&["status", "get"]).await;
        (status.json["availability"] == "available").then_some(())
    })
    .await;
}

/// How often each of these texts stands in the chat with Ben.
async fn told(door: &Client, texts: &[&str]) -> Vec<usize> {
    let history = Command::History {
        conversations: vec![format!("lync:{BEN}")],
        before: None,
        around: None,
        after: None,
        limit: 50,
    };
    let page = door.request(history).await.expect("the chat can be read");
    let page = serde_json::to_string(&page).expect("chats are JSON");
    texts
        .iter()
        .map(|text| page.matches(&format!("\"text\":\"{text}\"")).count())
        .collect()
}

#[tokio::test]
async fn somebody_who_is_moved_to_another_pool_is_signed_in_there_and_loses_nothing() {
    let old = Sim::with_its_own_cast().await;
    let new = old.beside().await;
    let anna = Solo::at(&old);
    let _agent = Agent::start(&anna.ctl).await;
    ready(&anna).await;
    let door = Client::connect(&anna.ctl.data_dir, "the stories").await;
    let door = door.expect("the door answers").expect("the agent runs");
    old.writes(BEN, ANNA, "before").await;
    until("the text from the old pool", async || {
        (told(&door, &["before"]).await == [1]).then_some(())
    })
    .await;

    // What a pool answers for a person who lives elsewhere.
    let moved = [
        json!({"what": "redirect", "count": -1, "location": new.ready().discovery}),
        json!({"what": "status", "on": "applications", "status": 404, "count": -1}),
        json!({"what": "application-gone"}),
    ];
    for fault in moved {
        old.fault(fault).await;
    }
    let between = ["send", BEN, "on the way"];
    let (_, ()) = tokio::join!(anna.ctl.run(&between), async {
        new.receives(BEN, "on the way").await;
    });
    new.writes(BEN, ANNA, "after").await;
    let texts = ["before", "on the way", "after"];
    until("the text from the new pool", async || {
        (told(&door, &["after"]).await == [1]).then_some(())
    })
    .await;
    assert_eq!(told(&door, &texts).await, [1, 1, 1]);
    assert_eq!(new.inbox(BEN).await, ["on the way"]);
    assert_eq!(old.inbox(BEN).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_password_that_is_changed_elsewhere_is_asked_for_once_and_nothing_is_lost() {
    let sim = Sim::with_its_own_cast().await;
    let anna = Solo::at(&sim);
    let _agent = Agent::start(&anna.ctl).await;
    ready(&anna).await;
    sim.writes(BEN, ANNA, "before").await;
    let door = Client::connect(&anna.ctl.data_dir, "the stories").await;
    let door = door.expect("the door answers").expect("the agent runs");
    let conversation = format!("lync:{BEN}");
    let draft = Command::SaveDraft {
        conversation: conversation.clone(),
        text: "half a sentence".to_owned(),
    };
    door.request(draft).await.expect("the draft is kept");

    let tokens = async || {
        let requests = sim.requests().await;
        requests
            .iter()
            .filter(|request| request["rel"] == "token")
            .count()
    };
    let before = tokens().await;
    sim.changes_password(ANNA, "neu & anders").await;
    // What moves next meets the void token.
    sim.goes(BEN, "Away", "", "").await;
    let refused = until("the question", async || {
        let contacts = anna.ctl.run(&["contacts"]).await;
        (contacts.code() == "CW-1201").then_some(contacts)
    })
    .await;
    assert_eq!(refused.json["links"][0]["state"], "refused", "{refused:?}");
    assert_eq!(tokens().await, before + 1, "the old password was sent once");

    secret(&anna.password_file(), "neu & anders");
    anna.ctl.run(&["login"]).await.done();
    ready(&anna).await;
    let chats = door.request(Command::Chats).await;
    let Ok(Reply::Chats { chats }) = chats else {
        panic!("{chats:?}")
    };
    let kept = serde_json::to_string(&chats).expect("chats are JSON");
    assert!(
        kept.contains("half a sentence") && kept.contains("before"),
        "{kept}"
    );
}
