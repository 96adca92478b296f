//! The event channel: order, acknowledgement, holding, loss.

use reqwest::Method;
use serde_json::json;

use crate::client::{Pool, events, href, names, send};

#[tokio::test]
async fn the_same_url_gives_the_same_set_until_next_is_followed() {
    let pool = Pool::start().await;
    let mut ben = pool.available("ben@contoso.example", "one").await;
    pool.control(
        "/people/anna@contoso.example/message",
        json!({ "to": "ben@contoso.example", "text": "hi" }),
    )
    .await;
    let first = ben.next.clone();
    let page = ben.page().await;
    assert!(names(&events(&page)).contains(&"messagingInvitation started".to_owned()));
    assert_eq!(ben.get(&first).await.body, page);
    assert_eq!(ben.get(&first).await.body, page);
    let invitation = events(&page)
        .into_iter()
        .find(|event| event["link"]["rel"] == "messagingInvitation")
        .unwrap();
    let accepted = ben
        .poke(&href(
            &invitation["_embedded"]["messagingInvitation"],
            "accept",
        ))
        .await;
    assert_eq!(accepted.status, 204);
    let next = ben.page().await;
    assert!(!names(&events(&next)).contains(&"messagingInvitation started".to_owned()));
}

#[tokio::test]
async fn a_stale_ack_is_answered_by_resync_and_nothing_is_lost() {
    let pool = Pool::start().await;
    let mut ben = pool.available("ben@contoso.example", "one").await;
    pool.control(
        "/people/anna@contoso.example/message",
        json!({ "to": "ben@contoso.example", "text": "hi" }),
    )
    .await;
    let stale = ben.next.clone();
    ben.page().await;
    pool.control(
        "/people/carla@contoso.example/message",
        json!({ "to": "ben@contoso.example", "text": "hi" }),
    )
    .await;
    let unacknowledged = ben.next.clone();
    let second = ben.page().await;
    let answer = ben.get(&stale).await;
    assert!(
        answer.body["_links"]["next"].is_null() && answer.body["sender"].is_null(),
        "{}",
        answer.text
    );
    let resync = href(&answer.body, "resync");
    assert_eq!(resync, unacknowledged);
    assert_eq!(ben.get(&resync).await.body, second);
    let future = unacknowledged.replace("ack=2", "ack=7");
    assert!(ben.get(&future).await.body["_links"]["resync"].is_object());
}

#[tokio::test]
async fn a_newer_request_for_the_same_ack_replaces_the_older() {
    let pool = Pool::start().await;
    let ben = pool.sign_in("ben@contoso.example", "one").await;
    let older = tokio::spawn(send(ben.request(Method::GET, &ben.next)));
    held(&pool, &ben.next).await;
    let lower = tokio::spawn(send(ben.request(Method::GET, &ben.next)));
    let replaced = older.await.unwrap();
    assert_eq!(replaced.refusal(), (409, "Conflict", "PGetReplaced"));
    pool.advance(181).await;
    assert_eq!(lower.await.unwrap().status, 200);
}

