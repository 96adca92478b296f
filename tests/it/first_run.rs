//! From an agent that knows nobody to a person who is signed in, and out again, without a restart and without a terminal.

use causeway_api::door::Client;
use causeway_api::{Code, Command, Desk as _, Kept, Problem, Reply, Side, SideState, SignInMethod};
use causeway_tests::agent::Agent;
use causeway_tests::cast::{ANNA, Solo, World};
use causeway_tests::sim::Sim;
use causeway_tests::wait::until;
use serde_json::json;

async fn ask(door: &Client, command: Command) -> Result<Reply, Problem> {
    door.request(command).await
}

async fn set(door: &Client, key: &str, value: &str) {
    let (key, value) = (key.to_owned(), value.to_owned());
    ask(door, Command::SetConfig { key, value })
        .await
        .expect("the key can be set");
}

async fn comes_to(door: &Client, wanted: SideState) {
    until(&format!("lync {wanted:?}"), async || {
        let reply = ask(door, Command::Links).await;
        let Ok(Reply::Links { links, .. }) = reply else {
            panic!("not links: {reply:?}");
        };
        links.contains(&(Side::Lync, wanted)).then_some(())
    })
    .await;
}

fn password(password: &str) -> Command {
    Command::SetPassword {
        side: Side::Lync,
        password: password.to_owned().into(),
        keep: true,
    }
}

#[tokio::test]
async fn a_person_is_signed_in_by_the_door_alone_and_signed_out_again() {
    let world = World::new().await;
    std::fs::write(&world.ctl.config, "").expect("the configuration can be emptied");
    let agent = Agent::start(&world.ctl).await;
    let door = Client::connect(&world.ctl.data_dir, "the stories")
        .await
        .expect("the door lets the stories in")
        .expect("an agent runs");
    let refused = ask(&door, password("too early")).await.unwrap_err();
    assert_eq!(refused.code, Code::BadConfig, "{refused:?}");

    let ready = world.sim.ready();
    set(&door, "lync.discovery_url", &ready.discovery).await;
    set(&door, "lync.ca_file", &ready.ca.display().to_string()).await;
    let misspelt = Command::Discover {
        address: "anna".into(),
    };
    assert_eq!(
        ask(&door, misspelt).await.unwrap_err().code,
        Code::BadAddress
    );
    let discover = Command::Discover {
        address: ANNA.into(),
    };
    let reply = ask(&door, discover).await;
    let Ok(Reply::Discovered(found)) = reply else {
        panic!("the server is not found: {reply:?}");
    };
    assert_eq!(
        (found.methods, found.form),
        (vec![SignInMethod::Forms], true)
    );
    assert!(!found.server.is_empty());
    assert_eq!(found.keep_in, None, "there is no key store in a story");

    set(&door, "lync.user", r"CONTOSO\anna").await;
    set(&door, "lync.address", ANNA).await;
    comes_to(&door, SideState::NeedsPassword).await;
    ask(&door, password("wrong")).await.unwrap();
    comes_to(&door, SideState::Refused).await;
    let reply = ask(&door, password(&world.sim.account("anna").password)).await;
    assert_eq!(
        reply,
        Ok(Reply::PasswordTaken { kept: Kept::Memory }),
        "without a key store"
    );
    comes_to(&door, SideState::ReadyAvailable).await;
    until("the own name", async || {
        let reply = ask(&door, Command::About).await;
        let Ok(Reply::About(about)) = reply else {
            panic!("not about: {reply:?}");
        };
        (about.name.as_deref() == Some("Anna Berg")).then_some(())
    })
    .await;
    let reply = ask(&door, Command::Bridge).await;
    let Ok(Reply::Bridge(bridge)) = reply else {
        panic!("not the bridge: {reply:?}");
    };
    assert_eq!(bridge.sides[0].address, ANNA);
    assert!(bridge.sides[0].server.is_some() && bridge.sides[0].since.is_some());

    ask(&door, Command::SignOut).await.unwrap();
    comes_to(&door, SideState::SignedOut).await;
    let again = Command::SignIn { side: Side::Lync };
    ask(&door, again).await.unwrap();
    comes_to(&door, SideState::NeedsPassword).await;
    drop(agent);
    let log = std::fs::read_to_string(world.ctl.data_dir.with_extension("agent.log")).unwrap();
    assert!(!log.contains(&world.sim.account("anna").password));
}

#[tokio::test]
async fn a_sign_in_that_hangs_is_cancelled_and_begun_again() {
    let sim = Sim::with_its_own_cast().await;
    sim.fault(json!({"what": "silent", "on": "token", "count": -1}))
        .await;
    let anna = Solo::at(&sim);
    let _agent = Agent::start(&anna.ctl).await;
    let door = Client::connect(&anna.ctl.data_dir, "the stories").await;
    let door = door.expect("the door answers").expect("the agent runs");
    comes_to(&door, SideState::SigningIn).await;
    let cancel = Command::CancelSignIn { side: Side::Lync };
    ask(&door, cancel).await.expect("cancelled");
    comes_to(&door, SideState::SignedOut).await;
    sim.fault(json!({"what": "silent", "on": "token", "count": 0}))
        .await;
    let again = Command::SignIn { side: Side::Lync };
    ask(&door, again).await.expect("tried");
    comes_to(&door, SideState::ReadyAvailable).await;
}
