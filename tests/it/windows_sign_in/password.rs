//! With user name and password.

use causeway_tests::cast::{ANNA, BEN};
use causeway_tests::front::Asks;

use super::{ANNAS, Attempt, BENS, Place, STRANGER, long_password, none};

#[tokio::test]
async fn a_password_goes_by_ntlm_whatever_letters_it_has() {
    let Some(place) = Place::new().await else {
        return;
    };
    let (long, by) = (long_password(), "NTLM".to_owned());
    for (address, user, password) in [
        (ANNA, r"CONTOSO\anna", ANNAS),
        (ANNA, "anna", ANNAS),
        (BEN, r"CONTOSO\ben", BENS),
    ] {
        let attempt = Attempt {
            address,
            ..place.by_password(user, password)
        };
        let (method, passed) = place.signs_in(&attempt).await;
        assert_eq!(
            (method, passed),
            (by.clone(), vec!["Kerberos no-ticket".to_owned()]),
            "{user}"
        );
    }
    // Carl is let in by the domain and unknown to the pool: the password was right.
    let carl = place
        .check(&place.by_password(r"CONTOSO\carl", &long))
        .await;
    assert_eq!((carl.exit, carl.code()), (5, "CW-1302"), "{carl:#?}");
}

#[tokio::test]
async fn a_refused_password_is_sent_once_by_whatever_method() {
    let Some(place) = Place::new().await else {
        return;
    };
    for (number, user) in [r"CONTOSO\anna", r"CONTOSO\disabled"]
        .into_iter()
        .enumerate()
    {
        let (code, _, passed) = place.fails(&place.by_password(user, "not it")).await;
        assert_eq!(code, "CW-1201");
        assert_eq!(passed, ["Kerberos no-ticket", "NTLM refused"]);
        place.front.had_ntlm_logins(number + 1).await;
    }
    // Not even by a link that stays, nor by verbs beside it.
    let attempt = place.by_password("anna", "nor this");
    let (ctl, environment) = (place.ctl(&attempt), place.environment(&attempt));
    let mut bridge = ctl.stream_in(&["bridge", "run"], &environment);
    bridge
        .find("the refusal", |event| {
            event["kind"] == "state" && event["error"]["code"] == "CW-1201"
        })
        .await;
    let verb = ctl.run_in(&["contacts"], &environment).await;
    assert_eq!(verb.code(), "CW-1201", "{verb:?}");
    place.front.had_ntlm_logins(3).await;
    let log = bridge.program.log_text();
    assert!(
        !log.contains("nor this") && !log.contains("TlRMTVNT"),
        "{log}"
    );
}

#[tokio::test]
async fn what_would_show_the_password_or_take_none_is_left_alone() {
    let Some(place) = Place::new().await else {
        return;
    };
    let basic = Attempt {
        asks: Asks::Basic,
        ..place.by_password(r"CONTOSO\anna", ANNAS)
    };
    let (code, _, passed) = place.fails(&basic).await;
    assert_eq!((code.as_str(), passed), ("CW-1203", none()));
    assert!(
        !place.front.access().contains("Basic"),
        "{}",
        place.front.access()
    );
    // Negotiate for Kerberos alone: NTLM is turned down before the password is used.
    let kerberos = Attempt {
        asks: Asks::Kerberos,
        ..place.by_password(r"CONTOSO\anna", ANNAS)
    };
    let (code, _, passed) = place.fails(&kerberos).await;
    assert_eq!(code, "CW-1202");
    assert_eq!(passed, ["Kerberos no-ticket", "NTLM not-offered"]);
    place.front.had_ntlm_logins(0).await;
    // In the domain, but not in the pool.
    let ticket = place.domain.ticket(STRANGER.0, STRANGER.1, 3600).await;
    let stranger = Attempt {
        ticket,
        ..place.by_ticket()
    };
    let answer = place.check(&stranger).await;
    assert_eq!((answer.exit, answer.code()), (5, "CW-1302"), "{answer:#?}");
}
