//! From an address to a session, and the ways in which that fails.

use std::time::Duration;

use causeway_tests::sim::Sim;
use reqwest::Url;
use secrecy::SecretString;
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use ucwa::client::{Method, Mode, Step, check};
use ucwa::{Command, ErrorKind, Event, PreferredAvailability, State};

use super::account::{Account, is_ready, settings};

#[tokio::test]
async fn every_step_of_the_ladder_is_told_and_contacts_have_presence() {
    let sim = Sim::with_its_own_cast().await;
    let mut anna = Account::ready(&sim, "anna").await;
    let names: Vec<&str> = anna
        .seen
        .iter()
        .filter_map(|event| match event {
            Event::State(State::FindingServer) => Some("finding"),
            Event::State(State::CheckingCertificate(_)) => Some("certificate"),
            Event::State(State::AskingMethods) => Some("methods"),
            Event::State(State::SigningIn) => Some("signing in"),
            Event::State(State::OpeningSession) => Some("opening"),
            Event::State(State::LoadingContacts) => Some("contacts"),
            Event::State(State::Ready { .. }) => Some("ready"),
            _ => None,
        })
        .collect();
    assert_eq!(
        names,
        [
            "finding",
            "certificate",
            "methods",
            "signing in",
            "opening",
            "contacts",
            "ready"
        ]
    );
    anna.until("presence of ben", |event| matches!(event, Event::Presence(presence) if presence.address.address() == "ben@contoso.example")).await;
    sim.goes("ben@contoso.example", "DoNotDisturb", "presenting", "")
        .await;
    anna.until("ben's change", |event| {
        matches!(event, Event::Presence(presence) if presence.availability.as_str() == "DoNotDisturb" && presence.activity == "presenting")
    })
    .await;
}

#[tokio::test]
async fn refused_password_is_sent_once() {
    let sim = Sim::with_its_own_cast().await;
    let mut wrong = settings(&sim, "anna");
    wrong.password = Some(SecretString::from("not it"));
    let mut anna = Account::start(wrong);
    assert_eq!(anna.stopped().await, ErrorKind::PasswordRefused);
    let tokens = sim
        .requests()
        .await
        .iter()
        .filter(|request| request["rel"] == "token")
        .count();
    assert_eq!(tokens, 1);
}

#[tokio::test]
async fn a_long_password_is_taken_to_its_last_letter() {
    // 128 characters, half of them two bytes long.
    let long = "aÖ".repeat(64);
    let people = format!(
        "[[person]]\naddress = \"anna@contoso.example\"\nname = \"Anna Berg\"\nuser = 'CONTOSO\\anna'\npassword = \"{long}\"\n"
    );
    let sim = Sim::start(&people, &[]).await;
    Account::ready(&sim, "anna").await;
    let mut cut = settings(&sim, "anna");
    cut.password = long.strip_suffix('Ö').map(SecretString::from);
    let mut anna = Account::start(cut);
    assert_eq!(anna.stopped().await, ErrorKind::PasswordRefused);
}

#[tokio::test]
async fn without_a_password_nothing_is_sent() {
    let sim = Sim::with_its_own_cast().await;
    let mut without = settings(&sim, "anna");
    without.password = None;
    assert_eq!(
        Account::start(without).stopped().await,
        ErrorKind::PasswordMissing
    );
    let mut windows = settings(&sim, "anna");
    windows.method = Method::Windows;
    assert!(matches!(
        Account::start(windows).stopped().await,
        ErrorKind::WindowsNotOffered { .. }
    ));
    assert!(
        sim.requests()
            .await
            .iter()
            .all(|request| request["rel"] != "token")
    );
}

#[tokio::test]
async fn misled_discovery_is_told_by_its_cause() {
    let sim = Sim::with_its_own_cast().await;
    let host = "127.0.0.1";
    let kind = async |fault: serde_json::Value| {
        sim.fault(fault).await;
        let reports = check(settings(&sim, "anna")).await;
        reports
            .last()
            .expect("a report")
            .result
            .clone()
            .expect_err("the fault is seen")
            .kind
    };
    let foreign = kind(json!({"what": "redirect", "location": "https://evil.example/"})).await;
    assert_eq!(
        foreign,
        ErrorKind::ForeignRedirect {
            from: host.to_owned(),
            to: "evil.example".to_owned()
        }
    );
    let cloud = "https://webdir0d.online.lync.com/Autodiscover/AutodiscoverService.svc/root";
    let cloud = kind(json!({"what": "redirect", "location": cloud})).await;
    assert_eq!(
        cloud,
        ErrorKind::InCloud {
            host: "webdir0d.online.lync.com".to_owned()
        }
    );
    let plain = kind(json!({"what": "redirect-302", "location": "http://127.0.0.1/"})).await;
    assert!(
        matches!(plain, ErrorKind::ForeignRedirect { .. }),
        "{plain:?}"
    );
    let circle = kind(json!({"what": "redirect-loop", "count": -1})).await;
    assert!(
        matches!(circle, ErrorKind::RedirectLoop { ref chain } if chain.len() > 2),
        "{circle:?}"
    );
    sim.fault(json!({"what": "redirect-loop", "count": 0}))
        .await;
    let page = kind(json!({"what": "html", "on": "discovery"})).await;
    assert!(matches!(page, ErrorKind::NotUcwa { .. }), "{page:?}");
    let old = kind(json!({"what": "no-user-link"})).await;
    assert_eq!(old, ErrorKind::NoUcwa);
    let busy = kind(json!({"what": "status", "on": "discovery", "status": 503})).await;
    assert!(matches!(busy, ErrorKind::Busy { .. }), "{busy:?}");
}

