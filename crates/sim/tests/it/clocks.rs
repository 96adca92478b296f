//! Availability and the clocks behind it.

use reqwest::Method;
use serde_json::json;

use crate::client::{Endpoint, Pool, events, href, names, send};

async fn presence(anna: &mut Endpoint) -> (String, String) {
    anna.reread().await;
    let presence = anna.get(&anna.me("presence")).await.body;
    let text = |name: &str| presence[name].as_str().unwrap_or("").to_owned();
    (text("availability"), text("activity"))
}

#[tokio::test]
async fn making_oneself_available_changes_what_can_be_done() {
    let pool = Pool::start().await;
    let mut anna = pool.sign_in("anna@contoso.example", "a").await;
    let make = anna.me("makeMeAvailable");
    for rel in ["presence", "note", "location", "reportMyActivity"] {
        assert!(
            anna.application["_embedded"]["me"]["_links"][rel].is_null(),
            "{rel}"
        );
    }
    for wrong in [
        json!({ "supportedModalities": ["Telepathy"] }),
        json!({ "signInAs": "Offline" }),
        json!({ "supportedMessageFormats": ["Rtf"] }),
    ] {
        assert_eq!(
            anna.post(&make, wrong).await.refusal(),
            (400, "BadRequest", "ParameterValidationFailure")
        );
    }
    assert_eq!(
        anna.post(&make, json!({ "supportedModalities": ["Video"] }))
            .await
            .status,
        403
    );
    assert_eq!(
        anna.post(
            &make,
            json!({ "SupportedModalities": ["Messaging"], "signInAs": "Busy" })
        )
        .await
        .status,
        204
    );
    assert_eq!(
        anna.post(&make, json!({ "supportedModalities": ["Messaging"] }))
            .await
            .refusal(),
        (409, "Conflict", "AlreadyExists")
    );
    pool.advance(6).await;
    let told = names(&events(&anna.page().await));
    for name in [
        "me updated",
        "presence added",
        "note added",
        "location added",
        "communication updated",
    ] {
        assert!(told.contains(&name.to_owned()), "{name}: {told:?}");
    }
    assert_eq!(presence(&mut anna).await.0, "Busy");
    assert!(anna.application["_embedded"]["me"]["_links"]["makeMeAvailable"].is_null());
}

#[tokio::test]
async fn presence_is_set_reset_and_refused_before_its_time() {
    let pool = Pool::start().await;
    let mut watching = pool.sign_in("ben@contoso.example", "watch").await;
    let mut anna = pool.available("anna@contoso.example", "a").await;
    anna.reread().await;
    let url = anna.me("presence");
    for (set, shown) in [
        ("DoNotDisturb", ("DoNotDisturb", "")),
        ("Offwork", ("Away", "off-work")),
        ("busy", ("Busy", "")),
    ] {
        assert_eq!(
            anna.post(&url, json!({ "availability": set })).await.status,
            204
        );
        assert_eq!(
            presence(&mut anna).await,
            (shown.0.to_owned(), shown.1.to_owned())
        );
    }
    assert_eq!(anna.poke(&url).await.status, 204);
    assert_eq!(presence(&mut anna).await.0, "Online");
    assert_eq!(
        anna.post(&url, json!({ "availability": "Offline" }))
            .await
            .refusal(),
        (400, "BadRequest", "ParameterValidationFailure")
    );
    assert_eq!(
        anna.post(&anna.me("note"), json!({ "message": "at lunch" }))
            .await
            .status,
        204
    );
    assert_eq!(anna.get(&anna.me("note")).await.body["message"], "at lunch");
    assert_eq!(
        anna.post(&anna.me("location"), json!({ "location": "x".repeat(61) }))
            .await
            .status,
        400
    );
    // A client that only watches leaves its user's state alone and cannot read it.
    watching.reread().await;
    assert!(watching.application["_embedded"]["me"]["_links"]["presence"].is_null());
    assert_eq!(
        pool.ask_control("/people/ben@contoso.example").await["availability"],
        "Busy"
    );
}

#[tokio::test]
async fn own_state_is_refused_with_make_me_available_required() {
    let pool = Pool::start().await;
    let mut anna = pool.available("anna@contoso.example", "a").await;
    anna.reread().await;
    let own = href(&anna.application, "self");
    let (presence, activity) = (anna.me("presence"), anna.me("reportMyActivity"));
    assert_eq!(anna.delete(&own).await.status, 204);
    assert_eq!(
        anna.get(&presence).await.refusal(),
        (404, "NotFound", "ApplicationNotFound")
    );
    assert_eq!(
        anna.poke(&activity).await.refusal(),
        (404, "NotFound", "ApplicationNotFound")
    );
    assert_eq!(
        pool.ask_control("/people/anna@contoso.example").await["availability"],
        "Offline"
    );
}

#[tokio::test]
async fn without_activity_the_user_becomes_idle_then_away_and_a_report_brings_them_back() {
    let pool = Pool::start().await;
    let mut anna = pool.available("anna@contoso.example", "a").await;
    anna.reread().await;
    pool.advance(3 * 60).await;
    assert_eq!(presence(&mut anna).await.0, "Online");
    pool.advance(61).await;
    assert_eq!(presence(&mut anna).await.0, "IdleOnline");
    pool.advance(5 * 60).await;
    assert_eq!(presence(&mut anna).await.0, "Away");
    assert_eq!(anna.poke(&anna.me("reportMyActivity")).await.status, 204);
    assert_eq!(presence(&mut anna).await.0, "Online");
}

#[tokio::test]
async fn an_application_without_requests_for_events_ends_after_fifteen_minutes() {
    let pool = Pool::start().await;
    let anna = pool.available("anna@contoso.example", "a").await;
    pool.advance(14 * 60).await;
    assert_eq!(anna.get(&anna.me("self")).await.status, 200);
    pool.advance(2 * 60).await;
    assert_eq!(
        anna.get(&anna.me("self")).await.refusal(),
        (404, "NotFound", "ApplicationNotFound")
    );
    let held = pool.available("ben@contoso.example", "b").await;
    let waiting = tokio::spawn(send(held.request(
        Method::GET,
        &format!("{}&timeout=1800&medium=1800", held.next),
    )));
    while pool.ask_control("/people/ben@contoso.example").await["applications"][0]["waiting"]
        != true
    {
        tokio::task::yield_now().await;
    }
    pool.advance(20 * 60).await;
    assert_eq!(held.get(&held.me("self")).await.status, 200);
    waiting.abort();
}

#[tokio::test]
async fn the_most_active_of_several_clients_counts() {
    let pool = Pool::start().await;
    let mut desk = pool.available("anna@contoso.example", "desk").await;
    pool.advance(5 * 60).await;
    assert_eq!(presence(&mut desk).await.0, "IdleOnline");
    let home = pool.available("anna@contoso.example", "home").await;
    assert_eq!(presence(&mut desk).await.0, "Online");
    home.delete(&href(&home.application, "self")).await;
    assert_eq!(presence(&mut desk).await.0, "IdleOnline");
    // A state set at one client is that of the user, and the other client is told.
    let home = pool.available("anna@contoso.example", "home").await;
    desk.post(
        &desk.me("presence"),
        json!({ "availability": "BeRightBack" }),
    )
    .await;
    assert_eq!(
        pool.ask_control("/people/anna@contoso.example").await["availability"],
        "BeRightBack"
    );
    drop(home);
}
