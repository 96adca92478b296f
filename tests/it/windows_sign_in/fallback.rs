//! What comes after a ticket that does not do.

use causeway_tests::domain::{OUT_OF_STEP, UNKNOWN, WEB};
use causeway_tests::front::Asks;
use causeway_tests::sim::{Sim, free_port};

use super::{ANNAS, Attempt, PEOPLE, Place, passed_over};

#[tokio::test]
async fn where_kerberos_fails_ntlm_is_tried_once_and_both_are_told() {
    let Some(place) = Place::new().await else {
        return;
    };
    let base = Attempt {
        password: Some(ANNAS),
        user: Some(r"CONTOSO\anna"),
        ..place.by_ticket()
    };
    let unreachable = place.domain.configuration_for(free_port());
    let cases = [
        (
            "server-unknown",
            Attempt {
                host: UNKNOWN,
                ..base.clone()
            },
        ),
        (
            "controller-unreachable",
            Attempt {
                krb5: unreachable,
                ..base.clone()
            },
        ),
        (
            "no-ticket",
            Attempt {
                ticket: place.domain.no_ticket(),
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
    ];
    for (wanted, attempt) in &cases {
        let (method, passed) = place.signs_in(attempt).await;
        assert_eq!(
            (method.as_str(), passed),
            ("NTLM", vec![format!("Kerberos {wanted}")])
        );
    }
    // These two are told by the server.
    for (wanted, host, asks) in [
        ("server-key", OUT_OF_STEP, Asks::Either),
        ("not-offered", WEB, Asks::Ntlm),
    ] {
        let attempt = Attempt {
            host,
            asks,
            ..base.clone()
        };
        let (method, passed) = place.signs_in(&attempt).await;
        assert_eq!(
            (method.as_str(), passed),
            ("NTLM", vec![format!("Kerberos {wanted}")])
        );
    }
    place.front.had_ntlm_logins(6).await;
}

#[tokio::test]
async fn where_the_ticket_is_refused_the_password_goes_to_the_form() {
    let Some(place) = Place::new().await else {
        return;
    };
    // A pool with both; it refuses every Windows handshake.
    let people = PEOPLE.replace("unused", ANNAS);
    let sim = Sim::start(&people, &["--offer-windows"]).await;
    let attempt = Attempt {
        user: Some(r"CONTOSO\anna"),
        password: Some(ANNAS),
        ..place.by_ticket()
    };
    let ctl = place.ctl(&attempt);
    let text = std::fs::read_to_string(&ctl.config).expect("the configuration is there");
    let port = format!(":{}/", place.front.port(attempt.asks));
    let text = text
        .replace(
            &format!("https://{WEB}{port}"),
            &sim.ready().discovery.replace("127.0.0.1", WEB),
        )
        .replace(
            &place.front.ca().display().to_string(),
            &sim.ready().ca.display().to_string(),
        );
    std::fs::write(&ctl.config, text).expect("the configuration can be written");
    let check = ctl.run_in(&["check"], &place.environment(&attempt)).await;
    let steps = check.done()["steps"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let step = steps.iter().find(|step| step["step"] == "signing-in");
    let detail = step.map(|step| step["detail"].clone()).unwrap_or_default();
    assert_eq!(detail["method"], "password");
    assert_eq!(passed_over(&detail), ["Kerberos refused"]);
}