/// Returns when a request for events waits: the one that is replaced by this probe would say so.
async fn held(pool: &Pool, next: &str) {
    assert!(next.contains("ack="));
    loop {
        let person = pool.ask_control("/people/ben@contoso.example").await;
        if person["applications"][0]["waiting"] == true {
            return;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_request_is_held_until_its_time_is_over_and_then_answered_without_sender() {
    let pool = Pool::start().await;
    let mut ben = pool.sign_in("ben@contoso.example", "one").await;
    let waiting = tokio::spawn(send(
        ben.request(Method::GET, &format!("{}&timeout=300", ben.next)),
    ));
    held(&pool, &ben.next).await;
    pool.advance(299).await;
    assert!(!waiting.is_finished());
    pool.advance(2).await;
    let answer = waiting.await.unwrap();
    assert!(
        answer.status == 200 && answer.body["sender"].is_null(),
        "{}",
        answer.text
    );
    // The parameters hold for the requests that follow.
    ben.next = href(&answer.body, "next");
    let waiting = tokio::spawn(send(ben.request(Method::GET, &ben.next)));
    held(&pool, &ben.next).await;
    pool.advance(200).await;
    held(&pool, &ben.next).await;
    assert!(!waiting.is_finished());
    pool.advance(101).await;
    assert_eq!(waiting.await.unwrap().status, 200);
}

#[tokio::test]
async fn presence_is_collected_and_a_chat_releases_it_at_once() {
    let pool = Pool::start().await;
    let mut ben = pool.available("ben@contoso.example", "one").await;
    let subscribe = json!({ "duration": 30, "uris": ["sip:carla@contoso.example"] });
    ben.post(&ben.link("people", "presenceSubscriptions"), subscribe)
        .await;
    let waiting = tokio::spawn(send(ben.request(Method::GET, &ben.next)));
    held(&pool, &ben.next).await;
    pool.advance(4).await;
    assert!(!waiting.is_finished());
    pool.advance(2).await;
    let page = waiting.await.unwrap().body;
    assert!(names(&events(&page)).contains(&"contactPresence updated".to_owned()));
    ben.next = href(&page, "next");
    // Two changes of one presence are one event, and the invitation takes it along.
    let waiting = tokio::spawn(send(ben.request(Method::GET, &ben.next)));
    held(&pool, &ben.next).await;
    for availability in ["Busy", "Away"] {
        pool.control(
            "/people/carla@contoso.example/status",
            json!({ "availability": availability }),
        )
        .await;
    }
    pool.control(
        "/people/anna@contoso.example/message",
        json!({ "to": "ben@contoso.example", "text": "hi" }),
    )
    .await;
    let told = names(&events(&waiting.await.unwrap().body));
    assert_eq!(
        told.iter()
            .filter(|name| *name == "contactPresence updated")
            .count(),
        1,
        "{told:?}"
    );
    assert_eq!(
        told.iter()
            .filter(|name| *name == "messagingInvitation started")
            .count(),
        1,
        "{told:?}"
    );
}

#[tokio::test]
async fn parameters_out_of_range_are_refused() {
    let pool = Pool::start().await;
    let ben = pool.sign_in("ben@contoso.example", "one").await;
    for wrong in [
        "low=4",
        "low=1801",
        "medium=1",
        "timeout=179",
        "timeout=1801",
        "timeout=x",
        "ack=x",
    ] {
        let (name, _) = wrong.split_once('=').unwrap();
        let url = if name == "ack" {
            ben.next.replace("ack=1", wrong)
        } else {
            format!("{}&{wrong}", ben.next)
        };
        assert_eq!(
            ben.get(&url).await.refusal(),
            (400, "BadRequest", "ParameterValidationFailure"),
            "{wrong}"
        );
    }
}

#[tokio::test]
async fn a_lost_channel_is_resumed_without_conversations_and_subscriptions() {
    let pool = Pool::start().await;
    let mut ben = pool.available("ben@contoso.example", "one").await;
    ben.post(
        &ben.link("people", "presenceSubscriptions"),
        json!({ "duration": 30, "uris": ["sip:carla@contoso.example"] }),
    )
    .await;
    ben.start_messaging("anna@contoso.example", "op", None)
        .await;
    ben.until("messagingInvitation", "completed").await;
    pool.fault(json!({ "what": "resume" })).await;
    let answer = ben.get(&ben.next).await;
    ben.next = href(&answer.body, "resume");
    assert!(answer.body["_links"]["next"].is_null());
    let conversations = ben.get(&ben.link("communication", "conversations")).await;
    assert_eq!(conversations.body["_embedded"]["conversation"], json!([]));
    let subscriptions = ben.get(&ben.link("people", "presenceSubscriptions")).await;
    assert_eq!(
        subscriptions.body["_embedded"]["presenceSubscription"],
        json!([])
    );
    pool.control(
        "/people/anna@contoso.example/message",
        json!({ "to": "ben@contoso.example", "text": "hi" }),
    )
    .await;
    ben.until("messagingInvitation", "started").await;
}

#[tokio::test]
async fn what_was_not_fetched_before_a_crash_is_there_for_the_same_endpoint() {
    let pool = Pool::start().await;
    let ben = pool.available("ben@contoso.example", "one").await;
    pool.control(
        "/people/anna@contoso.example/message",
        json!({ "to": "ben@contoso.example", "text": "hi" }),
    )
    .await;
    let mut again = pool.sign_in("ben@contoso.example", "one").await;
    assert_eq!(again.application["id"], ben.application["id"]);
    again.until("messagingInvitation", "started").await;
}

#[tokio::test]
async fn a_held_request_can_be_cut_as_by_a_proxy() {
    let pool = Pool::start().await;
    let ben = pool.sign_in("ben@contoso.example", "one").await;
    pool.fault(json!({ "what": "pget-cut", "seconds": 20 }))
        .await;
    let waiting = tokio::spawn(ben.request(Method::GET, &ben.next).send());
    held(&pool, &ben.next).await;
    pool.advance(21).await;
    assert!(waiting.await.unwrap().is_err());
}

#[tokio::test]
async fn a_request_that_waits_can_be_cut_at_once_and_its_url_still_gives_the_next_set() {
    let pool = Pool::start().await;
    let mut ben = pool.available("ben@contoso.example", "one").await;
    let waiting = tokio::spawn(
        ben.request(Method::GET, &format!("{}&medium=1800", ben.next))
            .send(),
    );
    held(&pool, &ben.next).await;
    pool.fault(json!({ "what": "pget-cut" })).await;
    assert!(waiting.await.unwrap().is_err());
    pool.control(
        "/people/anna@contoso.example/message",
        json!({ "to": "ben@contoso.example", "text": "hi" }),
    )
    .await;
    ben.until("messagingInvitation", "started").await;
}

#[tokio::test]
async fn a_client_that_goes_away_no_longer_holds_its_channel() {
    let pool = Pool::start().await;
    let ben = pool.sign_in("ben@contoso.example", "one").await;
    let waiting = tokio::spawn(ben.request(Method::GET, &ben.next).send());
    held(&pool, &ben.next).await;
    waiting.abort();
    while pool.ask_control("/people/ben@contoso.example").await["applications"][0]["waiting"]
        == true
    {
        tokio::task::yield_now().await;
    }
    pool.advance(16 * 60).await;
    assert_eq!(
        ben.get(&ben.me("self")).await.refusal(),
        (404, "NotFound", "ApplicationNotFound")
    );
}
