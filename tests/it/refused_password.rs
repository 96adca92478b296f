//! A refused password is sent once for each action of a person, whatever runs by itself.

use causeway_api::door::Client;
use causeway_api::{Command, Desk as _, Reply};
use causeway_tests::cast::{Solo, World, secret};
use causeway_tests::sim::{Sim, free_port};

/// How many passwords the simulator has refused.
async fn refusals(sim: &Sim) -> usize {
    let requests = sim.requests().await;
    let refused = requests
        .iter()
        .filter(|request| request["status"] == 400 && request["method"] == "POST");
    refused.count()
}

#[tokio::test]
async fn what_runs_by_itself_does_not_send_it_again_until_it_is_changed() {
    let sim = Sim::at(free_port(), &[]).await;
    let anna = Solo::at(&sim);
    let right = sim.account("anna").password.clone();
    secret(&anna.password_file(), "not the password");
    let report = anna.ctl.data_dir.with_extension("zip");
    let report = report.to_str().expect("a path of ours");
    for (round, arguments) in [
        ["contacts"].as_slice(),
        &["contacts"],
        &["presence", "sip:ben@contoso.example"],
    ]
    .into_iter()
    .enumerate()
    {
        let answer = anna.ctl.run(arguments).await;
        assert_eq!((answer.exit, answer.code()), (3, "CW-1201"), "{answer:?}");
        let known = answer.json["error"]["detail"]["refused_at"].is_string();
        assert_eq!(known, round > 0, "{answer:?}");
    }
    // No side is left that it could serve.
    let mut bridge = anna.ctl.stream(&["bridge", "run"]);
    let end = bridge.find("its end", |line| line["kind"].is_null());
    assert_eq!(end.await["error"]["code"], "CW-1201");
    let exit = bridge.program.child().wait().await.expect("it ended");
    assert_eq!(exit.code(), Some(3));
    anna.ctl.run(&["diagnose", report]).await.done();
    assert_eq!(refusals(&sim).await, 1);

    // Whoever asks for it gets it tried, also where the server is the one that changed its mind.
    assert_eq!(anna.ctl.run(&["check"]).await.code(), "CW-1201");
    assert_eq!(refusals(&sim).await, 2);
    // The password stands in a file, and nothing runs that could try it: nothing was done that asks for it.
    anna.ctl.run(&["login"]).await.done();
    assert_eq!(anna.ctl.run(&["contacts"]).await.code(), "CW-1201");
    assert_eq!(refusals(&sim).await, 2);

    secret(&anna.password_file(), &right);
    anna.ctl.run(&["contacts"]).await.done();
    assert_eq!(refusals(&sim).await, 2);
}

#[tokio::test]
async fn beside_an_engine_that_was_refused_only_a_person_sends_it_again() {
    let world = World::new().await;
    world.forget_password("lync");
    let mut bridge = world.ctl.stream(&["bridge", "run"]);
    bridge
        .find("the refusal", |event| {
            event["side"] == "lync" && event["error"]["code"] == "CW-1201"
        })
        .await;
    let report = world.ctl.data_dir.with_extension("zip");
    let report = report.to_str().expect("a path of ours");
    world.ctl.run(&["diagnose", report]).await.done();
    assert_eq!(refusals(&world.sim).await, 1);
    let door = Client::connect(&world.ctl.data_dir, "causeway-window").await;
    let door = door.expect("the door answers").expect("the bridge runs");
    for (again, sent) in [(false, 1), (true, 2)] {
        let Ok(Reply::Check(check)) = door.request(Command::Check { again }).await else {
            panic!("a check answers");
        };
        let code = check.error.map(|problem| problem.code.as_str());
        assert_eq!(code, Some("CW-1201"));
        assert_eq!(refusals(&world.sim).await, sent);
    }
}
