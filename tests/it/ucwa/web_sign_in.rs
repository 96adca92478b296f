//! The passive grant: the server names a page, and the cookies of that page are the sign-in.

use causeway_tests::browser::Browser;
use causeway_tests::sim::{Sim, free_port};
use reqwest::Url;
use serde_json::json;
use ucwa::client::{Method, Settings, check};
use ucwa::{ErrorKind, Event, SignedInBy};

use super::account::{Account, is_ready, settings};

const PAGE: &str = "/PassiveAuth/PassiveAuth.aspx";

async fn passive_alone() -> Sim {
    Sim::at(free_port(), &["--passive", "--no-forms"]).await
}

/// What the link wants before it goes on: the page, the token URL, and whether it was there before.
async fn wanted(settings: Settings) -> (Url, Url, bool) {
    match Account::start(settings).stopped().await {
        ErrorKind::WebSignIn {
            page,
            token_url,
            refused,
        } => (*page, *token_url, refused),
        other => panic!("{other:?}"),
    }
}

/// Signs in on the page and gives the cookies to the settings.
async fn signs_in(sim: &Sim, settings: &mut Settings, page: &Url, token_url: &Url) {
    let browser = Browser::new(sim);
    let anna = sim.account("anna");
    let text = browser.signs_in(page, &anna.user, &anna.password).await;
    assert!(text.contains("You are signed in"), "{text}");
    let cookies = browser.cookies(token_url).expect("cookies");
    let origin = token_url.origin().ascii_serialization();
    settings.cookies.insert(origin, cookies.into());
}

async fn token_requests(sim: &Sim) -> usize {
    let requests = sim.requests().await;
    let tokens = requests.iter().filter(|request| request["rel"] == "token");
    tokens.count()
}

#[tokio::test]
async fn the_page_is_asked_for_once_and_its_cookies_sign_in() {
    let sim = passive_alone().await;
    let mut settings = settings(&sim, "anna");
    let (page, token_url, refused) = wanted(settings.clone()).await;
    assert_eq!((page.path(), refused), (PAGE, false));
    assert_eq!(page.host(), token_url.host());
    assert_eq!(token_requests(&sim).await, 1, "nothing is tried by itself");

    signs_in(&sim, &mut settings, &page, &token_url).await;
    let mut anna = Account::start(settings.clone());
    anna.until("ready", is_ready).await;
    let how = anna.seen.iter().find_map(|event| match event {
        Event::SignedIn(how) => Some(how.by),
        _ => None,
    });
    assert_eq!(how, Some(SignedInBy::Web));
    anna.send("sip:ben@contoso.example", "by cookie");
    sim.receives("ben@contoso.example", "by cookie").await;
}

#[tokio::test]
async fn a_token_is_renewed_by_the_same_cookies_and_their_end_is_told_once() {
    let sim = passive_alone().await;
    let mut settings = settings(&sim, "anna");
    let (page, token_url, _) = wanted(settings.clone()).await;
    signs_in(&sim, &mut settings, &page, &token_url).await;
    let mut anna = Account::start(settings.clone());
    anna.until("ready", is_ready).await;
    sim.fault(json!({"what": "revoke-tokens"})).await;
    anna.send("sip:ben@contoso.example", "with the second token");
    sim.receives("ben@contoso.example", "with the second token")
        .await;

    sim.forget_requests().await;
    sim.fault(json!({"what": "end-web-sessions"})).await;
    sim.fault(json!({"what": "revoke-tokens"})).await;
    anna.send("sip:ben@contoso.example", "with none");
    let ErrorKind::WebSignIn { refused, .. } = anna.stopped().await else {
        panic!("another end");
    };
    assert!(refused);
    assert_eq!(token_requests(&sim).await, 1, "no loop");
}

#[tokio::test]
async fn cookies_count_where_they_are_from_and_a_wrong_password_gives_none() {
    let sim = passive_alone().await;
    let settings = settings(&sim, "anna");
    let (page, token_url, _) = wanted(settings.clone()).await;
    let browser = Browser::new(&sim);
    let text = browser
        .signs_in(&page, "anna@contoso.example", "not it")
        .await;
    assert!(text.contains("Incorrect user ID or password"), "{text}");
    assert_eq!(browser.cookies(&token_url), None);

    let with = |cookies: &str| {
        let origin = token_url.origin().ascii_serialization();
        let mut settings = settings.clone();
        settings.cookies.insert(origin, cookies.to_owned().into());
        settings
    };
    let (.., refused) = wanted(with("FedAuth=0123456789abcdef0123456789abcdef")).await;
    assert!(refused, "of another session");
    // The cookies of one host are not shown to another.
    let mut elsewhere = settings.clone();
    elsewhere.cookies.insert(
        "https://pool.fabrikam.example".to_owned(),
        "FedAuth=1".to_owned().into(),
    );
    let (.., refused) = wanted(elsewhere).await;
    assert!(!refused);
}

#[tokio::test]
async fn a_form_comes_before_the_page_and_each_method_can_be_chosen() {
    let sim = Sim::at(free_port(), &["--passive"]).await;
    let mut settings = settings(&sim, "anna");
    let mut anna = Account::start(settings.clone());
    anna.until("ready", is_ready).await;
    let how = anna.seen.iter().find_map(|event| match event {
        Event::SignedIn(how) => Some(how.by),
        _ => None,
    });
    assert_eq!(how, Some(SignedInBy::Forms));

    let without = Settings {
        password: None,
        ..settings.clone()
    };
    assert_eq!(wanted(without).await.0.path(), PAGE);
    settings.method = Method::Web;
    assert_eq!(wanted(settings.clone()).await.0.path(), PAGE);
    let alone = passive_alone().await;
    let forms = Settings {
        method: Method::Forms,
        ..super::account::settings(&alone, "anna")
    };
    let ended = Account::start(forms).stopped().await;
    assert!(matches!(ended, ErrorKind::NoMethod { .. }), "{ended:?}");
    // A refused password is not tried again on a page.
    settings.method = Method::Automatic;
    settings.password = Some("not it".to_owned().into());
    let ended = Account::start(settings).stopped().await;
    assert_eq!(ended, ErrorKind::PasswordRefused);
}

#[tokio::test]
async fn modern_authentication_alone_is_told_as_such() {
    let sim = passive_alone().await;
    sim.fault(json!({"what": "modern-auth", "count": -1})).await;
    let reports = check(settings(&sim, "anna")).await;
    let last = reports.last().expect("a report");
    let error = last.result.as_ref().expect_err("nothing to sign in with");
    assert_eq!(error.kind, ErrorKind::ModernAuthOnly);
    assert_eq!(token_requests(&sim).await, 0);
}
