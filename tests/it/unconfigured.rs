//! A machine on which nobody has set anything up.

use causeway_api::door::Client;
use causeway_tests::agent::Agent;
use causeway_tests::ctl::Ctl;
use causeway_tests::program::{self, Program};
use causeway_tests::wait::until;
use serde_json::json;
use tempfile::TempDir;
use tokio::process::Command;

pub(crate) fn nothing(dir: &TempDir) -> Ctl {
    let ctl = Ctl {
        config: dir.path().join("config.toml"),
        data_dir: dir.path().join("data"),
    };
    std::fs::write(&ctl.config, "").expect("the configuration can be written");
    ctl
}

#[tokio::test]
async fn the_agent_starts_and_its_door_answers() {
    let dir = TempDir::new().unwrap();
    let ctl = nothing(&dir);
    let mut agent = Agent::start(&ctl).await;
    let people = ctl.run(&["contacts"]).await;
    assert!(
        people.exit == 0 || people.json["error"]["remedy"].is_string(),
        "{people:?}"
    );
    let mut watch = ctl.stream(&["watch", "--for", "5"]);
    for side in ["lync", "xmpp"] {
        watch
            .find("why nothing comes", |event| {
                event["kind"] == "state"
                    && event["side"] == side
                    && event["state"] == "signed-out"
                    && event["error"]["code"] == "CW-4001"
            })
            .await;
    }
    assert_eq!(agent.program.terminate().await.code(), Some(0));
}

#[tokio::test]
async fn with_the_session_the_agent_starts_only_for_who_has_an_account_or_a_faulty_configuration() {
    let dir = TempDir::new().unwrap();
    let ctl = nothing(&dir);
    let start = || {
        let mut command = Command::new(program::path("causeway"));
        command.arg("--autostart").arg("--config").arg(&ctl.config);
        command.arg("--data-dir").arg(&ctl.data_dir);
        command.env_remove("DBUS_SESSION_BUS_ADDRESS");
        Program::start(command, &dir.path().join("agent.log"))
    };
    let mut agent = start();
    assert_eq!(agent.child().wait().await.unwrap().code(), Some(0));
    assert!(!ctl.data_dir.exists(), "it left nothing");
    for configuration in [
        "xmpp.address = \"anna@xmpp.example\"\n",
        "lync = nonsense\n",
    ] {
        std::fs::write(&ctl.config, configuration).unwrap();
        let mut agent = start();
        until("the agent's door", async || {
            let client = Client::connect(&ctl.data_dir, "the stories").await.ok()?;
            client.map(drop)
        })
        .await;
        assert_eq!(agent.terminate().await.code(), Some(0));
    }
}

#[tokio::test]
async fn every_verb_that_needs_a_server_says_what_is_missing() {
    let dir = TempDir::new().unwrap();
    let ctl = nothing(&dir);
    for arguments in [
        ["contacts"].as_slice(),
        &["search", "ben"],
        &["send", "ben@contoso.example", "hi"],
        &["status", "set", "busy"],
        &["bridge", "run"],
    ] {
        let answer = ctl.run(arguments).await;
        assert_eq!(answer.exit, 2, "{arguments:?}: {answer:?}");
        assert!(
            answer.json["error"]["remedy"]
                .as_str()
                .is_some_and(|remedy| !remedy.is_empty()),
            "{arguments:?}: {answer:?}"
        );
    }
}

#[tokio::test]
async fn settings_are_written_shown_and_checked_without_a_server() {
    let dir = TempDir::new().unwrap();
    let ctl = nothing(&dir);
    ctl.run(&["config", "set", "lync.address", "anna@contoso.example"])
        .await
        .done();
    let shown = ctl.run(&["config", "show"]).await.done();
    let text = shown.to_string();
    assert!(text.contains("anna@contoso.example"), "{text}");
    ctl.run(&["config", "check"]).await.done();

    let refused = ctl.run(&["config", "set", "lync.mode", "sometimes"]).await;
    assert_eq!(refused.exit, 2, "{refused:?}");
    let schema = ctl.run(&["config", "schema"]).await.done();
    assert_ne!(schema["properties"]["lync"], json!(null));
}
