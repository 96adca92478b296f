//! The Lync server that was found is kept for the next start of the agent.

use causeway_api::door::Client;
use causeway_api::{Command, Desk as _};
use causeway_tests::agent::Agent;
use causeway_tests::cast::Solo;
use causeway_tests::sim::Sim;
use causeway_tests::wait::until;

/// Starts the agent, waits until it is signed in, ends it; says how often the server was looked for.
async fn searches(sim: &Sim, anna: &Solo, sign_out: bool) -> usize {
    sim.forget_requests().await;
    let mut agent = Agent::start(&anna.ctl).await;
    until("ready", async || {
        let status = anna.ctl.run(&["status", "get"]).await;
        (status.json["availability"] == "available").then_some(())
    })
    .await;
    if sign_out {
        let door = Client::connect(&anna.ctl.data_dir, "the stories").await;
        let door = door.expect("the door answers").expect("the agent runs");
        door.request(Command::SignOut).await.expect("signed out");
    }
    agent.program.terminate().await;
    let requests = sim.requests().await;
    let searches = requests
        .iter()
        .filter(|request| request["rel"] == "discovery");
    searches.count()
}

#[tokio::test]
async fn the_agent_looks_for_its_server_once_and_again_after_signing_out_or_another_beginning() {
    let sim = Sim::with_its_own_cast().await;
    let anna = Solo::at(&sim);
    assert_eq!(searches(&sim, &anna, false).await, 1, "nothing is known");
    assert_eq!(searches(&sim, &anna, false).await, 0, "kept");
    assert_eq!(searches(&sim, &anna, true).await, 0, "kept");
    assert_eq!(
        searches(&sim, &anna, false).await,
        1,
        "forgotten by signing out"
    );
    let config = std::fs::read_to_string(&anna.ctl.config).expect("the configuration");
    let other = sim.ready().discovery.clone() + "Autodiscover/AutodiscoverService.svc/root";
    let config = config.replace(&sim.ready().discovery, &other);
    assert!(config.contains(&other), "{config}");
    std::fs::write(&anna.ctl.config, config).expect("the configuration is written");
    assert_eq!(searches(&sim, &anna, false).await, 1, "another beginning");
}
