//! By the ticket of the session.

use std::time::Duration;

use causeway_api::door::Client;
use causeway_api::{Command, Desk as _, Reply, Side, SideState, SignInMethod};
use causeway_tests::agent::Agent;
use causeway_tests::cast::ANNA;
use causeway_tests::domain::UNKNOWN;
use causeway_tests::front::Asks;
use causeway_tests::sim::free_port;
use causeway_tests::wait::until;
use serde_json::json;

use super::{ANNAS, Attempt, Place, none};

#[tokio::test]
async fn a_ticket_signs_in_without_a_password() {
    let Some(place) = Place::new().await else {
        return;
    };
    for (asks, method) in [
        (Asks::Either, "automatic"),
        (Asks::Kerberos, "automatic"),
        (Asks::Either, "windows"),
    ] {
        let attempt = Attempt {
            asks,
            method,
            ..place.by_ticket()
        };
        assert_eq!(
            place.signs_in(&attempt).await,
            ("Kerberos".to_owned(), none()),
            "{asks:?}"
        );
    }
    // A password that is known as well stays at home.
    let with_password = Attempt {
        user: Some(r"CONTOSO\anna"),
        password: Some("not the password"),
        ..place.by_ticket()
    };
    assert_eq!(place.signs_in(&with_password).await.0, "Kerberos");
    place.front.had_ntlm_logins(0).await;
    assert!(place.sim.count(ANNA, "applications").await >= 3);
}

#[tokio::test]
async fn without_a_usable_ticket_the_cause_is_told_and_nothing_is_sent() {
    let Some(place) = Place::new().await else {
        return;
    };
    let short = place.domain.ticket("anna", ANNAS, 1).await;
    let base = Attempt {
        method: "windows",
        ..place.by_ticket()
    };
    let no_controller = place.domain.configuration_for(free_port());
    let cases = [
        (
            "no-ticket",
            Attempt {
                ticket: place.domain.no_ticket(),
                ..base.clone()
            },
        ),
        (
            "server-unknown",
            Attempt {
                host: UNKNOWN,
                ..base.clone()
            },
        ),
        (
            "host-is-address",
            Attempt {
                host: "127.0.0.1",
                ..base.clone()
            },
        ),
        (
            "clock-skew",
            Attempt {
                clock: Some("+10m"),
                ..base.clone()
            },
        ),
        (
            "clock-skew",
            Attempt {
                clock: Some("-10m"),
                ..base.clone()
            },
        ),
        (
            "controller-unreachable",
            Attempt {
                krb5: no_controller,
                ..base.clone()
            },
        ),
        (
            "other-account",
            Attempt {
                user: Some("ben"),
                ..base.clone()
            },
        ),
        (
            "ticket-expired",
            Attempt {
                ticket: short,
                ..base.clone()
            },
        ),
    ];
    // The short one is over by then.
    tokio::time::sleep(Duration::from_secs(2)).await;
    for (wanted, attempt) in &cases {
        let (code, cause, passed) = place.fails(attempt).await;
        assert_eq!((code.as_str(), &cause), ("CW-1202", &json!(wanted)));
        assert!(passed.contains(&format!("Kerberos {wanted}")), "{passed:?}");
    }
    let late = Attempt {
        clock: Some("+10m"),
        ..base
    };
    let told = place.check(&late).await.json["error"]["message"].to_string();
    assert!(told.contains("10 min ahead"), "{told}");
    place.front.had_ntlm_logins(0).await;
}

#[tokio::test]
async fn a_domain_controller_that_does_not_answer_is_not_waited_for() {
    let Some(place) = Place::new().await else {
        return;
    };
    let silent = tokio::net::TcpListener::bind(("127.0.0.1", 0))
        .await
        .expect("a free port");
    let port = silent.local_addr().expect("a bound socket").port();
    let mute = Attempt {
        krb5: place.domain.configuration_for(port),
        ..place.by_ticket()
    };
    let begun = std::time::Instant::now();
    let (code, cause, _) = place.fails(&mute).await;
    assert_eq!(
        (code.as_str(), cause),
        ("CW-1202", json!("controller-silent"))
    );
    // libkrb5 would wait for half a minute.
    assert!(begun.elapsed().as_secs() < 25, "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_person_with_a_ticket_is_asked_for_no_password() {
    let Some(place) = Place::new().await else {
        return;
    };
    let attempt = place.by_ticket();
    let ctl = place.ctl(&attempt);
    let agent = Agent::start_in(&ctl, &place.environment(&attempt)).await;
    let door = Client::connect(&ctl.data_dir, "the stories")
        .await
        .expect("the door lets the stories in")
        .expect("an agent runs");
    let discover = Command::Discover {
        address: ANNA.into(),
    };
    let Ok(Reply::Discovered(found)) = door.request(discover).await else {
        panic!("the server is not found");
    };
    assert_eq!(found.methods, [SignInMethod::Windows, SignInMethod::Forms]);
    assert_eq!(
        found.windows_account.as_deref(),
        Some("anna@CONTOSO.EXAMPLE")
    );
    assert!(!found.form);
    let side = until("anna signed in", async || {
        let Ok(Reply::Bridge(bridge)) = door.request(Command::Bridge).await else {
            return None;
        };
        let lync = bridge
            .sides
            .into_iter()
            .find(|side| side.side == Side::Lync)?;
        (lync.state == SideState::ReadyAvailable).then_some(lync)
    })
    .await;
    assert_eq!(side.method.as_deref(), Some("Kerberos"));
    drop(agent);
}
