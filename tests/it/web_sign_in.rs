//! A server that hands its sign-in to a web page, seen from the agent's door and the command line.

use causeway_api::door::Client;
use causeway_api::{Command, Desk as _, Problem, Reply, Side, SideState, SignInMethod};
use causeway_tests::agent::Agent;
use causeway_tests::browser::Browser;
use causeway_tests::cast::{ANNA, BEN, Solo};
use causeway_tests::sim::{Sim, free_port};
use causeway_tests::wait::until;
use reqwest::Url;
use serde_json::{Value, json};

async fn anna() -> (Sim, Solo) {
    let sim = Sim::at(free_port(), &["--passive", "--no-forms"]).await;
    let anna = Solo::at(&sim);
    anna.without("password_file");
    (sim, anna)
}

async fn door(anna: &Solo) -> Client {
    let door = Client::connect(&anna.ctl.data_dir, "the stories").await;
    door.expect("the door answers").expect("the agent runs")
}

/// The problem for which the link waits.
async fn wanted(anna: &Solo) -> Value {
    let problem = until("the question", async || {
        let contacts = anna.ctl.run(&["contacts"]).await;
        (contacts.code() == "CW-1205").then(|| contacts.json["error"].clone())
    })
    .await;
    let reply = door(anna).await.request(Command::Links).await;
    let Ok(Reply::Links { links, .. }) = reply else {
        panic!("{reply:?}")
    };
    assert_eq!(links, [(Side::Lync, SideState::NeedsSignIn)]);
    problem
}

fn url(problem: &Value, key: &str) -> Url {
    let text = problem["detail"][key].as_str().expect("a URL");
    text.parse().expect("a URL")
}

async fn hand_over(anna: &Solo, token_url: &Url, cookies: &str) -> Result<Reply, Problem> {
    let command = Command::WebSignIn {
        token_url: token_url.to_string(),
        cookies: cookies.to_owned().into(),
    };
    door(anna).await.request(command).await
}

#[tokio::test]
async fn the_agent_waits_for_the_page_and_goes_on_with_its_cookies() {
    let (sim, anna) = anna().await;
    let agent = Agent::start_with_log(&anna.ctl, "trace").await;
    let problem = wanted(&anna).await;
    let (page, token_url) = (url(&problem, "page"), url(&problem, "token_url"));

    // Only what was asked for is taken, and what is not accepted is asked for again, once.
    let elsewhere = "https://pool.fabrikam.example/".parse().expect("a URL");
    assert!(hand_over(&anna, &elsewhere, "a=b").await.is_err());
    assert!(
        hand_over(&anna, &token_url, "a=b\r\nHost: x")
            .await
            .is_err()
    );
    sim.forget_requests().await;
    hand_over(&anna, &token_url, "FedAuth=nobodys")
        .await
        .expect("taken");
    let again = until("the question again", async || {
        let problem = wanted(&anna).await;
        let message = problem["message"].as_str().unwrap_or_default();
        message.contains("not accepted any more").then_some(problem)
    })
    .await;
    assert_eq!(again["detail"]["page"], problem["detail"]["page"]);

    let browser = Browser::new(&sim);
    let account = sim.account("anna");
    browser
        .signs_in(&page, &account.user, &account.password)
        .await;
    let cookies = browser.cookies(&token_url).expect("cookies");
    hand_over(&anna, &token_url, &cookies).await.expect("taken");
    until("ready", async || {
        let status = anna.ctl.run(&["status", "get"]).await;
        (status.json["availability"] == "available").then_some(())
    })
    .await;
    sim.writes(BEN, ANNA, "are you there?").await;
    sim.receives(ANNA, "are you there?").await;
    // The walk of the check has the same cookies.
    anna.ctl.run(&["check"]).await.done();

    let secret = cookies.split_once('=').expect("a cookie").1;
    assert!(!agent.program.log_text().contains(secret));
    for entry in std::fs::read_dir(&anna.ctl.data_dir).expect("the data directory") {
        let file = std::fs::read(entry.expect("an entry").path()).unwrap_or_default();
        assert!(!String::from_utf8_lossy(&file).contains(secret));
    }

    // Their end is one question, and texts wait for the answer.
    sim.fault(json!({"what": "end-web-sessions"})).await;
    sim.fault(json!({"what": "revoke-tokens"})).await;
    sim.goes(BEN, "Away", "", "").await;
    wanted(&anna).await;
    drop(agent);
}

#[tokio::test]
async fn who_signs_in_as_somebody_else_is_told_and_the_page_is_asked_for_afresh() {
    let (sim, anna) = anna().await;
    let _agent = Agent::start(&anna.ctl).await;
    let problem = wanted(&anna).await;
    let (page, token_url) = (url(&problem, "page"), url(&problem, "token_url"));
    let browser = Browser::new(&sim);
    let ben = sim.account("ben");
    browser.signs_in(&page, &ben.user, &ben.password).await;
    let cookies = browser.cookies(&token_url).expect("cookies");
    hand_over(&anna, &token_url, &cookies).await.expect("taken");
    let told = until("who it is", async || {
        let contacts = anna.ctl.run(&["contacts"]).await;
        (contacts.code() == "CW-1206").then_some(contacts)
    })
    .await;
    let reply = door(&anna).await.request(Command::Links).await;
    let Ok(Reply::Links { links, .. }) = reply else {
        panic!("{reply:?}")
    };
    assert_eq!(links, [(Side::Lync, SideState::Refused)]);
    let detail = &told.json["error"]["detail"];
    assert_eq!(detail["wanted"], ANNA);
    assert_eq!(detail["found"], BEN);
    for rel in ["makeMeAvailable", "myContacts"] {
        assert_eq!(sim.count(BEN, rel).await, 0, "{rel} as Ben");
    }
    let again = Command::SignIn { side: Side::Lync };
    door(&anna).await.request(again).await.expect("tried");
    wanted(&anna).await;
}

#[tokio::test]
async fn without_a_window_the_way_is_named_and_the_first_run_offers_it() {
    let (sim, anna) = anna().await;
    let check = anna.ctl.run(&["check"]).await;
    assert_eq!((check.code(), check.exit), ("CW-1205", 3));
    let remedy = check.json["error"]["remedy"].as_str().unwrap_or_default();
    assert!(remedy.contains("window"), "{remedy}");
    let mut bridge = anna.ctl.stream(&["bridge", "run"]);
    bridge
        .find("the question", |event| {
            event["state"] == "needs-sign-in" && event["error"]["code"] == "CW-1205"
        })
        .await;
    bridge.program.kill().await;

    let _agent = Agent::start(&anna.ctl).await;
    let discover = Command::Discover {
        address: ANNA.into(),
    };
    let reply = door(&anna).await.request(discover).await;
    let Ok(Reply::Discovered(found)) = reply else {
        panic!("{reply:?}")
    };
    assert_eq!(
        (found.methods, found.form),
        (vec![SignInMethod::Web], false)
    );
    let again = Command::SignIn { side: Side::Lync };
    door(&anna).await.request(again).await.expect("tried");
    wanted(&anna).await;
    drop(sim);
}