#[tokio::test]
async fn silent_server_is_told_within_its_limit() {
    let sim = Sim::with_its_own_cast().await;
    sim.fault(json!({"what": "silent", "on": "discovery", "count": -1}))
        .await;
    let mut impatient = settings(&sim, "anna");
    impatient.limits.discovery = Duration::from_millis(300);
    let reports = check(impatient).await;
    let error = reports
        .last()
        .expect("a report")
        .result
        .clone()
        .expect_err("nobody answers");
    assert!(
        matches!(
            error.kind,
            ErrorKind::TimeLimit { .. } | ErrorKind::Silent { .. }
        ),
        "{error:?}"
    );
}

#[tokio::test]
async fn steps_that_are_slow_one_by_one_end_with_the_limit_of_them_all() {
    let sim = Sim::with_its_own_cast().await;
    sim.fault(json!({"what": "slow", "seconds": 0.4, "count": -1}))
        .await;
    let mut impatient = settings(&sim, "anna");
    impatient.limits.sign_in = Duration::from_millis(900);
    let mut anna = Account::start(impatient);
    let step = "signing in";
    anna.until("the end of the time", |event| {
        matches!(event, Event::State(State::Reconnecting { error, .. }) if error.kind == ErrorKind::TimeLimit { step })
    })
    .await;
}

#[tokio::test]
async fn unknown_issuer_and_wrong_name_are_told_apart() {
    let sim = Sim::with_its_own_cast().await;
    let mut stranger = settings(&sim, "anna");
    stranger.extra_roots.clear();
    let reports = check(stranger).await;
    let last = reports.last().expect("a report");
    assert_eq!(last.step, Step::CheckingCertificate);
    let kind = last
        .result
        .clone()
        .expect_err("the CA is not the system's")
        .kind;
    assert!(
        matches!(kind, ErrorKind::CertificateIssuer { ref issuer, .. } if !issuer.is_empty()),
        "{kind:?}"
    );

    // Another loopback address that leads to the same server; its certificate does not name it.
    let front = TcpListener::bind("127.0.0.2:0")
        .await
        .expect("a loopback port");
    let port = front.local_addr().expect("it is bound").port();
    let server = Url::parse(&sim.ready().discovery)
        .expect("a URL")
        .port()
        .expect("a port of its own");
    tokio::spawn(async move {
        while let Ok((mut client, _)) = front.accept().await {
            tokio::spawn(async move {
                let mut server = TcpStream::connect(("127.0.0.1", server)).await?;
                tokio::io::copy_bidirectional(&mut client, &mut server).await
            });
        }
    });
    let mut misnamed = settings(&sim, "anna");
    misnamed.discovery_url =
        Some(Url::parse(&format!("https://127.0.0.2:{port}/")).expect("a URL"));
    let kind = check(misnamed)
        .await
        .last()
        .expect("a report")
        .result
        .clone()
        .expect_err("no such name")
        .kind;
    let ErrorKind::CertificateName { wanted, found } = kind else {
        panic!("{kind:?}")
    };
    assert_eq!(wanted, "127.0.0.2");
    assert!(found.iter().any(|name| name == "127.0.0.1"), "{found:?}");
}

#[tokio::test]
async fn applications_of_another_host_get_a_token_of_their_own() {
    let sim = Sim::with_its_own_cast().await;
    sim.fault(json!({"what": "split-domain", "count": -1}))
        .await;
    let mut split = settings(&sim, "anna");
    split.trusted_domains = vec!["localhost".to_owned()];
    let mut anna = Account::start(split);
    anna.until("ready", is_ready).await;
    let tokens = sim
        .requests()
        .await
        .iter()
        .filter(|request| request["rel"] == "token")
        .count();
    assert_eq!(tokens, 2);
}

#[tokio::test]
async fn check_walks_all_steps_and_leaves_nothing_behind() {
    let sim = Sim::with_its_own_cast().await;
    let reports = check(settings(&sim, "anna")).await;
    let steps: Vec<Step> = reports.iter().map(|report| report.step).collect();
    use Step::{
        AskingMethods, CheckingCertificate, FindingServer, LoadingContacts, OpeningSession,
        SigningIn,
    };
    assert_eq!(
        steps,
        [
            FindingServer,
            CheckingCertificate,
            AskingMethods,
            SigningIn,
            OpeningSession,
            LoadingContacts
        ]
    );
    let contacts = reports
        .last()
        .and_then(|report| report.result.as_ref().ok()?.contacts);
    assert!(contacts.is_some_and(|number| number > 5), "{contacts:?}");
    let requests = sim.requests().await;
    assert!(
        requests
            .iter()
            .any(|request| request["method"] == "DELETE" && request["status"] == 204)
    );
    assert!(
        requests
            .iter()
            .all(|request| request["rel"] != "makeMeAvailable")
    );
}

#[tokio::test]
async fn watching_only_never_appears() {
    let sim = Sim::with_its_own_cast().await;
    let mut watching = settings(&sim, "anna");
    watching.mode = Mode::WatchOnly;
    let mut anna = Account::start(watching);
    anna.until("ready", is_ready).await;
    anna.link.send(Command::Active);
    anna.link
        .send(Command::SetPresence(PreferredAvailability::Busy));
    anna.until("presence of ben", |event| {
        matches!(event, Event::Presence(_))
    })
    .await;
    anna.link.send(Command::SignOut);
    anna.until("the end", |event| {
        matches!(event, Event::State(State::Stopped(None)))
    })
    .await;
    let requests = sim.requests().await;
    let touched = ["makeMeAvailable", "reportMyActivity", "presence", "note"];
    assert!(
        requests
            .iter()
            .all(|request| !touched.iter().any(|rel| request["rel"] == *rel)),
        "{requests:?}"
    );
}
