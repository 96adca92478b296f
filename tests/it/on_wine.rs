//! The programs for Windows, run by Wine against the simulator: what their pipe, files, registry, key store and connections
//! do. It is not Windows.

use causeway_tests::cast::{ANNA, BEN, PEOPLE};
use causeway_tests::sim::Sim;
use causeway_tests::wait::PATIENCE;
use causeway_tests::wine::Desk;
use serde_json::Value;

/// Anna at her desk, and the server she signs in to with her password.
async fn anna() -> Option<(Sim, Desk)> {
    // Nothing is started where the programs are not there.
    Desk::new("")?;
    let sim = Sim::start(PEOPLE, &[]).await;
    let ready = sim.ready();
    let mut desk = Desk::new(&format!(
        "[lync]\naddress = \"{ANNA}\"\nuser = 'CONTOSO\\anna'\nmethod = \"forms\"\ndiscovery_url = \"{}\"\n",
        // Wine compares no addresses in certificates.
        ready.discovery.replace("127.0.0.1", "localhost"),
    ))?;
    desk.trusts(&ready.ca).await;
    let password = &sim.account("anna").password;
    let login = desk.ctl(&["login", "--password-stdin"], password).await;
    login.done();
    Some((sim, desk))
}

#[tokio::test]
async fn the_check_goes_through_every_step_with_a_password_of_the_credential_manager() {
    let Some((_sim, desk)) = anna().await else {
        return;
    };
    let checked = desk.ctl(&["check"], "").await.done();
    let steps = checked["steps"].as_array().unwrap();
    let lync: Vec<&Value> = steps.iter().filter(|step| step["side"] == "lync").collect();
    assert!(lync.len() >= 5, "{checked}");
    let bad = |step: &&&Value| !["ok", "skip"].contains(&step["state"].as_str().unwrap_or(""));
    assert_eq!(lync.iter().find(bad), None, "{checked}");
}

#[tokio::test]
async fn texts_go_both_ways_through_the_pipe_of_a_running_agent() {
    let Some((sim, desk)) = anna().await else {
        return;
    };
    let mut agent = desk.agent().await;
    let status = desk.ctl(&["status", "get"], "").await.done();
    assert!(status["availability"].is_string(), "{status}");
    let sent = desk.ctl(&["send", BEN, "Grüße — 你好 🙂"], "").await.done();
    assert_eq!(sent["state"], "delivered", "{sent}");
    sim.receives(BEN, "Grüße — 你好 🙂").await;
    let (_watch, mut told) = desk.watch();
    let answer = async {
        // It is told what is there before it is told what happens.
        let _ = told.next_line().await.unwrap();
        sim.writes(BEN, ANNA, "Zustimmt, señor").await;
        loop {
            let line = told.next_line().await.unwrap().unwrap();
            let event: Value = serde_json::from_str(&line).unwrap();
            if event["kind"] == "message" && event["direction"] == "in" {
                return event["text"].clone();
            }
        }
    };
    let answer = tokio::time::timeout(PATIENCE, answer).await.unwrap();
    assert_eq!(answer, "Zustimmt, señor");
    assert!(desk.quit().await.success());
    let ended = tokio::time::timeout(PATIENCE, agent.child().wait()).await;
    assert!(ended.unwrap().unwrap().success(), "{}", agent.log_text());
}

#[tokio::test]
async fn what_group_policy_says_holds_and_its_defaults_give_way() {
    let Some(desk) = Desk::new("[notifications]\ncontent = \"name\"\n") else {
        return;
    };
    const POLICIES: &str = r"HKLM\Software\Policies\Causeway";
    let defaults = format!(r"{POLICIES}\Defaults");
    // Keys that change nothing for the other stories.
    for (key, name, value) in [
        (POLICIES, "history.days", "30"),
        (&defaults, "notifications.content", "none"),
        (&defaults, "notifications.sound", "false"),
    ] {
        desk.registry(&["add", key, "/v", name, "/d", value, "/f"])
            .await;
    }
    let shown = desk.ctl(&["config", "show"], "").await;
    let set = desk.ctl(&["config", "set", "history.days", "9"], "").await;
    desk.registry(&["delete", POLICIES, "/f"]).await;
    let shown = shown.done();
    let entries = shown["entries"].as_array().unwrap();
    let of = |key: &str| {
        let entry = entries.iter().find(|entry| entry["key"] == key).unwrap();
        (entry["value"].clone(), entry["origin"].clone())
    };
    assert_eq!(of("history.days"), (30.into(), "enforced".into()));
    assert_eq!(
        of("notifications.sound"),
        (false.into(), "machine-default".into())
    );
    assert_eq!(of("notifications.content"), ("name".into(), "user".into()));
    assert_eq!((set.exit, set.code()), (5, "CW-4002"), "{set:?}");
}
