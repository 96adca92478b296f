//! The sign-in page of an organisation in a window of its own, under the hand of a person.

use causeway_tests::agent::Agent;
use causeway_tests::cast::{PEOPLE, Solo};
use causeway_tests::names::Names;
use causeway_tests::sim::Sim;
use causeway_tests::wait::until;
use causeway_tests::window::Window;

const OPEN: &str = ".foot button.main";
/// The host of the simulator's AD FS: what stands in the title.
const HOST: &str = "localhost";
const BEN: &str = "ben@contoso.example";

async fn asked(sim: &Sim, rel: &str, method: &str) -> usize {
    let requests = sim.requests().await;
    let requests = requests.iter();
    requests
        .filter(|request| request["rel"] == rel && request["method"] == method)
        .count()
}

/// Waits for the page and types into it until its form is sent.
async fn signs_in(sim: &Sim, window: &Window, password: &str) {
    let before = asked(sim, "adfs", "POST").await;
    let page = until("the sign-in page", async || {
        let page = window.screen().titled(HOST)?;
        window.screen().is_painted_in(page).then_some(page)
    })
    .await;
    window.screen().types(page, &format!("{BEN}\t{password}\n"));
    until("the form, sent", async || {
        (asked(sim, "adfs", "POST").await > before).then_some(())
    })
    .await;
}

#[tokio::test]
async fn the_page_opens_on_request_alone_and_signs_in_at_the_second_try() {
    let sim = Sim::start(PEOPLE, &["--passive", "--no-forms"]).await;
    let ben = Solo::at(&sim);
    ben.becomes(&sim, "ben");
    ben.without("password_file");
    let agent = Agent::start(&ben.ctl).await;
    let window = Window::open(&ben.ctl.data_dir).await;
    window
        .reads("main", |text| text.contains("sign in on a web page"))
        .await;
    assert_eq!(asked(&sim, "sign-in-page", "GET").await, 0, "not by itself");

    // Closed by the person: the question stays, and no other window comes.
    window.click(OPEN).await;
    let page = until("the page", async || window.screen().titled(HOST)).await;
    window.screen().closes(page);
    until("the page to go", async || {
        window.screen().titled(HOST).is_none().then_some(())
    })
    .await;
    let opened = asked(&sim, "sign-in-page", "GET").await;
    window
        .reads("main", |text| text.contains("sign in on a web page"))
        .await;

    window.click(OPEN).await;
    signs_in(&sim, &window, "not it").await;
    signs_in(&sim, &window, "ben").await;
    window.see(".rail").await;
    until("the page to go", async || {
        window.screen().titled(HOST).is_none().then_some(())
    })
    .await;
    assert_eq!(asked(&sim, "sign-in-page", "POST").await, 1);
    // To the AD FS, and back from it to the page that says so.
    assert_eq!(asked(&sim, "sign-in-page", "GET").await, opened + 2);
    let log = agent.program.log_text();
    assert!(!log.contains("FedAuth"), "{log}");
}

/// The host of the page is one that the proxy alone knows; that of the AD FS is this computer, which no proxy reaches.
#[tokio::test]
async fn the_page_goes_by_the_proxy_of_the_lync_side() {
    let sim = Sim::start(PEOPLE, &["--passive", "--no-forms"]).await;
    let names = Names::start().await;
    let pool = sim
        .ready()
        .discovery
        .replace("127.0.0.1", "pool.contoso.example");
    let lines = format!("discovery_url = \"{pool}\"\nproxy = \"{}\"\n", names.url());
    let anna = Solo::new(&sim, &lines);
    anna.without("password_file");
    let _agent = Agent::start(&anna.ctl).await;
    let window = Window::open(&anna.ctl.data_dir).await;
    window
        .reads("main", |text| text.contains("sign in on a web page"))
        .await;
    window.click(OPEN).await;
    until("the AD FS behind the page", async || {
        window.screen().titled(HOST)
    })
    .await;
    assert!(asked(&sim, "sign-in-page", "GET").await > 0);
}
