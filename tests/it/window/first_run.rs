//! From a computer on which nobody has set anything up to the first answered text, by the window alone.

use causeway_tests::agent::Agent;
use causeway_tests::cast::{ANNA, BEN, World};
use causeway_tests::sim::Sim;
use causeway_tests::window::Window;

use super::{INPUT, ROW};

/// The main button of a page of the first run.
const NEXT: &str = ".buttons button[type=submit]";
/// Of the page about the bridge: Back, Later, Sign in with bridge.
const LATER: &str = ".buttons > button:not([type=submit])";
/// What is said of the way that is gone.
const SAID: &str = "[role=status]";

#[tokio::test]
async fn who_never_saw_a_terminal_signs_in_at_the_second_try_and_answers_a_text() {
    let world = World::new().await;
    let ready = world.sim.ready();
    // All that an administrator has to say where the names of the network do not lead to the server.
    let given = format!(
        "[lync]\ndiscovery_url = \"{}\"\nca_file = \"{}\"\n",
        ready.discovery,
        ready.ca.display()
    );
    std::fs::write(&world.ctl.config, given).expect("the configuration can be written");
    let agent = Agent::start(&world.ctl).await;
    let window = Window::open(&world.ctl.data_dir).await;

    window.types("#address", ANNA).await;
    window.reads(SAID, |text| text.starts_with("Found: ")).await;
    window.click(NEXT).await;
    window.types("#user", r"CONTOSO\anna").await;
    window.enters("#first-password", "not the password").await;
    window.click("input[value=available]").await;
    window.click(NEXT).await;
    assert_eq!(
        attempts(&world.sim).await,
        0,
        "nothing is sent before all is asked"
    );
    window.click(LATER).await;

    let refused = |text: &str| text.contains("User name or password not accepted by Lync.");
    window.reads(SAID, refused).await;
    window.click(".end button").await;
    window
        .reads("main", |text| {
            refused(text) && text.contains("Type them again; mind Caps Lock.")
        })
        .await;
    assert_eq!(
        attempts(&world.sim).await,
        1,
        "an account is locked by more"
    );
    let password = &world.sim.account("anna").password;
    window.enters("#password", password).await;

    window.see(".rail").await;
    assert_eq!(attempts(&world.sim).await, 2);
    world.sim.writes(BEN, ANNA, "Are you new here?").await;
    window.click(ROW).await;
    window
        .reads("article", |text| text.contains("Are you new here?"))
        .await;
    window.enters(INPUT, "Since a minute ago.").await;
    world.sim.receives(BEN, "Since a minute ago.").await;

    let written = std::fs::read_to_string(&world.ctl.config).expect("the configuration is there");
    assert!(written.contains(ANNA) && !written.contains(password.as_str()));
    assert!(!agent.program.log_text().contains(password.as_str()));
}

/// How often a password was sent.
async fn attempts(sim: &Sim) -> usize {
    let requests = sim.requests().await;
    let tokens = requests.iter().filter(|request| request["rel"] == "token");
    tokens.count()
}
